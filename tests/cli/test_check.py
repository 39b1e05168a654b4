"""`check`: which checks run, what content they see, and that the cache never changes an answer."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.checks.project.test_still_generated import generated
from tests.cli.command import one_error, run
from tests.conftest import Sandbox

pytestmark = pytest.mark.story


def machine(project: Sandbox, *args: str) -> dict[str, Any]:
    done = run(project.root, "check", "--format", "json", *args)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def checks(report: dict[str, Any]) -> set[str]:
    return {f["check"] for f in report["findings"]}


def bad(report: dict[str, Any]) -> set[str]:
    return {f["check"] for f in report["findings"] if f["status"] in ("fail", "error")}


def test_a_sound_project_passes_and_a_spoiled_one_does_not(project: Sandbox) -> None:
    assert run(project.root, "check").returncode == 0
    project.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    done = run(project.root, "check")
    assert done.returncode == 1
    assert "docs/examples/bunch-1.png" in done.stdout
    assert "mlscaffold explain collection.unreadable-image" in done.stdout.splitlines()[-1]


def test_staged_reads_the_index_and_since_the_work_tree(project: Sandbox) -> None:
    sound = (project.root / "docs/examples/bunch-1.png").read_bytes()
    project.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    assert checks(machine(project, "--staged")) == set()
    assert "collection.unreadable-image" in bad(machine(project, "--since", "HEAD"))
    project.git("add", "docs/examples/bunch-1.png")
    project.write({"docs/examples/bunch-1.png": sound})
    staged = machine(project, "--staged")
    assert "collection.unreadable-image" in bad(staged)
    assert "research.section-missing" not in checks(staged)
    assert machine(project, "--since", "HEAD")["ok"]
    assert machine(project)["ok"]  # what the index holds was not mistaken for what lies on disk


def test_staged_sees_ignored_pictures_on_disk_and_no_untracked_files(project: Sandbox) -> None:
    assert not project.git("ls-files", "data/raw/belt/*.png")
    project.write({"data/raw/belt/daisy/img0000.png": b"\x89PNG\r\n\x1a\nbroken", "docs/examples/new.png": b"\x89PNG broken"})
    project.write({"data/manifest/belt.csv": project.read("data/manifest/belt.csv") + "\n"})
    project.git("add", "data/manifest")
    found = [f for f in machine(project, "--staged")["findings"] if f["check"] == "collection.unreadable-image"]
    text = json.dumps(found)
    assert "data/raw/belt/daisy/img0000.png" in text
    assert "docs/examples/new.png" not in text


def test_staged_pictures_behind_a_link(project: Sandbox, tmp_path: Path) -> None:
    (project.root / "data/raw/belt").rename(tmp_path / "shared")
    (project.root / "data/raw/belt").symlink_to(tmp_path / "shared")
    project.commit("the pictures are on a share")
    project.write({"acceptance.toml": project.read("acceptance.toml") + "\n"})
    project.git("add", "acceptance.toml")
    assert run(project.root, "check", "--staged").returncode == 0


def test_since_wants_a_revision_and_git(project: Sandbox, tmp_path: Path) -> None:
    one_error(run(project.root, "check", "--since", "nowhere"), "no revision 'nowhere'")
    one_error(run(project.root, "check", "--since=--output=x"), "no revision")
    one_error(run(project.root, "check", "--since", "HEAD", "--staged"), "exclude each other", code=2)
    (project.root / ".git").rename(tmp_path / "away")
    one_error(run(project.root, "check", "--since", "HEAD"), "in no git repository")
    one_error(run(project.root, "check", "--staged"), "in no git repository")
    assert run(project.root, "check").returncode == 0


def test_usage(project: Sandbox) -> None:
    one_error(run(project.root, "check", "--format", "xml"), "--format text or json", code=2)
    one_error(run(project.root, "check", "--stage", "eleven"), "The stages are:", code=2)
    assert run(project.root, "check", "--output", "a/b.json", "--format", "json").returncode == 0
    assert json.loads(project.read("a/b.json"))["schema"] == 1
    one_error(run(project.root, "check", "--output", "docs"), "it is a folder")


def test_one_stage_shows_its_findings_though_they_do_not_count_yet(project: Sandbox) -> None:
    project.write({"docs/02-research.md": "# Research\n"})
    assert "research" not in run(project.root, "check").stdout.split("checks:")[0]
    done = run(project.root, "check", "--stage", "2")
    assert done.returncode == 0
    assert "research" in done.stdout.split("checks:")[0]
    listed = [line.split()[2] for line in done.stdout.splitlines() if line.startswith(("research  fail", "research  warn"))]
    counted = re.search(r"checks: .*?(\d+) failed", done.stdout)
    assert counted
    assert int(counted[1]) == len({f["check"] for f in machine(project, "--stage", "2")["findings"] if f["status"] == "fail"})
    assert listed
    assert run(project.root, "check", "--all").returncode == 0 or "research" in run(project.root, "check", "--all").stdout


def test_what_was_not_examined_is_unknown_and_not_undone(project: Sandbox) -> None:
    states = {d["id"]: d["state"] for s in machine(project, "--stage", "1")["stages"] for d in s["deliverables"]}
    assert states["disjoint-splits"] in ("unknown", "todo")
    assert "todo" not in {d["state"] for d in machine(project, "--stage", "1")["stages"][1]["deliverables"]}


def age(project: Sandbox) -> None:
    """Let the files be older than the racy two seconds."""
    for path in project.root.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            os.utime(path, ns=(1_700_000_000_000_000_000, 1_700_000_000_000_000_000))


@pytest.mark.slow
def test_the_cache_never_changes_the_answer(project: Sandbox) -> None:
    project.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken", "docs/02-research.md": "# Research\n"})
    project.sign("problem")
    age(project)

    def answer(*args: str) -> str:
        return run(project.root, "check", "--format", "json", *args).stdout

    cache = project.root / ".mlscaffold/cache.sqlite"
    plain = answer("--no-cache")
    assert not cache.exists()
    assert json.loads(plain)["findings"]
    assert answer() == plain
    assert cache.exists()
    assert answer() == plain
    whole = cache.read_bytes()
    for damage in (b"no database at all", whole[: len(whole) // 2], whole[:4096] + bytes(len(whole) - 4096), b""):
        cache.write_bytes(damage)
        assert answer() == plain
        assert answer() == plain
    cache.unlink()
    cache.mkdir()  # it cannot be opened
    assert answer() == plain


def test_a_locked_cache_is_done_without(project: Sandbox) -> None:
    plain = run(project.root, "check", "--format", "json").stdout
    other = sqlite3.connect(project.root / ".mlscaffold/cache.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert run(project.root, "check", "--format", "json").stdout == plain
    finally:
        other.rollback()
        other.close()
    assert (project.root / ".mlscaffold/cache.sqlite").stat().st_size


@pytest.mark.parametrize("seconds", [0, 10])
def test_a_change_of_the_same_size_and_time_is_seen(project: Sandbox, seconds: int) -> None:
    picture = project.root / "docs/examples/bunch-1.png"
    whole = picture.read_bytes()
    project.copy("docs/examples/bunch-1.png", "docs/examples/bunch-1.png")  # a file of its own, no link to the shared one
    stamp = picture.stat().st_mtime_ns - seconds * 10**9
    os.utime(picture, ns=(stamp, stamp))
    assert machine(project)["ok"]
    picture.write_bytes(b"\0" * len(whole))
    os.utime(picture, ns=(stamp, stamp))  # the inode's own change time still tells
    assert not machine(project)["ok"]


def test_one_stage_says_nothing_of_the_others(project: Sandbox) -> None:
    generated(project, "docs/01-problem.md", "deploy.toml")
    row = "project.still-generated", "problem"
    assert row in {(f["check"], f["stage"]) for f in machine(project, "--all")["findings"]}
    assert row in {(f["check"], f["stage"]) for f in machine(project, "--stage", "problem")["findings"]}
    assert {f["stage"] for f in machine(project, "--stage", "preparation")["findings"]} <= {"", "preparation"}
