# ruff: noqa: ANN401 (objects of a PDF have no fixed type)
"""The sections of a PDF: lines that are titles we know, or that its outline names."""

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
_MARK = "[•‣◦▪▫■□●○◆➢✓·–*\\-\x7f\uf000-\uf0ff]"
_ITEM = re.compile(rf"^(?:{_MARK}|\d{{1,3}}[.)])\s+(?=\S)")
_ALONE = re.compile(rf"^(?:{_MARK}|\d{{1,3}}[.)])$")


@dataclass
class _Part:
    title: str = ""
    level: int = 0
    lines: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def sections(data: bytes, path: str, titles: Titles) -> tuple[Section, ...]:
    """Text under each known heading; a PDF without a text layer is broken."""
    reader = _open(data, path)
    outline = _outline(reader)
    parts = [_Part()]
    for page in _pages(reader, path):
        lines = [normalise(line) for line in page[0].replace("\0", "").splitlines()]
        lines = _with_marks([line for line in lines if line])
        skip = False
        for line, following in zip(lines, [*lines[1:], ""], strict=False):
            if skip:
                skip = False
                continue
            joined = f"{line} {following}"
            if _is_heading(line, outline, titles):
                parts.append(_Part(line, outline.get(plain(line), 2)))
            elif following and _is_heading(joined, outline, titles):
                parts.append(_Part(joined, outline.get(plain(joined), 2)))
                skip = True
            else:
                parts[-1].lines.append(line)
        parts[-1].pictures += page[1]
    found = tuple(_section(part) for part in parts if part.title or part.lines)
    if not found:
        raise Broken(path, "has no text layer (scanned?)", hint="Export the PDF from the text program, or hand in the docx.")
    return found


def _with_marks(lines: list[str]) -> list[str]:
    """Lines where a mark that stands alone, as some programs place it, begins the line after it."""
    joined: list[str] = []
    for line in lines:
        joined[-1:] = [f"{joined[-1]} {line}"] if joined and _ALONE.match(joined[-1]) else [*joined[-1:], line]
    return joined


def _section(part: _Part) -> Section:
    blocks: list[str] = []
    for line in part.lines:
        if _ITEM.match(line):
            blocks.append("- " + _ITEM.sub("", line, count=1))
        elif blocks and not re.search(r"[.!?。！？:：]$", blocks[-1]) and not is_guidance(line):
            blocks[-1] = blocks[-1][:-1] + line if re.search(r"\w-$", blocks[-1]) else f"{blocks[-1]} {line}"
        else:
            blocks.append(line)
    own = [block for block in blocks if not is_guidance(block)]
    guidance = [block for block in blocks if is_guidance(block)]
    return Section(part.title, part.level, "\n".join(own), (), "\n".join(guidance), tuple(part.pictures))


def _is_heading(line: str, outline: dict[str, int], titles: Titles) -> bool:
    return (
        len(line) <= 100
        and not line.endswith((".", ",", ";", "。"))
        and (plain(line) in outline or bool(anchors_of(line, titles)))
    )


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


def _pages(reader: Any, path: str) -> list[tuple[str, list[str]]]:
    pages = []
    try:
        for page in reader.pages:
            streams = [item.get_object() for item in _images(page)]
            pages.append((page.extract_text(), [hashlib.sha256(stream._data).hexdigest() for stream in streams]))
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


def _outline(reader: Any) -> dict[str, int]:
    """Title (plain) → level of the entries in the PDF's own table of contents."""
    found: dict[str, int] = {}

    def walk(items: list[Any], level: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
            elif getattr(item, "title", None):
                found.setdefault(plain(str(item.title)), level)

    try:
        walk(reader.outline, 1)
    except Exception:  # a broken outline says nothing of the text
        return {}
    return found
