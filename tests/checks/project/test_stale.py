from __future__ import annotations

from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.stale"


def test_what_was_signed_is_there(project: Sandbox) -> None:
    project.sign()
    project.commit()
    assert project.check(CHECK) == []


def test_nothing_signed_is_nothing_stale(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


def test_a_label_corrected_after_the_sign_off(project: Sandbox) -> None:
    project.sign()
    project.commit()
    project.replace("data/raw/belt/rose/annotations.csv", "img0002.png,rose", "img0002.png,tulip")
    found = project.check(CHECK)
    assert [f.stage for f in found] == ["collection", "preparation"]
    assert all(f.status == "fail" and "data/raw/belt/rose/annotations.csv" in f.message for f in found)
    assert found[0].fix == "mlscaffold stage next --stage collection"


def test_a_typo_in_its_own_document_is_a_warning(project: Sandbox) -> None:
    project.sign()
    project.commit()
    project.replace("docs/02-research.md", "We weighed two forms.", "We weighed both forms.")
    assert said(project.check(CHECK), "warn", "stage 2 (research)", "docs/02-research.md").stage == "research"


def test_layout_and_times_move_nothing(project: Sandbox) -> None:
    project.sign()
    project.commit()
    project.write({"acceptance.toml": "# a comment\r\n" + project.read("acceptance.toml").replace("\n", "\r\n")})
    (project.root / "docs/01-problem.md").touch()
    assert project.check(CHECK) == []
