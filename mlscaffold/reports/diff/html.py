"""The data's changes as one page that needs no network and no script: what was relabelled, came or went, with the pictures."""

from __future__ import annotations

from collections.abc import Callable

from mlscaffold import __version__
from mlscaffold.reports.diff.content import DataDiff
from mlscaffold.reports.diff.text import warning
from mlscaffold.reports.rendering import page

MOST = 300
"""Pictures a section: a page must open at once."""


def render(found: DataDiff, *, picture: Callable[[str], str]) -> str:
    """The page; `picture` gives the address of a medium's thumbnail (a data URI, or "" where there is none)."""
    sections = [
        ("Relabelled", found.relabelled), ("New", found.added), ("In another split", found.moved),
        ("Other bytes under the same name", found.contents), ("Gone", found.removed), ("Renamed", found.renamed),
    ]  # fmt: skip
    return page(
        "diff/diff.html.jinja",
        found=found,
        turns=[(split, turns.most_common()) for split, turns in found.turns.items()],
        sections=[(title, [(row, picture(row.path)) for row in rows[:MOST]], len(rows)) for title, rows in sections if rows],
        most=MOST,
        warning=" ".join([warning(found), *(f"{told}." for told in found.tests)]),
        version=__version__,
    )
