"""The real command, as a person at a desk calls it, wherever the tests run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mlscaffold.places import CI_VARIABLES


def mlscaffold(folder: Path, *arguments: str, code: int | None = 0, environment: Mapping[str, str] | None = None) -> str:
    """Run the real command in a folder; returns what it printed."""
    command = [sys.executable, "-c", "from mlscaffold.cli import main; main()", *arguments]
    desk = {name: value for name, value in os.environ.items() if name not in CI_VARIABLES}
    env = {**desk, "GIT_AUTHOR_NAME": "Ada", "COLUMNS": "160", "OMP_NUM_THREADS": "1", **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert code is None or done.returncode == code, f"{arguments} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr
