"""The stage documents of a project as blocks, to be written in another form, format or language."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from tests.sabotage.target import Target

NUMBERS = (1, 2, 7)


@dataclass(frozen=True)
class Part:
    """A heading with its anchor, and its blocks: each a paragraph, a list item (`- …`) or the row of a table (`| …`)."""

    title: str
    anchor: str
    blocks: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """A document: its title and its parts."""

    title: str
    parts: tuple[Part, ...]


def paper(project: Target, number: int) -> Paper:
    """A stage's Markdown document, taken apart."""
    title, parts = "", list[Part]()
    for line in project.read(project.document(number)).splitlines():
        if line.startswith("# "):
            title = line[2:]
        elif line.startswith("## "):
            parts.append(Part(line[3:], "", ()))
        elif line.startswith("<!-- section:"):
            parts[-1] = replace(parts[-1], anchor=line.removeprefix("<!-- section:").removesuffix("-->").strip())
        elif line.strip():
            parts[-1] = replace(parts[-1], blocks=(*parts[-1].blocks, line.strip()))
    return Paper(title, tuple(parts))


def markdown(document: Paper, *, anchors: bool = True, level: int = 2) -> str:
    """A document as Markdown, as the template writes it."""
    lines = [f"# {document.title}", ""]
    for part in document.parts:
        lines += [f"{'#' * level} {part.title}", *([f"<!-- section: {part.anchor} -->"] if anchors else []), "", *body(part), ""]
    return "\n".join(lines)


def body(part: Part) -> list[str]:
    """The blocks of a part as lines of Markdown."""
    lines: list[str] = []
    for kind, found in groupby(part.blocks, key=kind_of):
        blocks = list(found)
        lines += [*(lines and [""]), *("\n\n".join(blocks).split("\n") if kind == "text" else blocks)]
    return lines


def kind_of(block: str) -> str:
    """What a block is: `table`, `list` or `text`."""
    return "table" if block.startswith("|") else "list" if block.startswith("- ") else "text"


def cells(blocks: list[str]) -> list[list[str]]:
    """The cells of a table without the line under its head."""
    rows = [[cell.strip() for cell in block.strip("|").split("|")] for block in blocks]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def page(document: Paper) -> str:
    """A document as a web page, which office programs open."""
    text = [f"<h1>{html.escape(document.title)}</h1>"]
    for part in document.parts:
        text.append(f"<h2>{html.escape(part.title)}</h2>")
        for kind, found in groupby(part.blocks, key=kind_of):
            blocks = list(found)
            if kind == "table":
                rows = "".join(f"<tr>{''.join(f'<td>{html.escape(c)}</td>' for c in row)}</tr>" for row in cells(blocks))
                text.append(f"<table border='1'>{rows}</table>")
            elif kind == "list":
                text.append(f"<ul>{''.join(f'<li>{html.escape(b[2:])}</li>' for b in blocks)}</ul>")
            else:
                text += [f"<p>{html.escape(block)}</p>" for block in blocks]
    return f"<html><head><meta charset='utf-8'></head><body>{''.join(text)}</body></html>"


def word(document: Paper, *, heading: str = "Überschrift", item: str = "Aufzählungszeichen") -> bytes:
    """A document as Word writes it where it speaks another language: styles have other names and ids."""
    import docx

    made: Any = docx.Document()
    for level in (1, 2):
        style = made.styles[f"Heading {level}"]
        style.element.find(f"{{{style.element.nsmap['w']}}}name").set(
            f"{{{style.element.nsmap['w']}}}val", f"{heading.lower()} {level}"
        )
        style.element.set(
            f"{{{style.element.nsmap['w']}}}styleId", f"{heading[:1].strip('Ü') or 'b'}{heading[1:]}{level}".lower()
        )
    styles = {s.style_id: s for s in made.styles}
    first, second = (next(s for key, s in styles.items() if key.endswith(f"{heading[1:]}{n}".lower())) for n in (1, 2))
    made.styles["List Bullet"].element.set(f"{{{first.element.nsmap['w']}}}styleId", item)
    made.add_paragraph(document.title, style=first)
    for part in document.parts:
        made.add_paragraph(part.title, style=second)
        for kind, found in groupby(part.blocks, key=kind_of):
            blocks = list(found)
            if kind == "table":
                rows = cells(blocks)
                table = made.add_table(rows=0, cols=len(rows[0]))
                for row in rows:
                    for cell, text in zip(table.add_row().cells, row, strict=True):
                        cell.text = text
            for block in blocks if kind != "table" else ():
                made.add_paragraph(
                    block.removeprefix("- "), style=next(s for s in made.styles if s.style_id == item) if kind == "list" else None
                )
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def portable(document: Paper) -> bytes:
    """A document as PDF with a text layer, wrapped to narrow lines."""
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import ListFlowable, Paragraph, SimpleDocTemplate, Table

    styles, flow = getSampleStyleSheet(), list[Any]()
    flow.append(Paragraph(html.escape(document.title), styles["Title"]))
    for part in document.parts:
        flow.append(Paragraph(html.escape(part.title), styles["Heading2"]))
        for kind, found in groupby(part.blocks, key=kind_of):
            blocks = list(found)
            if kind == "table":
                flow.append(Table([[Paragraph(html.escape(c), styles["Normal"]) for c in row] for row in cells(blocks)]))
            elif kind == "list":
                flow.append(ListFlowable([Paragraph(html.escape(b[2:]), styles["Normal"]) for b in blocks], bulletType="bullet"))
            else:
                flow += [Paragraph(html.escape(block), styles["BodyText"]) for block in blocks]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A5).build(flow)
    return stream.getvalue()
