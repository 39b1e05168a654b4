from pathlib import Path

from mlscaffold.datasets.annotations import Annotation, read_annotations, read_collection, write_annotations
from tests.datasets.pictures import put


def test_rows_come_back_with_group_attributes_and_line(tmp_path: Path) -> None:
    path = tmp_path / "annotations.csv"
    rows = [Annotation("b.png", "hat", "7", {"light": "day"}), Annotation("a.png", "hat")]
    assert write_annotations(path, rows)
    assert not write_annotations(path, rows)
    assert path.read_text() == "path,label,group,light\na.png,hat,,\nb.png,hat,7,day\n"
    assert read_annotations(path)[1] == Annotation("b.png", "hat", "7", {"light": "day"}, 3)


def test_what_is_annotated_is_held_against_what_lies_there(tmp_path: Path) -> None:
    hat = tmp_path / "data/raw/shop/hat"
    put(hat / "a.png", 1)
    put(hat / "new.png", 2)
    write_annotations(hat / "annotations.csv", [Annotation(name, "hat") for name in ("a.png", "gone.png", "../../b.png")])
    found = read_collection(tmp_path)
    assert [(m.path, m.source, m.file, m.annotation.line) for m in found.media] == [
        ("shop/hat/a.png", "shop", "data/raw/shop/hat/annotations.csv", 3),
        ("shop/hat/gone.png", "shop", "data/raw/shop/hat/annotations.csv", 4),
    ]
    assert (found.unannotated, found.absent) == (("shop/hat/new.png",), ("shop/hat/gone.png",))
