"""Measure the scanner and a cold check on real photographs: `python -m benchmarks.scanning --write`.

Everything is measured in turn, in one run, as whole processes: a plain decode loop, the scanner, cleanvision where an interpreter that
has it is named. Ratios count; the machine may have other work.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import photographs, scenes
from benchmarks.__main__ import RESULTS
from benchmarks.measure import environment

PHOTOGRAPHS = 5000
COUNTS = (1000, 5000, 20_000, 50_000)
BEGIN, END = "<!-- scanning -->", "<!-- /scanning -->"
DECODE = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from PIL import Image

def load(paths):
    for path in paths:
        with Image.open(path) as image:
            image.load()
    return len(paths)

if __name__ == "__main__":
    paths = sorted(str(p) for folder in sys.argv[2:] for p in Path(folder).rglob("*") if p.suffix in (".jpg", ".png"))
    pieces = [paths[i : i + 32] for i in range(0, len(paths), 32)]
    with ProcessPoolExecutor(int(sys.argv[1]), mp_context=get_context("spawn")) as pool:
        print(sum(pool.map(load, pieces)))
"""
CLEANVISION = """
import sys
from pathlib import Path
from cleanvision import Imagelab
Imagelab(filepaths=sorted(str(p) for p in Path(sys.argv[1]).rglob("*.jpg"))).find_issues(n_jobs=1, verbose=False)
"""
WALK = """
import statistics, sys, time
from pathlib import Path
from mlscaffold.datasets.walk import walk
times = []
for _ in range(15):
    cpu = time.process_time()
    walk(Path(sys.argv[1])).witness()
    times.append(time.process_time() - cpu)
print(statistics.median(times))
"""
NEAR = """
import sys, time
from pathlib import Path
from mlscaffold.cache import Cache
from mlscaffold.datasets.duplicates import candidates
import json, numpy as np
rows = [json.loads(v) for (v,) in Cache(Path(sys.argv[1])).connection.execute("SELECT value FROM fact")]
hashes, flipped = (np.array([row[i] for row in rows], dtype=np.int64) for i in (13, 14))
for n in map(int, sys.argv[2:]):
    began = time.process_time()
    found = len(candidates(hashes[:n], flipped[:n], radius=8)[0])
    print(n, time.process_time() - began, found)
"""


@dataclass(frozen=True)
class Used:
    """What a command took: CPU seconds with its children, seconds by the clock, megabytes of its largest process, and what it said."""

    cpu: float
    wall: float
    memory: float
    said: str


def use(command: Sequence[str], *, cwd: Path | None = None, ok: tuple[int, ...] = (0, 1)) -> Used:
    """Run a command to its end."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if child.returncode not in ok:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said[-2000:]}")
    return Used(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, said)


def in_turn(runs: int, *jobs: Callable[[], Used]) -> list[Used]:
    """The medians of jobs that alternate, so that what else the machine does meets all of them."""
    all_ = [[job() for job in jobs] for _ in range(runs)]
    return [
        Used(*(statistics.median(getattr(r[i], name) for r in all_) for name in ("cpu", "wall", "memory")), all_[-1][i].said)
        for i in range(len(jobs))
    ]


def main() -> int:
    """Exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scanning", description=__doc__)
    parser.add_argument(
        "--photographs", type=Path, default=photographs.SHARED, help="a folder of real photographs to make others from"
    )
    parser.add_argument("--cleanvision", type=Path, help="an interpreter that has cleanvision")
    parser.add_argument("--keep", type=Path, help="make the pictures here, and use those that are here already")
    parser.add_argument("--counts", type=int, nargs="*", default=COUNTS, help="sizes of the folders that show how cost grows")
    parser.add_argument("--project", type=Path, help="a finished project with photographs; made where none is named")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write into {RESULTS.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlscaffold-scan-") as temporary:
        place = Path(temporary)
        made = options.keep or place
        originals = photographs.sources(options.photographs)
        large = photographs.make(made / "large", PHOTOGRAPHS, originals=originals, longest=(500, 640))
        lines = ["## Scanning", "", _where(), ""]
        rows = [*_speed(large, place, options.cleanvision, runs=options.runs), *_again(large, place)]
        small = photographs.make(made / "small", max(options.counts), originals=originals, longest=(128, 192))
        growth = list(_growth(small, place, options.counts))
        project = options.project or _project(place, originals)
        rows += list(_checks(project, place, runs=options.runs))
    lines += [
        "| what | found | goal | |",
        "|---|---|---|---|",
        *(f"| {r[0]} | {r[1]} | {r[2]} | {r[3]} |" for r in rows),
        *growth,
    ]
    print("\n".join(lines))
    if options.write:
        write(lines)
    return int(any(row[4] for row in rows))


Row = tuple[str, str, str, str, bool]


def _where() -> str:
    return (
        f"Written by `python -m benchmarks.scanning --write` on {platform.system()} {platform.machine()}, {os.cpu_count()} processors,"
        f" Python {platform.python_version()}: medians of whole processes that alternate, CPU time with all workers."
    )


def _speed(large: Path, place: Path, cleanvision: Path | None, *, runs: int) -> Iterator[Row]:
    """Scanner, decoder and cleanvision on the same photographs."""
    decode, scan = place / "decode.py", [*scenes.TOOL, "data", "scan", str(large), "--no-cache"]
    decode.write_text(DECODE, encoding="utf-8")
    loop = [sys.executable, str(decode), str(os.cpu_count()), str(large)]
    decoded, scanned = in_turn(runs, lambda: use(loop), lambda: use(scan))
    size = sum(p.stat().st_size for p in large.rglob("*.jpg")) / PHOTOGRAPHS / 1000
    note = f"{PHOTOGRAPHS:,} JPEGs, 500–640 px, {size:.0f} kB each"
    yield f"decode loop, all cores: {_rate(decoded)}", "", "", note, False
    share, by_clock = decoded.cpu / scanned.cpu, decoded.wall / scanned.wall
    yield (
        f"`data scan`, cold: {_rate(scanned)}", f"{share:.0%} of the loop by CPU, {by_clock:.0%} by the clock", "≥ 80 %",
        "start of the tool, search for duplicates and report included", max(share, by_clock) < 0.8,
    )  # fmt: skip
    if cleanvision:
        theirs = use([str(cleanvision), "-c", CLEANVISION, str(large)])
        times = theirs.cpu / scanned.cpu
        yield (
            f"cleanvision: {_rate(theirs)}",
            f"`data scan` does {times:.1f} × its pictures a CPU second",
            "≥ 15 ×",
            "",
            times < 15,
        )


def _rate(used: Used) -> str:
    return f"{PHOTOGRAPHS / used.cpu:,.0f} a CPU second, {used.wall:.1f} s"


def _again(large: Path, place: Path) -> Iterator[Row]:
    """A second scan of an unchanged folder: walk and compare, beside git on the same tree."""
    tree = place / "tree"
    _linked(sorted(large.rglob("*.jpg")), tree, large)
    scenes.git(tree, "init", "--quiet", "-b", "main")
    scenes.git(tree, "add", "-A")
    scenes.git(tree, "commit", "--quiet", "-m", "pictures")
    time.sleep(2.1)
    scenes.git(tree, "status", "--porcelain")  # its index is settled now
    cache = place / "again.sqlite"
    use([*scenes.TOOL, "data", "scan", str(tree), "--cache", str(cache)])
    git, version, ours = [], [], []
    for _ in range(5):
        git.append(use(["git", "status", "--porcelain"], cwd=tree).cpu)
        version.append(use(["git", "--version"], cwd=tree).cpu)
        ours.append(float(use([sys.executable, "-c", WALK, str(tree)]).said))
    status, start = statistics.median(git), statistics.median(version)
    walked = statistics.median(ours)
    whole = use([*scenes.TOOL, "data", "scan", str(tree), "--cache", str(cache)])
    yield (
        f"a second run, nothing changed: walk and compare {1000 * walked:.0f} ms",
        f"{walked / status:.1f} × `git status`",
        "≤ 2 ×",
        f"`git status` {1000 * status:.0f} ms, {walked / (status - start):.1f} × without git's start; the whole command {whole.wall:.2f} s",
        walked > 2 * status,
    )


def _growth(small: Path, place: Path, counts: Sequence[int]) -> Iterator[str]:
    """Cost and memory by the number of pictures, and what the search for near-duplicates takes of it."""
    paths = sorted(small.rglob("*.jpg"))
    cache = place / "growth.sqlite"
    measured: dict[int, Used] = {}
    for count in counts:
        folder = place / f"first-{count}"
        _linked(paths[:: max(1, len(paths) // count)][:count], folder, small)
        cache.unlink(missing_ok=True)
        measured[count] = use([*scenes.TOOL, "data", "scan", str(folder), "--cache", str(cache)])
    near = {}
    for line in use([sys.executable, "-c", NEAR, str(cache), *map(str, counts)]).said.splitlines():
        count, seconds, found = line.split()
        near[int(count)] = float(seconds), int(found)
    yield from ("", "How cost grows, on pictures of 128 to 192 px:", "")
    yield from (
        "| pictures | CPU s | ms a picture | largest process, MB | near-duplicate search, s | pairs proposed |",
        "|---|---|---|---|---|---|",
    )
    for count, used in measured.items():
        seconds, found = near[count]
        yield f"| {count:,} | {used.cpu:.1f} | {1000 * used.cpu / count:.2f} | {used.memory:.0f} | {seconds:.3f} | {found:,} |"
    low, high = min(counts), max(counts)
    yield ""
    yield (
        f"From {low:,} to {high:,} pictures ({high / low:.0f} ×) cost grows {measured[high].cpu / measured[low].cpu:.0f} ×, memory by"
        f" {measured[high].memory - measured[low].memory:.0f} MB, the search {near[high][0] / max(near[low][0], 1e-4):.0f} × (all pairs: {(high / low) ** 2:,.0f} ×)."
    )


def _linked(paths: Sequence[Path], folder: Path, base: Path) -> None:
    """The same files under another folder, without copies."""
    for path in paths:
        target = folder / path.relative_to(base)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:
            target.write_bytes(path.read_bytes())


def _project(place: Path, originals: list[Path]) -> Path:
    from benchmarks import finished

    return finished.project(place / "project", PHOTOGRAPHS + 1, originals=originals)


def _checks(project: Path, place: Path, *, runs: int) -> Iterator[Row]:
    """`check` of a finished project: cold beside a decode loop over the same pictures, and warm."""
    raw, prepared = project / "data/raw", project / "data/processed"
    loop = [sys.executable, str(place / "decode.py"), str(os.cpu_count()), str(raw), str(prepared)]
    check = [*scenes.TOOL, "check"]

    def cold() -> Used:
        for kept in (project / ".mlscaffold").glob("cache.sqlite*"):
            kept.unlink()
        return use(check, cwd=project)

    decoded, checked = in_turn(runs, lambda: use(loop), cold)
    ratio, by_clock = checked.cpu / decoded.cpu, checked.wall / decoded.wall
    pictures = int(decoded.said)
    yield (
        f"`check`, cold, {pictures:,} pictures: {checked.wall:.1f} s", f"{ratio:.2f} × a decode loop by CPU, {by_clock:.2f} × by the clock", "≤ 1.3 ×",
        "raw photographs and prepared ones, each read once; all checks included", min(ratio, by_clock) > 1.3,
    )  # fmt: skip
    scenes.settle(check, project)
    bare, warm = in_turn(5, lambda: use([sys.executable, "-c", "pass"]), lambda: use(check, cwd=project))
    yield (
        f"`check`, warm, the same project: {1000 * warm.cpu:.0f} ms", f"{warm.cpu / bare.cpu:.1f} bare starts", "≤ 10", f"a bare start: {1000 * bare.cpu:.1f} ms",
        warm.cpu / bare.cpu > 10,
    )  # fmt: skip


def write(lines: Sequence[str]) -> None:
    """Replace this section of the results; the others stay."""
    text = RESULTS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    body = "\n".join([BEGIN, *lines, END])
    RESULTS.write_text(f"{before.rstrip()}\n\n{body}\n{after.lstrip()}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
