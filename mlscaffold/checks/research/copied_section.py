"""research.copied-section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import sections
from mlscaffold.evidence.documents import Document, Section, normalise
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

LEAST = 20  # words; below, two sections may well say the same
ALIKE = 0.8
Text = tuple[str, Section, frozenset[str]]
"""Path of the document, section, its runs of characters."""


@check(proves="research-document", reads=("docs/01-problem.*", "docs/02-research.*"))
def copied_section(project: Project) -> Iterator[Finding]:
    """Every section says something of its own.

    ## Why
    One good paragraph under six headings fills a document and answers one question.

    ## Evidence
    Runs of twelve characters that a section of `docs/02-research.*` shares with another, or with one of `docs/01-problem.*`, whatever the language.
    Four fifths of the shorter one make it a copy.

    ## Fix
    Write what that heading asks for; say "as in section …" where it truly is the same.
    """
    document = sections.document(project, "02-research")
    mine = texts(document)
    try:
        theirs = texts(sections.document(project, "01-problem"))
    except Missing:
        theirs = []
    yield from alike([*combinations(mine, 2), *product(mine, theirs)], fix=f"edit {document.path}: what each heading asks for")


def texts(document: Document) -> list[Text]:
    """The sections of a document that are long enough to be compared."""
    return [(document.path, s, _shingles(s)) for s in document.sections if s.words >= LEAST]


def alike(pairs: Iterable[tuple[Text, Text]], *, fix: str) -> Iterator[Finding]:
    """One finding on all sections that say the same as another."""
    copied: dict[tuple[str, str], tuple[str, Section, float]] = {}
    for (path, one, mine), (elsewhere, two, theirs) in pairs:
        shared = len(mine & theirs) / max(1, min(len(mine), len(theirs)))
        if shared >= ALIKE:
            copied.setdefault((path, one.title), (path, one, shared))
            copied[elsewhere, two.title] = (elsewhere, two, shared)
    if copied:
        found = list(copied.values())
        least = min(shared for _, _, shared in found)
        yield fail(
            f"{len(found)} sections hold the same text ({least:.0%} of {min(s.words for _, s, _ in found)} words): "
            f"{few([s.title for _, s, _ in found], 6)}",
            *(at(path, section.line) for path, section, _ in found[:4]),
            fix=fix,
        )


def _shingles(section: Section, length: int = 12) -> frozenset[str]:
    text = "".join(c for c in normalise(section.text).casefold() if c.isalnum())
    return frozenset(text[i : i + length] for i in range(max(1, len(text) - length + 1)))
