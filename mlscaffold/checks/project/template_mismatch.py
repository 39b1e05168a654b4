"""project.template-mismatch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import check, fail
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

RECORD = ".mlscaffold/template.toml"


@check(proves="", reads=(RECORD, ".github", ".pre-commit-config.yaml"), volatile=True)
def template_mismatch(project: Project) -> Iterator[Finding]:
    """The files that the template keeps are of the version that the project names.

    ## Why
    A version that was raised by hand promises mended workflows and hooks that never came; the next update starts from the wrong base.

    ## Evidence
    `tool` in `.mlscaffold/template.toml` against the `Template-Version:` of the last commit that brought a rendering of the template,
    and the managed files against that commit. Nothing is said where the history has no such commit.

    ## Fix
    Put the version back; the next update starts from it.
    """
    said = str(project.template().get("tool", ""))
    if not said or git.top(project.root) is None:
        return
    log = git.run_git(["log", "-1", "--grep=^Template-Version: ", "--format=%H%n%B"], project.root, check=False).text
    commit, _, message = log.partition("\n")
    found = re.findall(r"^Template-Version: *(\S+)$", message, re.MULTILINE)
    if not found or found[-1] == said:
        return
    files = project.template().get("files", {})
    managed = [path for path, entry in files.items() if isinstance(entry, dict) and entry.get("class") == "managed"]
    old = [path for path in managed if project.exists(path) and _same(project, commit, path)]
    told = f"{count(len(old), 'managed file')} {'is' if len(old) == 1 else 'are'} of {found[-1]}, {RECORD} says {said}"
    yield fail(
        f"{told}: {few(old)}" if old else f"the last rendering of the template is of {found[-1]}, {RECORD} says {said}",
        RECORD,
        *old[:2],
        fix=f'tool = "{found[-1]}" in {RECORD}',
    )


def _same(project: Project, commit: str, path: str) -> bool:
    before = git.show(f"{commit}:./{path}", project.root)
    return before is not None and before.replace(b"\r\n", b"\n") == project.content(path).replace(b"\r\n", b"\n")
