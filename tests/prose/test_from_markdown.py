from __future__ import annotations

import base64

from mlscaffold.prose import from_markdown
from mlscaffold.prose.tree import Heading, Listing, Paragraph, Picture, Quote, Span, Table, pictures, plain
from tests.prose.samples import picture


def test_anchors_guidance_html_and_front_matter() -> None:
    text = """---
title: x
---
## Who
<!-- section: owner -->

> ✎ Say who.

**Hardware**
<!-- section: hardware -->

One <b>laptop</b>,<br>old.

<p>A <em>block</em> of HTML</p>

<!-- a note -->

| a | b |
|--:|---|
| 1 | x<br>y |
"""
    blocks = from_markdown.read(text.encode(), "a.md").blocks
    assert blocks[0] == Heading(2, (Span("Who"),), ("owner",))
    assert isinstance(blocks[1], Quote) and blocks[1].guidance
    assert blocks[2] == Paragraph((Span("Hardware", bold=True),), ("hardware",))
    assert isinstance(blocks[3], Paragraph) and plain(blocks[3].inlines) == "One laptop, old."
    assert blocks[4] == Paragraph((Span("A block of HTML"),))
    assert isinstance(blocks[5], Table) and blocks[5].align == ("right", "") and len(blocks) == 6


def test_pictures_by_path_address_and_in_the_text() -> None:
    inside = base64.b64encode(picture()).decode()
    text = f'![one](a%20b.png)\n\n<img alt="two" src="c.png">\n\n![three](data:image/png;base64,{inside})\n'
    asked: list[str] = []

    def note(target: str) -> bytes:
        asked.append(target)
        return b"x"

    found = list(pictures(from_markdown.read(text.encode(), "a.md", load=note).blocks))
    assert asked == ["a b.png", "c.png"]
    assert [(p.alt, p.target) for p in found] == [("one", "a b.png"), ("two", "c.png"), ("three", "")]
    assert found[2] == Picture("three", "", picture())


def test_bold_between_chinese_signs_and_boxes_to_tick() -> None:
    first, listing = from_markdown.read("前**注意：**后\n\n- [x] done\n- [ ] open\n- [link](a.md)\n".encode(), "a.md").blocks
    assert first == Paragraph((Span("前"), Span("注意：", bold=True), Span("后")))
    assert isinstance(listing, Listing) and [item.ticked for item in listing.items] == [True, False, None]
