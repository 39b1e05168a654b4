from __future__ import annotations

import pytest

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import Broken
from mlscaffold.evidence.versions import state_of, versions
from mlscaffold.workflows.data_diff import data_diff
from mlscaffold.workflows.data_version import commit_of_version, data_version, used_by
from tests.checks.collection.test_annotations import without_pictures
from tests.conftest import Sandbox
from tests.finished import EVALUATED, RUN

ROSES = "data/raw/belt/rose/annotations.csv"


def _relabel(project: Sandbox) -> None:
    project.replace(ROSES, "img0002.png,rose", "img0002.png,tulip")


def test_a_state_is_of_meaning_not_of_bytes(project: Sandbox) -> None:
    before = state_of(project.open())
    assert (before.pictures, before.labelled, before.rows["test"], set(before.prepared)) == (420, 420, 150, set(before.rows))
    project.edit_csv("data/manifest/belt.csv", lambda rows: rows[::-1])
    project.edit_csv("data/splits/belt.csv", lambda rows: [{**row, "fold": "1"} for row in rows])
    without_pictures(project)
    assert state_of(project.open()).digest == before.digest
    _relabel(project)
    after = state_of(project.open())
    assert (after.media, after.splits) == (before.media, before.splits)
    assert after.labels != before.labels
    assert after.digest != before.digest


def test_a_name_is_recorded_once_and_stays_what_it_is(project: Sandbox) -> None:
    project.commit()
    done = data_version(project.open(), "v1", note="first delivery,\n to the line", by="Ada Byron")
    assert done.written == "data/versions/v1.toml"
    (version,) = versions(project.open())
    assert (version.name, version.note, version.by, version.commit) == (
        "v1",
        "first delivery, to the line",
        "Ada Byron",
        project.git("rev-parse", "HEAD"),
    )
    assert version.state == state_of(project.open())
    assert data_version(project.open(), "v1").written == ""
    assert data_version(project.open(), "same").written == "data/versions/same.toml"
    _relabel(project)
    done = data_version(project.open())
    assert done.same == ()
    assert done.latest is not None
    assert done.latest.name in ("same", "v1")
    with pytest.raises(UsageError, match="v1 names other data"):
        data_version(project.open(), "V1")
    for name in ("../x", ".hidden", "a b"):
        with pytest.raises(UsageError, match="cannot name a version"):
            data_version(project.open(), name)


def test_two_branches_that_name_versions_merge(project: Sandbox) -> None:
    project.commit()
    data_version(project.open(), "ours", by="Ada")
    project.git("checkout", "-q", "-b", "other")
    project.commit("ours")
    project.git("checkout", "-q", "main")
    data_version(project.open(), "theirs", by="Ada")
    project.commit("theirs")
    project.git("merge", "-q", "--no-edit", "other")
    assert {version.name for version in versions(project.open())} == {"ours", "theirs"}


def test_a_comparison_takes_the_name_of_a_version(project: Sandbox) -> None:
    project.commit()
    data_version(project.open(), "v1", by="Ada")
    _relabel(project)
    assert [change.path for change in data_diff(project.open(), "v1").relabelled] == ["belt/rose/img0002.png"]
    data_version(project.open(), "v2", by="Ada")  # named before its tables were committed: the commit of its file holds them
    with pytest.raises(ScaffoldError, match="No commit here holds the tables of version v2"):
        data_diff(project.open(), "v2")
    project.commit("v2")
    assert commit_of_version(project.open(), "v2") == project.git("rev-parse", "HEAD")
    assert data_diff(project.open(), "v2").empty
    with pytest.raises(UsageError, match="and no version of the data"):
        data_diff(project.open(), "v3")


def test_a_run_is_told_by_its_version(project: Sandbox) -> None:
    data_version(project.open(), "v1", by="Ada")
    _relabel(project)
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: rows[1:])
    data_version(project.open(), "v2", by="Ada")
    found = used_by(project.open(), RUN)
    assert (found.stage, found.splits["train"]) == ("training", ("v1", "v2"))
    assert used_by(project.open(), EVALUATED).splits["test"] == ("v1",)
    with pytest.raises(UsageError, match="reports has no run"):
        used_by(project.open(), "20200101T000000Z-ada-abc")
    with pytest.raises(UsageError, match="is no name of a run"):
        used_by(project.open(), "../../x")


def test_a_version_that_was_spoiled_is_told_with_its_line(project: Sandbox) -> None:
    project.write({"data/versions/v1.toml": 'digest = "short"\n'})
    with pytest.raises(Broken, match=r"data/versions/v1\.toml"):
        versions(project.open())


def test_labels_that_dvc_keeps_cannot_be_named(project: Sandbox) -> None:
    for path in (project.root / "data/raw/belt").rglob("*.*"):
        if path.is_file():
            path.unlink()
    project.write({"data/raw/belt.dvc": "outs:\n- md5: 0123.dir\n  path: belt\n"})
    assert data_version(project.open()).state.labels == ""
    with pytest.raises(ScaffoldError, match="The labels are not on this machine"):
        data_version(project.open(), "v1")
