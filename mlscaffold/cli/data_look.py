"""`mlscaffold data look`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlscaffold.cli.console import counter, say
from mlscaffold.cli.data_root import data_root


def look(
    path: Annotated[
        Path | None, typer.Argument(help="Any data set: a folder, a list, a zip; by default the project's data.")
    ] = None,
    *,
    source: Annotated[str, typer.Option("--format", "--from", help="Its format; recognised by default.")] = "",
    split: Annotated[str, typer.Option(help="Only pictures of this split.")] = "",
    label: Annotated[str, typer.Option(help="Only pictures with this label, or an object of this class.")] = "",
    most: Annotated[
        int | None, typer.Option("--most", min=1, help="Pictures at most, a random sample; 5000 for a page, all for a folder.")
    ] = None,
    output: Annotated[Path, typer.Option(help="The page to write, or a folder: for more pictures, and larger.")] = Path(
        "gallery.html"
    ),
) -> None:
    """Write a gallery that works offline: objects drawn over the pictures, filters by class, split, source and finding."""
    from functools import partial

    from mlscaffold.errors import UsageError
    from mlscaffold.project import open_project
    from mlscaffold.workflows.gallery_files import is_folder, write_gallery
    from mlscaffold.workflows.look import MOST, Wish, strictest
    from mlscaffold.workflows.look import look as gather
    from mlscaffold.workflows.look_at import look_at

    folder = is_folder(output)
    wish = Wish(split, label, most or (0 if folder else MOST))
    if path is not None:
        linked = strictest(path, Path.cwd()) == "link"
        gathered = partial(look_at, path, wish, format=source, progress=counter("drawn"))
        gallery = write_gallery(output, lambda way: gathered(way=way), linked=linked)
    else:
        if source:
            raise UsageError(
                "A project's data have one format.", reference="format-of-project", hint="Name the data set: look PATH"
            )
        project = open_project(data_root(hint="mlscaffold data look FOLDER"))
        wanted = partial(gather, project, wish, progress=counter("drawn"))
        gallery = write_gallery(output, lambda way: wanted(way=way), linked=project.settings.pictures == "link")
        project.save()
    texts = sum(shot.text is not None for shot in gallery.shots)
    absent = sum(not shot.thumbnail and not shot.link and shot.text is None for shot in gallery.shots)
    counts = [counted(len(gallery.shots) - texts, "picture"), counted(texts, "text")]
    told = " and ".join(count for count in counts if not count.startswith("0 "))
    say(f"Wrote {output / 'index.html' if folder else output}: {told}" + (f", {absent} not here or broken" if absent else ""))
    if gallery.about:
        say(f"  {gallery.about}")
    if gallery.left_out:
        say(f"  {gallery.left_out} more were left out (--output FOLDER shows all, and loads them as they are seen)")


def counted(number: int, what: str) -> str:
    """How many of something."""
    return f"{number:,} {what}{'s' * (number != 1)}"
