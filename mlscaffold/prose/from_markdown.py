"""Markdown (CommonMark, with tables, struck text and task lists) as a tree of blocks."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mlscaffold.evidence.documents import is_guidance
from mlscaffold.evidence.fields import decode
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

if TYPE_CHECKING:
    from markdown_it.token import Token

ANCHOR = re.compile(r"<!--\s*section:\s*([\w-]+)\s*-->")
_BOX = re.compile(r"\[([ xX])\]\s+")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_SOURCE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)", re.I)
_ALT = re.compile(r"\balt\s*=\s*[\"']([^\"']*)", re.I)
Load = Callable[[str], bytes]
"""The bytes of a picture by its target; empty where there is none."""


def read(data: bytes, path: str, *, load: Load = lambda target: b"") -> Prose:
    """The blocks of a Markdown document; comments are left out but for the anchors, HTML is read as its text."""
    from markdown_it import MarkdownIt

    text = decode(data, path).replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        text = text[text.index("\n---\n", 3) + 5 :]
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return Prose(tuple(_Reader(parser.parse(text), load).blocks(None)))


class _Reader:
    """A place in the stream of tokens."""

    def __init__(self, tokens: Sequence[Token], load: Load) -> None:
        self.tokens, self.place, self.load = tokens, 0, load

    def next(self) -> Token:
        """The next token."""
        token = self.tokens[self.place]
        self.place += 1
        return token

    def blocks(self, end: str | None) -> list[Block]:
        """Read the blocks up to the token that closes them."""
        found: list[Block] = []
        while self.place < len(self.tokens):
            token = self.next()
            if token.type == end:
                break
            if token.type == "html_block":
                self._html(token.content, found)
            else:
                found += self._block(token, found)
        return found

    def _block(self, token: Token, before: list[Block]) -> list[Block]:
        match token.type:
            case "heading_open":
                inlines = self._inlines(self.next(), before)
                self.next()
                return [Heading(int(token.tag[1]), inlines)]
            case "paragraph_open":
                anchors: list[Block] = [Paragraph(())]
                inlines = self._inlines(self.next(), anchors)
                self.next()
                marks = anchors[0].anchors if isinstance(anchors[0], Paragraph) else ()
                return [Paragraph(inlines, marks)] if inlines else []
            case "bullet_list_open" | "ordered_list_open":
                ordered = token.type.startswith("ordered")
                items = tuple(self._items(token.type.replace("open", "close")))
                return [Listing(items, ordered, int(token.attrs.get("start", 1)) if ordered else 1)]
            case "blockquote_open":
                inner = tuple(self.blocks("blockquote_close"))
                first = next((plain(block.inlines) for block in inner if isinstance(block, Paragraph)), "")
                return [Quote(inner, is_guidance(first))] if inner else []
            case "fence" | "code_block":
                return [Code(token.content.rstrip("\n"), token.info.strip().split(" ")[0] if token.info else "")]
            case "table_open":
                return [self._table()]
            case "hr":
                return [Rule()]
        return []

    def _items(self, end: str) -> list[Item]:
        items = []
        while self.next().type != end:
            blocks = self.blocks("list_item_close")
            ticked = None
            first = blocks[0] if blocks else None
            if isinstance(first, Paragraph) and first.inlines and isinstance(first.inlines[0], Span):
                box = _BOX.match(first.inlines[0].text)
                if box:
                    ticked = box[1] != " "
                    rest = replace(first.inlines[0], text=first.inlines[0].text[box.end() :])
                    blocks[0] = replace(first, inlines=merged((rest, *first.inlines[1:])))
            items.append(Item(tuple(blocks), ticked))
        return items

    def _table(self) -> Table:
        rows: list[tuple[Inlines, ...]] = []
        cells: list[Inlines] = []
        align: list[str] = []
        while (token := self.next()).type != "table_close":
            if token.type == "tr_open":
                cells = []
            elif token.type == "tr_close":
                rows.append(tuple(cells))
            elif token.type in ("th_open", "td_open"):
                if not rows:
                    align.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
                cells.append(self._inlines(self.next(), []))
        return Table(tuple(rows), tuple(align))

    def _html(self, text: str, found: list[Block]) -> None:
        for name in ANCHOR.findall(text):
            _mark(found, name)
        source = _SOURCE.search(text)
        if source:
            found.append(Paragraph((self._picture(source[1], (_ALT.search(text) or ["", ""])[1]),)))
        words = _without_tags(text)
        if words:
            found.append(Paragraph((Span(words),)))

    def _inlines(self, token: Token, before: list[Block]) -> Inlines:
        """The pieces of one inline token; an anchor in it goes to the heading before."""
        found: list[Inline] = []
        depth: Counter[str] = Counter()
        links: list[str] = []
        for child in token.children or ():
            style = Span("", depth["strong"] > 0, depth["em"] > 0, strike=depth["s"] > 0, link=links[-1] if links else "")
            match child.type:
                case "text" | "softbreak":
                    found.append(replace(style, text=" " if child.type == "softbreak" else child.content))
                case "code_inline":
                    found.append(replace(style, text=child.content, code=True))
                case "hardbreak":
                    found.append(Break())
                case "image":
                    found.append(self._picture(str(child.attrs.get("src", "")), child.content))
                case "link_open":
                    links.append(unquote(str(child.attrs.get("href", ""))))
                case "link_close":
                    links.pop()
                case "html_inline":
                    found += self._tag(child.content, before)
                case _:
                    depth[child.type.rpartition("_")[0]] += child.nesting
        return merged(piece for inline in merged(found) for piece in _late_bold(inline))

    def _tag(self, text: str, before: list[Block]) -> list[Inline]:
        """What a tag within a line stands for: an anchor, the end of the line, a picture, or nothing."""
        for name in ANCHOR.findall(text):
            _mark(before, name)
        source = _SOURCE.search(text)
        if source:
            return [self._picture(source[1], (_ALT.search(text) or ["", ""])[1])]
        return [Break()] if _BREAK.fullmatch(text) else []

    def _picture(self, target: str, alt: str) -> Picture:
        if not target.startswith("data:"):
            return Picture(alt, unquote(target), self.load(unquote(target)))
        try:
            return Picture(alt, "", base64.b64decode(target.partition(";base64,")[2], validate=True))
        except binascii.Error:
            return Picture(alt)


def _late_bold(inline: Inline) -> Iterator[Inline]:
    """Bold text that CommonMark misses: between Chinese signs `**注意：**` is no emphasis to it, but it is to its author."""
    if not isinstance(inline, Span) or inline.code or inline.text.count("**") < 2:
        yield inline
        return
    for number, text in enumerate(re.split(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", inline.text)):
        yield replace(inline, text=text, bold=inline.bold or number % 2 == 1)


def _mark(blocks: list[Block], name: str) -> None:
    """Give an anchor to the last heading, or to the bold line that stands for one."""
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        bold = isinstance(block, Paragraph) and all(isinstance(i, Span) and i.bold for i in block.inlines)
        if isinstance(block, Heading) or (isinstance(block, Paragraph) and bold):
            blocks[place] = replace(block, anchors=(*block.anchors, name.lower()))
            return


def _without_tags(text: str) -> str:
    from html import unescape

    return " ".join(unescape(re.sub(r"<!--.*?(?:-->|\Z)|<[^>]*>", " ", text, flags=re.S)).split())
