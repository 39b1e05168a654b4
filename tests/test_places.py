"""Where a project lies, and when the tool is another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold.places import NoProject, find_root
from tests.conftest import Sandbox


def test_the_root_is_found_upwards(empty: Sandbox, tmp_path: Path) -> None:
    (empty.root / "a/b").mkdir(parents=True)
    assert find_root(empty.root / "a/b") == empty.root
    with pytest.raises(NoProject, match="No project here"):
        find_root(tmp_path)
