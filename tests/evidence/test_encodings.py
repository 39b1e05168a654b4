"""Tables as spreadsheets of many countries save them."""

import pytest

from mlscaffold.evidence import Broken, tables
from mlscaffold.evidence.encodings import decode_table

GERMAN = "Datei;Wahre Klasse\nblüte.jpg;Gänseblümchen\nstraße.jpg;Löwenzahn\nmaß.jpg;Föhre\n"
CHINESE = "文件名,真实标签\n图1.jpg,玫瑰\n图2.jpg,郁金香\n"
RUSSIAN = "файл;метка\nа1.jpg;роза\nа2.jpg;тюльпан\nа3.jpg;ромашка\n"
FRENCH = "fichier;vérité\nété.jpg;pâquerette\nnoël.jpg;œillet\ncréée.jpg;genêt\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"), (FRENCH, "cp1252"), (CHINESE, "gbk"), (CHINESE, "gb18030"), (RUSSIAN, "cp1251"),
        (GERMAN, "utf-16-le"), (RUSSIAN, "utf-8"), (CHINESE, "utf-16"), ("a,b\n1,2\n", "utf-16-be"), ("a,b\n1,2\n", "utf-16-le"),
    ],
)  # fmt: skip
def test_text_of_any_spreadsheet_is_read_as_it_was_written(text: str, encoding: str) -> None:
    assert decode_table(text.encode(encoding), "t.csv") == text


@pytest.mark.parametrize(
    ("start", "what"),
    [(b"PK\x03\x04", "workbook"), (b"PAR1\x15", "Parquet"), (b"\x93NUMPY\x01", "NumPy"), (b"\x80\x04\x95", "pickle"), (b"a\0\1b", "NUL")],
)  # fmt: skip
def test_what_is_no_text_is_called_by_its_name(start: bytes, what: str) -> None:
    with pytest.raises(Broken, match=what) as error:
        decode_table(start + b"\0\x01\xff\x81" * 60, "p.csv")
    assert "CSV in UTF-8" in error.value.hint


@pytest.mark.parametrize("text", ["sep=;\r\na;b\r\n1;2\r\n", "\ufeffsep=;\na;b\n1;2\n", "a|b\n1|2\n", "SEP=,\na,b\n1,2\n"])
def test_the_separator_is_known_and_no_header(text: str) -> None:
    found = tables.read(text.encode(), "t.csv")
    assert found.header == ("a", "b") and [row.values for row in found.rows] == [{"a": "1", "b": "2"}]
    assert found.rows[0].line == text.count("\n")


def test_a_table_without_a_header_is_asked_for_one() -> None:
    with pytest.raises(Broken, match='two columns are named "rose"') as error:
        tables.read(b"a.jpg,rose,rose\nb.jpg,rose,tulip\n", "t.csv")
    assert "names the columns" in error.value.hint
