# ruff: noqa: ANN401 (python-docx comes without types)
"""A tree of blocks as a Word document: real headings, lists, tables and links, and the anchors as bookmarks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from mlscaffold.prose.layout import column_widths, picture_for_office, picture_size
from mlscaffold.prose.tree import (
    Block,
    Break,
    Code,
    Heading,
    Inline,
    Inlines,
    Listing,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
    linked,
)
from mlscaffold.reports.word import INK, LINE, SHADE, SOFT, draw_lines, new_document, plain_fonts

WIDE = 16.5
"""Centimetres between the margins."""
_SIZES = {1: 20, 2: 14, 3: 12, 4: 11, 5: 10.5, 6: 10.5}
_LINK = "1F5C99"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DEPTH = 5


def render(prose: Prose) -> bytes:
    """The document; pictures that Word cannot hold stand as their names."""
    writer = _Writer(prose)
    for block in prose.blocks:
        writer.block(block)
    stream = io.BytesIO()
    writer.document.save(stream)
    return stream.getvalue()


class _Writer:
    """The document so far, and the counters of bookmarks and lists."""

    def __init__(self, prose: Prose) -> None:
        self.document = new_document(prose.title)
        self.bookmarks = 0
        self.names: set[str] = set()
        _styles(self.document)
        _footer(self.document)
        self.bullets, self.numbers = _numberings(self.document)

    def block(self, block: Block, *, style: str = "", indent: float = 0) -> None:
        """Write one block; `style` is the paragraph style, `indent` the left edge in centimetres."""
        match block:
            case Heading():
                paragraph = self.document.add_paragraph(style=f"Heading {min(block.level, 9)}")
                self._fill(paragraph, block.inlines, block.anchors)
            case Paragraph():
                self._fill(self._paragraph(style, indent), linked(block.inlines), block.anchors)
            case Listing():
                self._listing(block, depth=0, style=style)
            case Table():
                self._table(block)
            case Code():
                lines = [self._paragraph("Code", indent) for _ in block.text.split("\n")]
                for paragraph, line in zip(lines, block.text.split("\n"), strict=True):
                    paragraph.add_run(_legal(line))
                lines[-1].paragraph_format.space_after = 101_600  # 8 points
            case Quote():
                for inner in block.blocks:
                    self.block(inner, style="Guidance" if block.guidance else "Quote", indent=indent)
                if block.guidance:
                    self.document.add_paragraph()  # to write in: what is typed into guidance would count as guidance
            case Rule():
                _bottom_line(self._paragraph("", 0))

    def _paragraph(self, style: str, indent: float) -> Any:
        from docx.shared import Cm

        paragraph = self.document.add_paragraph(style=style or None)
        if indent:
            paragraph.paragraph_format.left_indent = Cm(indent)
        return paragraph

    def _listing(self, listing: Listing, *, depth: int, style: str) -> None:
        number = self._numbering(listing)
        edge = 0.63 * (min(depth, _DEPTH - 1) + 1)
        for item in listing.items:
            first, *rest = item.blocks or (Paragraph(()),)
            if not isinstance(first, Paragraph):
                first, rest = Paragraph(()), list(item.blocks)
            paragraph = self.document.add_paragraph(style=style or "List Paragraph")
            _number(paragraph, number, min(depth, _DEPTH - 1))
            if item.ticked is not None:
                paragraph.add_run("☑ " if item.ticked else "☐ ")
            self._fill(paragraph, linked(first.inlines), first.anchors)
            for block in rest:
                if isinstance(block, Listing):
                    self._listing(block, depth=depth + 1, style=style)
                else:
                    self.block(block, style=style, indent=edge)

    def _numbering(self, listing: Listing) -> int:
        """A number definition: bullets share one, each numbered list has its own, so that it starts anew."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        numbering = self.document.part.numbering_part.element
        if not listing.ordered:
            return int(self.bullets)
        number = numbering.add_num(self.numbers)
        for level in range(_DEPTH):
            override = number.add_lvlOverride(ilvl=level)
            start = OxmlElement("w:startOverride")
            start.set(qn("w:val"), str(listing.start))
            override.append(start)
        return int(number.numId)

    def _table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt

        widths = column_widths(table, WIDE)
        made = self.document.add_table(rows=0, cols=len(widths))
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Cm(width)
        sides = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
        for place, row in enumerate(table.rows):
            cells = made.add_row().cells
            for number, width in enumerate(widths):
                cells[number].width = Cm(width)
                paragraph = cells[number].paragraphs[0]
                paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
                paragraph.alignment = sides.get(table.align[number] if number < len(table.align) else "")
                self._fill(paragraph, linked(row[number]) if number < len(row) else ())
                for run in paragraph.runs:
                    run.font.size = Pt(9.5)
                    run.bold = True if place == 0 else run.bold
        draw_lines(made)
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    def _fill(self, paragraph: Any, inlines: Inlines, anchors: Iterable[str] = ()) -> None:
        marks = [self._bookmark(paragraph, name) for name in anchors]
        for inline in inlines:
            self._inline(paragraph, inline)
        for mark in marks:
            paragraph._p.append(mark)

    def _inline(self, paragraph: Any, inline: Inline) -> None:
        if isinstance(inline, Break):
            paragraph.add_run().add_break()
        elif isinstance(inline, Picture):
            self._picture(paragraph, inline)
        else:
            run = paragraph.add_run(_legal(inline.text), style="Inline Code" if inline.code else None)
            run.bold, run.italic, run.font.strike = inline.bold or None, inline.italic or None, inline.strike or None
            if re.match(r"https?:|mailto:|#|[^:]*$", inline.link) and inline.link:
                self._link(paragraph, run, inline.link)

    def _picture(self, paragraph: Any, picture: Picture) -> None:
        from docx.shared import Cm

        data, pixels = picture_for_office(picture.data)
        if not data:
            paragraph.add_run(_legal(picture.alt or picture.target)).italic = True
            return
        width, height = picture_size(pixels, picture.width, WIDE)
        shape = paragraph.add_run().add_picture(io.BytesIO(data), width=Cm(width), height=Cm(height))
        for side in ("distT", "distB", "distL", "distR"):  # LibreOffice would leave a gap
            shape._inline.set(side, "0")
        shape._inline.docPr.set("descr", _legal(picture.alt))
        shape._inline.docPr.set("name", _legal(picture.target or "picture"))

    def _link(self, paragraph: Any, run: Any, target: str) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        link = OxmlElement("w:hyperlink")
        if target.startswith("#"):
            link.set(qn("w:anchor"), target[1:].replace("-", "_"))
        else:
            link.set(qn("r:id"), self.document.part.relate_to(_legal(target), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run.font.color.rgb = RGBColor.from_string(_LINK)
        link.append(run._r)
        paragraph._p.append(link)

    def _bookmark(self, paragraph: Any, anchor: str) -> Any:
        """Begin a bookmark, whose end comes after the text; Word allows no hyphen, and a name once."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), anchor.replace("-", "_")[:40])
        end.set(qn("w:id"), str(self.bookmarks))
        paragraph._p.append(start)
        return end


def _legal(text: str) -> str:
    """Text without what XML cannot hold."""
    return _ILLEGAL.sub("", text)


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    for level, size in _SIZES.items():
        style = document.styles[f"Heading {level}"]
        plain_fonts(style)
        style.font.name, style.font.size, style.font.italic = "Calibri", Pt(size), False
        style.font.color.rgb = RGBColor.from_string(INK)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(0 if level == 1 else 14), Pt(4)
        style.paragraph_format.keep_with_next = True
    normal = document.styles["Normal"]
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    _eastern(normal)
    for name, colour in (("Guidance", SOFT), ("Quote", INK)):
        style = document.styles["Quote"] if name == "Quote" else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = style.next_paragraph_style = normal
        style.font.italic, style.font.color.rgb = True, RGBColor.from_string(colour)
        style.paragraph_format.left_indent = Cm(0.6)
    code = document.styles.add_style("Code", WD_STYLE_TYPE.PARAGRAPH)
    code.base_style, code.font.name, code.font.size = normal, "Consolas", Pt(9)
    code.paragraph_format.space_after, code.paragraph_format.line_spacing = Pt(0), 1.0
    _shade(code.element.get_or_add_pPr())
    inline = document.styles.add_style("Inline Code", WD_STYLE_TYPE.CHARACTER)
    inline.font.name, inline.font.size = "Consolas", Pt(9.5)


def _eastern(style: Any) -> None:
    """A font for Chinese that Word and LibreOffice replace where it is absent."""
    from docx.oxml.ns import qn

    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Microsoft YaHei")


def _shade(properties: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{key}"), value)
    properties.append(shade)


def _bottom_line(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", LINE)):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _number(paragraph: Any, number: int, depth: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = depth
    properties.get_or_add_numId().val = number
    paragraph.paragraph_format.space_after = 25400  # 2 points


def _numberings(document: Any) -> tuple[int, int]:
    """The number of the bullets, and the definition that numbered lists begin from."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering = document.part.numbering_part.element
    taken = [int(found) for found in numbering.xpath("w:abstractNum/@w:abstractNumId")]
    made: list[int] = []
    for kind in ("bullet", "decimal"):
        key = max([*taken, *made], default=0) + 1
        made.append(key)
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{"•" if kind == "bullet" else f"%{level + 1}."}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{360 * (level + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
            for level in range(_DEPTH)
        )
        definition = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
        first = numbering.xpath("w:num")
        first[0].addprevious(definition) if first else numbering.append(definition)
    return int(numbering.add_num(made[0]).numId), made[1]


def _footer(document: Any) -> None:
    """The number of the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(SOFT)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._r.append(element)
