"""`report`: one file, whole or not at all."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import one_error, run
from tests.conftest import Sandbox

pytestmark = pytest.mark.story


def test_each_format(project: Sandbox) -> None:
    done = run(project.root, "report")
    assert done.returncode == 0, done.stderr
    assert project.read("report.html").lstrip().lower().startswith("<!doctype html>")
    assert run(project.root, "report", "--format", "md", "--output", "out/where.md").returncode == 0
    assert "flower-sorter" in project.read("out/where.md")
    assert json.loads(run(project.root, "report", "--format", "json").stdout)["schema"] == 1
    for office in ("docx", "xlsx"):
        assert run(project.root, "report", "--format", office).returncode == 0
        assert (project.root / f"report.{office}").read_bytes()[:2] == b"PK"
    one_error(run(project.root, "report", "--format", "pptx"), "--format html, md, docx, xlsx, json", code=2)
    one_error(run(project.root, "report", "--output", "docs"), "it is a folder")


def test_damaged_pictures_do_not_stop_it(project: Sandbox) -> None:
    for picture in list(project.root.glob("data/processed/eyeball/**/*.png")):
        project.write({picture.relative_to(project.root).as_posix(): b"\x89PNG\r\n\x1a\nbroken"})
    assert run(project.root, "report").returncode == 0
