"""Write the stage documents as Word or PDF, for those who read and sign in Office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlscaffold.errors import UsageError
from mlscaffold.evidence import sections
from mlscaffold.evidence.titles import ANCHORS
from mlscaffold.project import Missing, Project
from mlscaffold.prose.tree import Block, Heading, Prose, Quote
from mlscaffold.stages import find_stage

FORMATS = ("docx", "pdf")
STAGES = {find_stage(name.split("-", 1)[1]).slug: name for name in ANCHORS}
"""Stage → the name of its document."""


@dataclass(frozen=True)
class Exported:
    """A document in another format; `notes` say what could not be taken over."""

    name: str
    source: str
    data: bytes
    notes: tuple[str, ...]


def document_names(stage: str) -> tuple[str, ...]:
    """The document of a stage (by slug or number), or of every stage that has one (`all`); raises `UsageError`."""
    if stage == "all":
        return tuple(STAGES.values())
    slug = find_stage(stage).slug
    if slug not in STAGES:
        known = ", ".join(STAGES)
        raise UsageError(f"Stage {slug} has no document", reference="no-document", hint=f"Documents belong to {known}.")
    return (STAGES[slug],)


def export(project: Project, name: str, format_: str) -> Exported:
    """One document (`01-problem`) as docx or pdf, also one that is still as generated: a form to fill in."""
    source = _source(project, name)
    prose, notes = _read(project, source)
    prose = Prose(tuple(without_guidance(prose.blocks)), prose.notes)
    if format_ == "docx":
        from mlscaffold.prose import to_word

        data = to_word.render(prose)
    else:
        from mlscaffold.prose import to_pdf

        data, more = to_pdf.render(prose, author=project.settings.name)
        notes += more
    return Exported(name, source, data, (*notes, *(f"not taken over: {note}" for note in prose.notes)))


def _source(project: Project, name: str) -> str:
    """The document that the checks read, else the generated one."""
    try:
        return sections.document(project, name).path
    except Missing:
        found = [path for path in project.glob(f"docs/{name}.*") if path.endswith((".md", ".markdown"))]
        if not found:
            raise
        return found[0]


def _read(project: Project, source: str) -> tuple[Prose, tuple[str, ...]]:
    if source.endswith(".pdf"):
        raise UsageError(
            f"{source} is a PDF already, and a PDF cannot be turned into another format",
            reference="is-pdf",
            hint="Hand it on as it is.",
        )
    if source.endswith(".docx"):
        from mlscaffold.prose import from_word

        return from_word.read(project.content(source), source), ()
    from mlscaffold.prose import from_markdown

    missing: list[str] = []
    prose = from_markdown.read(project.content(source), source, load=_loader(project, source, missing))
    if missing and project.settings.pictures != "embed":
        return prose, (f'{len(missing)} pictures are left out: mlscaffold.toml says pictures = "{project.settings.pictures}"',)
    return prose, tuple(f"the picture {target} cannot be embedded, its name stands in its place" for target in missing)


def _loader(project: Project, source: str, missing: list[str]) -> Callable[[str], bytes]:
    """Reads pictures of the project; what lies outside, in the web or in a format of its own is noted."""
    from mlscaffold.prose.layout import picture_for_office

    root = project.root.resolve()

    def load(target: str) -> bytes:
        path = (project.root / Path(source).parent / target).resolve()
        inside = "://" not in target and path.is_relative_to(root) and project.settings.pictures == "embed"
        data = path.read_bytes() if inside and path.is_file() else b""
        if not picture_for_office(data)[0]:
            missing.append(target)
            return b""
        return data

    return load


def without_guidance(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks without the template's guidance wherever somebody has written something."""
    parts: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append([])
        parts[-1].append(block)
    written = [any(not isinstance(b, Heading) and not _is_guidance(b) for b in part) for part in parts]
    for part, own in zip(parts, written, strict=True):
        opens = not part or not isinstance(part[0], Heading) or part[0].level == 1
        drop = own or (opens and any(written))
        yield from (block for block in part if not (drop and _is_guidance(block)))


def _is_guidance(block: Block) -> bool:
    return isinstance(block, Quote) and block.guidance
