"""CPU time of whole processes and their children, as a multiple of a bare Python start measured in the same breath."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BARE = (sys.executable, "-c", "pass")


@dataclass(frozen=True)
class Cost:
    """Medians in seconds of CPU time (user and system, children included) over alternating runs."""

    seconds: float
    bare: float
    runs: int

    @property
    def multiple(self) -> float:
        return self.seconds / self.bare


def environment() -> dict[str, str]:
    """As after an installation: bytecode is written once and used, whatever the shell of the person who measures says."""
    kept = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPROFILEIMPORTTIME")
    }
    cache = os.environ.get("PYTHONPYCACHEPREFIX") or str(Path(tempfile.gettempdir()) / f"mlscaffold-bytecode-{os.getuid()}")
    root = Path(__file__).resolve().parent.parent
    return kept | {"PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": str(root)}


def cost(
    command: Sequence[str],
    folder: Path,
    *,
    runs: int = 15,
    before: Callable[[], object] = lambda: None,
    ok: tuple[int, ...] = (0,),
) -> Cost:
    """Run a command and a bare start in turn; the first run of each only warms caches. `before` is called before each run, unmeasured."""
    env = environment()
    ours, bare = [], []
    for turn in range(runs + 1):
        before()
        pair = (_cpu(BARE, folder, env=env, ok=(0,)), _cpu(command, folder, env=env, ok=ok))
        if turn:
            bare.append(pair[0])
            ours.append(pair[1])
    return Cost(statistics.median(ours), statistics.median(bare), runs)


def _cpu(command: Sequence[str], folder: Path, *, env: dict[str, str], ok: tuple[int, ...]) -> float:
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in ok:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
