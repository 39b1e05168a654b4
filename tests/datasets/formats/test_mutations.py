"""Sound sets, spoiled at random in bytes and in structure: readers answer with records and defects, or with words for a person."""

from __future__ import annotations

import json
import os
import re
from copy import deepcopy
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlscaffold.datasets import formats
from mlscaffold.datasets.record import Reading, is_media
from mlscaffold.errors import ScaffoldError
from tests.datasets.formats.samples import SAMPLES, made

MANY = settings(
    max_examples=int(os.environ.get("MLSCAFFOLD_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = sorted(SAMPLES)
ODD: list[Any] = [
    None, True, -1, 0, 0.5, 7, 10**30, -1e308, float("nan"), float("inf"), "", "x", "0", "-3", "1e999", "../../secret.png", "/etc/secret.png",
    "C:\\secret.png", "a.png", "a\0.png", "\ud800", "x" * 5000, [], [[]], [None], [1, "2", {}], {}, {"id": {}}, {"counts": "\x7f", "size": [9, 9]},
]  # fmt: skip
WORDS = [
    "",
    "nan",
    "inf",
    "-1",
    "1e999",
    "99999999999999999999",
    "../../secret.png",
    "/etc/secret.png",
    "C:\\x.png",
    "&x;",
    "<a>",
    '"',
    ";",
    "\t",
    "\0",
    "é",
    "=1+1",
]
Spot = tuple[Path, Path]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: made(tmp_path_factory.mktemp("sets"), name) for name in NAMES}


def _annotations(folder: Path) -> list[Path]:
    """Files that say something: lists and annotations, and masks."""
    every = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return [p for p in every if not is_media(p) or "masks" in p.parts] or every


def _sound(reading: Reading, folder: Path) -> None:
    """What holds of every reading, however broken the set is."""
    assert reading.total == len(reading.records) + len(reading.refused)
    for record in reading.records:
        assert record.path.resolve().is_relative_to(folder.resolve())
        assert record.text is not None or record.path.is_file()
        assert all(
            isinstance(value, str)
            for value in (record.name, record.group, record.split, *record.labels, *record.attributes.values())
        )
        for shape in record.shapes:
            assert shape.label
            assert all(isfinite(value) for ring in (shape.box or (), shape.points, *shape.rings) for value in ring)
            assert shape.box is None or (shape.box[2] > 0 and shape.box[3] > 0)
    for defect in reading.defects:
        assert defect.where and defect.message
        assert re.fullmatch(r"[a-z0-9-]+", defect.kind)


def _look(folder: Path, name: str) -> None:
    """Sniff with every format, read with one."""
    for form in formats.formats().values():
        assert 0 <= form.sniff(folder).score <= 1
    try:
        reading = formats.formats()[name].read(folder)
    except ScaffoldError as error:
        assert str(error)
        return
    _sound(reading, folder)
    formats.fit(reading.records, formats.formats()["coco"])


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_spoiled_bytes(folders: dict[str, Path], name: str, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(_annotations(folders[name])))
    before = file.read_bytes()
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, min(len(before), start + 40)))
    kind = data.draw(st.sampled_from(["replace", "cut", "truncate", "double", "utf-16", "bom", "empty"]))
    after = {
        "replace": before[:start] + data.draw(st.binary(max_size=20)) + before[end:],
        "cut": before[:start] + before[end:],
        "truncate": before[:start],
        "double": before[:end] + before[start:],
        "utf-16": before.decode("latin-1").encode("utf-16"),
        "bom": b"\xef\xbb\xbf" + before,
        "empty": b"",
    }[kind]
    try:
        file.write_bytes(after)
        _look(folders[name], name)
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("class-folders", "excel-list", "parquet-list", "object-masks")]
)
@MANY
@given(data=st.data())
def test_spoiled_structure(folders: dict[str, Path], name: str, data: st.DataObject) -> None:
    files = [p for p in _annotations(folders[name]) if not is_media(p) and p.stat().st_size]
    file = data.draw(st.sampled_from(files))
    before = file.read_text(encoding="utf-8")
    if file.suffix in (".json", ".jsonl", ".ndjson"):
        rows = [json.loads(before)] if file.suffix == ".json" else [json.loads(line) for line in before.splitlines()]
        for _ in range(data.draw(st.integers(1, 3))):
            _spoil(rows, data)
        after = "\n".join(json.dumps(row) for row in rows)
    else:
        words = list(re.finditer(r"[^\s<>\"=,:;]+", before))
        word = data.draw(st.sampled_from(words))
        after = before[: word.start()] + data.draw(st.sampled_from(WORDS)) + before[word.end() :]
    try:
        file.write_text(after, encoding="utf-8")
        _look(folders[name], name)
    finally:
        file.write_text(before, encoding="utf-8")


def _spoil(value: Any, data: st.DataObject) -> None:  # noqa: ANN401 - any JSON value
    """Replace, remove or double something somewhere in a JSON value."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(value[key], dict | list) and value[key] and data.draw(st.integers(0, 4)):
            value = value[key]
            continue
        match data.draw(st.sampled_from(["odd", "odd", "odd", "remove", "double"])):
            case "odd":
                value[key] = deepcopy(data.draw(st.sampled_from(ODD)))
            case "remove":
                del value[key]
            case "double" if isinstance(value, list):
                value.append(deepcopy(value[key]))
        return
