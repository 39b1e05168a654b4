from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold.checks import fail, warn
from mlscaffold.model import Finding, Report
from mlscaffold.workflows.lists import write_lists
from mlscaffold.writing import CannotWrite
from tests.checks.repainting import raw_pictures, repaint
from tests.cli.command import run
from tests.conftest import Sandbox


def report(*findings: Finding) -> Report:
    return Report("x", "image-classification", "", dirty=False, round=1, current="", stages=(), findings=findings)


def named(check: str, *paths: str) -> Finding:
    from dataclasses import replace

    return replace(warn("odd", *paths[:3], items=paths), check=check)


def test_a_file_a_finding_and_a_path_a_line(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    findings = (named("a.b", "z/1.png", "z/1.png", "ü/#2 .png"), named("a.b", "y"), named("a.c"), fail("elsewhere"))
    written = write_lists(report(*findings), folder)
    assert [p.name for p in written] == ["a.b.txt", "a.b-2.txt"]
    assert written[0].read_text(encoding="utf-8") == "z/1.png\nü/#2 .png\n"


def test_lists_that_nothing_fills_go_and_other_files_stay(tmp_path: Path) -> None:
    write_lists(report(named("a.b", "1"), named("a.b", "2")), tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    write_lists(report(named("a.b", "3")), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.b.txt", "mine.txt"]
    assert (tmp_path / "a.b.txt").read_text() == "3\n"


def test_a_name_with_a_line_break_cannot_stand_there(tmp_path: Path) -> None:
    (written,) = write_lists(report(named("a.b", "one\ntwo", "three")), tmp_path)
    assert written.read_text() == "three\n"


def test_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("")
    with pytest.raises(CannotWrite):
        write_lists(report(named("a.b", "1")), tmp_path / "lists")


@pytest.mark.story
def test_from_a_finding_to_a_sheet(project: Sandbox) -> None:
    """All pictures of a finding, then a sheet on which somebody labels them anew."""
    project.commit("finished")
    paths = raw_pictures(project)[:9]
    for path in paths:
        repaint(project, path, lambda image: image.point(lambda v: 100 + v // 32))
    done = run(project.root, "check", "--all")
    assert "9 of 420 pictures are blank" in done.stdout
    assert "(--lists FOLDER writes all)" in done.stdout
    done = run(project.root, "check", "--all", "--lists", "lists")
    assert "of pictures into lists" in done.stderr
    listed = project.read("lists/collection.blank-image.txt").splitlines()
    assert sorted(listed) == sorted(paths)
    sheet = run(project.root, "data", "relabel", "lists/collection.blank-image.txt", "--output", "sheet.html")
    assert sheet.returncode == 0, sheet.stderr
    assert "9 of 9 pictures" in sheet.stdout
