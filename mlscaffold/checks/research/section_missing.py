"""research.section-missing."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check
from mlscaffold.checks.problem.section_missing import judge
from mlscaffold.evidence import titles
from mlscaffold.model import Finding
from mlscaffold.project import Project

NAME = "02-research"


@check(proves="research-document", reads=("docs/02-research.*", "mlscaffold.toml"))
def section_missing(project: Project) -> Iterator[Finding]:
    """Every section of the research document is written.

    ## Why
    What was not looked into before building is found out afterwards, at ten times the price.

    ## Evidence
    Own text (without guidance) of each section of `docs/02-research.*`, compared with what was generated. The literature has a
    check of its own. Setting `words`: fewer make a warning (default 12).

    ## Fix
    Write the section. A heading that is not recognised is named in `mlscaffold.toml`: `[documents.02-research]`, then `anchor =
    "Heading"`."""
    anchors = tuple(anchor for anchor in titles.ANCHORS[NAME] if anchor != "literature")
    yield from judge(project, NAME, anchors, least=project.option("research.section-missing", "words", 12))
