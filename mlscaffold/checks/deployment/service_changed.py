"""The service was tried with the code of today."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import check, warn
from mlscaffold.evidence import scripts
from mlscaffold.evidence.deployed import tried
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown


@check(proves="service", reads=("reports/deployment/service.json", "**/serve/**", "**/pipeline.py"), volatile=True)
def service_changed(project: Project) -> Iterator[Finding]:
    """The service was tried with the code of today.

    ## Why
    A service that was asked last month, and changed since, was not asked: it may prepare pictures otherwise, and its health may always be well.

    ## Evidence
    The Python files and pages of the package's `serve`, and its `pipeline.py`, against those of the commit that brought the last
    `service.json`. Comments, docstrings, layout, the order of imports and new names do not count.

    ## Fix
    `python -m <package>.serve --check`, and commit what it wrote.
    """
    service = tried(project)
    commit = git.last_commit_of(service.path, project.root) if git.top(project.root) is not None else ""
    if not commit:
        return
    if git.show(f"{commit}:./{service.path}", project.root) != project.content(service.path):
        return  # tried again, and not committed yet
    if git.is_shallow(project.root) and not git.known_commits([f"{commit}^"], project.root):
        raise Unknown("the history of the service is cut off in this clone", path=service.path, fix="git fetch --unshallow")
    package = project.settings.package
    files = [
        p
        for base in (package, f"src/{package}")
        for pattern in ("serve/*.py", "serve/*.html", "pipeline.py")
        for p in project.glob(f"{base}/{pattern}")
    ]
    then = {path: git.show(f"{commit}:./{path}", project.root) for path in files}
    changed = [path for path, before in then.items() if before is not None and _differs(project, path, before)]
    code = [path for path in changed if path.endswith(".py")]
    if changed == code and scripts.only_renamed({p: then[p] or b"" for p in code}, {p: project.content(p) for p in code}):
        return
    yield warn(
        f"{few(changed)} {'has' if len(changed) == 1 else 'have'} changed since the service was tried (commit {commit[:12]})", *changed[:3],
        fix=f"python -m {package}.serve --check; what changed: git diff {commit[:12]} -- {changed[0]}",
    )  # fmt: skip


def _differs(project: Project, path: str, before: bytes) -> bool:
    now = project.content(path)
    if path.endswith(".py"):
        return scripts.meaning(before, path) != scripts.meaning(now, path)
    return b" ".join(before.split()) != b" ".join(now.split())
