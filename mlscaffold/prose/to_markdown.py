"""A tree of blocks as Markdown: anchors as comments below their headings, tables with pipes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

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
    Picture,
    Prose,
    Quote,
    Rule,
    Span,
    Table,
    merged,
    plain,
)


def render(prose: Prose) -> bytes:
    """The document in UTF-8; pictures by their targets."""
    return ("\n\n".join(_blocks(prose.blocks)) + "\n").encode()


def _blocks(blocks: Iterable[Block]) -> list[str]:
    found: list[str] = []
    before: Block | None = None
    for block in blocks:
        if isinstance(before, Listing) and isinstance(block, Listing):
            found.append("<!-- -->")  # two lists in a row would be one
        found.append(_block(block))
        before = block
    return [text for text in found if text]


def _block(block: Block) -> str:
    match block:
        case Heading():
            return "\n".join([f"{'#' * block.level} {_line(block.inlines)}", *_marks(block.anchors)])
        case Paragraph():
            return "\n".join([_start(_line(block.inlines)), *_marks(block.anchors)])
        case Listing():
            loose = any(len([b for b in item.blocks if not isinstance(b, Listing)]) > 1 for item in block.items)
            return ("\n\n" if loose else "\n").join(_item(block, place, item) for place, item in enumerate(block.items))
        case Table():
            return _table(block)
        case Code():
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`{3,}", block.text) or [""]))
            return f"{fence}{block.language}\n{block.text}\n{fence}"
        case Quote():
            return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(block.blocks)).split("\n"))
        case Rule():
            return "---"


def _marks(anchors: tuple[str, ...]) -> list[str]:
    return [f"<!-- section: {name} -->" for name in anchors]


def _item(listing: Listing, place: int, item: Item) -> str:
    mark = f"{listing.start + place}. " if listing.ordered else "- "
    box = "" if item.ticked is None else "[x] " if item.ticked else "[ ] "
    parts = _blocks(item.blocks)
    tight = len(parts) == 2 and isinstance(item.blocks[-1], Listing)
    body = ("\n" if tight else "\n\n").join(parts)
    return mark + box + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), body)


def _table(table: Table) -> str:
    width = max((len(row) for row in table.rows), default=0)
    rows = [[_line(cell).replace("\\\n", "<br>").replace("|", "\\|") for cell in row] for row in table.rows]
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    align = [*table.align, *[""] * width][:width]
    rule = [{"left": ":--", "center": ":-:", "right": "--:"}.get(side, "---") for side in align]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{'|'.join(rule)}|", *lines[1:]]) if lines else ""


def _line(inlines: Inlines) -> str:
    """One paragraph."""
    return _styled(merged(inlines), ("link", "bold", "italic", "strike")).strip()


def _styled(inlines: Sequence[Inline], styles: tuple[str, ...]) -> str:
    """Text with the marks of the outermost style around each group that shares it."""
    if not styles:
        return "".join(_leaf(inline) for inline in inlines)
    groups = [(value, list(found)) for value, found in groupby(inlines, key=lambda i: getattr(i, styles[0], ""))]
    pieces = [_styled(found, styles[1:]) for _, found in groups]
    for place, (value, found) in enumerate(groups):
        if value and styles[0] == "link":
            pieces[place] = _link(pieces[place], str(value), found)
        elif value:
            mark = {"bold": "**", "italic": "*", "strike": "~~"}[styles[0]]
            before, after = pieces[place - 1] if place else "", "".join(pieces[place + 1 : place + 2])
            pieces[place] = _wrapped(pieces[place], mark, (before[-1:], after[:1]))
    return "".join(pieces)


def _wrapped(text: str, mark: str, neighbours: tuple[str, str]) -> str:
    """Marks of emphasis: beside a blank, or between punctuation and a letter, they would be no marks, so such signs stay outside."""
    first = re.match(r"[^\w`*~\[<!\\]*" if neighbours[0].isalnum() else r"\s*", text)
    last = re.search(r"[^\w`*~>]*$" if "](" not in text and neighbours[1].isalnum() else r"\s*$", text)
    start, end = first.end() if first else 0, last.start() if last else len(text)
    inner = text[start:end] if start < end else ""
    lost = (neighbours[0].isalnum() and not inner[:1].isalnum()) or (neighbours[1].isalnum() and not inner[-1:].isalnum())
    return text if lost or not inner else f"{text[:start]}{mark}{inner}{mark}{text[end:]}"


def _link(text: str, target: str, found: Sequence[Inline]) -> str:
    before, inner, after = re.fullmatch(r"(\s*)(.*?)(\s*)", text, re.S).groups()  # type: ignore[union-attr]
    shown = plain(found)
    if shown == target and re.fullmatch(r"https?://\S+", target):
        return before + target + after
    if shown in (target, target.removeprefix("mailto:")) and re.fullmatch(r"mailto:[\w.+-]+@[\w.-]+", target):
        return f"{before}<{shown}>{after}"
    return f"{before}[{inner}]({_target(target)}){after}"


def _leaf(inline: Inline) -> str:
    match inline:
        case Break():
            return "\\\n"
        case Picture():
            return f"![{_escaped(inline.alt)}]({_target(inline.target)})"
        case Span(code=True):
            text = inline.text.strip()
            if not text:
                return inline.text
            before, after = inline.text.split(text[0], 1)[0], inline.text[len(inline.text.rstrip()) :]
            ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
            pad = " " if text[0] == "`" or text[-1] == "`" else ""
            return f"{before}{ticks}{pad}{text}{pad}{ticks}{after}"
    return _escaped(inline.text)


def _target(target: str) -> str:
    return f"<{target}>" if re.search(r"[\s()]", target) else target


def _escaped(text: str) -> str:
    """The text with what Markdown would take as a mark set off, and nothing else."""
    text = re.sub(r"([\\`*])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_(?=\S)|(?<=\S)_(?!\w)", r"\\_", text)
    text = re.sub(r"(?<!\^\d)(?<!\^\d\d)\](?=[(\[:])|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)", lambda m: "\\" + m[0], text)
    return re.sub(r"!(?=\[)", r"\\!", text)


def _start(text: str) -> str:
    """A paragraph no line of which begins like a heading, an item, a quotation, a table or a rule."""
    return "\n".join(
        re.sub(
            r"^(\d{1,9})([.)](?:\s|$))",
            r"\1\\\2",
            re.sub(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|[>|]|=+\s*$|-[\s-]*$|~~~)", r"\\", line),
        )
        for line in text.split("\n")
    )
