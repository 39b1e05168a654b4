"""One finished project for the whole slow suite: the demo, run once by the real scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Sandbox

# Seconds to wait for another worker that is making the demo.
PATIENCE = 1500


def mlscaffold(folder: Path, *arguments: str, code: int | None = 0, environment: Mapping[str, str] | None = None) -> str:
    """Run the real command in a folder; returns what it printed."""
    command = [sys.executable, "-c", "from mlscaffold.cli import main; main()", *arguments]
    env = {**os.environ, "GIT_AUTHOR_NAME": "Ada", "COLUMNS": "160", "OMP_NUM_THREADS": "1", **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert code is None or done.returncode == code, f"{arguments} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's project and what the command printed; made once, also by several workers.

    MLSCAFFOLD_DEMO may name one that is finished already (and beside it DEMO.txt with what was printed): five minutes less to wait
    while tests are written.
    """
    if ready := os.environ.get("MLSCAFFOLD_DEMO"):
        return Path(ready), Path(f"{ready}.txt").read_text(encoding="utf-8")
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, printed = shared / "digits-demo", shared / "digits-demo.txt"
    try:
        (shared / "digits-demo.lock").touch(exist_ok=False)
    except FileExistsError:
        waited = time.monotonic()
        while not printed.exists():
            if time.monotonic() - waited > PATIENCE:
                pytest.fail("the demo was not finished by the other worker")
            time.sleep(1)
        return folder, printed.read_text(encoding="utf-8")
    try:
        told = mlscaffold(shared, "demo", "digits-demo", "--fast")
    except BaseException as problem:
        printed.write_text(f"failed: {problem}", encoding="utf-8")
        raise
    printed.write_text(told, encoding="utf-8")
    return folder, told


@pytest.fixture
def demo(finished_demo: tuple[Path, str], tmp_path: Path) -> Sandbox:
    """A copy of the finished demo, to be spoiled; the cache comes along, so that only what changed is computed again."""
    root = tmp_path / "digits-demo"
    shutil.copytree(finished_demo[0], root, symlinks=True)
    return Sandbox(root)
