"""Stage 1: the problem document and what is accepted."""

from __future__ import annotations

from tests.sabotage.corpus import Words, defect
from tests.sabotage.target import Target


@defect("PR-01", "problem.section-missing", everywhere=True)
def every_section_is_empty(project: Target) -> Words:
    """The document has every heading and nothing under them."""
    path = project.document(1)
    kept = [line for line in project.read(path).splitlines() if line.startswith(("#", "<!--"))]
    project.write({path: "\n\n".join(kept) + "\n"})
    return path, "empty"
