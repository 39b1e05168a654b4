# ruff: noqa: ANN401 (python-docx comes without types)
from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from mlscaffold.evidence import Broken, documents
from mlscaffold.evidence.titles import ANCHORS, anchors_of
from mlscaffold.templating.catalog import templates_root

MARKDOWN = """---
title: x
---
# Flower sorter

## 1. What hurts
<!-- section: problem-statement -->
> **Guidance.** Say what hurts.
> In two sentences.

<!-- a note of
two lines -->
Nobody wants to sort flowers
at night.

- first
- second
  goes on

```
# no heading
```

Technical requirements
----------------------
A phone. ![belt](belt.png)

**Hardware and software**

One laptop.
"""


def md(text: str) -> documents.Document:
    return documents.read(text.encode(), "docs/01-problem.md")


def test_markdown_sections_with_anchor_underline_and_bold_line() -> None:
    document = md(MARKDOWN)
    assert [(s.title, s.level, s.line) for s in document.sections] == [
        ("Flower sorter", 1, 4),
        ("1. What hurts", 2, 6),
        ("Technical requirements", 2, 24),
        ("Hardware and software", 7, 28),
    ]
    problem = documents.find(document, "problem-statement")
    assert problem and problem.text == "Nobody wants to sort flowers at night.\n- first\n- second goes on\n# no heading"
    assert "Say what hurts. In two sentences." in problem.guidance and "a note of two lines" in problem.guidance
    assert problem.items == ("first", "second goes on")
    needs = documents.find(document, "technical-requirements")
    assert needs and needs.links == ("belt.png",)
    both = [documents.find(document, name) for name in ("hardware", "software")]
    assert both[0] == both[1] and both[0] and both[0].text == "One laptop."


def test_an_untouched_section_has_no_words() -> None:
    document = md("## Ideal solution\n> **Guidance.** Dream.\n\n## Owner\n<!-- fill in -->\n")
    assert [s.words for s in document.sections] == [0, 0]


@pytest.mark.parametrize(
    ("title", "anchors"),
    [
        ("2.1 Requirements", ("technical-requirements",)),
        ("III. Hardware:", ("hardware",)),
        ("Hardware & Software", ("hardware", "software")),
        ("Understanding and Insight", ("understanding",)),
        ("Problemstellung", ("problem-statement",)),
        ("4) Technische Anforderungen", ("technical-requirements",)),
        ("一、问题陈述", ("problem-statement",)),
        ("第二章 理想解决方案", ("ideal-solution",)),
        ("硬件与软件", ("hardware", "software")),
        ("Why hardware is expensive", ()),
        ("", ()),
    ],
)
def test_titles_in_three_languages(title: str, anchors: tuple[str, ...]) -> None:
    assert anchors_of(title) == anchors


def test_own_titles_deeper_levels_and_sub_sections() -> None:
    document = md("# Doc\n## Part\n### Was wir wollen\nEins zwei.\n#### Montag\nDrei.\n### Verständnis\nVier.\n")
    section = documents.find(document, "ideal-solution", {"ideal-solution": "Was wir wollen"})
    assert section and section.text == "Eins zwei.\nDrei." and section.subheadings == ("Montag",) and section.words == 3
    assert documents.find(document, "ideal-solution") is None


def test_order_counts_only_if_no_heading_is_known_and_counts_agree() -> None:
    among = ANCHORS["07-evaluation"]
    document = md("# D\n## Uno\nA.\n## Due\nB.\n## Tre\nC.\n")
    section = documents.find(document, "failure-cases", among=among)
    assert section and section.text == "B."
    assert documents.find(md("# D\n## Uno\n## Due\n"), "failure-cases", among=among) is None


def test_chinese_is_measured_in_characters() -> None:
    assert documents.count_words("我们需要每天分类花朵") == 7
    assert documents.count_words("well-known words, 3 of 4") == 5


def test_meaning_ignores_guidance_layout_numbers_and_order() -> None:
    one = md("## 1 Owner\n> Guidance: who\n\nAda\nByron\n## Results\nGood\n")
    two = md("## Results\n\nGood\n\n## Owner\n\nAda Byron\n")
    assert documents.meaning(one) == documents.meaning(two)
    assert documents.meaning(one) != documents.meaning(md("## Results\nGood\n## Owner\nAda Lovelace\n"))
    assert documents.meaning(one, "owner") == documents.meaning(two, "owner")


def word(build: Any) -> bytes:
    import docx

    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_word_headings_bookmarks_lists_tables_and_pictures() -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from PIL import Image

    def build(document: Any) -> None:
        german = document.styles.add_style("Überschrift Eigene", WD_STYLE_TYPE.PARAGRAPH)
        german.base_style = document.styles["Heading 2"]
        heading = document.add_paragraph("Was weh tut", style=german)
        mark = OxmlElement("w:bookmarkStart")
        mark.set(qn("w:id"), "1")
        mark.set(qn("w:name"), "problem_statement")
        heading._p.append(mark)
        document.add_paragraph("Guidance: say what hurts.")
        document.add_paragraph("Niemand sortiert gern nachts.")
        document.add_paragraph("erstens", style="List Bullet")
        document.styles.add_style("Überschrift 2", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("2. Technische Anforderungen", style="Überschrift 2")
        table = document.add_table(rows=1, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Telefon", "ja"
        image = io.BytesIO()
        Image.new("RGB", (4, 4)).save(image, "PNG")
        image.seek(0)
        document.add_picture(image)
        document.add_paragraph().add_run("Hardware").bold = True
        document.add_paragraph("Ein Laptop.")

    document = documents.read(word(build), "docs/01-problem.docx")
    problem = documents.find(document, "problem-statement")
    assert (
        problem and problem.text == "Niemand sortiert gern nachts.\n- erstens" and problem.guidance == "Guidance: say what hurts."
    )
    needs = documents.find(document, "technical-requirements")
    assert needs and needs.text == "| Telefon | ja |" and len(needs.pictures) == 1
    hardware = documents.find(document, "hardware")
    assert hardware and hardware.text == "Ein Laptop."


def test_word_documents_that_are_none() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", b"\0" * (300 * 2**20))
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    good = word(lambda document: document.add_paragraph("x"))
    cases = {
        b"hello": "not a zip",
        bomb.getvalue(): "would unpack to 300 MB",
        b"\xd0\xcf\x11\xe0": "old .doc",
        empty.getvalue(): "no Word",
    }
    cases |= {good[: len(good) // 2]: "not a zip"}
    for data, words in cases.items():
        with pytest.raises(Broken, match=words) as caught:
            documents.read(data, "docs/a.docx")
        assert caught.value.message.startswith("docs/a.docx: ") and caught.value.hint
    with pytest.raises(Broken, match="md, docx and pdf"):
        documents.read(b"", "docs/a.odt")


def test_pdf_with_headings_and_a_split_title() -> None:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    lines = [
        "1 Problem Statement",
        "Nobody wants to sort flowers",
        "at night.",
        "2 Technical",
        "Requirements",
        "A phone.",
        "- one",
        "- two",
    ]
    stream = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        figure = Figure()
        for number, line in enumerate(lines):
            figure.text(0.1, 0.9 - number / 12, line)
        figure.savefig(stream, format="pdf")
    document = documents.read(stream.getvalue(), "docs/01-problem.pdf")
    problem = documents.find(document, "problem-statement")
    assert problem and problem.text == "Nobody wants to sort flowers at night."
    needs = documents.find(document, "technical-requirements")
    assert needs and needs.text == "A phone.\n- one\n- two"


def test_pdf_with_the_list_marks_of_symbol_fonts() -> None:
    from mlscaffold.evidence.pdf import _with_marks

    lines = ["Literature", "\x7f", "Lowe 2004", "\uf0b7 Deng 2009", "\u25cf", "He 2016"]
    assert _with_marks(lines) == ["Literature", "\x7f Lowe 2004", "\uf0b7 Deng 2009", "\u25cf He 2016"]
    reportlab = pytest.importorskip("reportlab.platypus", reason="writes a list whose marks stand alone")
    from reportlab.lib.styles import getSampleStyleSheet

    body, stream = getSampleStyleSheet()["BodyText"], io.BytesIO()
    items = [reportlab.Paragraph(text, body) for text in ("Lowe 2004", "Deng 2009")]
    reportlab.SimpleDocTemplate(stream).build(
        [reportlab.Paragraph("Literature", body), reportlab.ListFlowable(items, bulletType="bullet")]
    )
    found = documents.find(documents.read(stream.getvalue(), "docs/02-research.pdf"), "literature")
    assert found and found.items == ("Lowe 2004", "Deng 2009")


def test_pdf_without_text_and_no_pdf() -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(Broken, match="no text layer"):
        documents.read(stream.getvalue(), "a.pdf")
    with pytest.raises(Broken, match="is no PDF"):
        documents.read(b"x", "a.pdf")
    with pytest.raises(Broken, match=r"cannot be read|no text"):
        documents.read(stream.getvalue()[:60], "a.pdf")


@pytest.mark.parametrize("name", ["01-problem", "02-research", "07-evaluation"])
def test_the_headings_of_the_template_are_known_without_their_marks(name: str) -> None:
    path = templates_root() / "base" / "docs" / f"{name}.md.jinja"
    found = documents.read(path.read_bytes(), f"{name}.md")
    known = {s.anchors[0]: anchors_of(s.title) for s in found.sections if s.anchors and s.anchors[0] in ANCHORS[name]}
    assert known == {anchor: (anchor,) for anchor in ANCHORS[name]}


def test_word_links_keep_their_targets_and_translated_lists_are_lists() -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def build(document: Any) -> None:
        document.add_heading("Literature", 1)
        paragraph = document.add_paragraph("He et al., ")
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), document.part.relate_to("https://doi.org/10.1/x", RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        link.append(paragraph.add_run("Deep learning")._r)
        paragraph._p.append(link)
        paragraph.add_run(", 2016")
        document.add_paragraph("ein Punkt", style="List Bullet")
        for style in document.styles.element.xpath('//w:style[@w:styleId="ListBullet"]'):
            style.set(qn("w:styleId"), "Aufzhlungszeichen")
        for place in document.element.xpath('//w:pStyle[@w:val="ListBullet"]'):
            place.set(qn("w:val"), "Aufzhlungszeichen")

    section = documents.read(word(build), "a.docx").sections[0]
    assert section.text == "He et al., [Deep learning](https://doi.org/10.1/x), 2016\n- ein Punkt"


def test_marks_of_one_format_do_not_count() -> None:
    one = md("## Owner\n*Ada* _Byron_ 3 \\* 4, <https://a.example> ~~old~~ a<br>b\n- [ ] open\n- ☐ too\n")
    two = md("## Owner\nAda Byron 3 * 4, https://a.example old a b\n\n- open\n\n- too\n")
    assert documents.meaning(one) == documents.meaning(two)
    assert documents.meaning(md("## Owner\nsmall_cnn and __x__")) != documents.meaning(md("## Owner\nsmallcnn and x"))
    assert documents.meaning(md("## 问题\n我们每天\n分拣。\n然后")) == documents.meaning(md("## 问题\n我们每天分拣。然后"))


def test_pdf_without_page_numbers_running_heads_and_with_an_outline() -> None:
    from mlscaffold.evidence.pdf import _without_running

    pages = [["Flower sorter", "one", "1 / 3"], ["Flower sorter", "two", "2 / 3"], ["Flower sorter", "7", "3 / 3"]]
    assert _without_running(pages) == [["one"], ["two"], ["7"]]
    assert _without_running([["Results", "accuracy", "0.9"]]) == [["Results", "accuracy", "0.9"]]
    assert _without_running([["第 1 页", "一"], ["第 2 页", "二"]]) == [["一"], ["二"]]
    assert _without_running([["one", "1"]]) == [["one"]]
    assert _without_running([["one", "1"], []]) == [["one"], []]
    assert _without_running([]) == []


def test_a_line_that_only_looks_like_a_heading_is_text_where_the_outline_tells() -> None:
    from mlscaffold.prose import to_pdf
    from mlscaffold.prose.tree import Heading, Paragraph, Prose, Span

    def text(words: str) -> Paragraph:
        return Paragraph((Span(words),))

    blocks = (
        Heading(1, (Span("Hardware"),), ("hardware",)),
        text("Results"),
        text("Two laptops."),
        Heading(2, (Span("Was wir wollen"),), ("ideal-solution",)),
        text("Ruhe."),
    )
    document = documents.read(to_pdf.render(Prose(blocks))[0], "a.pdf")
    assert [(s.title, s.level, s.anchors) for s in document.sections] == [
        ("Hardware", 1, ("hardware",)),
        ("Was wir wollen", 2, ("ideal-solution",)),
    ]
    found = documents.find(document, "hardware")
    assert found and found.text == "Results Two laptops."
    of_libre_office = Prose((Heading(1, (Span("Wunsch"),), ("ideal5Fsolution",)), text("Ruhe.")))
    assert documents.read(to_pdf.render(of_libre_office)[0], "a.pdf").sections[0].anchors == ("ideal-solution",)


def saved(document: Any) -> bytes:
    """The bytes of a Word document."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


WRITTEN = {
    "Owner": "Grace Hopper, of the sorting line",
    "Problem statement": "Every day 900 flowers are sorted by hand.",
    "Ideal solution": "The belt names each flower.",
}


@pytest.mark.parametrize("shape", ["size", "colon", "label", "form", "cells"])
def test_word_without_styles_has_headings_that_are_titles_we_know(shape: str) -> None:
    import docx
    from docx.shared import Pt

    document = docx.Document()
    table = document.add_table(rows=0, cols=2 if shape == "form" else 1) if shape in ("form", "cells") else None
    for title, text in WRITTEN.items():
        if table is not None:
            cells = table.add_row().cells
            cells[0].text = title
            if shape == "form":
                cells[1].text = text
            else:
                cells[0].add_paragraph(text)
        elif shape == "label":
            document.add_paragraph(f"{title}: {text}")
        else:
            document.add_paragraph().add_run(title.upper() + ":" * (shape == "colon")).font.size = Pt(18)
            document.add_paragraph(text)
    found = documents.read(saved(document), "01-problem.docx")
    for anchor, text in zip(("owner", "problem-statement", "ideal-solution"), WRITTEN.values(), strict=True):
        section = documents.find(found, anchor)
        assert section is not None and section.text == text


def test_word_with_headings_keeps_sentences_that_look_like_titles() -> None:
    import docx

    document = docx.Document()
    document.add_heading("Problem statement", 1)
    document.add_paragraph("Owner: whoever asks.")
    document.add_paragraph("Hardware")
    section = documents.find(documents.read(saved(document), "01-problem.docx"), "problem-statement")
    assert section is not None and section.text == "Owner: whoever asks.\nHardware"
