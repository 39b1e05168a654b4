"""project.gate-missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mlscaffold.checks import check, fail, warn
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import shell, workflows
from mlscaffold.evidence.conditions import PROPOSED, holds
from mlscaffold.evidence.fields import read_yaml
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.stages import all_stages

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
TESTS = re.compile(r"\bpytest\b|\bpython3?\s+-m\s+unittest\b")
SWALLOWED = re.compile(
    r"mlscaffold(?:-hook|[^\n;&|]*\bcheck\b)[^\n;&|]*(?:\|\|\s*(?:true|:|exit\s+0|echo\b[^\n]*)|;\s*(?:true|exit\s+0)\b)|set\s+\+e"
)
PROPOSES = ("pull_request", "pull_request_target", "merge_group", "workflow_call")
CHANGES = ("acceptance.toml", "data/splits/*.csv", "reports/*/*/*.json", "mlscaffold.toml")
FIX = "a job on pull requests that runs: mlscaffold check"


@check(proves="", reads=(*GITHUB, *OTHERS, ".mlscaffold/template.toml"), volatile=True)
def gate_missing(project: Project) -> Iterator[Finding]:
    """CI runs the checks on every change before it is merged.

    ## Why
    What only runs after the merge tells what is broken already; what cannot fail tells nothing.

    ## Evidence
    CI files of any provider that run `mlscaffold check` (themselves, or through make, tox, a script …). For GitHub: on pull
    requests, in a job whose
    failure counts (no `|| true`, no pipe without `pipefail`, no shell that goes on, no `if:` that leaves them out or wants a label), of all stages, for
    the main branch, whatever the change touches. In a
    folder of a bigger repository those at its top count too. A project that was made with `ci = "none"` and has no CI file is left alone.

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
    for path in github:
        yield from _tests(project, path)
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
    # YAML 1.1 reads the key `on` as true.
    triggers: Any = workflow.get("on", dict(workflow).get(True, {}))  # type: ignore[call-overload]
    names = [triggers] if isinstance(triggers, str) else [str(n) for n in triggers or ()]
    events = [n for n in names if n in PROPOSES] or ["pull_request"]
    found: list[str] = []
    stages: set[str] = set()
    for job in jobs.values() if isinstance(jobs, dict) else ():
        for step in job.get("steps") or () if isinstance(job, dict) else ():
            if not isinstance(step, dict):
                continue
            text = workflows.script(workflow, job, step)
            for run in _runs(project, step, text, pipefail=workflows.pipefail(workflow, job, step)):
                excuse = _excused(job, step, run, events)
                found.append(excuse)
                stages |= set() if excuse else {_stage(run)}
    if not found:
        return None
    if "" not in found:
        return found[0]
    if not set(PROPOSES) & set(names):
        return f"runs it on {few(names) or 'nothing'}, not on pull requests"
    if "" not in stages and len(stages) < len(all_stages()):
        return f"checks stage {few(sorted(stages))} only, of {len(all_stages())}"
    return _filtered(project, triggers)


def _tests(project: Project, path: str) -> Iterator[Finding]:
    """Tests that run and cannot fail: nobody will read what they print."""
    try:
        workflow = read_yaml(workflows.content(project, path), path).values
    except ScaffoldError:
        return
    jobs = workflow.get("jobs")
    for job in jobs.values() if isinstance(jobs, dict) else ():
        for step in job.get("steps") or () if isinstance(job, dict) else ():
            if not isinstance(step, dict):
                continue
            for run in shell.runs(str(step.get("run") or ""), TESTS, pipefail=workflows.pipefail(workflow, job, step)):
                why = "continue-on-error" if step.get("continue-on-error") is True else run.hushed
                if why:
                    yield warn(f"the tests of {path} can never fail ({why})", path, fix="take it out")


def _runs(project: Project, step: dict[str, Any], text: str, *, pipefail: bool) -> list[shell.Run]:
    """What of a step runs the check, itself or through what it calls."""
    found = shell.runs(text, COMMAND, pipefail=pipefail)
    for pattern, files in RUNNERS.items():
        if re.search(pattern, text or str(step.get("uses") or "")) and _named_in(project, files):
            found += shell.runs(text, re.compile(pattern), pipefail=pipefail) if text else [shell.Run("", 0, "")]
    return found


def _excused(job: dict[str, Any], step: dict[str, Any], run: shell.Run, events: list[str]) -> str:
    """Why a failure of this step would not count; empty if it would."""
    for part, name in ((step, "step"), (job, "job")):
        if part.get("continue-on-error") not in (None, False, "false") and holds(part["continue-on-error"]) is not False:
            return f"continues on error ({name})"
        if "if" in part and all(holds(part["if"], {**PROPOSED, "github.event_name": event}) is False for event in events):
            return f"never runs that {name} on pull requests (if: {part['if']})".replace("if: False", "if: false")
    return f"swallows its failure ({run.hushed})" if run.hushed else ""


def _stage(run: shell.Run) -> str:
    """The one stage that a run of the check is limited to; empty for all, or for one that a variable names."""
    named = re.search(r"--stage[ =]([\w-]+)", run.text)
    if not named:
        return ""
    return next((s.slug for s in all_stages() if named[1] in (s.slug, str(s.number))), "")


def _filtered(project: Project, triggers: object) -> str:
    """Whether the filters of the trigger leave out what a change of the project is."""
    wanted = triggers.get("pull_request", triggers.get("pull_request_target")) if isinstance(triggers, dict) else None
    if not isinstance(wanted, dict):
        return ""
    types = wanted.get("types")
    listed = [types] if isinstance(types, str) else [str(t) for t in types or ()]
    if listed and not {"opened", "synchronize", "reopened"} & set(listed):
        return f"runs on pull requests that were {few(listed)}, not on what is pushed to them"
    if elsewhere := workflows.branches(project, wanted):
        return elsewhere
    return (
        ""
        if workflows.reaches(project, wanted, CHANGES)
        else "runs on no change of acceptance.toml, data/splits or reports (paths)"
    )


def _other(project: Project, path: str) -> str | None:
    text = re.sub(r"(?m)^\s*(?:#|//).*$", "", workflows.content(project, path).decode("utf-8-sig", "replace"))
    if not COMMAND.search(text) and not any(re.search(p, text) and _named_in(project, f) for p, f in RUNNERS.items()):
        return None
    if swallowed := SWALLOWED.search(text):
        return f"swallows its failure ({swallowed[0].strip()})"
    if re.search(r"allow_failure:\s*true|continueOnError:\s*true|soft_fail:\s*true", text):
        return "lets it fail"
    return ""


def _named_in(project: Project, files: tuple[str, ...]) -> bool:
    """Whether one of these files runs the check."""
    for path in workflows.find(project, files):
        with suppress(Missing):
            if COMMAND.search(workflows.content(project, path).decode("utf-8", "replace")):
                return True
    return False
