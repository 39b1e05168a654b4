"""problem.copied-section."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mlscaffold.checks import check
from mlscaffold.checks.research.copied_section import alike, texts
from mlscaffold.evidence import sections
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="problem-document", reads=("docs/01-problem.*",))
def copied_section(project: Project) -> Iterator[Finding]:
    """Every section of the problem document says something of its own.

    ## Why
    The problem told again under "Ideal solution" is no solution, and nobody sees that none was thought of.

    ## Evidence
    Runs of twelve characters that two sections of `docs/01-problem.*` share, whatever the language. Four fifths of the shorter one
    make it a copy.

    ## Fix
    Write what that heading asks for.
    """
    document = sections.document(project, "01-problem")
    yield from alike(combinations(texts(document), 2), fix=f"edit {document.path}: what each heading asks for")
