# ruff: noqa: ANN401 (python-docx comes without types)
"""Word documents of one look: margins, headings, tables whose header repeats on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlscaffold.reports.content import clean

INK, SOFT, LINE, SHADE = "22252A", "676D76", "D9D6D0", "F3F1ED"


def new_document(title: str) -> Any:
    """An empty A4 document with our fonts, 2 cm from the edges, without the times of this machine."""
    import datetime

    import docx
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.25)
        section.top_margin = section.bottom_margin = Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 22), ("Heading 1", 14), ("Heading 2", 11.5)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), RGBColor.from_string(INK)
        plain_fonts(style)
        style.paragraph_format.keep_with_next = True
    document.core_properties.title = clean(title)
    document.core_properties.author = "mlscaffold"
    document.core_properties.comments = ""
    moment = datetime.datetime(2000, 1, 1)  # the date that counts stands in the text
    document.core_properties.created = document.core_properties.modified = moment
    return document


def add_table(
    document: Any, header: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[float], size: float = 9.5
) -> Any:
    """A table with thin lines between rows; widths in centimetres, text size in points."""
    from docx.shared import Cm, Pt

    table = document.add_table(rows=0, cols=len(header))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):  # what LibreOffice reads; Word reads the cells
        column.width = Cm(width)
    for place, row in enumerate([header, *rows]):
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
            run = paragraph.add_run(clean(text))
            run.font.size = Pt(size)
            run.bold = place == 0
    draw_lines(table)
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def small(document: Any, text: str) -> None:
    """A paragraph in small grey."""
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph().add_run(clean(text))
    run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(SOFT)


def plain_fonts(style: Any) -> None:
    """Headings of the default template name a theme font, which would win over ours."""
    from docx.oxml.ns import qn

    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def draw_lines(table: Any) -> None:
    """Thin lines between rows, a shaded header that repeats on every page, rows that stay whole."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    first = table.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    first.append(repeated)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
    for cell in table.rows[0].cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
