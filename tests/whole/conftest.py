"""The finished projects of the slow suite, each made once a run by the real scripts."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlscaffold.writing import write_text
from tests.conftest import Sandbox
from tests.whole.command import mlscaffold
from tests.whole.leading import lead
from tests.whole.recipes import CLOTHING, FASTENERS

# Seconds to wait for another worker that is making the demo.
PATIENCE = 1500


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> tuple[Path, str]:
    """A project that is made once a run, also by several workers: `make` gets the folder that it is made in and returns what was printed.

    MLSCAFFOLD_FINISHED may name a folder that holds it already (NAME, and NAME.txt with what was printed): minutes less to wait while
    tests are written.
    """
    if (ready := os.environ.get("MLSCAFFOLD_FINISHED")) and Path(ready, f"{name}.txt").exists():
        return Path(ready, name), Path(ready, f"{name}.txt").read_text(encoding="utf-8")
    shared = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, printed = shared / name, shared / f"{name}.txt"
    try:
        (shared / f"{name}.lock").touch(exist_ok=False)
    except FileExistsError:
        waited = time.monotonic()
        while not printed.exists():
            if time.monotonic() - waited > PATIENCE:
                pytest.fail(f"{name} was not finished by the other worker")
            time.sleep(1)
        told = printed.read_text(encoding="utf-8")
        if told.startswith("failed: "):
            pytest.fail(f"{name}: {told}")
        return folder, told
    try:
        told = make(shared)
    except BaseException as problem:
        write_text(printed, f"failed: {problem}")
        raise
    write_text(printed, told)
    return folder, told


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's project and what the command printed."""
    return made_once(tmp_path_factory, "digits-demo", lambda shared: mlscaffold(shared, "demo", "digits-demo", "--fast"))


@pytest.fixture(scope="session")
def finished_clothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on photographs of clothes."""
    return made_once(tmp_path_factory, CLOTHING.name, lambda shared: str(lead(CLOTHING, shared)))[0]


@pytest.fixture(scope="session")
def finished_fasteners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on drawn photographs of metal parts, from two sources and with groups."""
    return made_once(tmp_path_factory, FASTENERS.name, lambda shared: str(lead(FASTENERS, shared)))[0]


@pytest.fixture
def demo(finished_demo: tuple[Path, str], tmp_path: Path) -> Sandbox:
    """A copy of the finished demo, to be spoiled; the cache comes along, so that only what changed is computed again."""
    root = tmp_path / "digits-demo"
    shutil.copytree(finished_demo[0], root, symlinks=True)
    return Sandbox(root)
