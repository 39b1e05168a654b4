# ruff: noqa: ANN401 (lxml and python-docx come without types)
"""The text of a Word paragraph in its styles: emphasis, code, links, pictures, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mlscaffold.evidence.word import R, W, link_targets, text_of
from mlscaffold.prose.tree import Block, Break, Inline, Inlines, Paragraph, Picture, Span, merged

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"
_MONO = re.compile(r"consolas|courier.*|.*\bmono\b.*|menlo|monaco|lucida console|fira code|cascadia.*|source code pro", re.I)
_CODE = re.compile(
    r"(?:inline|source|html)? ?code(?: char)?|verbatim ?char|html ?(?:typewriter|sample)|source ?text|quelltext", re.I
)
_FIELD = re.compile(r'HYPERLINK\s+(?:\\l\s+)?"([^"]+)"', re.I)
_INSIDE = ("ins", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "moveTo", "bdo", "dir")


@dataclass
class _Field:
    """A field that spans runs: its instruction, and whether what is shown has begun."""

    text: str = ""
    shown: bool = False

    @property
    def link(self) -> str:
        """Where the field leads, if it is a link."""
        found = _FIELD.search(self.text)
        return found[1] if found else ""


def is_on(properties: Any, name: str) -> bool:
    """Whether a toggle such as bold is set."""
    mark = properties.find(f"{W}{name}") if properties is not None else None
    return mark is not None and mark.get(f"{W}val", "1") not in ("0", "false", "off", "none")


class Runs:
    """Reads paragraphs of one document, and counts what Markdown has no place for."""

    def __init__(self, document: Any, styles: dict[str, Any]) -> None:
        """`styles` are the style elements by id."""
        self.document, self.styles = document, styles
        self.links = link_targets(document)
        self.lost: Counter[str] = Counter()
        self.notes: list[tuple[str, str]] = []
        self.fields: list[_Field] = []

    def inlines(self, paragraph: Any) -> tuple[Inlines, list[Inlines]]:
        """The text of a paragraph, and that of the text boxes in it."""
        boxes: list[Inlines] = []
        found = merged(self._pieces(paragraph, "", boxes))
        return _trimmed(found), boxes

    def letters(self, paragraph: Any) -> str:
        """The text of a paragraph as it stands, with the blanks at its edges."""
        found = self._pieces(paragraph, "", [])
        return "".join("\n" if isinstance(i, Break) else i.text for i in found if not isinstance(i, Picture))

    def footnotes(self) -> tuple[Block, ...]:
        """The notes that were met, in the form of `[^1]: text`."""
        return tuple(Paragraph((Span(f"[^{mark}]: {text}"),)) for mark, text in self.notes)

    def _pieces(self, parent: Any, link: str, boxes: list[Inlines]) -> Iterator[Inline]:
        for child in parent:
            tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
            if tag == "r":
                yield from self._run(child, link, boxes)
            elif tag == "hyperlink":
                anchor = child.get(f"{W}anchor", "")
                target = self.links.get(child.get(f"{R}id", ""), "") or (f"#{anchor.replace('_', '-')}" if anchor else "")
                yield from self._pieces(child, target, boxes)
            elif tag in ("oMath", "oMathPara"):
                self.lost["formula (as plain text)"] += 1
                yield Span("".join(node.text or "" for node in child.iter(f"{_M}t")), code=True)
            elif tag in _INSIDE:
                yield from self._pieces(child, link, boxes)

    def _run(self, run: Any, link: str, boxes: list[Inlines]) -> Iterator[Inline]:
        style = self._style(run.find(f"{W}rPr"))
        for node in run:
            tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
            if tag == "fldChar":
                self._field(node.get(f"{W}fldCharType", ""))
            elif tag == "instrText":
                if self.fields:
                    self.fields[-1].text += node.text or ""
            elif self.fields and not self.fields[-1].shown:
                continue
            elif tag in ("t", "tab", "noBreakHyphen"):
                text = {"t": node.text or "", "tab": " ", "noBreakHyphen": "-"}[tag]
                yield replace(style, text=text, link=link or (self.fields[-1].link if self.fields else ""))
            elif (tag == "br" and node.get(f"{W}type") is None) or tag == "cr":
                yield Break()
            elif tag in ("footnoteReference", "endnoteReference"):
                yield from self._note(tag.removesuffix("Reference"), node.get(f"{W}id", ""))
            elif tag == "commentReference":
                self.lost["comment"] += 1
            elif tag in ("drawing", "pict", "object", "AlternateContent"):
                yield from self._drawing(node, boxes)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].shown = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _style(self, properties: Any) -> Span:
        """An empty span with the emphasis of these properties, and of the character style that they name."""
        if properties is None:
            return Span("")
        named = properties.find(f"{W}rStyle")
        key = named.get(f"{W}val", "") if named is not None else ""
        element = self.styles.get(key)
        of_style = element.find(f"{W}rPr") if element is not None else None
        name = (
            element.find(f"{W}name").get(f"{W}val", "") if element is not None and element.find(f"{W}name") is not None else key
        )
        on = {
            w: is_on(properties, w) or (properties.find(f"{W}{w}") is None and is_on(of_style, w)) for w in ("b", "i", "strike")
        }
        fonts = [p.find(f"{W}rFonts") for p in (properties, of_style) if p is not None]
        mono = any(_MONO.fullmatch(f.get(f"{W}ascii", "")) for f in fonts if f is not None)
        code = mono or bool(_CODE.fullmatch(name.strip()))
        return Span("", bold=on["b"], italic=on["i"], strike=on["strike"], code=code)

    def _note(self, kind: str, key: str) -> Iterator[Inline]:
        from docx.oxml import parse_xml

        part = next((r.target_part for r in self.document.part.rels.values() if r.reltype.endswith(f"/{kind}s")), None)
        for note in parse_xml(part.blob).iter(f"{W}{kind}") if part is not None else ():
            if note.get(f"{W}id") == key:
                mark = str(len(self.notes) + 1)
                self.notes.append((mark, " ".join(text_of(p).strip() for p in note.iter(f"{W}p")).strip()))
                yield Span(f"[^{mark}]")

    def _drawing(self, node: Any, boxes: list[Inlines]) -> Iterator[Inline]:
        """The pictures of a drawing; its text boxes are put aside, once."""
        if node.tag.endswith("}AlternateContent"):
            node = next((child for child in node if child.tag.endswith("}Choice")), node)
        for box in node.iter(f"{W}txbxContent"):
            for paragraph in box.iter(f"{W}p"):
                inner, _ = self.inlines(paragraph)
                boxes += [inner] if inner else []
        described = next(node.iter(f"{_WP}docPr"), None)
        extent = next(node.iter(f"{_WP}extent"), None)
        width = int(extent.get("cx", "0")) / 360_000 if extent is not None else None
        found = [blip.get(f"{R}embed") for blip in node.iter(f"{_A}blip")]
        found += [image.get(f"{R}id") for image in node.iter(f"{_V}imagedata")]
        for key in found:
            part = self.document.part.related_parts.get(key)
            if part is None:
                self.lost["picture that is only linked"] += 1
                continue
            alt = described.get("descr", "") if described is not None else ""
            name = described.get("name", "") if described is not None else ""
            yield Picture(" ".join(alt.split()), name, part.blob, width)
        if not found and next(node.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"), None) is not None:
            self.lost["chart"] += 1


def _trimmed(inlines: Inlines) -> Inlines:
    """Without blanks and line ends at the edges."""
    found = list(inlines)
    while found and (isinstance(found[0], Break) or (isinstance(found[0], Span) and not found[0].text.strip())):
        found.pop(0)
    while found and (isinstance(found[-1], Break) or (isinstance(found[-1], Span) and not found[-1].text.strip())):
        found.pop()
    if found and isinstance(found[0], Span):
        found[0] = replace(found[0], text=found[0].text.lstrip())
    if found and isinstance(found[-1], Span):
        found[-1] = replace(found[-1], text=found[-1].text.rstrip())
    return tuple(found)
