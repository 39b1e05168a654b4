# ruff: noqa: ANN401 (objects of a PDF have no fixed type)
"""The sections of a PDF: what its outline names, or lines that are titles we know."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import Any

from mlscaffold.evidence import Broken
from mlscaffold.evidence.documents import Section, Titles, is_guidance, normalise
from mlscaffold.evidence.titles import anchors_of, plain

# The marks of lists: also those of symbol fonts, which have no letter of their own (Word's is U+F0B7, others leave U+007F).
_MARK = "[•‣◦▪▫■□●○◆➢✓·–*☐☑☒\\-\x7f\uf000-\uf0ff]"
_ITEM = re.compile(rf"^(?:{_MARK}|\d{{1,3}}[.)])\s+(?=\S)")
_ALONE = re.compile(rf"^(?:{_MARK}|\d{{1,3}}[.)])$")
_PAGE = re.compile(
    r"[-–—|\s]*(?:page|seite|p\.|s\.|第)?\s*(\d{1,4})\s*(?:页|(?:/|of|von|\|)\s*\d{1,4}|页?\s*[/，,]?\s*共\s*\d+\s*页)?[-–—|\s]*",
    re.I,
)
_EAST = r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef“”‘’—…]"
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_NEAR = 3.0
"""Points between the place of a named destination and that of the heading it belongs to."""


@dataclass
class _Part:
    title: str = ""
    level: int = 0
    lines: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    anchors: tuple[str, ...] = ()


@dataclass
class _Entry:
    """A heading in the outline, on which page it stands (from 0; None: not told), and whether the text has come to it."""

    title: str
    level: int
    page: int | None
    top: float | None
    anchors: tuple[str, ...] = ()
    met: bool = False


def sections(data: bytes, path: str, titles: Titles) -> tuple[Section, ...]:
    """Text under each heading of the outline, else under each known heading; a PDF without a text layer is broken.

    Named destinations beside a heading are its anchors: Word and LibreOffice write bookmarks so.
    """
    reader = _open(data, path)
    headings = _Headings(_outline(reader), titles)
    parts = [_Part()]
    pages = _pages(reader, path)
    for number, (lines, pictures) in enumerate(zip(_without_running([p[0] for p in pages]), (p[1] for p in pages), strict=True)):
        skip = False
        for line, following in zip(lines, [*lines[1:], ""], strict=False):
            if skip:
                skip = False
            elif part := headings.begins(line, number):
                parts.append(part)
            elif following and (part := headings.begins(f"{line} {following}", number)):
                parts.append(part)
                skip = True
            else:
                parts[-1].lines.append(line)
        parts[-1].pictures += pictures
    found = tuple(_section(part) for part in parts if part.title or part.lines)
    if not found:
        raise Broken(path, "has no text layer (scanned?)", hint="Export the PDF from the text program, or hand in the docx.")
    return found


class _Headings:
    """Tells headings from text; an outline that names sections we know, or several, is trusted alone."""

    def __init__(self, outline: list[_Entry], titles: Titles) -> None:
        self.outline, self.titles = outline, titles
        known = [entry for entry in outline if entry.anchors or anchors_of(entry.title, titles)]
        self.alone = bool(known) and all(entry.page is not None for entry in outline)

    def begins(self, line: str, page: int) -> _Part | None:
        """The part that a line begins, or None where it is text."""
        named = plain(line)
        for entry in self.outline:
            if not entry.met and plain(entry.title) == named and entry.page in (page, None):
                entry.met = True
                return _Part(line, entry.level, anchors=entry.anchors)
        if self.alone or len(line) > 100 or line.endswith((".", ",", ";", "。")) or not anchors_of(line, self.titles):
            return None
        return _Part(line, 2)


def _with_marks(lines: list[str]) -> list[str]:
    """Lines where a mark that stands alone, as some programs place it, begins the line after it."""
    joined: list[str] = []
    for line in lines:
        joined[-1:] = [f"{joined[-1]} {line}"] if joined and _ALONE.match(joined[-1]) else [*joined[-1:], line]
    return joined


def _without_running(pages: list[list[str]]) -> list[list[str]]:
    """The lines of each page without its number, and without what stands at the head or foot of all pages."""
    for end in (-1, 0):
        for _ in range(3):
            edges = [re.sub(r"\d+", "#", page[end]) if page else "" for page in pages]
            numbered = [
                (m := _PAGE.fullmatch(page[end])) is not None and int(m[1]) == n for n, page in enumerate(pages, 1) if page
            ]
            repeated = len(pages) > 1 and len(set(edges)) == 1 and bool(edges[0])
            if not pages or not (repeated or (numbered and all(numbered))):
                break
            pages = [page[1:] if end == 0 else page[:-1] for page in pages]
    return pages


def _section(part: _Part) -> Section:
    blocks: list[str] = []
    for line in part.lines:
        if _ITEM.match(line):
            blocks.append("- " + _ITEM.sub("", line, count=1))
        elif blocks and not re.search(r"[.!?。！？:：]$", blocks[-1]) and not is_guidance(line):
            blocks[-1] = _together(blocks[-1], line)
        else:
            blocks.append(line)
    own = [block for block in blocks if not is_guidance(block)]
    guidance = [block for block in blocks if is_guidance(block)]
    return Section(part.title, part.level, "\n".join(own), part.anchors, "\n".join(guidance), tuple(part.pictures))


def _together(before: str, after: str) -> str:
    """Two lines of one paragraph: without the hyphen, and without a blank between Chinese signs."""
    if re.search(r"\w-$", before):
        return before[:-1] + after
    return before + ("" if re.search(f"{_EAST}$", before) and re.match(_EAST, after) else " ") + after


def _open(data: bytes, path: str) -> Any:
    import pypdf

    if b"%PDF-" not in data[:1024]:
        raise Broken(path, "is no PDF", hint="Export it again as PDF.")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Broken(path, "is protected by a password", hint="Save it without a password.")
    except Broken:
        raise
    except Exception as error:  # a damaged file raises what its first broken object happens to cause
        raise Broken(path, f"cannot be read as PDF ({type(error).__name__})", hint="Export it again as PDF.") from None
    return reader


def _pages(reader: Any, path: str) -> list[tuple[list[str], list[str]]]:
    """The lines of each page, and the digests of its pictures."""
    pages = []
    try:
        for page in reader.pages:
            streams = [item.get_object() for item in _images(page)]
            lines = [normalise(line) for line in page.extract_text().replace("\0", "").splitlines()]
            pages.append(
                (_with_marks([line for line in lines if line]), [hashlib.sha256(stream._data).hexdigest() for stream in streams])
            )
    except Exception as error:  # as above
        raise Broken(
            path, f"page {len(pages) + 1} cannot be read ({type(error).__name__})", hint="Export it again as PDF."
        ) from None
    return pages


def _images(page: Any) -> list[Any]:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    named = objects.get_object().values() if objects is not None else ()
    return [item for item in named if item.get_object().get("/Subtype") == "/Image"]


def _outline(reader: Any) -> list[_Entry]:
    """The entries of the PDF's own table of contents, with the named destinations beside them."""
    found: list[_Entry] = []

    def walk(items: list[Any], level: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
            elif getattr(item, "title", None):
                page, top = _place(reader, item)
                found.append(_Entry(str(item.title), level, page, top))

    try:
        walk(reader.outline, 1)
        named = [(_plain_name(str(name)), _place(reader, item)) for name, item in reader.named_destinations.items()]
    except Exception:  # a broken outline says nothing of the text
        return found
    for entry in found:
        beside = [name for name, (page, top) in named if page == entry.page and _near(top, entry.top) and _ANCHOR.fullmatch(name)]
        entry.anchors = tuple(sorted(name.lower().replace("_", "-") for name in beside))
    return found


def _plain_name(name: str) -> str:
    """The name of a destination; LibreOffice writes the underscore of a bookmark as its code."""
    return re.sub(r"(?<=[a-z])5F(?=[a-z])", "_", name.strip("/"))


def _place(reader: Any, item: Any) -> tuple[int | None, float | None]:
    page, top = reader.get_destination_page_number(item), item.top
    return page, float(top) if isinstance(top, int | float) else None


def _near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _NEAR
