"""project.gate-missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mlscaffold.checks import check, fail, warn
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import workflows
from mlscaffold.evidence.fields import read_yaml
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

GITHUB = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitea/workflows/*.yml", ".forgejo/workflows/*.yml")
OTHERS = (
    ".gitlab-ci.yml", "azure-pipelines.yml", ".azure-pipelines/*.yml", ".circleci/config.yml", "bitbucket-pipelines.yml",
    "Jenkinsfile", ".woodpecker.yml", ".woodpecker.yaml", ".woodpecker/*.yml", ".drone.yml", ".travis.yml", ".buildkite/*.yml",
    ".cirrus.yml", ".builds/*.yml", "cloudbuild.yaml", "appveyor.yml",
)  # fmt: skip
# What a CI file may call in the command's place, and where that says what it runs.
RUNNERS = {
    r"\bmake\b": ("Makefile", "makefile"), r"\bjust\b": ("justfile", "Justfile"), r"\btox\b": ("tox.ini", "pyproject.toml"),
    r"\bnox\b": ("noxfile.py",), r"\btask\b": ("Taskfile.yml",), r"\bpre-?commit\b|\bprek\b": (".pre-commit-config.yaml",),
    r"\bscripts?/\S+|\./\S+\.sh|\b(?:bash|sh) \S+": ("ci/*.sh", "scripts/*", "*.sh"),
}  # fmt: skip
COMMAND = re.compile(r"\bmlscaffold(?:-hook|\s+(?:--?[\w-]+\s+)*check)\b|python3?\s+-m\s+mlscaffold(?:\.cli)?\s+check\b")
SWALLOWED = re.compile(r"(?:mlscaffold[^\n;&|]*)(?:\|\|\s*(?:true|:|exit\s+0|echo\b[^\n]*)|;\s*(?:true|exit\s+0)\b)|set\s+\+e")
FIX = "a job on pull requests that runs: mlscaffold check"


@check(proves="", reads=(*GITHUB, *OTHERS, ".mlscaffold/template.toml"), volatile=True)
def gate_missing(project: Project) -> Iterator[Finding]:
    """CI runs the checks on every change before it is merged.

    ## Why
    What only runs after the merge tells what is broken already; what cannot fail tells nothing.

    ## Evidence
    CI files of any provider that run `mlscaffold check` (themselves, or through make, tox, a script …). For GitHub: on pull
    requests, in a job whose failure counts. In a folder of a bigger repository those at its top count too. A project that was made with `ci = "none"` and has no CI file is left alone.

    ## Fix
    Add a job on pull requests that runs `mlscaffold check`, without `|| true` and `continue-on-error`.
    """
    github, others = workflows.find(project, GITHUB), workflows.find(project, OTHERS)
    answers = project.template().get("answers", {})
    asked_for = str(answers.get("ci", "")) if isinstance(answers, dict) else ""
    if not github and not others:
        if asked_for == "none":
            return
        what = "no CI file runs `mlscaffold check` on pull requests; there is none at all"
        yield (fail if asked_for else warn)(what, fix=FIX)
        return
    reasons = []
    for path in github:
        verdict = _github(project, path)
        if verdict == "":
            return
        reasons += [f"{path} {verdict}"] if verdict else []
    for path in others:
        verdict = _other(project, path)
        if verdict == "":
            return
        reasons += [f"{path} {verdict}"] if verdict else []
    said = few(reasons) if reasons else f"{few([*github, *others])} do not run it"
    yield fail(f"no CI job runs `mlscaffold check` on pull requests: {said}", *(github or others)[:3], fix=FIX)


def _github(project: Project, path: str) -> str | None:
    """Empty if this workflow is a gate, None if it does not run the check, else why it is no gate."""
    try:
        workflow = read_yaml(workflows.content(project, path), path).values
    except ScaffoldError:
        return "is no valid YAML"
    jobs = workflow.get("jobs")
    found: list[str] = []
    for job in jobs.values() if isinstance(jobs, dict) else ():
        if not isinstance(job, dict):
            continue
        for step in job.get("steps") or ():
            run = str(step.get("run") or step.get("uses") or "") if isinstance(step, dict) else ""
            if _runs_check(project, run):
                found.append(_excused(job, step, run))
    if not found:
        return None
    if "" not in found:
        return found[0]
    # YAML 1.1 reads the key `on` as true.
    triggers: Any = workflow.get("on", dict(workflow).get(True, {}))  # type: ignore[call-overload]
    names = [triggers] if isinstance(triggers, str) else list(triggers or ())
    if not {"pull_request", "pull_request_target", "merge_group", "workflow_call"} & {str(n) for n in names}:
        return f"runs it on {few([str(n) for n in names]) or 'nothing'}, not on pull requests"
    return ""


def _excused(job: dict[str, Any], step: dict[str, Any], run: str) -> str:
    """Why a failure of this step would not count; empty if it would."""
    for part, name in ((step, "step"), (job, "job")):
        if part.get("continue-on-error") not in (None, False, "false"):
            return f"continues on error ({name})"
        if str(part.get("if", "")).strip("${ }").casefold() in ("false", "0"):
            return f"never runs that {name} (if: false)"
    return "swallows its failure" if SWALLOWED.search(run) else ""


def _other(project: Project, path: str) -> str | None:
    text = re.sub(r"(?m)^\s*(?:#|//).*$", "", workflows.content(project, path).decode("utf-8-sig", "replace"))
    if not _runs_check(project, text):
        return None
    if SWALLOWED.search(text):
        return "swallows its failure"
    if re.search(r"allow_failure:\s*true|continueOnError:\s*true|soft_fail:\s*true", text):
        return "lets it fail"
    return ""


def _runs_check(project: Project, text: str) -> bool:
    """Whether a piece of shell runs the check, itself or through what it calls."""
    bare = re.sub(r"(?m)^\s*#.*$", "", text)
    if COMMAND.search(bare):
        return True
    for pattern, files in RUNNERS.items():
        if re.search(pattern, bare):
            for path in workflows.find(project, files):
                try:
                    if COMMAND.search(workflows.content(project, path).decode("utf-8", "replace")):
                        return True
                except Missing:
                    continue
    return False
