"""Add works to `docs/references.bib`: what is there already is recognised, and nothing else in the file is touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import literature, references
from mlscaffold.evidence.fields import decode
from mlscaffold.evidence.literature import Entry
from mlscaffold.evidence.references import Reference
from mlscaffold.project import Project
from mlscaffold.workflows.look_up import NotFound, look_up
from mlscaffold.writing import write_text

FILE = "docs/references.bib"
_KEY = re.compile(r"@\w+\s*\{\s*([^,\s]+)\s*,")


@dataclass(frozen=True)
class Told:
    """What the command line says of a work."""

    title: str = ""
    author: str = ""
    year: str = ""
    venue: str = ""

    @property
    def anything(self) -> bool:
        """Whether a field is given."""
        return any((self.title, self.author, self.year, self.venue))


@dataclass
class Added:
    """What became of the works: keys with titles; `merged` got an identifier, `notes` say what is missing."""

    added: list[tuple[str, str]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    distinct: int = 0


def add(project: Project, given: Sequence[str], *, told: Told, online: bool = False, stdin: str | None = None) -> Added:
    """Add each of `given`: a DOI, an arXiv number, the address of one, a BibTeX or RIS file, or `-` for what is typed in.

    Nothing is written where one of them cannot be understood.
    """
    if told.anything and len(given) != 1:
        raise UsageError(
            f"--title and its like describe one work; {len(given)} are given", reference="one-work", hint="Add them one by one."
        )
    done = Added()
    path = project.root / FILE
    before = decode(path.read_bytes(), FILE) if path.is_file() else ""
    known = literature.read(before).entries
    works = [
        work for text in given for work in _works(text, told=told, online=online, stdin=stdin, known=known, notes=done.notes)
    ]
    text = before
    for work in works:
        text = _with(text, work, done)
    if text != before:
        write_text(path, text)
    done.distinct = literature.read(text).distinct
    return done


def _works(
    text: str, *, told: Told, online: bool, stdin: str | None, known: Sequence[Entry], notes: list[str]
) -> Sequence[Reference]:
    if text == "-":
        return references.parse(stdin or "", "what was typed in")
    if references.doi(text) or references.arxiv_number(text):
        said = references.told(text)
        if any((said.doi and said.doi == e.doi) or (said.arxiv and said.arxiv == e.arxiv) for e in known):
            return (said,)
        return (_identified(text, told=told, online=online, notes=notes),)
    path = Path(text)
    if not path.is_file():
        raise UsageError(
            f"{text!r} is no DOI (10.<number>/<name>), no arXiv number (YYMM.NNNNN) and no file",
            reference="unknown-reference",
            hint="mlscaffold research literature add 10.1109/5.726791 --title …",
        )
    if told.anything:
        raise UsageError(
            f"{text} says itself what its works are called", reference="usage", hint="Leave --title and its like out."
        )
    return references.parse(decode(path.read_bytes(), str(path)), str(path))


def _identified(text: str, *, told: Told, online: bool, notes: list[str]) -> Reference:
    """A work by its identifier: looked up where that is asked for, else as it was told."""
    said = references.told(text, title=told.title, author=told.author, year=told.year, venue=told.venue)
    if online:
        try:
            found = look_up(text)
        except NotFound as problem:
            if not told.title:
                raise
            notes.append(f"{problem.message}; written as you told it")
        else:
            return Reference(found.fields | said.fields, found.kind)
    if not told.title:
        missing = ", ".join(said.missing)
        raise UsageError(
            f"Of {text} nothing but the identifier is known: {missing} are missing",
            reference="fields-missing",
            hint='--title "…" --author "First Author; Second Author" --year 2016, or --online to look it up',
        )
    return said


def _with(text: str, work: Reference, done: Added) -> str:
    """The file with one more work, or with an identifier for the one that is there."""
    entry = literature.read(references.render(work, "new")).entries[0]
    for known in literature.read(text).entries:
        if literature.same_work(entry, known):
            return _merged(text, known, work, done)
    if not work.title:
        raise ScaffoldError(
            f"An entry has no title: {entry.text[:60]}", reference="no-title", hint="Give it one, or leave it out."
        )
    taken = {key.casefold() for key in _KEY.findall(text)}
    key = references.make_key(work, taken)
    done.added.append((key, work.title))
    if work.missing:
        done.notes.append(f"{key} has no {' and no '.join(work.missing)} yet: edit {FILE}")
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + references.render(work, key)


def _merged(text: str, known: Entry, work: Reference, done: Added) -> str:
    """The known entry with the identifier that it lacks."""
    lines = text.splitlines(keepends=True)
    start = sum(len(line) for line in lines[: known.line - 1])
    found = _KEY.search(text, start)
    key = found[1] if found else "?"
    new = {}
    if work.doi and not known.doi and not references.arxiv_number(work.doi):
        new["doi"] = work.doi
    if work.arxiv and not known.arxiv:
        new |= {"eprint": work.arxiv, "archiveprefix": "arXiv"}
    if not new or found is None:
        done.known.append(f"{key} ({FILE}:{known.line})")
        return text
    done.merged.append(f"{key} ({FILE}:{known.line}) has its {'DOI' if 'doi' in new else 'arXiv number'} now")
    inserted = "".join(f"\n  {name} = {{{value}}}," for name, value in new.items())
    return text[: found.end()] + inserted + text[found.end() :]
