"""Writing leaves the old file or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mlscaffold.writing import CannotWrite, write_bytes, write_text, write_toml


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep/a.toml"
    write_toml(path, {"b": 1, "a": "x"})
    assert path.read_text() == 'b = 1\na = "x"\n'
    path.chmod(0o640)
    write_text(path, "ü\n")
    assert path.read_bytes() == "ü\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in path.parent.iterdir()] == ["a.toml"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(CannotWrite) as refused:
        write_bytes(path, b"new")
    assert refused.value.hint
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(CannotWrite, match="it is a folder"):
        write_text(tmp_path / "a", "x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite, match="a part of the path is a file"):
        write_text(tmp_path / "file/b", "x")
