# ruff: noqa: ANN401 (reportlab comes without types)
"""A paragraph on the page: reportlab lays it out, we break and draw its lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlscaffold.prose.fonts import Fonts, width
from mlscaffold.prose.lines import Line, Piece, broken
from mlscaffold.prose.tree import Inlines, plain
from mlscaffold.reports.word import INK, LINE, SHADE

if TYPE_CHECKING:

    class Base:
        """What reportlab lays out: it sets the canvas before it calls `draw`."""

        canv: Any
        width: float
        height: float
        keepWithNext: bool  # noqa: N815 (reportlab's name)
else:
    from reportlab.platypus.flowables import Flowable as Base  # this module is loaded only where a PDF is drawn

LINK = "1F5C99"


@dataclass(frozen=True)
class Look:
    """How a paragraph looks; lengths are in points, colours six hex digits."""

    size: float
    leading: float
    before: float = 0
    after: float = 0
    bold: bool = False
    italic: bool = False
    colour: str = INK
    back: str = ""
    bar: bool = False
    keep: bool = False
    side: str = ""

    def changed(self, **values: Any) -> Look:
        """The same look but for these values."""
        return replace(self, **values)


class Text(Base):
    """A paragraph, heading, item or block of code; it may be split between pages."""

    def __init__(
        self,
        inlines: Inlines,
        fonts: Fonts,
        *,
        look: Look,
        edge: float = 0,
        mark: str = "",
        outline: tuple[Any, ...] = (),
        lines: list[Line] | None = None,
    ) -> None:
        super().__init__()
        self.inlines, self.fonts, self.look, self.edge, self.mark, self.outline = inlines, fonts, look, edge, mark, outline
        self.lines, self.part = lines, lines is not None  # a part keeps its lines: the text is that of the whole
        self.keepWithNext = look.keep

    def getSpaceBefore(self) -> float:  # noqa: N802 (reportlab's name)
        """Space above."""
        return self.look.before

    def getSpaceAfter(self) -> float:  # noqa: N802 (as above)
        """Space below."""
        return self.look.after

    @property
    def _left(self) -> float:
        return self.edge + (10 if self.look.bar else 6 if self.look.back else 0)

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """Break the lines; returns width and height."""
        if self.lines is None or (wide != self.width and not self.part):
            look = self.look
            self.lines = broken(
                self.inlines, self.fonts, size=look.size, wide=max(20, wide - self._left), bold=look.bold, italic=look.italic
            )
        self.width, self.height = wide, len(self.lines) * self.look.leading + (8 if self.look.back else 0)
        return wide, self.height

    def split(self, wide: float, high: float) -> list[Any]:
        """Two paragraphs, the first of which fits; none where fewer than two lines would stand alone."""
        self.wrap(wide, high)
        lines = self.lines or []
        fits = int((high - (8 if self.look.back else 0)) // self.look.leading)
        if len(lines) - fits == 1:
            fits -= 1
        if fits < min(2, len(lines)) or fits >= len(lines):
            return []
        above, below = self.look.changed(after=0), self.look.changed(before=0)
        first = Text(
            self.inlines, self.fonts, look=above, edge=self.edge, mark=self.mark, outline=self.outline, lines=lines[:fits]
        )
        return [first, Text(self.inlines, self.fonts, look=below, edge=self.edge, lines=lines[fits:])]

    def draw(self) -> None:
        """Draw lines, mark and background; a heading enters the outline under its anchors."""
        from reportlab.lib.colors import HexColor

        canvas, look = self.canv, self.look
        if self.outline:
            depth, *keys = self.outline
            _, top = canvas.absolutePosition(0, self.height)
            for key in keys:
                place = canvas.bookmarkPage(key, fit="XYZ", left=0, top=top)
                if not key.startswith("heading "):
                    _name(canvas, key, place)
            canvas.addOutlineEntry(plain(self.inlines), keys[0], depth)
        if look.back:
            canvas.setFillColor(HexColor(f"#{look.back}"))
            canvas.rect(self.edge, 0, self.width - self.edge, self.height, stroke=0, fill=1)
        if look.bar:
            canvas.setFillColor(HexColor(f"#{LINE}"))
            canvas.rect(self.edge, 1, 2, self.height - 2, stroke=0, fill=1)
        top = self.height - (4 if look.back else 0)
        base = top - look.leading + (look.leading - look.size) / 2 + look.size * 0.2
        for number, line in enumerate(self.lines or []):
            if number == 0 and self.mark:
                self._mark(base)
            self._line(line, base - number * look.leading)

    def _mark(self, base: float) -> None:
        from reportlab.lib.colors import HexColor

        font = self.fonts.of(self.mark[0])
        text = self.canv.beginText(max(0, self.edge - 4 - width(self.mark, font, self.look.size)), base)
        text.setFillColor(HexColor(f"#{self.look.colour}"))
        text.setFont(font, self.look.size)
        text.textOut(self.mark)  # drawString would go to a new line after it, and readers with it
        self.canv.drawText(text)

    def _line(self, line: Line, base: float) -> None:
        long = sum(piece.width for piece in line)
        spare = self.width - self._left - long
        start = self._left + {"center": spare / 2, "right": spare}.get(self.look.side, 0)
        at = start
        for piece in line:
            self._behind(piece, at, base)
            at += piece.width
        text = self.canv.beginText(start, base)
        for piece in line:
            self._style(text, piece)
            text.textOut(piece.text)
        self.canv.drawText(text)

    def _style(self, text: Any, piece: Piece) -> None:
        from reportlab.lib.colors import HexColor

        colour = HexColor(f"#{LINK if piece.style.link else self.look.colour}")
        text.setFont(piece.font, piece.size)
        text.setFillColor(colour)
        text.setStrokeColor(colour)
        # Chinese fonts have no bold face here: the outline is drawn too.
        text.setTextRenderMode(2 if piece.heavy else 0)

    def _behind(self, piece: Piece, at: float, base: float) -> None:
        """What belongs to a piece and is no text: a shade, a line through it, where it leads."""
        from reportlab.lib.colors import HexColor

        canvas = self.canv
        canvas.setLineWidth(0.35)
        if piece.style.code and not self.look.back:
            canvas.setFillColor(HexColor(f"#{SHADE}"))
            canvas.rect(at - 1, base - 2.5, piece.width + 2, piece.size + 3, stroke=0, fill=1)
        if piece.style.strike:
            canvas.setStrokeColor(HexColor(f"#{self.look.colour}"))
            canvas.line(at, base + piece.size * 0.3, at + piece.width, base + piece.size * 0.3)
        if piece.style.link.startswith(("http:", "https:", "mailto:")):
            canvas.linkURL(piece.style.link, (at, base - 2, at + piece.width, base + piece.size), relative=1)


def _name(canvas: Any, key: str, destination: Any) -> None:
    """Enter a destination under its name: reportlab does so only for what something in the document links to."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary

    catalog = canvas._doc.Catalog
    if getattr(catalog, "Dests", None) is None:
        catalog.Dests = PDFDictionary({})
    catalog.Dests[key] = destination
