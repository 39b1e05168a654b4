from __future__ import annotations

import json as plain_json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from mlscaffold.model import Report
from mlscaffold.reports import html, json, md, text
from tests.reports import sample


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def test_html_is_one_file_without_script_or_network() -> None:
    page = html.render(sample.content())
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.names
    assert "&lt;script&gt;" in page
    addresses = [value for name, value in tags.attributes if name in ("src", "href") and value]
    assert len(addresses) == 6
    assert all(value.startswith("data:image/") for value in addresses)
    assert not re.search(r"url\(|@import", page)
    assert "\x1b" not in page and "\x07" not in page


def test_html_says_what_counts_and_what_it_does_to_the_number() -> None:
    page = html.render(sample.content())
    for words in (
        "Not in order",
        "accuracy is 0.870 without that, not 0.890",
        "mlscaffold data split",
        "data/splits/shop-a.csv:12, :40, :311",
    ):
        assert words in page
    assert page.index("preparation.split-leakage") < page.index("preparation.split-size") < page.index("collection.class-size")
    assert "@media print" in page


def test_html_of_a_project_that_has_nothing_yet() -> None:
    from mlscaffold.reports.content import Content

    page = html.render(Content(Report("new", "image-classification", "", False, 1, "", (), ()), "today"))
    assert "Nothing stands in the way" in page
    assert "Figures" not in page and "Waivers" not in page


def test_markdown_keeps_names_as_text_and_tables_whole() -> None:
    page = md.render(sample.content())
    assert "<script>" not in page
    assert "**fail** `preparation.split-leakage`" in page
    for line in page.splitlines():
        if line.startswith("| rose"):
            assert line.count("|") == 6
    assert md.code("a`b") == "`` a`b ``"
    assert md.escape("a|b*c") == "a\\|b\\*c"


def test_json_follows_the_published_schema() -> None:
    found = plain_json.loads(json.render(sample.report()))
    schema = plain_json.loads((Path(__file__).parents[2] / "docs/reference/report.schema.json").read_text())
    _holds(found, schema, "report")
    leak = next(f for f in found["findings"] if f["check"] == "preparation.split-leakage")
    assert leak["evidence"][0] == {"path": "data/splits/shop-a.csv", "line": 12}
    assert leak["effect"] == {"metric": "accuracy", "reported": 0.89, "corrected": 0.87}
    assert found["ok"] is False and found["deep_not_run"] == 4


def _holds(value: object, schema: dict[str, object], where: str) -> None:
    """The part of JSON Schema that ours uses; an object has no field that the schema leaves out."""
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], where  # type: ignore[operator]
    if isinstance(value, dict):
        properties = schema["properties"]
        assert isinstance(properties, dict)
        assert set(schema["required"]) <= set(value) <= set(properties), where  # type: ignore[call-overload]
        for key, item in value.items():
            _holds(item, properties[key], f"{where}.{key}")
    if isinstance(value, list):
        for item in value:
            _holds(item, schema["items"], f"{where}[]")  # type: ignore[arg-type]


def test_check_text_puts_the_worst_first_and_the_next_command_last() -> None:
    lines = text.render(sample.report()).splitlines()
    assert lines[0].startswith("preparation  fail")
    assert lines[3].strip() == "mlscaffold data split"
    assert lines[-1].endswith("mlscaffold explain preparation.split-leakage")
    assert "38 checks: 1 passed, 1 failed, 1 warning, 1 waived in 0.3 s" in "\n".join(lines)
    assert "training" not in "\n".join(lines)
    assert "chosen" in text.render(sample.report(), everything=True)


def test_text_fits_the_terminal_and_holds_no_codes_unless_asked() -> None:
    for width in (60, 80, 120):
        lines = (text.render(sample.report(), width=width) + text.status(sample.report(), width=width)).splitlines()
        assert max(map(text.width_of, lines)) <= width
        assert not re.search(r"[\x00-\x09\x0b-\x1f]", "".join(lines))
    assert "\033[31m" in text.render(sample.report(), colour=True)


def test_what_signed_stages_owe_stands_in_one_column() -> None:
    report = sample.report()
    signoffs = [s.signoff for s in report.stages if s.signoff]
    longer = replace(signoffs[0], role="business analyst and product owner")
    stages = (replace(report.stages[0], signoff=longer), *report.stages[1:])
    lines = text.status(replace(report, stages=stages), width=120).splitlines()
    assert len({line.index("4 deliverables") for line in lines if "deliverables" in line}) == 1
    assert sum("deliverables" in line for line in lines) > 1


def test_status_shows_ten_stages_and_the_next_step() -> None:
    lines = text.status(sample.report(), turn="data scientist").splitlines()
    assert lines[0] == "flower-sorter · image classification · round 1 · in production: nothing yet"
    assert len(lines) == 14
    assert lines[2] == "  1 problem      signed   1 Nov, analyst    4 deliverables"
    assert lines[5].startswith("▸ 4 preparation  open     3 of 4 proved    for the data scientist")
    assert lines[-1] == "Next: python -m flower_sorter.prepare     Why stale: mlscaffold status --why"
