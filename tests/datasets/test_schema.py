from pathlib import Path

import pytest

from mlscaffold.datasets.schema import declared_attributes, fill_classes, read_classes
from mlscaffold.errors import ScaffoldError


def _schema(root: Path, text: str) -> Path:
    path = root / "data/schema.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_empty_classes_are_filled_and_comments_stay(tmp_path: Path) -> None:
    path = _schema(tmp_path, '# order matters\nclasses = [\n]  # to do\n\n[attributes]\nlight = ["day", "night"]\n')
    assert fill_classes(tmp_path, ["10", "2", "b\\a", ""]) == []
    assert read_classes(tmp_path) == ["2", "10", "b\\a"]
    assert "# order matters" in path.read_text()
    assert declared_attributes(tmp_path) == {"light": ["day", "night"]}


def test_declared_classes_are_never_touched(tmp_path: Path) -> None:
    path = _schema(tmp_path, 'classes = ["shoe", "hat"]\n')
    assert fill_classes(tmp_path, ["hat", "scarf"]) == ["scarf"]
    assert path.read_text() == 'classes = ["shoe", "hat"]\n'


def test_without_a_file_one_is_made(tmp_path: Path) -> None:
    assert fill_classes(tmp_path, []) == []
    assert fill_classes(tmp_path, ["b", "a"]) == []
    assert read_classes(tmp_path) == ["a", "b"]


def test_a_key_that_is_missing_goes_to_the_top(tmp_path: Path) -> None:
    _schema(tmp_path, '[attributes]\nlight = ["day"]\n')
    fill_classes(tmp_path, ["a"])
    assert read_classes(tmp_path) == ["a"]


def test_a_broken_schema_is_named(tmp_path: Path) -> None:
    _schema(tmp_path, "classes = [")
    with pytest.raises(ScaffoldError, match=r"data/schema\.toml cannot be read"):
        read_classes(tmp_path)
