"""What the tests share: a small project of their own in a temporary folder."""

from pathlib import Path

import pytest

from project_package import paths


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every name of `paths` into a temporary folder, and return it."""
    before = paths.ROOT
    for name, value in vars(paths).copy().items():
        if isinstance(value, Path) and value.is_relative_to(before):
            monkeypatch.setattr(paths, name, tmp_path / value.relative_to(before))
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    (tmp_path / "mlscaffold.toml").write_text("schema = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
