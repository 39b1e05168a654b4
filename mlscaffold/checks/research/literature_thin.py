"""research.literature-thin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import literature, sections
from mlscaffold.evidence.literature import Entry
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project

NAME = "02-research"
TELL = "add author, year, title and an identifier"


@check(proves="literature", reads=("docs/02-research.*", "docs/*.bib"), volatile=True)
def literature_thin(project: Project) -> Iterator[Finding]:
    """The literature names at least five works, each of which can be found.

    ## Why
    Five to twenty papers give the basics of a field; invented ones give nothing, and are found out.

    ## Evidence
    The section on literature of `docs/02-research.*`, and any `docs/*.bib`: works told apart by DOI, arXiv number or title, without those that nobody could find ("the YOLO paper", "Medium"); the
    form of identifiers; years. Setting `works` (default 5).

    ## Fix
    Add what you have read, one item a work, with author, year, title and an identifier.
    """
    document = sections.document(project, NAME)
    section = sections.find(project, document, NAME, anchor="literature")
    read = [(document.path, literature.read(section.text))] if section and not is_placeholder(section.text) else []
    read += [(path, literature.read(project.content(path).decode("utf-8-sig", "replace"))) for path in project.glob("docs/*.bib")]
    place = at(document.path, section.line if section else None)
    entries = [entry for _, found in read for entry in found.entries]
    vague = [entry for entry in entries if not entry.findable]
    distinct = literature.works(entry for entry in entries if entry.findable)
    wanted = project.option("research.literature-thin", "works", 5)
    if vague and not distinct:
        yield fail(
            f"none of {count(len(entries), 'entry', 'entries')} can be found: no year, identifier or title ({_named(vague)})",
            place,
            fix=TELL,
        )
    elif not distinct:
        yield fail(f"no work is named; at least {wanted} give the basics", place, fix=f"edit {document.path}")
    elif distinct < wanted <= len(entries) - len(vague):
        yield fail(
            f"{len(entries)} entries name {count(distinct, 'different work')}; at least {wanted} are wanted",
            place,
            fix="take out what repeats",
        )
    elif distinct < wanted:
        yield warn(f"{count(distinct, 'work')} named; at least {wanted} give the basics", place, fix=f"edit {document.path}")
    if vague and distinct:
        what = f"{count(len(vague), 'entry', 'entries')} of the literature cannot be found: no year, identifier or title ({_named(vague)})"
        yield warn(what, place, fix=TELL)
    yield from _invented(project, read, place)


def _named(entries: list[Entry]) -> str:
    return few([f'"{entry.text[:40]}"' for entry in entries])


def _invented(project: Project, read: list[tuple[str, literature.Literature]], place: Evidence) -> Iterator[Finding]:
    malformed = [what for _, found in read for _, what in found.malformed]
    if malformed:
        yield warn(f"{count(len(malformed), 'identifier')} that cannot exist: {few(malformed)}", place, fix="look them up again")
    today = (project.today.year, project.today.month)
    late = [e for _, found in read for e in found.entries if (e.year or 0) > today[0] or _arxiv_month(e) > today]
    if late:
        named = few([f"{e.title[:50] or e.text[:50]} ({e.arxiv or e.year})" for e in late])
        yield warn(f"{count(len(late), 'work')} from the future: {named}", place, fix="look them up again")


def _arxiv_month(entry: Entry) -> tuple[int, int]:
    """Year and month that a new arXiv number stands for."""
    found = re.fullmatch(r"(\d{2})(\d{2})\.\d{4,5}", entry.arxiv)
    return (2000 + int(found[1]), int(found[2])) if found else (0, 0)
