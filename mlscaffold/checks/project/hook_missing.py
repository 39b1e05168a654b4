"""project.hook-missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mlscaffold import git
from mlscaffold.checks import check, warn
from mlscaffold.model import Finding
from mlscaffold.places import in_ci
from mlscaffold.project import Project

# Managers of hooks: what their hook says, and the files in which they keep what to run.
MANAGERS = {
    "pre-commit": (".pre-commit-config.yaml", ".pre-commit-config.yml"),
    "prek": (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"),
    "lefthook": ("lefthook.yml", "lefthook.yaml", ".lefthook.yml", "lefthook.toml", "lefthook-local.yml"),
    "husky": (".husky/pre-commit",),
    "overcommit": (".overcommit.yml",),
    "simple-git-hooks": ("package.json", ".simple-git-hooks.json"),
}


@check(proves="", reads=(".pre-commit-config.yaml",), volatile=True)
def hook_missing(project: Project) -> Iterator[Finding]:
    """Each commit is checked in this clone.

    ## Why
    Hooks are not cloned. Without one a corrupt picture or a key is found in CI, when it is in the history already.

    ## Evidence
    The pre-commit hook of this clone (also under `core.hooksPath`) runs `mlscaffold`, itself or through a manager of hooks
    whose settings name it. In CI nothing is asked.

    ## Fix
    `pre-commit install`.
    """
    top = git.top(project.root)
    if top is None or in_ci():
        return
    folder = hooks_folder(project.root, top)
    hook = project.look_outside(folder / "pre-commit")
    text = hook.read_text("utf-8", "replace") if hook.is_file() else ""
    if not text:
        where = "" if folder.parent.name == ".git" or ".git" in folder.parts else f" ({_shown(folder, top)})"  # core.hooksPath
        yield warn(f"no pre-commit hook is installed in this clone{where}", fix="pre-commit install")
    elif not os.access(hook, os.X_OK):
        yield warn(f"{_shown(hook, top)} cannot be run", fix=f"chmod +x {_shown(hook, top)}")
    elif not _runs_us(text, project, top):
        yield warn(f"{_shown(hook, top)} does not run mlscaffold-hook", fix="add mlscaffold-hook to it")


def hooks_folder(root: Path, top: Path) -> Path:
    """Where git looks for hooks: `core.hooksPath` of the user's settings, else the repository's own folder."""
    for scope in ("--local", "--global", "--system"):
        found = git.run_git(["config", scope, "--type=path", "--get", "core.hooksPath"], root, check=False)
        if found.code == 0 and found.text:
            return top / found.text
    common = git.run_git(["rev-parse", "--git-common-dir"], root, check=False).text
    return (root / common / "hooks").resolve()


def _runs_us(text: str, project: Project, top: Path) -> bool:
    if "mlscaffold" in text:
        return True
    named = [file for manager, files in MANAGERS.items() if manager in text.casefold() for file in files]
    # husky's own hook only calls the project's.
    named += [".husky/pre-commit"] if "husky" in text.casefold() or "h.sh" in text else []
    for file in named:
        for base in (top, project.root):
            path = project.look_outside(base / file)
            if path.is_file() and "mlscaffold" in path.read_text("utf-8", "replace"):
                return True
    return False


def _shown(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)
