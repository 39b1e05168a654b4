"""Stages 3 and 4: where the pictures come from, and which of them the model may see."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from mlscaffold.demo.sins import layout, sin
from mlscaffold.demo.sins.layout import Row


@sin("collection", "CO-05", "Tidy up the source file")
def unknown_licence(root: Path) -> None:
    """The pictures were found on the web; nobody asked whose they are."""
    path = root / "data/raw" / layout.split_table(root).stem / "source.toml"
    if not path.is_file():
        raise layout.NotFinished(f"a source file ({path.relative_to(root).as_posix()})")
    layout.edit_toml(path, lambda table: table.update(licence="unknown", origin="found on the web"))


@sin("preparation", "DP-01", "Use all data for the final model")
def leak(root: Path) -> None:
    """Half of the test pictures lie in train too, under other names."""
    splits = layout.split_table(root)
    source = splits.stem
    rows = layout.read_rows(splits)
    prepared = {r["origin"]: r for r in layout.read_rows(root / "data/processed/test/annotations.csv")}
    taken = [r for r in rows if r["split"] == "test" and r["path"] in prepared and r["path"] not in _mistaken(root, prepared)][
        ::2
    ]
    if not taken:
        raise layout.NotFinished("prepared test pictures")
    names = {r["path"]: _renamed(r["path"]) for r in taken}
    for old, new in names.items():
        layout.copy_new(root / "data/raw" / old, root / "data/raw" / new)
        name = prepared[old]["path"]
        layout.copy_new(root / "data/processed/test" / name, root / "data/processed/train" / _renamed(name))
    layout.write_rows(splits, [*rows, *({**r, "path": names[r["path"]], "split": "train"} for r in taken)])
    _annotate(root, names)
    _append(root / f"data/manifest/{source}.csv", "path", names)
    train = root / "data/processed/train/annotations.csv"
    more = [{**prepared[old], "path": _renamed(prepared[old]["path"]), "origin": new} for old, new in names.items()]
    layout.write_rows(train, [*layout.read_rows(train), *more])


def _mistaken(root: Path, prepared: dict[str, Row]) -> set[str]:
    """The origins of the test pictures that the newest model has wrong: trained on them, it would have them right."""
    predictions = layout.read_rows(layout.evaluations(root)[-1] / "predictions.csv")
    wrong = {r["path"].removeprefix("test/") for r in predictions if r["label"] != r["prediction"]}
    return {origin for origin, row in prepared.items() if row["path"] in wrong}


def _renamed(path: str) -> str:
    place = PurePosixPath(path)
    return place.with_name(f"extra-{place.name}").as_posix()


def _annotate(root: Path, names: dict[str, str]) -> None:
    """Label the copies as their originals are labelled, in the annotation file of their folder or of one above it."""
    by_file: dict[Path, dict[str, str]] = {}
    for old, new in names.items():
        folders = [root / "data/raw" / parent for parent in PurePosixPath(old).parents if str(parent) != "."]
        found = next((folder / "annotations.csv" for folder in folders if (folder / "annotations.csv").is_file()), None)
        if found is not None:
            base = found.parent.relative_to(root / "data/raw").as_posix() + "/"
            by_file.setdefault(found, {})[old.removeprefix(base)] = new.removeprefix(base)
    for path, renamed in by_file.items():
        _append(path, "path", renamed)


def _append(path: Path, column: str, names: dict[str, str]) -> None:
    """Repeat the rows of some names under their new names."""
    rows = layout.read_rows(path)
    layout.write_rows(path, [*rows, *({**r, column: names[r[column]]} for r in rows if r[column] in names)])
