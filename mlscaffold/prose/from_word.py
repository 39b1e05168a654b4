# ruff: noqa: ANN401 (lxml and python-docx come without types)
"""A Word document as a tree of blocks, whatever language its styles are called in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mlscaffold.evidence import word
from mlscaffold.evidence.documents import is_guidance
from mlscaffold.evidence.word import W
from mlscaffold.prose.runs import Runs
from mlscaffold.prose.tree import (
    Block,
    Break,
    Code,
    Heading,
    Inline,
    Inlines,
    Item,
    Listing,
    Paragraph,
    Prose,
    Quote,
    Rule,
    Span,
    Table,
    merged,
    plain,
)

_QUOTES = re.compile(r"(?:intense )?quote|block ?(?:text|quote)|quotations|zitat", re.I)
_CODES = re.compile(r"(?:source ?)?code|html ?preformatted|preformatted ?text|plain ?text|macro ?text|quelltext", re.I)
_CONTENTS = re.compile(r"toc ?\d|toc heading|table of (?:contents|figures)|inhaltsverzeichnis|目录", re.I)
_SIDES = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right"}


@dataclass(frozen=True)
class _Numbering:
    """How items are numbered: the number's id, its definition's, whether it counts, from where, and whether it begins anew."""

    key: str = ""
    definition: str = ""
    ordered: bool = False
    start: int = 1
    anew: bool = False

    def goes_on(self, before: _Numbering) -> bool:
        """Whether an item is of the same list as the one before it; LibreOffice gives the first item a number of its own."""
        if self.ordered != before.ordered or not self.ordered:
            return self.ordered == before.ordered
        return self.key == before.key or (self.definition == before.definition and not self.anew)


@dataclass(frozen=True)
class _Listed:
    """A list item before it has found its list: how deep, and of which numbering."""

    depth: int
    numbering: _Numbering
    blocks: tuple[Block, ...]
    ticked: bool | None = None
    continues: bool = False


@dataclass(frozen=True)
class _Indented:
    """A block that may continue the list item before it, and how deep it stands."""

    block: Block
    depth: int


def read(data: bytes, path: str) -> Prose:
    """The blocks of a Word document; raises `Broken` for what is none, is too large, or is protected."""
    document = word.open_document(data, path)
    try:
        return _read(document)
    except word.DAMAGE as error:
        raise word.damaged(path, error) from None


def _read(document: Any) -> Prose:
    reader = _Reader(document)
    flat = [piece for element in word.blocks(document.element.body) for piece in reader.block(element)]
    blocks = tuple(_nested(_joined(flat))) + reader.runs.footnotes()
    return Prose(_below_title(blocks), tuple(_notes(reader.runs.lost)))


class _Reader:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.levels, self.listed = word.heading_levels(document), word.list_styles(document)
        self.styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
        self.runs = Runs(document, self.styles)

    def block(self, element: Any) -> Iterator[Block | _Listed | _Indented]:
        """What one paragraph or table is."""
        if element.tag == f"{W}tbl":
            yield self._table(element)
            return
        style = word.style_of(element)
        name = self._name(style)
        if _CONTENTS.fullmatch(name) or _CONTENTS.fullmatch(style):
            return
        inlines, boxes = self.runs.inlines(element)
        text = plain(inlines)
        anchors = tuple(dict.fromkeys(word.bookmarks(element)))
        level = word.heading_level(element, self.levels, self.listed) if text else 0
        if not inlines:
            if element.find(f"{W}pPr/{W}pBdr/{W}bottom") is not None:
                yield Rule()
        elif name.lower() == "title" and not level:
            yield Heading(0, _without_bold(inlines), anchors)
        elif 0 < level < 7:
            yield Heading(level, _without_bold(inlines), anchors)
        elif word.is_listed(element, self.listed):
            yield self._item(element, inlines, anchors)
        elif is_guidance(text) or style.lower() == "guidance":
            yield Quote((Paragraph(inlines, anchors),), guidance=True)
        elif _QUOTES.fullmatch(name) or _QUOTES.fullmatch(style):
            yield Quote((Paragraph(inlines, anchors),))
        elif _CODES.fullmatch(name) or _CODES.fullmatch(style) or _all_code(inlines):
            yield self._placed(element, Code(self.runs.letters(element)))
        else:
            yield self._placed(element, Paragraph(inlines, anchors))
        for box in boxes:
            yield Paragraph(box)

    def _name(self, style: str) -> str:
        element = self.styles.get(style)
        name = element.find(f"{W}name") if element is not None else None
        return str(name.get(f"{W}val", "")) if name is not None else ""

    def _item(self, element: Any, inlines: Inlines, anchors: tuple[str, ...]) -> _Listed:
        key, depth = self._numbering(element)
        numbering = self._format(key, depth)
        name = self._name(word.style_of(element)) or word.style_of(element)
        if not key:
            numbering = _Numbering(ordered="number" in name.lower() or "nummer" in name.lower())
        if element.find(f"{W}pPr/{W}numPr") is None and (found := re.search(r"([2-9])$", name)):
            depth = int(found[1]) - 1  # "List Bullet 2" has a numbering of its own, which begins at its own first level
        ticked = None
        first = inlines[0]
        if isinstance(first, Span) and first.text[:1] in "☐☑☒":
            ticked = first.text[0] != "☐"
            inlines = merged((replace(first, text=first.text[1:].lstrip()), *inlines[1:]))
        return _Listed(depth, numbering, (Paragraph(inlines, anchors),), ticked)

    def _numbering(self, element: Any) -> tuple[str, int]:
        """The id of the numbering and the depth, from the paragraph or from its style."""
        properties, style = element.find(f"{W}pPr/{W}numPr"), self.styles.get(word.style_of(element))
        found, depth = "", 0
        for _ in range(12):
            if properties is not None:
                number, level = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
                depth = int(level.get(f"{W}val", "0")) if level is not None and not depth else depth
                if number is not None:
                    found = str(number.get(f"{W}val", ""))
                    break
            if style is None:
                break
            properties = style.find(f"{W}pPr/{W}numPr")
            based = style.find(f"{W}basedOn")
            style = self.styles.get(based.get(f"{W}val")) if based is not None else None
        return found, depth

    def _format(self, key: str, depth: int) -> _Numbering:
        """What the numbering part says of a number at this depth."""
        try:
            root = self.document.part.numbering_part.element if key else None
        except (KeyError, NotImplementedError):
            root = None
        number = next((n for n in root.iter(f"{W}num") if n.get(f"{W}numId") == key), None) if root is not None else None
        if root is None or number is None:
            return _Numbering(key)
        wanted = number.find(f"{W}abstractNumId").get(f"{W}val")
        starts = [o.find(f"{W}startOverride") for o in number.iter(f"{W}lvlOverride") if o.get(f"{W}ilvl") == str(depth)]
        own = starts[0] if starts else None
        definition = next((d for d in root.iter(f"{W}abstractNum") if d.get(f"{W}abstractNumId") == wanted), None)
        levels = definition.iter(f"{W}lvl") if definition is not None else ()
        level = next((found for found in levels if found.get(f"{W}ilvl") == str(depth)), None)
        kind, start = (level.find(f"{W}numFmt"), level.find(f"{W}start")) if level is not None else (None, None)
        first = own if own is not None else start
        return _Numbering(
            key,
            wanted,
            ordered=kind is not None and kind.get(f"{W}val") not in ("bullet", "none"),
            start=int(first.get(f"{W}val", "1")) if first is not None else 1,
            anew=own is not None,
        )

    def _placed(self, element: Any, block: Block) -> Block | _Indented:
        """The block, with its depth if it stands to the right."""
        indent = element.find(f"{W}pPr/{W}ind")
        left = indent.get(f"{W}left") or indent.get(f"{W}start") or "" if indent is not None else ""
        twips = (
            int(left) if left.isdigit() else 360 if self._name(word.style_of(element)).lower().startswith("list continue") else 0
        )
        return _Indented(block, round(twips / 360) - 1) if twips >= 300 else block

    def _table(self, table: Any) -> Table:
        rows: list[tuple[Inlines, ...]] = []
        align: list[str] = []
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue  # of a table within a cell, whose text stands in that cell
            cells: list[Inlines] = []
            for cell in row.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tr")) is not row:
                    continue
                if not rows:
                    side = cell.find(f"{W}p/{W}pPr/{W}jc")
                    align.append(_SIDES.get(side.get(f"{W}val"), "") if side is not None else "")
                cells.append(self._cell(cell))
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                wide = int(span.get(f"{W}val", "1")) if span is not None else 1
                cells += [()] * (min(wide, 64) - 1)
            if not rows:
                align += [""] * (len(cells) - len(align))
                cells = [_without_bold(cell) for cell in cells]
            if any(cells):
                rows.append(tuple(cells))
        return Table(tuple(rows), tuple(align))

    def _cell(self, cell: Any) -> Inlines:
        found: list[Inline] = []
        for paragraph in cell.iter(f"{W}p"):
            inlines, _ = self.runs.inlines(paragraph)
            if inlines:
                found += [Break(), *inlines] if found else inlines
        return merged(found)


def _without_bold(inlines: Inlines) -> Inlines:
    """A heading is bold as a whole; that is no emphasis."""
    if all(i.bold for i in inlines if isinstance(i, Span) and i.text.strip()):
        return merged(replace(i, bold=False) if isinstance(i, Span) else i for i in inlines)
    return inlines


def _all_code(inlines: Inlines) -> bool:
    spans = [i for i in inlines if isinstance(i, Span) and i.text.strip()]
    return bool(spans) and all(i.code and not i.link for i in spans) and len(plain(inlines)) > 40


def _joined(flat: list[Block | _Listed | _Indented]) -> Iterator[Block | _Listed]:
    """Neighbouring lines of code are one block, neighbouring paragraphs of a quotation one quotation; what is indented joins its item."""
    before: Block | _Listed | None = None
    for piece in flat:
        block = piece.block if isinstance(piece, _Indented) else piece
        if isinstance(piece, _Indented) and isinstance(before, _Listed):
            last = before.blocks[-1]
            if before.continues and isinstance(last, Code) and isinstance(block, Code):
                before = replace(before, blocks=(*before.blocks[:-1], Code(f"{last.text}\n{block.text}")))
                continue
            block = _Listed(piece.depth, _Numbering(), (piece.block,), continues=True)
        match before, block:
            case Code(), Code():
                before = Code(f"{before.text}\n{block.text}")
            case Quote(), Quote() if before.guidance == block.guidance:
                before = Quote((*before.blocks, *block.blocks), before.guidance)
            case _:
                if before is not None:
                    yield before
                before = block
    if before is not None:
        yield before


def _nested(flat: Iterator[Block | _Listed]) -> Iterator[Block]:
    """Runs of items as lists within lists."""
    held: list[_Listed] = []
    for piece in flat:
        if isinstance(piece, _Listed):
            held.append(piece)
            continue
        yield from _lists(held)
        held = []
        yield piece
    yield from _lists(held)


def _lists(items: list[_Listed]) -> list[Block]:
    """The lists that these items make, the deeper ones within the item before them."""
    found: list[Block] = []
    place = 0
    while place < len(items):
        head = items[place]
        if head.continues:
            found += head.blocks
            place += 1
            continue
        own: list[Item] = []
        last = head.numbering
        while place < len(items):
            item = items[place]
            if item.continues:
                own[-1] = replace(own[-1], blocks=(*own[-1].blocks, *item.blocks))
                place += 1
                continue
            if item.depth <= head.depth and own and not item.numbering.goes_on(last):
                break
            last = item.numbering
            place += 1
            deeper = place
            while deeper < len(items) and items[deeper].depth > max(item.depth, head.depth):
                deeper += 1
            own.append(Item((*item.blocks, *_lists(items[place:deeper])), item.ticked))
            place = deeper
        found.append(Listing(tuple(own), head.numbering.ordered, head.numbering.start if head.numbering.ordered else 1))
    return found


def _below_title(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Where the document has a title of its own, that is the first level, and the headings stand below it."""
    if not any(isinstance(block, Heading) and not block.level for block in blocks):
        return blocks
    lower = int(any(isinstance(block, Heading) and block.level == 1 for block in blocks))
    return tuple(
        replace(block, level=min(6, block.level + lower if block.level else 1)) if isinstance(block, Heading) else block
        for block in blocks
    )


def _notes(lost: Counter[str]) -> Iterator[str]:
    for what, number in lost.items():
        yield f"{number} {what}{'s' if number != 1 and not what.endswith('s') else ''}"
