"""The main job: all ten stages for real, and what the tool says of the finished project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mlscaffold.stages import all_stages
from tests.conftest import Sandbox
from tests.whole.command import mlscaffold

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def test_the_demo_signs_all_ten_stages_and_says_where(finished_demo: tuple[Path, str]) -> None:
    folder, told = finished_demo

    for stage in all_stages():
        assert f"{stage.number} {stage.slug}" in told
    assert "All ten stages are signed" in told
    assert (folder / "report.html").stat().st_size > 20_000
    assert len(list((folder / ".mlscaffold/signoffs/01").glob("*.toml"))) == 10


def test_a_check_of_the_finished_demo_passes(demo: Sandbox) -> None:
    report = json.loads(mlscaffold(demo.root, "check", "--all", "--format", "json"))

    assert report["ok"]
    assert {s["state"] for s in report["stages"]} == {"signed"}
    assert {d["state"] for s in report["stages"] for d in s["deliverables"]} <= {"proved", "waived", "unknown"}
    assert not [f for f in report["findings"] if f["status"] in ("fail", "error", "todo")]


def test_the_deep_checks_of_the_finished_demo_pass(demo: Sandbox) -> None:
    report = json.loads(mlscaffold(demo.root, "check", "--deep", "--no-cache", "--format", "json"))

    assert report["ok"]
    assert report["deep_not_run"] == 0


def test_a_clone_without_pictures_keeps_every_state(demo: Sandbox, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", demo.root.as_uri(), str(clone)], check=True, capture_output=True)
    report = json.loads(mlscaffold(clone, "check", "--format", "json"))

    assert report["ok"], [f for f in report["findings"] if f["counts"] and f["status"] in ("fail", "error")]
    assert {s["state"] for s in report["stages"]} == {"signed"}


def test_the_finished_demo_is_clean_for_git_and_lint(demo: Sandbox) -> None:
    assert demo.git("status", "--porcelain", "--", ".", ":!report.html") == ""


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_reports_of_the_finished_demo(demo: Sandbox, form: str) -> None:
    output = demo.root / f"out.{form}"
    mlscaffold(demo.root, "report", "--format", form, "--output", str(output))
    text = output.read_text(encoding="utf-8")

    assert "digits-demo" in text
    assert "deployment" in text
    if form == "html":
        assert "<script" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
