import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mlscaffold.datasets.inspection import Found, Item, Scan
from mlscaffold.model import Status
from mlscaffold.reports.scan import html, text
from mlscaffold.reports.scan import json as machine

NASTY = "hat/<script>alert(1)</script>\x1b[31m.jpg"
SCAN = Scan(
    name="shop",
    total=1002,
    read=1000,
    bytes=54_000_000,
    passed={".txt": 2},
    formats={"JPEG": 1000},
    modes={"RGB": 999, "L": 1},
    sizes={"width": [60, 400.0, 711], "height": [20, 533.0, 711]},
    classes={"hat": 600, "dress": 400},
    found=(
        Found("truncated", Status.FAIL, 2, "cut off", (Item(("hat/1.jpg",), "9 KB"), Item((NASTY,), "8 KB")), "copy them again"),
        Found(
            "near-duplicates",
            Status.WARN,
            60,
            "in 15 groups",
            tuple(Item(tuple(f"dress/{i}-{k}.jpg" for k in range(5)), "mirrored") for i in range(15)),
            "keep each group in one split",
        ),
        Found("turned", Status.PASS, 900, "turned", tuple(Item((f"dress/{i}.jpg",)) for i in range(900))),
    ),
    decoded=1002,
    seconds=1.25,
)


def test_the_terminal_shows_the_sum_the_first_names_and_what_is_next() -> None:
    lines = text.render(SCAN, width=90).splitlines()
    assert lines[0] == "shop: 1,000 read + 2 refused = 1,002 pictures"
    assert "passed over: 2 .txt" in lines[3]
    shown = "\n".join(lines)
    assert "\x1b" not in shown and "hat/<script>alert(1)</script>.jpg" in shown
    assert re.search(r"fail  truncated +2  cut off", shown)
    assert "dress/0-0.jpg = dress/0-1.jpg = dress/0-2.jpg = … (mirrored)" in shown
    assert "dress/3-0.jpg" not in shown
    assert "1 fault, 1 warning; 1,002 files in 1.2 s, 802 a second." in shown
    assert lines[-1].startswith("Next: ")
    assert max(map(len, lines)) <= 90
    assert "\x1b[31mfail" in text.render(SCAN, colour=True)


def test_nothing_amiss_is_said_in_a_line() -> None:
    told = text.render(replace(SCAN, found=(), total=1000, decoded=0, known=1000))
    assert told.endswith("Nothing is amiss; nothing was decoded anew, 1.25 s.\n")


def test_the_json_holds_every_picture_of_every_finding_and_keeps_to_its_schema() -> None:
    document = json.loads(machine.render(SCAN))
    assert document["pictures"] == {"total": 1002, "read": 1000, "refused": 2, "bytes": 54_000_000}
    assert [row["status"] for row in document["findings"]] == ["fail", "warn", "note"]
    assert len(document["findings"][2]["items"]) == 900
    schema = json.loads((Path(__file__).parents[3] / "docs/reference/scan.schema.json").read_text(encoding="utf-8"))
    assert set(schema["required"]) == set(schema["properties"]) == set(document)
    item = schema["properties"]["findings"]["items"]
    assert set(item["required"]) == set(item["properties"]) == set(document["findings"][0])
    assert set(item["properties"]["kind"]["enum"]) == set(html.TITLES)


def test_names_that_are_no_text_survive() -> None:
    odd = replace(SCAN, found=(Found("blank", Status.WARN, 1, "blank", (Item(("caf\udce9.jpg",)),)),))
    assert "caf\\udce9.jpg" in machine.render(odd)
    assert "caf\\udce9.jpg" in html.render(odd, {})


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]


@pytest.fixture
def page() -> str:
    return html.render(SCAN, {"dress/0-0.jpg": b"\xff\xd8picture", "dress/1.jpg": b"\xff\xd8other"})


def test_the_page_is_whole_offline_and_escapes_names(page: str) -> None:
    parsed = _Page()
    parsed.feed(page)
    assert "script" not in parsed.tags and parsed.tags.count("img") == 2
    assert all(source.startswith(("data:image/jpeg;base64,", "#")) for source in parsed.sources)
    assert "&lt;script&gt;alert(1)" in page and "http" not in page.replace("http-equiv", "")
    assert "1,000 read + 2 refused = 1,002 pictures" in page
    assert page.count('<figure class="item">') == 12 + 12
    assert "and 3 more;" in page and "and 888 more;" in page and "and 1 more ·" in page


def test_the_page_asks_for_no_more_pictures_than_it_shows() -> None:
    assert len(html.shown(SCAN)) == 2 + 12 * 4 + 12
