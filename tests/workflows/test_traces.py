from __future__ import annotations

from mlscaffold.evidence.withdrawals import digest_of
from mlscaffold.workflows.traces import pictures_of, traces_of
from tests.conftest import Sandbox

PATH = "belt/daisy/img0271.png"


def _digest(project: Sandbox) -> str:
    return next(line for line in project.read("data/manifest/belt.csv").splitlines() if PATH in line).split(",")[2]


def test_a_picture_is_known_by_its_digest_or_the_digest_of_its_path(project: Sandbox) -> None:
    opened, digest = project.open(), _digest(project)
    (picture,) = pictures_of(opened, {digest})
    assert (picture.path, picture.digest, picture.split, picture.label) == (PATH, digest, "test", "daisy")
    assert picture.prepared is not None
    assert picture.prepared.path == f"test/{PATH}"
    assert pictures_of(opened, set(), {digest_of(PATH)}) == (picture,)
    assert pictures_of(opened, {"0" * 64}) == ()


def test_its_traces_are_files_examples_commits_and_tables(project: Sandbox) -> None:
    content = (project.root / "data/raw" / PATH).read_bytes()
    project.write({"docs/examples/shown.png": content, "data/review/again.png": content})
    project.commit()
    opened = project.open()
    found = traces_of(opened, pictures_of(opened, {_digest(project)}))
    assert found.files == (f"data/processed/test/{PATH}", f"data/raw/{PATH}", "data/review/again.png")
    assert found.examples == ("docs/examples/shown.png",)
    assert set(found.committed) == {"docs/examples/shown.png", "data/review/again.png"}
    assert found.linked == found.pages == ()
    assert all(n == 1 for n in found.named.values())
