"""Measure, print a table, and with `--write` keep it in benchmarks/results.md."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import scenes
from benchmarks.measure import Cost, cost

RESULTS = Path(__file__).with_name("results.md")
NEXT_LINE = "≤ the next line"


@dataclass(frozen=True)
class Row:
    what: str
    cost: Cost
    goal: str
    note: str = ""


def main() -> int:
    """Exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--project", type=Path, action="append", default=[], help="also `check` this finished project (as the demo's)"
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlscaffold-bench-") as folder:
        rows = list(measured(Path(folder), options.project, runs=options.runs))
    lines = [*table(rows), *demo_seconds(options.project)]
    print("\n".join(lines))
    if options.write:
        from benchmarks.scanning import BEGIN

        _, mark, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)  # what is measured on photographs stays
        RESULTS.write_text("\n".join([*HEAD, *lines, "", mark + rest]).rstrip() + "\n", encoding="utf-8")
    return int(any(_is_missed(row, following) for row, following in zip(rows, [*rows[1:], rows[-1]], strict=True)))


def _is_missed(row: Row, following: Row) -> bool:
    if row.goal == NEXT_LINE:
        return row.cost.multiple > following.cost.multiple
    return row.goal.startswith("≤ ") and row.cost.multiple > float(row.goal.removeprefix("≤ "))


HEAD = (
    "# Results",
    "",
    f"Written by `python -m benchmarks --write` on {platform.system()} {platform.machine()}, Python {platform.python_version()}.",
    "CPU time of whole processes and their children; medians of runs that alternate with a bare `python -c pass`. × is a multiple of that.",
    "",
)


def measured(folder: Path, projects: list[Path], *, runs: int) -> Iterator[Row]:
    """Every measurement, in the order of the table."""
    yield Row("`mlscaffold --help`", cost((*scenes.TOOL, "--help"), folder, runs=runs), "≤ 7")
    yield Row("hook, nothing relevant staged", cost(scenes.HOOK, scenes.ordinary_commit(folder), runs=runs), "≤ 4")
    check = (*scenes.TOOL, "check")
    finished = scenes.finished_project(folder)
    for name, project in (("finished test project", finished), *((p.name, p) for p in projects)):
        scenes.settle(check, project)
        yield Row(f"`check`, {name}, nothing changed", cost(check, project, runs=runs, ok=(0, 1)), "≤ 10")
        touched = cost(check, project, runs=max(3, runs // 3), ok=(0, 1), before=(project / "acceptance.toml").touch)
        yield Row(f"`check`, {name}, one file written again", touched, "")
    yield from unpacking(folder, runs=max(3, runs // 3))
    yield from creation(folder, runs=max(3, runs // 3))


def unpacking(folder: Path, *, runs: int) -> Iterator[Row]:
    """`demo --finished`, and the first `check` in it: every picture is decoded once."""
    unpack = (*scenes.TOOL, "demo", "--finished")
    yield Row("`demo --finished`", cost(unpack, folder, runs=runs, before=lambda: scenes.clear(folder / "digits-demo")), "")
    kept = folder / "digits-demo/.mlscaffold/cache.sqlite"

    def forget() -> None:
        for name in ("", "-answer"):
            kept.with_name(kept.name + name).unlink(missing_ok=True)

    first = cost((*scenes.TOOL, "check"), folder / "digits-demo", runs=runs, before=forget)
    yield Row("`check` in it, the first", first, "")


def creation(folder: Path, *, runs: int) -> Iterator[Row]:
    """`new` with its first commit, and plain cookiecutter on a template of as many files, in the same run."""
    new = (*scenes.TOOL, "new", "sorter", "--no-input")
    ours = cost(new, folder, runs=runs, before=lambda: scenes.clear(folder / "sorter"))
    template, count = scenes.plain_template(folder, folder / "sorter")
    plain = (sys.executable, "-m", "cookiecutter", str(template), "--no-input", "--output-dir", str(folder / "out"))
    theirs = cost(plain, folder, runs=runs, before=lambda: scenes.clear(folder / "out"))
    yield Row("`new --no-input`, with its first commit", ours, NEXT_LINE, f"{count} files")
    yield Row("plain `cookiecutter`, as many files, no commit", theirs, "", f"{count} files")


def table(rows: list[Row]) -> list[str]:
    """The measurements as a Markdown table."""
    lines = ["| what | × | ms | goal | |", "|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row.what} | {row.cost.multiple:.1f} | {row.cost.seconds * 1000:.0f} | {row.goal} | {row.note} |")
    return [*lines, "", f"A bare start: {rows[0].cost.bare * 1000:.1f} ms."]


def demo_seconds(projects: list[Path]) -> list[str]:
    """Seconds of the demo by stage, where a demo recorded them (`runs/demo.json`)."""
    lines = []
    for project in projects:
        record = project / "runs" / "demo.json"
        if record.is_file():
            seconds: dict[str, float] = json.loads(record.read_text(encoding="utf-8"))["seconds"]
            lines += [
                "",
                f"Seconds of `mlscaffold demo` by stage ({sum(seconds.values()):.0f} in all):",
                "",
                "| stage | s |",
                "|---|---|",
            ]
            lines += [f"| {slug} | {spent:.1f} |" for slug, spent in seconds.items()]
    return lines


if __name__ == "__main__":
    sys.exit(main())
