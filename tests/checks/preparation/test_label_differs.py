from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK, TEST, RAW = "preparation.label-differs", "data/processed/test/annotations.csv", "data/raw/belt/daisy/annotations.csv"


def test_labels_agree(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_a_mapping_off_by_one(project: Sandbox) -> None:
    off = {"daisy": "rose", "rose": "tulip", "tulip": "daisy"}
    project.edit_csv(TEST, lambda rows: [{**r, "label": off[r["label"]] if i < 14 else r["label"]} for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert (
        "14 of 420 pictures changed class between raw and processed: test/belt/daisy/img0271.png is daisy in data/raw, rose in processed"
        in found.message
    )
    assert found.evidence[0].line == 2


def test_a_raw_label_corrected_since(project: Sandbox) -> None:
    project.replace(RAW, "img0271.png,daisy", "img0271.png,tulip")
    tables, prepared = project.check(CHECK)
    assert "1 of 420 labels in data/splits" in tables.message
    assert "belt/daisy/img0271.png is tulip there, daisy here" in tables.message
    assert tables.effect is not None
    assert "1 of 420 pictures changed class" in prepared.message


def test_a_windows_table_with_more_columns(project: Sandbox) -> None:
    rows = [line.split(",") for line in project.read(RAW).splitlines()]
    project.write(
        {RAW: "\ufeff" + "\r\n".join(f"{label};{path};3,5" for path, label in rows).replace("label;path;3,5", "label;path;width")}
    )
    assert project.check(CHECK) == []


def test_a_renamed_picture_is_known_by_its_digest(project: Sandbox) -> None:
    for path in (RAW, "data/manifest/belt.csv"):
        project.replace(path, "img0271.png", "closed.png")
    assert project.check(CHECK) == []
