# ruff: noqa: ANN401 (python-docx comes without types)
"""Word files as people make them: by a German or Chinese Word, with what Markdown has no place for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from mlscaffold.evidence import Broken, documents
from mlscaffold.prose import from_word, to_markdown
from tests.prose.samples import picture

NAMESPACES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def word(build: Callable[[Any], object]) -> bytes:
    import docx

    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def markdown(data: bytes) -> str:
    return to_markdown.render(from_word.read(data, "a.docx")).decode()


def append(paragraph: Any, xml: str) -> None:
    from docx.oxml import parse_xml

    root = parse_xml(f"<w:p {NAMESPACES}>{xml}</w:p>")
    for child in list(root):
        paragraph._p.append(child)


def translated(document: Any, ids: dict[str, str]) -> None:
    """Give styles the ids that a Word in another language gives them; their names stay English in the file."""
    from docx.oxml.ns import qn

    for old, new in ids.items():
        for style in document.styles.element.xpath(f'//w:style[@w:styleId="{old}"]'):
            style.set(qn("w:styleId"), new)
        for place in document.element.xpath(f'//w:pStyle[@w:val="{old}"]'):
            place.set(qn("w:val"), new)


def test_styles_of_a_german_word() -> None:
    def build(document: Any) -> None:
        document.add_paragraph("Der Sortierer", style="Title")
        document.add_heading("Problemeigner", 1)
        document.add_paragraph("Ada Byron sagt:")
        document.add_paragraph("Zu viele Fehler.", style="Quote")
        document.add_paragraph("erstens", style="List Bullet")
        document.add_paragraph("tiefer", style="List Bullet 2")
        document.add_paragraph("eins", style="List Number")
        document.add_paragraph("zwei", style="List Number")
        translated(
            document,
            {
                "Title": "Titel",
                "Heading1": "berschrift1",
                "Quote": "Zitat",
                "ListBullet": "Aufzhlungszeichen",
                "ListNumber": "Listennummer",
            },
        )

    data = word(build)
    assert markdown(data) == (
        "# Der Sortierer\n\n## Problemeigner\n\nAda Byron sagt:\n\n> Zu viele Fehler.\n\n- erstens\n  - tiefer\n\n<!-- -->\n\n1. eins\n2. zwei\n"
    )
    owner = documents.find(documents.read(data, "a.docx"), "owner")
    assert owner and owner.items == ("erstens", "tiefer", "eins", "zwei")


def test_emphasis_links_fields_and_tracked_changes() -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("a ")
        paragraph.add_run("bold", style="Strong")
        paragraph.add_run(" and ")
        paragraph.add_run("not", style="Strong").bold = False
        mono = paragraph.add_run(" code")
        mono.font.name = "Courier New"
        append(paragraph, '<w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve"> new</w:t></w:r></w:ins>')
        append(paragraph, '<w:del w:id="2" w:author="x"><w:r><w:delText>old</w:delText></w:r></w:del>')
        field = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://a.example/x"</w:instrText></w:r>'
                 '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>page</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>')  # fmt: skip
        append(paragraph, field)
        append(paragraph, "<w:r><w:br/><w:t>below</w:t></w:r><m:oMath><m:r><m:t>x²</m:t></m:r></m:oMath>")

    data = word(build)
    assert markdown(data) == "a **bold** and not `code` new[page](https://a.example/x)\\\nbelow`x²`\n"
    assert from_word.read(data, "a.docx").notes == ("1 formula (as plain text)",)


def test_a_table_with_cells_that_span() -> None:
    def build(document: Any) -> None:
        table = document.add_table(rows=4, cols=3)
        for row, texts in zip(
            table.rows,
            (("Metric", "Class", "Minimum"), ("Recall", "rose", "0.9"), ("", "tulip", "0.8"), ("Note | this", "", "")),
            strict=True,
        ):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        table.cell(1, 0).merge(table.cell(2, 0)).text = "Recall"
        table.cell(3, 0).merge(table.cell(3, 2))
        table.cell(1, 1).add_paragraph("(red)")
        table.cell(0, 0).paragraphs[0].runs[0].bold = True

    assert markdown(word(build)) == (
        "| Metric | Class | Minimum |\n|---|---|---|\n| Recall | rose<br>(red) | 0.9 |\n|  | tulip | 0.8 |\n| Note \\| this |  |  |\n"
    )


def test_pictures_text_boxes_footnotes_and_contents() -> None:
    def build(document: Any) -> None:
        document.styles.add_style("toc 1", 1)
        document.add_paragraph("Owner ..... 3", style="toc 1")
        document.add_heading("Owner", 1)
        run = document.add_paragraph("See ").add_run()
        run.add_picture(io.BytesIO(picture()))
        paragraph = document.add_paragraph("Before")
        append(paragraph, "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>")
        append(paragraph, '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="1"/></w:r>')
        _footnote(document, "2", "Said in May.")

    prose = from_word.read(word(build), "a.docx")
    text = to_markdown.render(prose).decode()
    assert text == "# Owner\n\nSee ![](<Picture 1>)\n\nBefore[^1]\n\nIn a box\n\n[^1]: Said in May.\n"
    assert prose.notes == ("1 comment",)


def _footnote(document: Any, key: str, text: str) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    xml = f'<w:footnotes {NAMESPACES}><w:footnote w:id="{key}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        xml.encode(),
    )
    document.part.relate_to(part, kind)


def test_numbered_headings_are_headings_and_a_list_may_be_switched_off() -> None:
    from docx.oxml import parse_xml

    def build(document: Any) -> None:
        heading = document.add_heading("Owner", 2)
        heading._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {NAMESPACES}><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'))
        plain = document.add_paragraph("no item", style="List Bullet")
        plain._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {NAMESPACES}><w:numId w:val="0"/></w:numPr>'))

    data = word(build)
    assert markdown(data) == "## Owner\n\nno item\n"
    assert documents.read(data, "a.docx").sections[0].text == "no item"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0 rest", "protected by a password"),
        (b"%PDF-1.7", "not a zip archive"),
        (b"", "not a zip archive"),
    ],
)
def test_what_is_no_word_file(data: bytes, words: str) -> None:
    with pytest.raises(Broken, match=words):
        from_word.read(data, "a.docx")


def test_a_damaged_word_file_is_told_as_such() -> None:
    def spoiled(old: bytes, new: bytes) -> bytes:
        good, stream = (
            zipfile.ZipFile(io.BytesIO(word(lambda d: (d.add_heading("y", 1), d.add_paragraph("x", style="List Bullet"))))),
            io.BytesIO(),
        )
        with zipfile.ZipFile(stream, "w") as archive:
            for name in good.namelist():
                archive.writestr(name, good.read(name).replace(old, new))
        return stream.getvalue()

    cases = {
        (b"<w:body>", b"<w:body"): True,
        (b'w:outlineLvl w:val="0"', b'w:outlineLvl w:val="top"'): True,
        (b'w:name w:val="heading 1"', b'w:name w:x="1"'): False,
        (b"styles+xml", b"stiles+xml"): True,
        (b"abstractNumId w:val", b"abstractNumId w:x"): False,
    }
    for (old, new), fatal in cases.items():
        for read in (from_word.read, documents.read):
            try:
                read(spoiled(old, new), "a.docx")
                assert not fatal, (read, old)
            except Broken as problem:
                assert problem.message.startswith("a.docx: ") and problem.hint
