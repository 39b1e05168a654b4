from __future__ import annotations

from datetime import date

import pytest

from mlscaffold.evidence import Broken, sheets


def test_a_file_that_is_only_called_a_word_document() -> None:
    with pytest.raises(Broken, match=r"x\.docx: is no Word document"):
        sheets.read(b"x", "x.docx")
    with pytest.raises(Broken, match="is not valid JSON"):
        sheets.read(b"x", "x.json")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-03", [date(2026, 11, 3)]), ("3.11.2026", [date(2026, 11, 3), date(2026, 3, 11)]), ("30.11.26", [date(2026, 11, 30)]),
        ("11/30/2026", [date(2026, 11, 30)]), ("2026/11/03", [date(2026, 11, 3)]), ("2026年11月3日", [date(2026, 11, 3)]),
        ("3 November 2026", [date(2026, 1, 1), date(2026, 12, 31)]), ("today", []), ("31.31.2026", []), ("", []),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str, days: list[date]) -> None:
    assert list(sheets.days(text)) == days


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0\0"])
def test_a_scan_is_told_as_that(data: bytes) -> None:
    with pytest.raises(Broken, match="picture or a PDF") as error:
        sheets.read(data, "scan")
    assert "--transcribed-by" in error.value.hint
