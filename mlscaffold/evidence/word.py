# ruff: noqa: ANN401 (lxml and python-docx come without types)
"""The sections of a Word document; headings by outline level and style, whatever the style is called."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mlscaffold.evidence import Broken
from mlscaffold.evidence.documents import Section, is_guidance, normalise

LARGEST = 256 * 1024 * 1024
"""Bytes that a document may unpack to."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STYLE = re.compile(r"(?:heading|[üu]?berschrift|titre|t[íi]tulo|标题|標題)\s*([1-9])", re.I)


@dataclass
class _Part:
    title: str = ""
    level: int = 0
    line: int = 1
    blocks: list[str] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def sections(data: bytes, path: str) -> tuple[Section, ...]:
    """Headings with their text; bookmarks are anchors (`ideal_solution` is `ideal-solution`: Word allows no hyphen)."""
    document = _open(data, path)
    levels = _levels(document)
    parts = [_Part()]
    for number, block in enumerate(_blocks(document.element.body), start=1):
        if block.tag == f"{_W}tbl":
            parts[-1].blocks += [row for row in _rows(block) if row]
            inner = list(block.iter(f"{_W}p"))
        else:
            inner = [block]
            text = normalise(_text(block))
            level = _level(block, levels) if text else 0
            if level:
                parts.append(_Part(text, level, number))
            elif text:
                guidance = is_guidance(text) or _style(block).lower() == "guidance"
                listed = "- " if _listed(block) else ""
                (parts[-1].guidance if guidance else parts[-1].blocks).append(listed + text)
        for paragraph in inner:
            parts[-1].anchors += _bookmarks(paragraph)
            parts[-1].pictures += _pictures(paragraph, document)
    return tuple(_section(part) for part in parts if part.title or part.blocks or part.anchors or part.pictures)


def _section(part: _Part) -> Section:
    anchors, guidance = tuple(dict.fromkeys(part.anchors)), "\n".join(part.guidance)
    return Section(part.title, part.level, "\n".join(part.blocks), anchors, guidance, tuple(part.pictures), (), part.line)


def _open(data: bytes, path: str) -> Any:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Broken(path, "is an old .doc or protected by a password", hint="Save it as .docx without a password.")
    mend = "Open it in Word or LibreOffice and save it as .docx."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size, names = sum(info.file_size for info in archive.infolist()), archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Broken(path, "is no Word document (not a zip archive)", hint=mend) from None
    if size > LARGEST or len(names) > 10_000:
        raise Broken(
            path, f"would unpack to {size / 2**20:.0f} MB in {len(names)} files; {LARGEST // 2**20} MB are read", hint=mend
        )
    if "[Content_Types].xml" not in names:
        raise Broken(path, "is a zip archive, but no Word document", hint=mend)
    import docx

    try:
        return docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx lets errors of zipfile, lxml and its own through
        raise Broken(path, f"cannot be read as a Word document ({type(error).__name__})", hint=mend) from None


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, through content controls and tracked insertions."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _blocks(child)


def _text(element: Any) -> str:
    """The text of a paragraph with links and insertions, without deletions and the second copy of text boxes."""
    pieces = []
    for node in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        if not any(parent.tag.endswith("}Fallback") for parent in node.iterancestors()):
            pieces.append(node.text or "" if node.tag == f"{_W}t" else " ")
    return "".join(pieces)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        cells = [normalise(" ".join(_text(p) for p in cell.iter(f"{_W}p"))) for cell in row.iter(f"{_W}tc")]
        yield f"| {' | '.join(cells)} |" if any(cells) else ""


def _levels(document: Any) -> dict[str, int]:
    """Style id → heading level, by outline level or built-in name, inherited from the style it is based on."""
    elements = {style.get(f"{_W}styleId"): style for style in document.styles.element.iter(f"{_W}style")}
    return {key: level for key in elements if (level := _style_level(key, elements, 12))}


def _style_level(key: str, elements: dict[str, Any], depth: int) -> int:
    style = elements.get(key)
    if style is None or not depth:
        return 0
    outline = style.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None:
        value = int(outline.get(f"{_W}val", "9"))
        return value + 1 if value < 9 else 0
    name = style.find(f"{_W}name")
    for text in (name.get(f"{_W}val", "") if name is not None else "", key):
        match = _STYLE.fullmatch(text.strip())
        if match:
            return int(match[1])
    based = style.find(f"{_W}basedOn")
    return _style_level(based.get(f"{_W}val"), elements, depth - 1) if based is not None else 0


def _level(paragraph: Any, levels: dict[str, int]) -> int:
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and int(outline.get(f"{_W}val", "9")) < 9:
        return int(outline.get(f"{_W}val")) + 1
    style = _style(paragraph)
    if style in levels:
        return levels[style]
    return 7 if _bold(paragraph) and not _listed(paragraph) else 0


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else str(style.get(f"{_W}val", ""))


def _bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if _text(run).strip()]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    on = [mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "off") for mark in marks]
    return bool(on) and all(on) and len(_text(paragraph)) <= 100


def _listed(paragraph: Any) -> bool:
    return paragraph.find(f"{_W}pPr/{_W}numPr") is not None or _style(paragraph).lower().startswith(("list", "aufzählung"))


def _bookmarks(paragraph: Any) -> list[str]:
    names = [str(mark.get(f"{_W}name", "")) for mark in paragraph.iter(f"{_W}bookmarkStart")]
    return [name.lower().replace("_", "-") for name in names if name and not name.startswith("_")]


def _pictures(paragraph: Any, document: Any) -> list[str]:
    found = []
    for blip in paragraph.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
        part = document.part.related_parts.get(blip.get(f"{_R}embed"))
        if part is not None:
            found.append(hashlib.sha256(part.blob).hexdigest())
    return found
