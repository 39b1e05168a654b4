"""project.still-generated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mlscaffold.checks import check, todo
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

# What people owe at each stage, and where it lies.
OWED = {
    "docs/01-problem.md": "problem",
    "acceptance.toml": "problem",
    "docs/02-research.md": "research",
    "data/schema.toml": "collection",
    "docs/07-evaluation.md": "evaluation",
    "deploy.toml": "deployment",
    "README.md": "deployment",
}


@check(proves="", reads=(*OWED, "docs/*", ".mlscaffold/template.toml"))
def still_generated(project: Project) -> Iterator[Finding]:
    """What people write is no longer as it was generated.

    ## Why
    A template that nobody filled in looks finished from far away.

    ## Evidence
    Blobs of `.mlscaffold/template.toml` against the files today. Each finding belongs to the stage that owes the file:
    something to do until that stage is signed, a failure afterwards. A document in another format in its place counts.

    ## Fix
    Edit the file, each in its stage.
    """
    untouched = defaultdict(list)
    for path, stage in OWED.items():
        try:
            pristine = project.is_pristine(path)
        except Missing:
            continue
        # A class list may have been answered when the project was made: then the schema says something.
        if pristine and not (path == "data/schema.toml" and _declares_classes(project)) and not _replaced(project, path):
            untouched[stage].append(path)
    for stage, paths in untouched.items():
        verb = "is" if len(paths) == 1 else "are"
        yield todo(f"{few(paths)} {verb} still as generated", *paths, fix=f"edit {paths[0]}", stage=stage)


def _declares_classes(project: Project) -> bool:
    from mlscaffold.evidence import toml

    return bool(project.read(toml.read, "data/schema.toml").get("classes"))


def _replaced(project: Project, path: str) -> bool:
    """Whether a document was written in another format beside the generated one."""
    return path.startswith("docs/") and any(other != path for other in project.glob(f"{path.rsplit('.', 1)[0]}.*"))
