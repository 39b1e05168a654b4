"""The finished project of the wheel, unpacked once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold.demo.finished import unpack


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as `demo --finished` leaves it; whoever spoils it takes it back."""
    target = tmp_path_factory.mktemp("finished") / "digits-demo"
    unpack(target)
    return target
