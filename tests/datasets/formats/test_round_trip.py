"""Any records, into any format and back: the same, but for what was said to be lost; and from there into any other."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlscaffold.datasets import formats
from mlscaffold.datasets.exporting import copy_pictures, placed
from mlscaffold.datasets.masks import drawn
from mlscaffold.datasets.record import KeyPoints, Record, Shape, Skeleton, Span
from mlscaffold.datasets.sameness import first_difference
from tests.datasets.formats.samples import SAMPLES, SIZE
from tests.datasets.pictures import put

MANY = settings(
    max_examples=int(os.environ.get("MLSCAFFOLD_EXAMPLES", "4")),
    deadline=None,
    derandomize="MLSCAFFOLD_EXAMPLES" not in os.environ,  # what CI draws is the same for everyone; more is drawn on request
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAMES = sorted(SAMPLES)
CLASSES = ("hat", "Hut ü", "a & <b>", "NA", "None", "01", "1.0", "True", "x, y", "x;y", "two words", "=1+1")
WORDS = st.one_of(
    st.sampled_from(["red", "ü & 数", "1 < 2", "0.50", "null", "TRUE", 'p"1', "a,b", "a;b", "x\ty"]), st.integers(0, 99).map(str)
)
SKELETONS = (
    Skeleton(("nose", "left eye", "right eye"), ((0, 1), (0, 2))),
    Skeleton(("tip", "end & 1"), ((1, 0),)),
    Skeleton(("only",)),
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("pictures")
    return [put(root / name, number) for number, name in enumerate(("a.png", "b c.png", "ü/数.png", "other/a.png"), 1)]


def _number(most: int) -> st.SearchStrategy[float]:
    """A coordinate in quarters of a pixel."""
    return st.integers(0, 4 * most).map(lambda value: value / 4)


@st.composite
def _boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, top = draw(st.integers(0, SIZE[0] - 20)), draw(st.integers(0, SIZE[1] - 20))
    return left, top, draw(st.integers(2, SIZE[0] - left)), draw(st.integers(2, SIZE[1] - top))


@st.composite
def _rings(draw: st.DrawFn) -> tuple[float, ...]:
    """A triangle or more with some area."""
    left, top, width, height = draw(_boxes())
    more = draw(st.booleans())
    corners = (left, top, left + width, top, left + width, top + height)
    return (*map(float, corners), *((float(left), float(top + height)) if more else ()))


@st.composite
def _named(draw: st.DrawFn) -> KeyPoints | None:
    skeleton = draw(st.sampled_from(SKELETONS))
    points = []
    for _ in skeleton.names:
        seen = draw(st.integers(0, 2))
        points.append((draw(_number(SIZE[0] - 1)) + 0.25, draw(_number(SIZE[1] - 1)) + 0.25, seen) if seen else (0.0, 0.0, 0))
    found = KeyPoints(skeleton, tuple(points))
    return found if found.marked else None


@st.composite
def _shapes(draw: st.DrawFn) -> Shape:
    kind = draw(st.sampled_from(["box", "turned", "outline", "pieces", "mask", "point", "points", "key points"]))
    told: dict[str, Any] = {
        "label": draw(st.sampled_from(CLASSES)),
        "crowd": draw(st.booleans()) and kind == "mask",
        "difficult": draw(st.booleans()),
        "truncated": draw(st.booleans()),
        "occluded": draw(st.booleans()),
        "score": draw(st.sampled_from([None, None, 0.5])),
        "person": draw(st.sampled_from(["", "", "ann@example.org", "7"])),
        "attributes": draw(st.dictionaries(st.sampled_from(["colour", "p 1"]), WORDS, max_size=2)),
    }
    box = draw(_boxes())
    if kind in ("box", "turned"):
        return Shape(box=box, angle=draw(st.integers(1, 359)) if kind == "turned" else 0.0, **told)
    if kind == "mask":
        return Shape(mask=drawn((draw(_rings()),), SIZE), box=draw(st.sampled_from([None, box])), **told)
    if kind in ("outline", "pieces"):
        rings = tuple(draw(st.lists(_rings(), min_size=1 + (kind == "pieces"), max_size=1 + 2 * (kind == "pieces"))))
        return Shape(rings=rings, box=draw(st.sampled_from([None, box])), keypoints=draw(st.none() | _named()), **told)
    if kind == "key points" and (named := draw(_named())):
        return Shape(keypoints=named, box=draw(st.sampled_from([None, box])), **told)
    count = 1 if kind == "point" else draw(st.integers(2, 3))
    return Shape(points=tuple(v for _ in range(count) for v in (draw(_number(SIZE[0] - 1)), draw(_number(SIZE[1] - 1)))), **told)


@st.composite
def _records(draw: st.DrawFn, pictures: Sequence[Path]) -> list[Record]:
    found = []
    for path in draw(st.lists(st.sampled_from(pictures), min_size=1, max_size=3, unique=True)):
        found.append(
            Record(
                path,
                "/".join(path.parts[-draw(st.integers(1, 2)) :]),
                tuple(draw(st.lists(st.sampled_from(CLASSES), max_size=2, unique=True))),
                group=draw(st.sampled_from(["", "", "patient 1", "ü"])),
                attributes=draw(st.dictionaries(st.sampled_from(["shop", "night & day"]), WORDS, max_size=2)),
                split=draw(st.sampled_from(["", "train", "validation", "eyeball", "test", "night"])),
                size=SIZE,
                shapes=_judged(draw(st.lists(_shapes(), max_size=3))),
            )
        )
    if draw(st.booleans()):
        text = draw(st.sampled_from(["Ann lives in Bern.", "so 😀 nice", "tab\there"]))
        spans = tuple(draw(st.lists(st.sampled_from([Span(0, 2, "NA"), Span(3, 4, "x, y")]), max_size=2, unique=True)))
        found.append(Record(pictures[0].with_name("t.jsonl"), "t.jsonl", ("hat",), text=text, spans=spans, split="train"))
    return found


def _judged(shapes: list[Shape]) -> tuple[Shape, ...]:
    """As a reader gives them: with a box where an outline or key points have one."""
    from mlscaffold.datasets.collecting import Findings, judged

    findings = Findings()
    return judged(shapes, SIZE, where="drawn", findings=findings)


def _through(records: Sequence[Record], name: str, folder: Path) -> tuple[Counter[str], list[Record]]:
    """Write into a format and read again; fails where the two differ."""
    form = formats.formats()[name]
    kept, lost = formats.fit(records, form)
    if not kept:
        return lost, []
    items = placed(kept, form.place)
    copy_pictures(items, folder)
    form.write(items, folder, [])
    back = form.read(folder)
    difference = first_difference(items, back, folder)
    assert not difference, difference
    assert not back.refused, back.refused
    again, more = formats.fit(back.records, form)
    assert len(again) == len(back.records)
    assert not more, more
    return lost, list(back.records)


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_what_fits_comes_back_and_goes_on(pictures: list[Path], name: str, data: st.DataObject) -> None:
    records = data.draw(_records(pictures))
    with tempfile.TemporaryDirectory() as place:
        lost, back = _through(records, name, Path(place, "one"))
        assert all(count > 0 for count in lost.values())
        _through(back, data.draw(st.sampled_from(NAMES)), Path(place, "two"))
