"""collection.unlabelled-image."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data
from mlscaffold.evidence.collection import composed, known_media
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project


@check(proves="annotations", reads=(RAW, "data/manifest/*.csv"))
def unlabelled_image(project: Project) -> Iterator[Finding]:
    """Every picture of an annotated folder has a label.

    ## Why
    Pictures that came in after the labelling ended drop out without a word, and with them what was new about them.

    ## Evidence
    Pictures below `data/raw` (from the manifests where they are not here) against the rows of the annotation files, and empty
    labels.

    ## Fix
    Label them, or take them out of the collection. Folders without any annotation file are told by
    `collection.annotation-file-missing`."""
    media = known_media(project)
    rows = data.annotation_rows(project)
    annotated = {composed(str(PurePosixPath(file).parent.relative_to(RAW))) for file in project.glob(f"{RAW}/**/annotations.csv")}
    labels = {composed(row.path): row for row in rows}
    bare = sorted(p for p in media if p not in labels and str(PurePosixPath(p).parent) in annotated)
    empty = sorted(
        p
        for p in media
        if p in labels and is_placeholder(labels[p].label) and labels[p].label.casefold() not in _classes(project)
    )
    if bare or empty:
        places: list[Evidence] = [at(f"{RAW}/{p}") for p in bare[:3]] or [at(labels[p].file, labels[p].line) for p in empty[:3]]
        reasons = [f"{len(bare)} in no annotation file" if bare else "", f"{len(empty)} with an empty label" if empty else ""]
        yield fail(
            f"{len(bare) + len(empty)} of {count(len(media), 'picture')} "
            f"{'has' if len(bare) + len(empty) == 1 else 'have'} no label "
            f"({', '.join(r for r in reasons if r)}): {few(bare or empty)}",
            *places,
            items=[f"{RAW}/{path}" for path in [*bare, *empty]],
            fix=f"label them in {places[0].path.rsplit('/', 1)[0]}/annotations.csv, or take them out",
        )


def _classes(project: Project) -> set[str]:
    """Class names, folded: a schema may well have a class named "none" or "unknown"."""
    from mlscaffold.evidence import toml

    schema = project.read(toml.read, "data/schema.toml") if project.exists("data/schema.toml") else {}
    return {str(name).casefold() for name in schema.get("classes", [])}
