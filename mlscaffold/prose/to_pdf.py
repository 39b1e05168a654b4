# ruff: noqa: ANN401 (reportlab comes without types)
"""A tree of blocks as a PDF: with an outline, the anchors as named destinations, and fonts for German and Chinese."""

from __future__ import annotations

import io
from typing import Any

from mlscaffold.prose.fonts import Fonts, prepare
from mlscaffold.prose.layout import column_widths, picture_for_office, picture_size
from mlscaffold.prose.page import Look, Text
from mlscaffold.prose.tree import (
    Block,
    Break,
    Code,
    Heading,
    Inlines,
    Listing,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Span,
    Table,
    linked,
    merged,
    plain,
    words,
)
from mlscaffold.reports.word import INK, LINE, SHADE, SOFT

CM = 72 / 2.54
WIDE = 16.5 * CM
_SIZES = {1: 19.0, 2: 13.5, 3: 11.5, 4: 10.5, 5: 10.0, 6: 10.0}
_STEP = 0.6 * CM


def render(prose: Prose, *, author: str = "") -> tuple[bytes, tuple[str, ...]]:
    """The document, and notes on what could not be shown."""
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    said = words(prose.blocks)
    fonts = prepare(said)
    writer = _Writer(fonts)
    story = [flowable for block in prose.blocks for flowable in writer.block(block)]
    stream = io.BytesIO()
    page = BaseDocTemplate(
        stream,
        pagesize=(21 * CM, 29.7 * CM),
        title=prose.title,
        author=author,
        creator="mlscaffold",
        producer="mlscaffold",
        invariant=1,
    )
    frame = Frame(2.25 * CM, 2 * CM, WIDE, 25.7 * CM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    page.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=_number))
    page.build(story)
    absent = sorted({sign for sign in said if sign.isprintable() and not sign.isspace() and not fonts.holds(sign)})
    notes = [f"no font here has {len(absent)} of the signs: {' '.join(absent[:10])}"] if absent else []
    return stream.getvalue(), (*fonts.notes, *notes, *writer.notes)


def _number(canvas: Any, page: Any) -> None:
    """The number of the page, alone: a reader of text can tell it from the text."""
    from reportlab.lib.colors import HexColor

    canvas.setFont("Sans", 8.5)
    canvas.setFillColor(HexColor(f"#{SOFT}"))
    canvas.drawRightString(2.25 * CM + WIDE, 1.2 * CM, str(canvas.getPageNumber()))


class _Writer:
    """Makes the pieces that reportlab lays out, and counts headings."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.headings, self.deepest = 0, -1
        self.notes: list[str] = []

    def block(self, block: Block, *, look: Look | None = None, edge: float = 0) -> list[Any]:
        """One block; `edge` is its distance from the left margin, `look` that of the text around it."""
        from reportlab.platypus import HRFlowable

        look = look or Look(size=10, leading=15, after=6)
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph():
                return self._paragraph(block.inlines, look=look, edge=edge)
            case Listing():
                return self._listing(block, look, edge)
            case Table():
                return self._table(block)
            case Code():
                code = Look(size=8.5, leading=12.5, before=2, after=8, back=SHADE)
                rows = (Span(line.replace("\t", "    "), code=True) for line in block.text.split("\n"))
                lines = merged(i for row in rows for i in (row, Break()))
                return [Text(lines[:-1], self.fonts, look=code, edge=edge)]
            case Quote():
                colour = SOFT if block.guidance else INK
                quoted = Look(size=10, leading=15, after=6, colour=colour, italic=True, bar=True)
                return [f for inner in block.blocks for f in self.block(inner, look=quoted, edge=edge)]
            case Rule():
                return [HRFlowable(width="100%", thickness=0.5, color=f"#{LINE}", spaceBefore=6, spaceAfter=10)]

    def _heading(self, heading: Heading) -> list[Any]:
        size = _SIZES[min(6, heading.level)]
        self.headings += 1
        self.deepest = min(heading.level - 1, self.deepest + 1)
        before = 0 if self.headings == 1 else 14
        look = Look(size=size, leading=size * 1.35, before=before, after=5, bold=True, keep=True)
        keys = heading.anchors or (f"heading {self.headings}",)
        return [
            Text(
                merged(i for i in heading.inlines if not isinstance(i, Picture)),
                self.fonts,
                look=look,
                outline=(self.deepest, *keys),
            )
        ]

    def _paragraph(self, inlines: Inlines, *, look: Look, edge: float, mark: str = "") -> list[Any]:
        """The text, broken where pictures stand in it."""
        found: list[Any] = []
        held: list[Any] = []
        for inline in (*linked(_with_addresses(inlines)), None):
            if inline is not None and not isinstance(inline, Picture):
                held.append(inline)
                continue
            if plain(held):
                found.append(Text(merged(held), self.fonts, look=look, edge=edge, mark=mark))
                mark = ""
            held = []
            if isinstance(inline, Picture):
                found += self._picture(inline, edge)
        return found

    def _picture(self, picture: Picture, edge: float) -> list[Any]:
        from reportlab.platypus import Image, Spacer

        data, pixels = picture_for_office(picture.data)
        if not data:
            shown = merged([Span(picture.alt or picture.target, italic=True)])
            return [Text(shown, self.fonts, look=Look(size=10, leading=15, after=6), edge=edge)]
        width, height = picture_size(pixels, picture.width, WIDE / CM - edge / CM)
        return [Image(io.BytesIO(data), width=width * CM, height=height * CM, hAlign="LEFT"), Spacer(0, 8)]

    def _listing(self, listing: Listing, look: Look, edge: float) -> list[Any]:
        found: list[Any] = []
        tight = look.changed(after=3)
        for place, item in enumerate(listing.items):
            mark = f"{listing.start + place}." if listing.ordered else "•"
            mark = {True: "☑", False: "☐", None: mark}[item.ticked]
            for block in item.blocks or (Paragraph((Span(" "),)),):
                if isinstance(block, Paragraph):
                    found += self._paragraph(block.inlines, look=tight, edge=edge + _STEP, mark=mark)
                    mark = ""
                else:
                    found += self.block(block, look=tight, edge=edge + _STEP)
        if found and isinstance(found[-1], Text):
            found[-1].look = found[-1].look.changed(after=look.after)
        return found

    def _table(self, table: Table) -> list[Any]:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Spacer
        from reportlab.platypus import Table as Grid

        widths = [width * CM for width in column_widths(table, WIDE / CM)]
        rows = []
        for place, row in enumerate(table.rows):
            look = Look(size=9, leading=12.5, bold=place == 0)
            cells = []
            for number in range(len(widths)):
                side = table.align[number] if number < len(table.align) else ""
                cell = row[number] if number < len(row) else ()
                cells.append(self._paragraph(cell, look=look.changed(side=side), edge=0) or Spacer(0, 0))
            rows.append(cells)
        line = HexColor(f"#{LINE}")
        style = [
            ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{SHADE}")),
            ("LINEABOVE", (0, 0), (-1, 0), 0.5, line),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, line),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
        return [Grid(rows, colWidths=widths, repeatRows=1, style=style, splitInRow=1, hAlign="LEFT"), Spacer(0, 10)]


def _with_addresses(inlines: Inlines) -> Inlines:
    """On paper a link leads nowhere, so an address that does not stand in the text follows it."""
    found: list[Any] = []
    for place, inline in enumerate(inlines):
        found.append(inline)
        link = inline.link if isinstance(inline, Span) else ""
        following = inlines[place + 1] if place + 1 < len(inlines) else None
        if not link.startswith(("http:", "https:")) or (isinstance(following, Span) and following.link == link):
            continue
        shown = plain(i for i in inlines if isinstance(i, Span) and i.link == link)
        if shown not in (link, link.partition("://")[2]):
            found.append(Span(f" ({link})", link=link))
    return tuple(found)
