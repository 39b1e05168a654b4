from pathlib import Path

import pytest

from mlscaffold.datasets.tables import read_table, write_atomic, write_table
from mlscaffold.errors import ScaffoldError


def test_a_table_comes_back_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "deep/t.csv"
    assert write_table(path, ["a", "b"], [{"a": "x, y", "b": 1}, {"a": "ü"}])
    assert not write_table(path, ["a", "b"], [{"a": "x, y", "b": 1}, {"a": "ü"}])
    assert read_table(path, ["a"]) == [(2, {"a": "x, y", "b": "1"}), (3, {"a": "ü", "b": ""})]
    assert [p.name for p in path.parent.iterdir()] == ["t.csv"]


def test_a_mark_and_crlf_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n\r\n1,2\r\n")
    assert read_table(path, ["a", "b"]) == [(3, {"a": "1", "b": "2"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_what_spreadsheets_make_of_a_table(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("path,label\r\nblüte.png,Rose\r\n".replace(",", separator).encode(encoding))
    assert read_table(path, ["path", "label"]) == [(2, {"path": "blüte.png", "label": "Rose"})]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "is empty"),
        (b"a\n1,2\n", "line 2 has 2 cells"),
        (b"b\n", "has no column a; it has b"),
        (b"\xff\xfea", "is neither UTF-8, UTF-16 nor Windows text"),
        (b"a\n\x81\n", "is neither UTF-8"),
    ],
)
def test_a_broken_table_says_where(tmp_path: Path, data: bytes, word: str) -> None:
    path = tmp_path / "data" / "t.csv"
    write_atomic(path, data)
    with pytest.raises(ScaffoldError, match=word) as caught:
        read_table(path, ["a"])
    assert caught.value.message.startswith("data/t.csv")
    assert caught.value.hint
