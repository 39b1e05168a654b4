"""A clone in which pictures are pointers, links to nowhere, or not there: nothing crashes, nothing false is found, states are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.model import Status
from mlscaffold.project import Unknown
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.data_stats import data_stats
from mlscaffold.workflows.data_version import data_version
from mlscaffold.workflows.look import look
from mlscaffold.workflows.scan import scan_folder
from mlscaffold.workflows.split_data import split_data
from tests.conftest import Sandbox

pytestmark = pytest.mark.story

Away = Callable[[Sandbox], None]


def _pictures(project: Sandbox) -> list[Path]:
    return sorted((project.root / "data").rglob("*.png"))


def _absent(project: Sandbox) -> None:
    for picture in _pictures(project):
        picture.unlink()


def _pointers(project: Sandbox) -> None:
    for picture in _pictures(project):
        content = picture.read_bytes()
        oid = hashlib.sha256(content).hexdigest()
        project.write(
            {
                picture.relative_to(
                    project.root
                ).as_posix(): f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
            }
        )


def _dvc_files(project: Sandbox) -> None:
    for picture in _pictures(project):
        if "raw" in picture.parts:
            project.write(
                {f"{picture.relative_to(project.root).as_posix()}.dvc": f"outs:\n- md5: {'0' * 32}\n  path: {picture.name}\n"}
            )
    _absent(project)


def _dvc_folders(project: Sandbox) -> None:
    """Each class folder is kept by DVC, its annotation file too; only one was pulled, without its prepared pictures."""
    for name in ("rose", "tulip"):
        folder = project.root / "data/raw/belt" / name
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        project.write({f"data/raw/belt/{name}.dvc": f"outs:\n- md5: {'0' * 32}.dir\n  path: {name}\n"})
    for picture in (project.root / "data/processed").rglob("*.png"):
        picture.unlink()


def _dvc_source(project: Sandbox) -> None:
    """The whole source is kept by DVC."""
    for path in sorted((project.root / "data/raw/belt").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (project.root / "data/raw/belt").rmdir()
    project.write({"data/raw/belt.dvc": f"outs:\n- md5: {'0' * 32}.dir\n  path: belt\n"})
    for picture in (project.root / "data/processed").rglob("*.png"):
        picture.unlink()


def _unmounted(project: Sandbox) -> None:
    for picture in _pictures(project):
        picture.unlink()
        if "raw" in picture.parts:
            picture.symlink_to(project.root.parent / "nas" / picture.name)


def _half(project: Sandbox) -> None:
    """Half are pointers of Git LFS, half were fetched."""
    for n, picture in enumerate(_pictures(project)):
        if n % 2:
            content = picture.read_bytes()
            oid = hashlib.sha256(content).hexdigest()
            project.write(
                {
                    picture.relative_to(
                        project.root
                    ).as_posix(): f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
                }
            )


WAYS: dict[str, Away] = {
    "absent": _absent,
    "pointers of Git LFS": _pointers,
    "half of them fetched": _half,
    "files that DVC keeps": _dvc_files,
    "folders that DVC keeps": _dvc_folders,
    "a source that DVC keeps": _dvc_source,
    "a disk that is not mounted": _unmounted,
}


@pytest.fixture(params=WAYS.values(), ids=list(WAYS))
def clone(request: pytest.FixtureRequest, project: Sandbox) -> Sandbox:
    project.sign()
    request.param(project)
    return project


def _tables(project: Sandbox) -> dict[str, list[str]]:
    """Every committed table as its lines, whatever their order; versions of test sets are recorded and no table."""
    places = ("data/manifest", "data/splits", "reports/collection")
    files = [p for place in places for p in sorted((project.root / place).rglob("*")) if p.is_file() and p.parent.name != "tests"]
    return {p.relative_to(project.root).as_posix(): sorted(p.read_text().splitlines()) for p in files}


def test_checks_find_nothing_false_and_states_are_kept(clone: Sandbox) -> None:
    report = check_project(clone.open())
    assert [(f.check, f.message) for f in report.findings if f.status in (Status.FAIL, Status.ERROR, Status.TODO)] == []
    assert report.ok
    assert clone.stale() == []


def test_commands_do_not_crash_and_take_nothing_away(clone: Sandbox) -> None:
    before = _tables(clone)
    with pytest.raises(ScaffoldError) as refused:
        data_stats(clone.root)
    assert refused.value.reference == "media-absent"
    with suppress(ScaffoldError):  # where not even the labels are here, there is nothing to deal
        split_data(clone.root)
    assert _tables(clone) == before
    with suppress(UsageError):  # "There is no picture"
        scan_folder(clone.root / "data", cache=None)
    assert data_version(clone.open()).state.pictures == 420
    try:
        assert len(look(clone.open()).shots) == 420
    except Unknown as unknown:
        assert (unknown.fix, "is kept by DVC and not on this machine" in unknown.reason) == ("dvc pull", True)
