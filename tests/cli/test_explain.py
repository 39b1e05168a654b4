"""`explain`: every check says why it exists."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import one_error, run


def test_one_check_or_all_of_them_without_a_project(tmp_path: Path) -> None:
    assert "problem.section-missing" in run(tmp_path, "explain").stdout
    done = run(tmp_path, "explain", "owner-unnamed")
    assert done.stdout.startswith("problem.owner-unnamed")
    assert all(part in done.stdout for part in ("## Why", "## Evidence", "## Fix", "Reads: "))
    one_error(run(tmp_path, "explain", "problem.owner-unamed"), "Did you mean problem.owner-unnamed?", code=2)
    one_error(run(tmp_path, "explain", "section-missing"), "No check", code=2)  # two stages have one of that name
