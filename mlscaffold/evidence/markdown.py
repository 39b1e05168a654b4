"""The sections of a Markdown document."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlscaffold.evidence.documents import Section, is_guidance, normalise
from mlscaffold.evidence.fields import decode
from mlscaffold.evidence.titles import anchors_of

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_BOLD = re.compile(r"^ {0,3}(\*\*|__)(?=\S)([^*_]{1,100}?)\1\s*[:：]?\s*$")
_HTML = re.compile(r"^\s*<h([1-6])\b[^>]*>(.*?)</h\1>\s*$", re.I)
_LABEL = re.compile(r"^ {0,3}(\*\*|__)(?=\S)([^*_]{1,60}?)\s*(?:[:：]\s*\1|\1\s*[:：])\s*(?=\S)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_ANCHOR = re.compile(r"<!--\s*section:\s*([\w-]+)\s*-->")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.S)
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)|<img\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)", re.I)


@dataclass
class _Part:
    title: str = ""
    level: int = 0
    line: int = 1
    blocks: list[str] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)


def sections(data: bytes, path: str) -> tuple[Section, ...]:
    """Headings (also underlined or bold lines) with their text; comments and marked quotations are guidance."""
    text = decode(data, path).replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        end = text.index("\n---\n", 3) + 5
        text = "\n" * text.count("\n", 0, end) + text[end:]
    text = _without_comments(text)
    found = list(_blocks(text))
    if not any(kind for kind, _, _ in found):
        found = list(_blocks(text, labels=True))
    parts = [_Part()]
    for kind, value, line in found:
        if kind:
            parts.append(_Part(value, kind, line))
        elif value.startswith("\0"):
            _note(parts[-1], value[1:])
        elif value.startswith(">"):
            block = normalise(re.sub(r"^\s*>\s?", "", value, flags=re.M))
            (parts[-1].guidance if is_guidance(block) else parts[-1].blocks).append(block)
        else:
            parts[-1].blocks.append(value)
    return tuple(_section(part) for part in parts if part.title or part.blocks or part.anchors)


def _without_comments(text: str) -> str:
    """Each comment becomes a block of its own that begins with NUL; line numbers stay."""
    text = text.replace("\0", "")
    fenced = re.split(r"(^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\2[^\n]*$)", text, flags=re.S | re.M)
    pieces = (piece for number, piece in enumerate(fenced) if number % 3 != 2)
    return "".join(
        piece if number % 2 else _COMMENT.sub(lambda m: "\0" + m[0].replace("\n", "\1") + "\0" + "\n" * m[0].count("\n"), piece)
        for number, piece in enumerate(pieces)
    )


def _blocks(text: str, *, labels: bool = False) -> Iterator[tuple[int, str, int]]:
    """Heading level (0 for text), text and line of each block; with `labels`, `**Owner:** Grace Hopper` is a heading and a text."""
    held: list[str] = []
    fence = ""
    for number, raw in _numbered(text, labels=labels):
        comments = re.findall(r"\0([^\0]*)\0", raw)
        line = re.sub(r"\0[^\0]*\0", "", raw)
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            elif line.strip():
                yield 0, normalise(line), number
            continue
        heading = _heading(line, held)
        opens = _FENCE.match(line)
        if heading:
            title, level, of_held = heading
            if held and not of_held:
                yield 0, _paragraph(held), number
            yield level, title, number - 1 if of_held else number
            held = []
        elif opens or not line.strip() or _begins(line, held):
            if held:
                yield 0, _paragraph(held), number
            held = [] if opens or not line.strip() else [line]
            fence = opens[1] if opens else ""
        else:
            held.append(line)
        for comment in comments:
            if held and not line.strip():
                yield 0, _paragraph(held), number
                held = []
            yield 0, "\0" + comment.replace("\1", "\n"), number
    if held:
        yield 0, _paragraph(held), text.count("\n") + 1


def _numbered(text: str, *, labels: bool) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; with `labels` one that opens with a title that we know becomes two of one number."""
    before = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        label = _LABEL.match(raw) if labels and not before.strip() else None
        known = label is not None and bool(anchors_of(label[2]))
        if label and known:
            yield number, f"**{label[2]}**"
        yield number, raw[label.end() :] if label and known else raw
        before = raw


def _heading(line: str, held: list[str]) -> tuple[str, int, bool] | None:
    """Title, level, and whether the title is the line before (underlined)."""
    atx = _ATX.match(line)
    if atx:
        return normalise(atx[2] or ""), len(atx[1]), False
    underline = _SETEXT.match(line)
    if underline and len(held) == 1 and not _ITEM.match(held[0]) and not held[0].lstrip().startswith((">", "|")):
        return normalise(held[0]), 1 if underline[1][0] == "=" else 2, True
    html = _HTML.match(line)
    if html:
        return normalise(re.sub(r"<[^>]+>", "", html[2])), int(html[1]), False
    bold = _BOLD.match(line)
    return (normalise(bold[2]), 7, False) if bold and not held else None


def _begins(line: str, held: list[str]) -> bool:
    """Whether a line begins a new block although no blank line stands before it."""
    quote = line.lstrip().startswith(">")
    if held and held[0].lstrip().startswith(">"):
        return not quote
    return bool(_ITEM.match(line)) or line.lstrip().startswith("|") or quote


def _paragraph(lines: list[str]) -> str:
    if lines[0].lstrip().startswith(">"):
        return "\n".join(line.lstrip() for line in lines)
    item = _ITEM.match(lines[0])
    text = normalise(" ".join(lines))
    return "- " + normalise(_ITEM.sub("", text, count=1)) if item else text


def _note(part: _Part, comment: str) -> None:
    anchor = _ANCHOR.fullmatch(comment.strip())
    if anchor:
        part.anchors.append(anchor[1].lower())
    else:
        part.guidance.append(normalise(_COMMENT.sub(r"\1", comment)))


def _section(part: _Part) -> Section:
    text = "\n".join(block for block in part.blocks if block and not re.fullmatch(r"[-*_ |:]+", block))
    targets = [first or second for first, second in _PICTURE.findall(text)]
    pictures = tuple(d for d in (_embedded(target) for target in targets) if d)
    links = tuple(target for target in targets if not target.startswith("data:"))
    shown = re.sub(r"!\[([^\]]*)\]\(\s*data:[^)]*\)", r"\1", text)
    guidance = "\n".join(part.guidance)
    return Section(part.title, part.level, shown, tuple(part.anchors), guidance, pictures, links, part.line)


def _embedded(target: str) -> str:
    if not target.startswith("data:") or ";base64," not in target:
        return ""
    try:
        return hashlib.sha256(base64.b64decode(target.split(",", 1)[1], validate=True)).hexdigest()
    except binascii.Error:
        return ""
