"""Turn a Word document into the document of a stage, and its table of requirements into thresholds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlscaffold.datasets.schema import read_classes
from mlscaffold.errors import UsageError
from mlscaffold.evidence import requirements, sections, titles
from mlscaffold.evidence.requirements import Requirements
from mlscaffold.evidence.word import LARGEST
from mlscaffold.project import Project
from mlscaffold.prose import from_word, to_markdown
from mlscaffold.prose.tree import Block, Heading, Inline, Picture, Prose, Span, Table, plain, with_pictures
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.export_documents import STAGES, document_names, without_guidance
from mlscaffold.workflows.fill_acceptance import FILE, Filling, compare, filled
from mlscaffold.writing import write_bytes

PICTURES = "docs/pictures"
_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"BM": "bmp", b"II*\0": "tif", b"MM\0*": "tif", b"\x01\0\0\0": "emf", b"\xd7\xcd\xc6\x9a": "wmf"}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What an import would write, and what somebody has to decide first: the differences in `filling`."""

    name: str
    path: str
    files: dict[str, bytes]
    anchors: tuple[str, ...]
    absent: tuple[str, ...]
    asked: Requirements
    filling: Filling
    generated: bool
    notes: tuple[str, ...]
    beside: tuple[str, ...] = ()


def plan(project: Project, file: Path, *, stage: str = "", replace_: bool = False) -> Plan:
    """Read the Word file and say what it would become; nothing is written. Raises `Broken` for what is no such file.

    Raises `Refused` where the stage has a document that somebody wrote, unless `replace_`.
    """
    data = _content(file)
    prose = from_word.read(data, str(file))
    name = document_names(stage)[0] if stage else _name(project, file, prose)
    prose = _anchored(prose, name, sections.headings(project, name))
    path = f"docs/{name}.md"
    beside = _make_room(project, name, replace_=replace_)
    files: dict[str, bytes] = {}
    blocks = with_pictures(tuple(without_guidance(prose.blocks)), lambda picture: _placed(project, picture, name, files))
    files[path] = to_markdown.render(Prose(blocks))
    anchors = tuple(a for block in blocks if isinstance(block, Heading) for a in block.anchors)
    asked = _requirements(blocks, read_classes(project.root)) if name == "01-problem" else Requirements()
    known = project.content(FILE) if project.exists(FILE) else None
    return Plan(
        name,
        path,
        files,
        anchors,
        tuple(a for a in titles.ANCHORS[name] if a not in anchors),
        asked,
        compare(asked.wishes, known) if asked.wishes else Filling(),
        generated=project.exists(FILE) and project.is_pristine(FILE),
        notes=prose.notes,
        beside=beside,
    )


def carry_out(project: Project, planned: Plan, take: Container[int]) -> tuple[str, ...]:
    """Write the document, its pictures and `acceptance.toml`, all or nothing; `take` are the places where the document's number holds.

    Returns the paths that were written.
    """
    files = dict(planned.files)
    filling = planned.filling
    if filling.new or any(difference.place in take for difference in filling.different):
        known = project.content(FILE) if project.exists(FILE) else None
        files[FILE] = filled(known, filling, take)
    before = {path: (project.root / path).read_bytes() if (project.root / path).is_file() else None for path in files}
    done: list[str] = []
    try:
        for path, data in files.items():
            if before[path] != data:
                done.append(path)
                write_bytes(project.root / path, data)
    except BaseException:
        for path in done:
            _put_back(project.root / path, before[path])
        raise
    return tuple(done)


def _put_back(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write_bytes(path, data)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise UsageError(
            f"{file} is {'a folder' if file.is_dir() else 'not there'}", reference="no-file", hint="Name a .docx file."
        )
    if file.suffix.lower() == ".pdf":
        raise UsageError(
            f"{file} is a PDF, which has no structure to import",
            reference="is-pdf",
            hint="Import the Word file it was made from, or put the PDF into docs/ under the name of the stage's document.",
        )
    if file.stat().st_size > LARGEST:
        raise UsageError(f"{file} is {file.stat().st_size // 2**20} MB; {LARGEST // 2**20} MB are read", reference="too-large")
    return file.read_bytes()


def _name(project: Project, file: Path, prose: Prose) -> str:
    """The document that a file is: by its name, else the one most of whose sections it has; raises `UsageError` in doubt."""
    for slug, name in STAGES.items():
        if file.stem.lower() == name or re.search(rf"(?<![a-z]){slug}(?![a-z])", file.stem.lower()):
            return name
    scores = {}
    for name in STAGES.values():
        found = _anchored(prose, name, sections.headings(project, name)).blocks
        scores[name] = len({a for b in found if isinstance(b, Heading) for a in b.anchors} & set(titles.ANCHORS[name]))
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < 2 or list(scores.values()).count(scores[best]) > 1:
        raise UsageError(
            f"It cannot be told which stage {file} is the document of: {scores[best]} of its headings are known",
            reference="which-stage",
            hint=f"--stage {' or --stage '.join(STAGES)}",
        )
    return best


def _anchored(prose: Prose, name: str, own: dict[str, str]) -> Prose:
    """The anchors that mean something: known bookmarks, else those of the heading's title, for the sections of this document."""
    wanted = titles.ANCHORS[name]
    marked = {a for b in prose.blocks if isinstance(b, Heading) for a in b.anchors}
    blocks: list[Block] = []
    for block in prose.blocks:
        if isinstance(block, Heading):
            kept = tuple(a for a in block.anchors if a in wanted or a in titles.FURTHER)
            fits = titles.anchors_of(plain(block.inlines), own)
            kept = kept or tuple(a for a in fits if a in wanted and a not in marked)
            marked |= set(kept)
            block = replace(block, anchors=kept)  # noqa: PLW2901 (the heading with its anchors)
        blocks.append(block)
    return replace(prose, blocks=tuple(blocks))


def _make_room(project: Project, name: str, *, replace_: bool) -> tuple[str, ...]:
    """Refuse to write over what somebody wrote; returns the other formats of the document, which would be read in its place."""
    written = [
        p
        for p in project.glob(f"docs/{name}.*")
        if p.rsplit(".", 1)[-1].lower() in sections.ENDINGS and not project.is_pristine(p)
    ]
    if written and not replace_:
        raise Refused(
            f"{written[0]} is there, and somebody has written in it",
            reference="document-exists",
            context="Nothing was changed.",
            hint="Run it again with --replace to write over it; commit it first, so that git keeps what it was.",
        )
    return tuple(path for path in written if path != f"docs/{name}.md")


def _placed(project: Project, picture: Picture, name: str, files: dict[str, bytes]) -> Inline:
    """The picture with a path of its own under docs/pictures, or the one that lies in the project already."""
    if not picture.data:
        return Span(picture.alt)
    there = (project.root / "docs" / picture.target).resolve() if picture.target else project.root
    inside = there.is_relative_to(project.root.resolve()) and there.is_file()
    if inside and there.read_bytes() == picture.data:
        return replace(picture, target=picture.target.replace("\\", "/"))
    kind = next((ending for start, ending in _KINDS.items() if picture.data.startswith(start)), "bin")
    path = f"{PICTURES}/{name}-{hashlib.sha256(picture.data).hexdigest()[:8]}.{kind}"
    files[path] = picture.data
    return replace(picture, target=path.removeprefix("docs/"))


def _requirements(blocks: Sequence[Block], classes: Sequence[str]) -> Requirements:
    """What the tables of the section on technical requirements ask for; without such a section, all tables."""
    found = list(_of_section(blocks, "technical-requirements")) or list(blocks)
    total = Requirements()
    for block in found:
        if isinstance(block, Table):
            total += requirements.read([[plain(cell) for cell in row] for row in block.rows], classes)
    return total


def _of_section(blocks: Sequence[Block], anchor: str) -> Iterator[Block]:
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            if anchor in block.anchors:
                level = block.level
            elif level and (block.level <= level or block.anchors):
                return
        elif level:
            yield block
