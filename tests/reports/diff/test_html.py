"""The page of a comparison: names that come from the data are text, and nothing is fetched."""

from __future__ import annotations

import re

from mlscaffold.reports.diff import html, md
from mlscaffold.reports.diff.content import Changed, DataDiff

ODD = "<img src=x onerror=alert(1)>"
PATH = f'belt/{ODD}/"it\'s" & <b>.png'
FOUND = DataDiff(
    ODD, "a" * 40, (2, 3), (Changed(PATH, ODD, "'\"rose", "test"),), (Changed(PATH, "", ODD, "train"),), (), (), (), (), ((ODD,), ("rose",))
)  # fmt: skip


def test_names_of_the_data_are_text() -> None:
    page = html.render(FOUND, picture=lambda path: "")

    assert "<img" not in page.replace("img-src", "")
    assert "&lt;img src=x onerror=alert(1)&gt;" in page and "&lt;b&gt;.png" in page
    assert "<script" not in page and "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)


def test_in_a_comment_too() -> None:
    told = md.render(FOUND)

    assert "<img" not in told and "<b>" not in told
