"""One document means the same in Markdown, Word and PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mlscaffold
from mlscaffold.evidence import documents
from mlscaffold.prose import from_markdown, from_word, to_markdown, to_pdf, to_word
from mlscaffold.prose.tree import Code, Prose
from tests.prose.samples import CHINESE, GERMAN, load

DEMO = sorted((Path(mlscaffold.__file__).parent / "demo/docs").glob("*.md"))
TEXTS = {"german": GERMAN, "chinese": CHINESE} | {path.stem: path.read_text(encoding="utf-8") for path in DEMO}
each = pytest.mark.parametrize("name", TEXTS)


def prose(name: str) -> Prose:
    return from_markdown.read(TEXTS[name].encode(), f"{name}.md", load=load)


def meaning(data: bytes, path: str) -> dict[str, Any]:
    """Section → its text, without what pictures leave in Markdown."""
    found = documents.meaning(documents.read(data, path))
    assert isinstance(found, list)
    return {name: text.replace("![Ein Balken](pictures/bar.png)", "").strip() for name, text, *_ in found}


@each
def test_markdown_is_written_as_it_was_read(name: str) -> None:
    written = to_markdown.render(prose(name))
    assert to_markdown.render(from_markdown.read(written, "again.md", load=load)) == written
    assert meaning(written, "again.md") == meaning(TEXTS[name].encode(), "a.md")


@each
def test_word_has_the_same_sections_and_the_same_meaning(name: str) -> None:
    data = to_word.render(prose(name))
    before, after = (documents.read(d, p) for d, p in ((TEXTS[name].encode(), "a.md"), (data, "a.docx")))
    assert [(s.title, s.level, s.anchors) for s in after.sections] == [(s.title, s.level, s.anchors) for s in before.sections]
    assert meaning(data, "a.docx") == meaning(TEXTS[name].encode(), "a.md")


@each
def test_from_word_comes_back_what_went_there(name: str) -> None:
    back = from_word.read(to_word.render(prose(name)), "a.docx")
    assert back.notes == ()
    # Word has no place for the language of code.
    was = [Code(block.text) if isinstance(block, Code) else block for block in prose(name).blocks]
    assert to_markdown.render(back) == to_markdown.render(Prose(tuple(was)))


@each
def test_pdf_has_the_same_sections_and_the_same_words(name: str) -> None:
    data, notes = to_pdf.render(prose(name))
    assert notes == () or "no Chinese font" in notes[0]
    before, after = (documents.read(d, p) for d, p in ((TEXTS[name].encode(), "a.md"), (data, "a.pdf")))
    assert [(s.title, s.level, s.anchors) for s in after.sections] == [(s.title, s.level, s.anchors) for s in before.sections]
    one, other = meaning(TEXTS[name].encode(), "a.md"), meaning(data, "a.pdf")
    for section, text in one.items():
        if "| " in text:  # a table on paper has no bars, an empty cell no place
            letters = "".join(text.replace("|", "").split())
            assert "".join(other[section].split()) == letters, section
        elif "](https" not in text:  # on paper the address follows the text of a link
            assert other[section] == text, section
