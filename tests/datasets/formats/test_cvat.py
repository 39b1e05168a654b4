from pathlib import Path

from mlscaffold.datasets.formats.cvat import read
from mlscaffold.datasets.geometry import hull
from mlscaffold.datasets.masks import area
from tests.datasets.formats.samples import cvat, text
from tests.datasets.pictures import put


def test_what_the_file_says(tmp_path: Path) -> None:
    cvat(tmp_path)
    first, second = read(tmp_path).records
    box, mask, points, pieces = first.shapes
    assert (first.name, first.labels, first.split, second.split) == ("day/a.png", ("indoors",), "train", "validation")
    assert (box.box, box.angle, box.occluded, box.attributes) == ((10.0, 20.0, 30.0, 40.0), 30.0, True, {"colour": "red"})
    assert [round(value, 3) for value in hull(box) or ()] == [2.01, 15.179, 45.981, 49.641]
    assert mask.mask is not None
    assert (mask.box, area(mask.mask), points.points) == ((6.0, 6.0, 2.0, 1.0), 2, (3.0, 4.0))
    assert (pieces.label, len(pieces.rings)) == ("shoe", 2)


def test_shapes_that_cannot_be_used_are_named_by_line(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    rows = [
        '<box label="hat" xtl="1" ytl="1" xbr="inf" ybr="2"/>',
        '<polygon label="hat" points="1,1;2,2"/>',
        '<polyline label="hat" points="1,1;2,2"/>',
        '<skeleton label="hat"><points label="x" points="1"/></skeleton>',
        '<mask label="hat" rle="1, 9" left="0" top="0" width="3" height="2"/>',
        '<mask label="hat" rle="1, 5" left="119" top="0" width="3" height="2"/>',
        '<box xtl="1" ytl="1" xbr="3" ybr="3"/>',
    ]
    text(
        tmp_path / "a.xml",
        '<annotations>\n<image name="a.png" width="120" height="90">\n' + "\n".join(rows) + "\n</image></annotations>",
    )
    reading = read(tmp_path)
    kinds = ["broken-box", "broken-polygon", "shape-unknown", "broken-skeleton", "broken-mask", "broken-mask", "no-class"]
    assert [(d.where, d.kind) for d in reading.defects] == [(f"a.xml:{line}", kind) for line, kind in enumerate(kinds, 3)]
    assert (len(reading.records), reading.objects, reading.refused_objects) == (1, 0, 7)


def test_pictures_that_are_not_there(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    text(
        tmp_path / "annotations.xml",
        '<annotations>\n\n<image name="gone.png"><box/><box/></image>\n'
        '<image name="../a.png"/>\n<image name="a.png"/>\n<image name="a.png"/></annotations>',
    )
    reading = read(tmp_path)
    assert [(d.where, d.kind) for d in reading.refused] == [
        ("annotations.xml:3", "missing-file"), ("annotations.xml:4", "leads-out"),
        ("annotations.xml:6", "named-twice"),
    ]  # fmt: skip
    assert (reading.total, len(reading.records), reading.refused_objects) == (4, 1, 2)
