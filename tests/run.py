"""Install what the tests need, and run them: `python3 tests/run.py`.

First the fast part, in a small environment without any ML framework, so that it fails early and proves that the tool needs none
(`--fast` stops there); then the long stories in that environment, and the slow part in one that serves the tool and every generated project.
The slow part wants about 20 GB of disk: torch and the converters take half of it, unpacking and the projects that are made the rest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venvs"
NEEDED = 20  # GB of free disk for the slow part on a machine that has nothing yet


def main() -> int:
    """Run both parts; the first that fails ends it."""
    if sys.version_info < (3, 11):
        sys.stderr.write("Python 3.11 or newer is wanted.\n")
        return 2
    started = time.monotonic()
    small = environment("fast", ".[test]")
    run(small, "-m", "ruff", "check", ".")
    run(small, "-m", "ruff", "format", "--check", ".")
    run(small, "-m", "mypy")
    run(small, "-m", "pytest", "-n", "auto", "-m", "not slow and not story")
    print(f"fast part: {time.monotonic() - started:.0f} s", flush=True)
    if "--fast" not in sys.argv:
        free = shutil.disk_usage(ROOT).free / 1e9
        if free < NEEDED and not (ENVIRONMENTS / "all").exists():
            sys.stderr.write(
                f"The slow part wants about {NEEDED} GB of disk; {free:.0f} GB are free. Make room, or stop here with --fast.\n"
            )
            return 2
        run(small, "-m", "pytest", "-n", "auto", "-m", "story and not slow")
        big = environment("all", ".[demo,dask,test]")
        run(big, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-m", "slow")
    print(f"all: {time.monotonic() - started:.0f} s", flush=True)
    return 0


def environment(name: str, wanted: str) -> Path:
    """The interpreter of a virtual environment that holds the tool with the named extras, pinned by `constraints.txt`."""
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True, clear=True)
    pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--constraint",
        "constraints.txt",
        "--editable",
        wanted,
    ]
    run(python, *pip)
    return python


def run(python: Path, *arguments: str) -> None:
    """Run a step in an environment; a failure ends the whole run with its exit code."""
    print("$", "python", *arguments, flush=True)
    kept_out = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")  # without bytecode every start costs twice
    env = {k: v for k, v in os.environ.items() if k not in kept_out}
    env |= {"PATH": f"{python.parent}{os.pathsep}{env.get('PATH', '')}", "OMP_NUM_THREADS": "1"}
    if os.environ.get("CI"):
        env["PIP_NO_CACHE_DIR"] = "1"  # nobody installs here again, and the wheels of torch would lie on the disk twice
    code = subprocess.run([str(python), *arguments], cwd=ROOT, env=env, check=False).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    sys.exit(main())
