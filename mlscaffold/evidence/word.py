# ruff: noqa: ANN401 (lxml and python-docx come without types)
"""The sections of a Word document; headings by outline level and style, whatever the style is called."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from mlscaffold.evidence import Broken
from mlscaffold.evidence.documents import Section, Titles, is_guidance, normalise
from mlscaffold.evidence.titles import anchors_of

LARGEST = 256 * 1024 * 1024
"""Bytes that a document may unpack to."""

LONGEST = 100
"""Characters of a heading."""

DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What reading raises where an attribute is absent or no number."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
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


def sections(data: bytes, path: str, titles: Titles | None = None) -> tuple[Section, ...]:
    """Headings with their text; bookmarks are anchors (`ideal_solution` is `ideal-solution`: Word allows no hyphen).

    Where no heading is one that we know (or one of `titles`), a line of text that is counts as one, also before a colon or in the first
    cell of a row: people make headings by size, capitals and tables.
    """
    document = open_document(data, path)
    try:
        found = _sections(document)
        if not any(section.anchors or anchors_of(section.title, titles) for section in found):
            plain = _plain_sections(document, titles or {})
            found = plain if any(anchors_of(section.title, titles) for section in plain) else found
    except DAMAGE as error:
        raise damaged(path, error) from None
    return found


def _plain_sections(document: Any, titles: Titles) -> tuple[Section, ...]:
    """The sections of a document without styles: a line that is a title we know is a heading."""
    parts, links = [_Part()], link_targets(document)
    for number, block in enumerate(blocks(document.element.body), start=1):
        rows = [row.iter(f"{W}tc") for row in block.iter(f"{W}tr")] if block.tag == f"{W}tbl" else [[block]]
        for row in rows:
            lines = [[text for p in cell.iter(f"{W}p") if (text := normalise(text_of(p, links)))] for cell in row]
            first = lines[0][0] if lines and lines[0] else ""
            apart = block.tag != f"{W}tbl" or anchors_of(first, titles) or len(lines) == 1
            for text in [line for cell in lines for line in cell] if apart else [f"| {' | '.join(' '.join(c) for c in lines)} |"]:
                title, rest = (text, "") if anchors_of(text, titles) else _label(text)
                if len(title) <= LONGEST and anchors_of(title, titles):
                    parts.append(_Part(title, 7, number))
                    parts[-1].blocks += [rest] if rest else []
                else:
                    parts[-1].blocks.append(text)
    return tuple(_section(part) for part in parts if part.title or part.blocks)


def _sections(document: Any) -> tuple[Section, ...]:
    levels, listed, links = heading_levels(document), list_styles(document), link_targets(document)
    parts = [_Part()]
    for number, block in enumerate(blocks(document.element.body), start=1):
        if block.tag == f"{W}tbl":
            parts[-1].blocks += [row for row in _rows(block, links) if row]
            inner = list(block.iter(f"{W}p"))
        else:
            inner = [block]
            text = normalise(text_of(block))
            level = heading_level(block, levels, listed) if text else 0
            if level:
                parts.append(_Part(text, level, number))
            elif text:
                guidance = is_guidance(text) or style_of(block).lower() == "guidance"
                item = "- " if is_listed(block, listed) else ""
                (parts[-1].guidance if guidance else parts[-1].blocks).append(item + normalise(text_of(block, links)))
        for paragraph in inner:
            parts[-1].anchors += bookmarks(paragraph)
            parts[-1].pictures += _pictures(paragraph, document)
    return tuple(_section(part) for part in parts if part.title or part.blocks or part.anchors or part.pictures)


def _label(text: str) -> tuple[str, str]:
    """What stands before the first colon, and the rest."""
    found = re.match(r"([^:：]+)[:：]\s*(.*)", text, re.S)
    return (found[1], found[2]) if found else (text, "")


def damaged(path: str, error: Exception) -> Broken:
    """What a file is whose parts contradict each other."""
    mend = "Open it in Word or LibreOffice and save it as .docx."
    return Broken(path, f"cannot be read as a Word document ({type(error).__name__})", hint=mend)


def _section(part: _Part) -> Section:
    anchors, guidance = tuple(dict.fromkeys(part.anchors)), "\n".join(part.guidance)
    return Section(part.title, part.level, "\n".join(part.blocks), anchors, guidance, tuple(part.pictures), (), part.line)


def open_document(data: bytes, path: str) -> Any:
    """The document of python-docx; raises `Broken` for what is none, is too large, or is protected."""
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
        raise damaged(path, error) from None


def blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, through content controls and tracked insertions."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"):
            yield from blocks(child)


def text_of(element: Any, links: Mapping[str, str] | None = None) -> str:
    """The text of a paragraph with insertions, without deletions and the second copy of text boxes.

    With the targets of `links` a link is written as in Markdown, `[text](target)`, unless its text is the target.
    """
    pieces: list[tuple[str, str]] = []
    for node in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr"):
        above = list(node.iterancestors())
        if not any(parent.tag.endswith("}Fallback") for parent in above):
            link = next((parent.get(f"{R}id", "") for parent in above if parent.tag == f"{W}hyperlink"), "")
            pieces.append(((links or {}).get(link, ""), node.text or "" if node.tag == f"{W}t" else " "))
    grouped = ((target, "".join(text for _, text in found)) for target, found in groupby(pieces, key=lambda piece: piece[0]))
    return "".join(_linked(text, target) for target, text in grouped)


def _linked(text: str, target: str) -> str:
    shown = text.strip()
    return f"[{shown}]({target})" if target and shown and shown not in (target, target.removeprefix("mailto:")) else text


def link_targets(document: Any) -> dict[str, str]:
    """Relation → target of every link that leads out of the document."""
    return {key: str(found.target_ref) for key, found in document.part.rels.items() if found.reltype.endswith("/hyperlink")}


def _rows(table: Any, links: Mapping[str, str]) -> Iterator[str]:
    for row in table.iter(f"{W}tr"):
        cells = [normalise(" ".join(text_of(p, links) for p in cell.iter(f"{W}p"))) for cell in row.iter(f"{W}tc")]
        yield f"| {' | '.join(cells)} |" if any(cells) else ""


def heading_levels(document: Any) -> dict[str, int]:
    """Style id → heading level, by outline level or built-in name, inherited from the style it is based on."""
    elements = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
    return {key: level for key in elements if (level := _style_level(key, elements, 12))}


def _style_level(key: str, elements: dict[str, Any], depth: int) -> int:
    style = elements.get(key)
    if style is None or not depth:
        return 0
    outline = style.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None:
        value = int(outline.get(f"{W}val", "9"))
        return value + 1 if value < 9 else 0
    name = style.find(f"{W}name")
    for text in (name.get(f"{W}val", "") if name is not None else "", key):
        match = _STYLE.fullmatch(text.strip())
        if match:
            return int(match[1])
    based = style.find(f"{W}basedOn")
    return _style_level(based.get(f"{W}val"), elements, depth - 1) if based is not None else 0


def list_styles(document: Any) -> set[str]:
    """The styles that make a paragraph a list item: numbered themselves, or named so; Word translates ids and keeps names."""
    elements = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
    return {key for key in elements if _lists(key, elements, 12)}


def _lists(key: str, elements: dict[str, Any], depth: int) -> bool:
    style = elements.get(key)
    if style is None or not depth:
        return False
    if style.find(f"{W}pPr/{W}numPr") is not None:
        return True
    name = style.find(f"{W}name")
    named = (name.get(f"{W}val", "") if name is not None else "", key)
    if any(text.lower().startswith(("list", "aufzählung")) for text in named):
        return True
    based = style.find(f"{W}basedOn")
    return based is not None and _lists(based.get(f"{W}val"), elements, depth - 1)


def heading_level(paragraph: Any, levels: Mapping[str, int], listed: Container[str]) -> int:
    """The level of a heading (7: a short bold line), or 0."""
    outline = paragraph.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None and int(outline.get(f"{W}val", "9")) < 9:
        return int(outline.get(f"{W}val")) + 1
    style = style_of(paragraph)
    if style in levels:
        return levels[style]
    return 7 if _bold(paragraph) and not is_listed(paragraph, listed) else 0


def style_of(paragraph: Any) -> str:
    """The id of a paragraph's style."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else str(style.get(f"{W}val", ""))


def _bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{W}r") if text_of(run).strip()]
    marks = [run.find(f"{W}rPr/{W}b") for run in runs]
    on = [mark is not None and mark.get(f"{W}val", "1") not in ("0", "false", "off") for mark in marks]
    return bool(on) and all(on) and len(text_of(paragraph)) <= 100


def is_listed(paragraph: Any, listed: Container[str]) -> bool:
    """Whether a paragraph is a list item, by its own numbering (0 switches it off) or by its style."""
    number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
    return style_of(paragraph) in listed if number is None else number.get(f"{W}val") != "0"


def bookmarks(paragraph: Any) -> list[str]:
    """The names of a paragraph's bookmarks, as anchors; those that Word makes for itself are left out."""
    names = [str(mark.get(f"{W}name", "")) for mark in paragraph.iter(f"{W}bookmarkStart")]
    return [name.lower().replace("_", "-") for name in names if name and not name.startswith("_")]


def _pictures(paragraph: Any, document: Any) -> list[str]:
    found = []
    for blip in paragraph.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
        part = document.part.related_parts.get(blip.get(f"{R}embed"))
        if part is not None:
            found.append(hashlib.sha256(part.blob).hexdigest())
    return found
