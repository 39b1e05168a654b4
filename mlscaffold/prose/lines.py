"""Text broken into lines: between words, and between Chinese signs, but never before a comma of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlscaffold.prose.fonts import Fonts, width
from mlscaffold.prose.tree import Break, Inlines, Span

_EAST = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u30ff"
_TOKEN = re.compile(rf"[ \t\u3000]+|[（《「『“‘【〔]*[{_EAST}][，。；：！？、）》」』”’】〕…—]*|[^ \t{_EAST}]+")
_SOFT = re.compile(r"(?<=[/\-–—_.?&=])(?=\w)")


@dataclass(frozen=True)
class Piece:
    """Signs of one font at one size; its width is in points."""

    text: str
    font: str
    size: float
    style: Span
    heavy: bool = False

    @property
    def width(self) -> float:
        """The width in points."""
        return width(self.text, self.font, self.size)


Line = tuple[Piece, ...]


def broken(inlines: Inlines, fonts: Fonts, *, size: float, wide: float, bold: bool = False, italic: bool = False) -> list[Line]:
    """The lines of a paragraph, none wider than `wide` points."""
    lines: list[list[Piece]] = [[]]
    used = 0.0
    for token in _tokens(inlines, fonts, size=size, bold=bold, italic=italic):
        if token is None:
            lines.append([])
            used = 0.0
            continue
        for part in _fitting(token, wide):
            long = sum(piece.width for piece in part)
            if used + long > wide and lines[-1] and part[0].text.strip():
                _strip(lines[-1])
                lines.append([])
                used = 0.0
            if lines[-1] or part[0].text.strip() or part[0].style.code:
                lines[-1] += part
                used += long
    return [_merged(line) for line in lines]


def _tokens(inlines: Inlines, fonts: Fonts, *, size: float, bold: bool, italic: bool) -> Iterator[list[Piece] | None]:
    """Words with what follows them without a blank, whatever its style; None is the end of a line."""
    held: list[Piece] = []
    for inline in inlines:
        if isinstance(inline, Break):
            if held:
                yield held
            held = []
            yield None
        elif isinstance(inline, Span):
            style = replace(inline, bold=inline.bold or bold, italic=inline.italic or italic)
            for match in _TOKEN.finditer(inline.text):
                pieces = list(_pieces(match[0], fonts, style=style, size=size))
                if held and (not match[0].strip() or _apart(held[-1].text, match[0])):
                    yield held
                    held = []
                held += pieces
                if not match[0].strip():
                    yield held
                    held = []
    if held:
        yield held


def _apart(before: str, after: str) -> bool:
    """Whether a line may end between two tokens."""
    if after[0] in "，。；：！？、）》」』”’】〕…":
        return False
    return bool(re.search(rf"[{_EAST}]\W*$", before) or re.match(rf"\W?[{_EAST}]", after)) or not before.strip()


def _pieces(text: str, fonts: Fonts, *, style: Span, size: float) -> Iterator[Piece]:
    small = size * 0.92 if style.code else size
    start = 0
    names = [fonts.of(sign, bold=style.bold, italic=style.italic, code=style.code) for sign in text]
    for place in range(1, len(text) + 1):
        if place == len(text) or names[place] != names[start]:
            yield Piece(text[start:place], names[start], small, style, heavy=style.bold and names[start] == fonts.eastern)
            start = place


def _fitting(token: list[Piece], wide: float) -> Iterator[list[Piece]]:
    """The token, cut where it is wider than a line: after a slash or hyphen if there is one."""
    if sum(piece.width for piece in token) <= wide:
        yield token
        return
    for piece in token:
        for part in _SOFT.split(piece.text):
            start, text = 0, part
            for end in range(1, len(text) + 1):
                if end == len(text) or width(text[start : end + 1], piece.font, piece.size) > wide:
                    yield [replace(piece, text=text[start:end])]
                    start = end


def _strip(line: list[Piece]) -> None:
    while line and not line[-1].text.strip():
        line.pop()


def _merged(line: list[Piece]) -> Line:
    found: list[Piece] = []
    for piece in line:
        if found and replace(found[-1], text="") == replace(piece, text=""):
            found[-1] = replace(found[-1], text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return tuple(found)
