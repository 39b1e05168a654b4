from pathlib import Path

import pytest

from mlscaffold.datasets.collecting import Findings, frame, json_lines, judged, told_size
from mlscaffold.datasets.labelling import labelled
from mlscaffold.datasets.list_columns import columns_of
from mlscaffold.datasets.maskfiles import pairs_of, remainder
from mlscaffold.datasets.pictures import Header, Pictures
from mlscaffold.datasets.record import Reading, Record, Shape
from mlscaffold.errors import ScaffoldError


def test_shapes_are_kept_refused_or_told() -> None:
    findings = Findings()
    shapes = [
        Shape("hat", (1, 1, 5, 5)),
        Shape("hat", (1, 1, 5, 5)),
        Shape("", (1, 1, 5, 5)),
        Shape("hat", rings=((1, 1, 9, 1, 9, 9),)),
        Shape("hat", (0, 0, 11.5, 5)),
        Shape("hat", (0, 0, 10.9, 5)),
        Shape("hat", (30, 0, 5, 5)),
    ]
    kept = judged(shapes, (10, 10), where="f:1", findings=findings)
    assert [shape.box for shape in kept] == [(1, 1, 5, 5), (1, 1, 5, 5), (1, 1, 8, 8), (0, 0, 11.5, 5), (0, 0, 10.9, 5)]
    assert [(d.kind, d.unit) for d in findings.defects] == [
        ("doubled-object", ""), ("no-class", "object"), ("box-outside", ""), ("box-elsewhere", "object"),
    ]  # fmt: skip


def test_read_and_refused_are_the_total() -> None:
    findings = Findings()
    findings.item("f:1", "no-path", "names no file", field="path")
    findings.object("f:2", "of-refused-picture", "3 objects of it", count=3)
    findings.object("f:3", "of-refused-picture", "0 objects of it", count=0)
    findings.tell("f:4", "odd", "is odd")
    findings.records.append(Record(Path("a.png"), "a.png", ("x",)))
    reading = findings.reading()
    assert (reading.total, len(reading.refused), reading.refused_objects, len(reading.told)) == (2, 1, 3, 1)


@pytest.mark.parametrize(
    ("told", "size", "kind"),
    [(None, (4, 3), ""), ((4, 3), (4, 3), ""), ((3, 4), (3, 4), "upright-size"), ((8, 6), (4, 3), "size-differs")],
)
def test_the_size_that_is_meant_is_decided_and_told(told: tuple[int, int] | None, size: tuple[int, int], kind: str) -> None:
    findings = Findings()
    assert frame(told, Header(4, 3, 6), where="f", findings=findings) == size
    assert [d.kind for d in findings.defects] == ([kind] if kind else [])


def test_sizes_that_are_none() -> None:
    assert told_size("120", 90.0) == (120, 90)
    assert [told_size(value, 90) for value in ("x", 0, -1, None, True, float("nan"), float("inf"))] == [None] * 7


def test_lines_of_json(tmp_path: Path) -> None:
    (tmp_path / "f").write_text('1\n{\n\n"x"\n')
    findings = Findings()
    assert list(json_lines(tmp_path / "f", "f", findings)) == [("f:1", 1), ("f:4", "x")]
    assert [d.where for d in findings.defects] == ["f:2"]


def test_what_columns_mean() -> None:
    assert columns_of(["File Name", "Class", "width"]) == {"path": 0, "label": 1}
    assert columns_of(["filename", "class", "xmin", "ymin", "xmax", "ymax", "label"]) == {
        "path": 0, "class": 1, "xmin": 2, "ymin": 3, "xmax": 4, "ymax": 5, "label": 6,
    }  # fmt: skip


def test_masks_and_their_pictures() -> None:
    names = ["images/a.png", "images/a b.png", "masks/a_mask.png", "masks/a b-hat-12.png", "masks/c.png"]
    pairs = pairs_of(Pictures(Path("set"), {name: Path("set", name) for name in names}))
    assert pairs.masks == {"images/a.png": ["masks/a_mask.png"], "images/a b.png": ["masks/a b-hat-12.png"]}
    assert (pairs.orphans, pairs.most, pairs.count) == (["masks/c.png"], 1, 2)
    assert [remainder(mask, "images/a b.png") for mask in ("a b-hat-12.png", "a b_mask.png", "a b.png")] == ["hat", "", ""]


def test_several_labels_of_one_picture_are_refused_not_chosen_from() -> None:
    both = Record(Path("a.png"), "a.png", ("x", "y"))
    one = Record(Path("b.png"), "b.png", ("x",))
    reading = labelled(Reading((both, one)), Path("set"), "cvat")
    assert [(d.kind, d.message) for d in reading.defects] == [("several-labels", "a.png shows 2 classes (x, y); one is wanted")]
    assert reading.total == 2
    with pytest.raises(ScaffoldError, match="holds texts"):
        labelled(Reading((Record(Path("t"), "t", text="x"),)), Path("set"), "doccano")
