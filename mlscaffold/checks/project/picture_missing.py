"""project.picture-missing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from mlscaffold import git
from mlscaffold.checks import at, check, warn
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

TEXTS = ("README.md", "MODEL_CARD.md", "docs/*.md", "reports/**/*.md")
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`[^`\n]*`|<!--.*?-->", re.M | re.S)
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)[\"']", re.I)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|.*(?:\{\{|\{%|<|\$\{)", re.I)


@check(proves="", reads=TEXTS, volatile=True)
def picture_missing(project: Project) -> Iterator[Finding]:
    """Every picture that a document or report shows is there.

    ## Why
    A report whose curves are gone asks to be believed.

    ## Evidence
    Pictures that Markdown in `docs`, `reports`, the README and the model card show by a path of the project. What git ignores is
    left alone: another machine has it.

    ## Fix
    Draw the picture again, or take it out of the text.
    """
    for path in (found for pattern in TEXTS for found in project.glob(pattern)):
        text = _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), project.content(path).decode("utf-8-sig", "replace"))
        gone = [(name, text.count("\n", 0, place) + 1) for place, name, file in _shown(path, text) if not _there(project, file)]
        if gone:
            yield warn(
                f"{count(len(gone), 'picture')} of {path} {'is' if len(gone) == 1 else 'are'} not there: {few([name for name, _ in gone])}",
                at(path, gone[0][1]), fix=f"draw it again, or edit {path}",
            )  # fmt: skip


def _shown(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Place, name as written, and file of every picture that a text shows by a path inside of the project."""
    for match in _PICTURE.finditer(text):
        name = match[1] or match[2]
        if _ELSEWHERE.match(name):
            continue
        target = unquote(name.partition("#")[0].partition("?")[0])
        base = "" if target.startswith("/") else posixpath.dirname(path)
        file = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
        if not file.startswith("../"):
            yield match.start(), name, file


def _there(project: Project, file: str) -> bool:
    return project.exists(file) or git.run_git(["check-ignore", "-q", "--", file], project.root, check=False).code == 0
