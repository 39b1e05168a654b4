"""training.code-changed."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import check, warn
from mlscaffold.evidence import chain, runs, scripts
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown


@check(proves="recorded-run", reads=("**/*.py", "reports/training", "reports/tuning"), volatile=True)
def code_changed(project: Project) -> Iterator[Finding]:
    """The chosen run was trained by the code of today.

    ## Why
    A model learned the transforms of yesterday; who changes them afterwards measures, converts and serves another recipe, and
    training again gives another model.

    ## Evidence
    The Python files that `train` imports, as far as they work on arrays or pictures, against those of the commit in
    `provenance.json` (where it was rewritten: of the commit that brought the report). Comments, docstrings, layout, the order of imports, types
    of functions and new names for what the files define do not count.

    ## Fix
    Train again; or leave it, if the change cannot touch the model.
    """
    first = chain.chosen(project, "training")
    choices = [first]
    if project.exists("reports/tuning/chosen.toml") and not (tuned := chain.chosen(project, "tuning")).keep:
        choices.append(tuned)
    files = scripts.imported_by(project, "train")
    if not files or git.top(project.root) is None:
        return
    told: dict[str, list[str]] = {}
    for choice in choices:
        commit = _commit(project, f"{choice.folder}/provenance.json")
        touched = _touched(project, commit)
        changed = [p for p in touched if p in files and _differs(project, commit, p)]
        if changed and _only_renamed(project, commit, [p for p in touched if p in changed or _differs(project, commit, p)]):
            continue
        if changed and changed not in told.values():
            told[choice.stage] = changed
            verb = chain.TRAIN[choice.stage]
            yield warn(
                f"{few(changed)} {'has' if len(changed) == 1 else 'have'} changed since run {choice.run} (commit {commit[:12]})",
                *changed[:3],
                fix=f"python -m {project.settings.package}.{verb}; what changed: git diff {commit[:12]} -- {changed[0]}",
                stage=choice.stage,
            )


def _commit(project: Project, file: str) -> str:
    """The commit of a run, else the one that brought its report; raises `Unknown` where the history ends before."""
    claimed = project.read(runs.read_provenance, file).commit if project.exists(file) else ""
    if claimed and git.known_commits([claimed], project.root):
        return claimed
    log = git.run_git(["log", "--format=%H", "--diff-filter=A", "--no-renames", "--", file], project.root, check=False).text
    if git.is_shallow(project.root) or not log:
        raise Unknown("the history of the code ends before the run in this clone", path=file, fix="git fetch --unshallow")
    return log.splitlines()[-1]


def _touched(project: Project, commit: str) -> list[str]:
    answer = git.run_git(
        ["diff", "--name-only", "-z", "--relative", "--no-renames", "--diff-filter=MT", commit, "--", "."],
        project.root,
        check=False,
    )
    return [p.decode("utf-8", "surrogateescape") for p in answer.stdout.split(b"\0") if p.endswith(b".py")]


def _only_renamed(project: Project, commit: str, paths: list[str]) -> bool:
    """Whether the files have other names for what they define, and are the same in everything else."""
    before = {path: git.show(f"{commit}:./{path}", project.root) or b"" for path in paths}
    return scripts.only_renamed(before, {path: project.content(path) for path in paths})


def _differs(project: Project, commit: str, path: str) -> bool:
    before = git.show(f"{commit}:./{path}", project.root)
    return before is not None and scripts.meaning(before, path) != scripts.meaning(project.content(path), path)
