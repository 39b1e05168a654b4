"""What a document is made of, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Span:
    """A piece of text in one style; `link` is where it leads."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    link: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture in the text: its target as written, and its bytes where they are at hand; `width` is in centimetres."""

    alt: str
    target: str = ""
    data: bytes = b""
    width: float | None = None


@dataclass(frozen=True)
class Break:
    """The end of a line within a paragraph."""


Inline = Span | Picture | Break
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A heading and the anchors of its section."""

    level: int
    inlines: Inlines
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a short bold one may be a heading to its author, so it may have anchors."""

    inlines: Inlines
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A list item: its blocks, and whether it is ticked (None: it has no box)."""

    blocks: tuple[Block, ...]
    ticked: bool | None = None


@dataclass(frozen=True)
class Listing:
    """A list of bullets, or of numbers from `start`."""

    items: tuple[Item, ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of which is the header; `align` is left, center, right or empty for each column."""

    rows: tuple[tuple[Inlines, ...], ...]
    align: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """Lines of code."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Quote:
    """A quotation; `guidance` is what the template says to the author."""

    blocks: tuple[Block, ...]
    guidance: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across the page."""


Block = Heading | Paragraph | Listing | Table | Code | Quote | Rule


@dataclass(frozen=True)
class Prose:
    """A whole document; `notes` say what of the original has no place in it."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The first heading."""
        return next((plain(block.inlines) for block in self.blocks if isinstance(block, Heading)), "")


def plain(inlines: Iterable[Inline]) -> str:
    """The text alone."""
    return "".join(i.text if isinstance(i, Span) else " " if isinstance(i, Break) else i.alt for i in inlines).strip()


def merged(inlines: Iterable[Inline]) -> Inlines:
    """The same text with neighbours of one style joined, and without empty pieces."""
    found: list[Inline] = []
    for inline in inlines:
        last = found[-1] if found else None
        if isinstance(inline, Span) and isinstance(last, Span) and replace(last, text="") == replace(inline, text=""):
            found[-1] = replace(last, text=last.text + inline.text)
        elif not isinstance(inline, Span) or inline.text:
            found.append(inline)
    return tuple(found)


_ADDRESS = re.compile(r"https?://[^\s<>\"“”（）]+[^\s<>\"“”（）.,;:!?'’)\]，。；：！？、]")


def linked(inlines: Iterable[Inline]) -> Inlines:
    """The same text, with bare web addresses as links."""
    found: list[Inline] = []
    for inline in inlines:
        if not isinstance(inline, Span) or inline.link or inline.code:
            found.append(inline)
            continue
        end = 0
        for match in _ADDRESS.finditer(inline.text):
            found += [replace(inline, text=inline.text[end : match.start()]), replace(inline, text=match[0], link=match[0])]
            end = match.end()
        found.append(replace(inline, text=inline.text[end:]))
    return merged(found)


def pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    """Every picture, in order."""
    for inlines in _texts(blocks):
        yield from (i for i in inlines if isinstance(i, Picture))


def _texts(blocks: Iterable[Block]) -> Iterator[Inlines]:
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield block.inlines
            case Table():
                yield from (cell for row in block.rows for cell in row)
            case Quote():
                yield from _texts(block.blocks)
            case Listing():
                for item in block.items:
                    yield from _texts(item.blocks)


def words(blocks: Iterable[Block]) -> str:
    """All signs of a document, code too."""
    codes = (block.text for block in _leaves(blocks) if isinstance(block, Code))
    return "".join(plain(inlines) for inlines in _texts(blocks)) + "".join(codes)


def with_pictures(blocks: Iterable[Block], change: Callable[[Picture], Inline]) -> tuple[Block, ...]:
    """The same blocks with every picture replaced."""

    def inlines(found: Inlines) -> Inlines:
        return merged(change(i) if isinstance(i, Picture) else i for i in found)

    def changed(block: Block) -> Block:
        match block:
            case Heading() | Paragraph():
                return replace(block, inlines=inlines(block.inlines))
            case Table():
                return replace(block, rows=tuple(tuple(inlines(cell) for cell in row) for row in block.rows))
            case Quote():
                return replace(block, blocks=with_pictures(block.blocks, change))
            case Listing():
                return replace(block, items=tuple(replace(i, blocks=with_pictures(i.blocks, change)) for i in block.items))
        return block

    return tuple(changed(block) for block in blocks)


def _leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, also those within lists and quotations."""
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from _leaves(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _leaves(item.blocks)
