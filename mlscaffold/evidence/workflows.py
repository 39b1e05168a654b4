"""Files of continuous integration: of the project, and of the repository that holds it, where hosts look for them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mlscaffold import git
from mlscaffold.project import Missing, Project

MAIN = ("main", "master", "trunk", "develop", "development", "mainline")


def find(project: Project, patterns: Iterable[str]) -> list[str]:
    """Files that match, of the project and then of the repository above it (`../../.github/workflows/ci.yml`)."""
    patterns = tuple(patterns)
    found = [path for pattern in patterns for path in project.glob(pattern)]
    top = _above(project)
    if top is not None:
        up = os.path.relpath(top, project.root).replace(os.sep, "/")
        for pattern in patterns:
            project.look_outside(top / pattern.rpartition("/")[0])
            found += [f"{up}/{path.relative_to(top).as_posix()}" for path in sorted(top.glob(pattern)) if path.is_file()]
    return found


def content(project: Project, path: str) -> bytes:
    """The bytes of a file that `find` named; raises `Missing`."""
    if not path.startswith("../"):
        return project.content(path)
    try:
        return project.look_outside(project.root / path).read_bytes()
    except OSError:
        raise Missing(f"{path} is missing", path=path) from None


def pipefail(workflow: Mapping[str, Any], job: Mapping[str, Any], step: Mapping[str, Any]) -> bool:
    """Whether the shell of a step takes the failure of any part of a pipe for its own: GitHub's `shell: bash` does, no `shell:` does not."""
    shell = _shell(workflow, job, step)
    return shell == "bash" or "pipefail" in shell


def _shell(workflow: Mapping[str, Any], job: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """The shell that a step names, or its job, or its workflow; empty for none."""
    named = step.get("shell")
    for part in (job, workflow):
        run = (part.get("defaults") or {}).get("run") if isinstance(part.get("defaults"), Mapping) else None
        named = named or (run.get("shell") if isinstance(run, Mapping) else None)
    return str(named or "").strip()


def script(workflow: Mapping[str, Any], job: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """What a step runs; `set +e` before it where its own shell goes on after a failure, as GitHub's do not (`bash {0}`, `bash +e {0}`)."""
    text, shell = str(step.get("run") or ""), _shell(workflow, job, step)
    goes_on = "{0}" in shell and not re.search(r"\s-\w*e|errexit", shell.replace("--noprofile", "").replace("--norc", ""))
    return f"set +e\n{text}" if goes_on and text else text


def branches(project: Project, trigger: Mapping[str, Any]) -> str:
    """Why no change for the main branch starts a trigger, by its filter of branches; empty where one does, or nobody can tell."""
    only, never = (_listed(trigger.get(key)) for key in ("branches", "branches-ignore"))
    main = _main(project) if only or never else []
    if not main or any(_named(name, only, never) for name in main):
        return ""
    return f"runs on pull requests for {', '.join(only) or 'other branches'} only, not for {main[0]}"


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []


def _named(name: str, only: list[str], never: list[str]) -> bool:
    if not only:
        return not any(_matches(name, pattern) for pattern in never)
    verdict = False
    for pattern in only:
        if _matches(name, pattern.removeprefix("!")):
            verdict = not pattern.startswith("!")
    return verdict


def _main(project: Project) -> list[str]:
    """The branch that changes are merged into: what the origin names, else the usual names among those that are here, else the only one."""
    told = git.run_git(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], project.root, check=False).text
    if told:
        return [told.partition("/")[2]]
    here = git.run_git(["for-each-ref", "--format=%(refname:short)", "refs/heads"], project.root, check=False).text.split()
    return [name for name in here if name in MAIN] or (here if len(here) == 1 else [])


def reaches(project: Project, trigger: Mapping[str, Any], changes: Iterable[str]) -> bool:
    """Whether the path filters of a trigger let any of these files of the project start it."""
    only, never = trigger.get("paths"), trigger.get("paths-ignore")
    if not isinstance(only, list) and not isinstance(never, list):
        return True
    top = _above(project)
    prefix = "" if top is None else os.path.relpath(project.root, top).replace(os.sep, "/") + "/"
    files = [prefix + path for pattern in changes for path in project.glob(pattern)]
    return not files or any(_let_through(path, only, never) for path in files)


def _let_through(path: str, only: object, never: object) -> bool:
    if isinstance(only, list):
        verdict = False
        for pattern in map(str, only):
            if _matches(path, pattern.removeprefix("!")):
                verdict = not pattern.startswith("!")
        return verdict
    return not (isinstance(never, list) and any(_matches(path, str(pattern)) for pattern in never))


def _matches(path: str, pattern: str) -> bool:
    """A path filter of GitHub: `*` stays in its folder, `**` does not."""
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    rules = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.fullmatch("".join(rules.get(part, re.escape(part)) for part in parts), path) is not None


def _above(project: Project) -> Path | None:
    """The top of the repository, where it is another folder than the project."""
    if (project.root / ".git").exists():
        return None
    top = git.top(project.root)
    return top if top is not None and top.resolve() != project.root.resolve() else None
