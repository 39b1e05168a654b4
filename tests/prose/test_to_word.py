# ruff: noqa: ANN401 (python-docx comes without types)
from __future__ import annotations

import io
from typing import Any

from mlscaffold.prose import from_markdown, to_word
from mlscaffold.prose.tree import Paragraph, Picture, Prose, Span
from tests.prose.samples import GERMAN, load, picture


def opened(data: bytes) -> Any:
    import docx

    return docx.Document(io.BytesIO(data))


def test_real_headings_lists_links_and_bookmarks() -> None:
    document = opened(to_word.render(from_markdown.read(GERMAN.encode(), "a.md", load=load)))
    headings = [p for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [p.style.name for p in headings[:2]] == ["Heading 1", "Heading 2"]
    names = document.element.xpath("//w:bookmarkStart/@w:name")
    assert names[0] == "owner" and "technical_requirements" in names
    targets = [r.target_ref for r in document.part.rels.values() if r.reltype.endswith("/hyperlink")]
    assert "https://example.org/a_(b)?x=1&y=2" in targets and "https://example.org/frei" in targets
    numbers = {
        p.text: p._p.pPr.numPr.numId.val for p in document.paragraphs if p._p.pPr is not None and p._p.pPr.numPr is not None
    }
    assert numbers["Zweitens"] == numbers["Drittens"] != numbers["neu"]
    assert document.core_properties.title == "Der Blumensortierer"
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["Ein Balken"]


def test_what_is_typed_below_guidance_is_no_guidance() -> None:
    document = opened(to_word.render(from_markdown.read("## Owner\n\n> ✎ Say who.\n\n## Next\n".encode(), "a.md")))
    guidance, free = document.paragraphs[1:3]
    assert guidance.style.name == "Guidance" and guidance.style.next_paragraph_style.name == "Normal"
    assert (free.text, free.style.name) == ("", "Normal")


def test_signs_that_xml_cannot_hold_and_pictures_that_word_cannot() -> None:
    shown = (Span("a\x00b\ud800"), Picture("broken", "x.png", b"\x89PNG no"), Picture("none"), Picture("webp", "y.webp", webp()))
    document = opened(to_word.render(Prose((Paragraph(shown), Paragraph((Span("bad", link="javascript:alert(1)"),))))))
    assert document.paragraphs[0].text == "abbrokennone"
    assert (
        len(document.inline_shapes) == 1
        and document.part.related_parts[document.inline_shapes[0]._inline.graphic.graphicData.pic.blipFill.blip.embed].blob[:4]
        == b"\x89PNG"
    )
    assert not [r for r in document.part.rels.values() if r.reltype.endswith("/hyperlink")]


def webp() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    with Image.open(io.BytesIO(picture())) as image:
        image.save(stream, "WEBP")
    return stream.getvalue()
