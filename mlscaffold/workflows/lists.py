"""Write what findings are about in full, one file a finding: for a script, or for `data relabel`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlscaffold.model import Finding, Report, Status
from mlscaffold.writing import CannotWrite, write_text


def write_lists(report: Report, folder: Path) -> list[Path]:
    """Write `<check>.txt` into the folder for every finding that names pictures; the files, in order.

    One path a line, from the project's root, each once. A second finding of a check gets `<check>-2.txt`. Lists of an earlier run
    that no finding fills any more are taken away, and nothing else is touched.
    """
    wanted = dict(_lists(report))
    checks = {finding.check for finding in report.findings}
    for name, lines in wanted.items():
        write_text(folder / name, "".join(f"{line}\n" for line in lines))
    try:
        for old in folder.glob("*.txt"):
            if old.name not in wanted and _is_ours(old.stem, checks):
                old.unlink()
    except OSError as problem:
        raise CannotWrite(folder, problem) from problem
    return [folder / name for name in wanted]


def listed(report: Report) -> list[Finding]:
    """The findings that are about more than they show."""
    return [f for f in report.findings if f.items and f.status is not Status.PASS]


def _lists(report: Report) -> Iterator[tuple[str, list[str]]]:
    seen: dict[str, int] = {}
    for finding in listed(report):
        seen[finding.check] = number = seen.get(finding.check, 0) + 1
        # A name with a line break in it cannot stand in a list of lines.
        paths = dict.fromkeys(place.path for place in finding.items if place.path.splitlines() == [place.path])
        yield f"{finding.check}{f'-{number}' if number > 1 else ''}.txt", list(paths)


def _is_ours(stem: str, checks: set[str]) -> bool:
    name, _, number = stem.rpartition("-")
    return stem in checks or (name in checks and number.isdecimal())
