"""The pipeline that redeploys runs the checks first, and waits for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import shell, workflows
from mlscaffold.evidence.conditions import holds
from mlscaffold.evidence.fields import read_yaml
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.stages import all_stages

WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".forgejo/workflows/*.yml", ".gitea/workflows/*.yml")
OTHERS = (
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    ".circleci/config.yml",
    "Jenkinsfile",
    ".drone.yml",
    ".woodpecker.yml",
    ".woodpecker/*.yml",
    ".buildkite/*.yml",
)
_DEPLOYS = re.compile(r"deploy|release|rollout|publish|production", re.IGNORECASE)
_WORDS = re.compile(r"docs?(?![a-z])|pages?(?![a-z])|site|notes|changelog|draft|pypi|package|wheel", re.IGNORECASE)
_MODEL = re.compile(
    r"exports/|deploy\.toml|docker|kubectl|helm|terraform|environment:\s*\{?\s*(?:name:\s*)?prod|sagemaker|rollout|model",
    re.IGNORECASE,
)
_CHECK = re.compile(r"\bmlscaffold\s+(?:check|stage)\b|\bmlscaffold-hook\b")
_HUSHED = re.compile(r"\|\|\s*(?:true|:|exit\s+0)\b|;\s*true\s*$|\bset \+e\b|--exit-zero", re.MULTILINE)


@check(
    proves="redeployment",
    reads=(".github", ".gitlab-ci.yml", "azure-pipelines.yml", ".circleci", "Jenkinsfile", "deploy.toml"),
    volatile=True,
)
def redeploy_ungated(project: Project) -> Iterator[Finding]:
    """The pipeline that redeploys runs the checks first, and waits for a person.

    ## Why
    A check that can never fail (`|| true`) is a decoration; a deployment without approval ships what nobody read.

    ## Evidence
    The workflow that deploys (no site, notes or package; GitHub, Forgejo and Gitea are parsed; other pipelines are searched as text; in a folder of
    a bigger repository also at its top): `mlscaffold check` in the job that deploys, or in one that it needs; nothing that hushes it (`|| true`, `continue-on-error`, a pipe without
    `pipefail`) and no job that never runs; an environment, or a
    start by hand, as approval.

    ## Fix
    Start from the generated `.github/workflows/redeploy.yml`.
    """
    paths = workflows.find(project, WORKFLOWS)
    found = [path for path in paths if _DEPLOYS.search(path.rsplit("/", 1)[1]) and not _of_words(project, path)]
    found = found or [
        path for path in paths if re.search(r"^\s*(?:environment:|deploy[\w-]*:)", _text(project, path), re.MULTILINE)
    ]
    other = [path for path in workflows.find(project, OTHERS) if _DEPLOYS.search(_text(project, path))]
    if not found and not other:
        raise Missing(
            "no pipeline redeploys the model", path=".github/workflows/redeploy.yml", fix="write .github/workflows/redeploy.yml"
        )
    for path in found:
        yield from _workflow(project, path)
    for path in [] if found else other:
        text = _text(project, path)
        if not _CHECK.search(text):
            yield fail("it deploys without mlscaffold check", path, fix=f"run mlscaffold check first in {path}")
        yield from _hushed(path, text)
        if not re.search(r"when:\s*manual|environment|approval|\binput\b", text):
            yield warn("it deploys without a person's approval", path, fix=f"ask for one in {path}")


def _of_words(project: Project, path: str) -> bool:
    """Whether a workflow publishes a site, notes or a package, and no model: its name says so, and it touches none."""
    return bool(_WORDS.search(path.rsplit("/", 1)[1])) and not _MODEL.search(_text(project, path))


def _workflow(project: Project, path: str) -> Iterator[Finding]:
    fields, text = read_yaml(workflows.content(project, path), path), _text(project, path)
    jobs = fields.values.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs:
        yield fail("it has no jobs", path)
        return
    deploying = [
        name for name, job in jobs.items() if isinstance(job, Mapping) and ("environment" in job or _DEPLOYS.search(str(name)))
    ]
    deploying = deploying or [str(list(jobs)[-1])]
    for name in deploying:
        runs = [
            run
            for job in (*_needed(jobs, str(name)), str(name))
            if job in jobs
            for run in _checked(project, fields.values, jobs[job])
        ]
        line = _line(text, rf"^\s*{re.escape(str(name))}:")
        if not runs:
            yield fail(f"job {name} deploys without mlscaffold check before it", at(path, line),
                       fix=f"let {name} need a job that runs mlscaffold check")  # fmt: skip
        elif len(stages := [stage for run in runs if (stage := _other_stage(run))]) == len(runs):
            yield fail(f"job {name} deploys after a check of stage {few(stages)} only; of stage deployment, or of all, it is wanted",
                       at(path, line), fix="mlscaffold check --stage deployment")  # fmt: skip
    for name in dict.fromkeys([*deploying, *(needed for n in deploying for needed in _needed(jobs, str(n)))]):
        job = jobs.get(name)
        condition = job.get("if", "") if isinstance(job, Mapping) else ""
        if name in deploying and re.search(r"always\(\)|failure\(\)|!\s*cancelled\(\)", str(condition)):
            yield fail(f"job {name} deploys even when the check has failed (if: {condition})", path, fix="take the condition out")
        elif condition != "" and holds(condition, {}) is False:
            yield fail(f"job {name} never runs (if: {str(condition).lower()})", at(path, _line(text, rf"^\s*{re.escape(str(name))}:")),
                       fix="take the condition out")  # fmt: skip
    approved = any(isinstance(jobs[n], Mapping) and "environment" in jobs[n] for n in deploying) or "workflow_dispatch" in text
    if not approved:
        yield fail("it deploys without a person's approval (no environment, not started by hand)", path,
                   fix="environment: production, with required reviewers")  # fmt: skip
    told = list(_hushed(path, text))
    yield from told or _swallowed(project, path, fields.values, text)


def _swallowed(project: Project, path: str, workflow: Mapping[str, Any], text: str) -> Iterator[Finding]:
    """Checks of these jobs whose failure the shell does not pass on."""
    jobs = workflow["jobs"]
    for run in (run for job in jobs.values() for run in _checked(project, workflow, job, follow=False)):
        if run.hushed:
            number = _line(text, re.escape(run.text.split("  ")[0]))
            yield fail(f'step "check" can never fail ({run.hushed}, line {number})', at(path, number), fix="take it out")


def _checked(project: Project, workflow: Mapping[str, Any], job: object, *, follow: bool = True) -> list[shell.Run]:
    """The runs of the check in a job; of a workflow of this repository that it calls, those in there."""
    if not isinstance(job, Mapping):
        return []
    found: list[shell.Run] = []
    called = [str(job.get("uses", ""))]
    for step in job.get("steps") or ():
        if isinstance(step, Mapping):
            found += shell.runs(workflows.script(workflow, job, step), _CHECK, pipefail=workflows.pipefail(workflow, job, step))
            called.append(str(step.get("uses") or ""))
    for name in called if follow else ():
        found += [shell.Run(name, 0, "")] if _CHECK.search(name) else []
        for path in workflows.find(project, WORKFLOWS):
            if name.startswith("./") and path.removeprefix("../").endswith(name.removeprefix("./")):
                other = read_yaml(workflows.content(project, path), path).values
                jobs = other.get("jobs")
                found += [
                    r
                    for j in (jobs.values() if isinstance(jobs, Mapping) else ())
                    for r in _checked(project, other, j, follow=False)
                ]
    return found


def _other_stage(run: shell.Run) -> str:
    """The stage that a check before a deployment is limited to, if that is neither the last one nor named by a variable."""
    named = re.search(r"check\b.*--stage[ =]([\w-]+)", run.text)
    slugs = {name: stage.slug for stage in all_stages() for name in (stage.slug, str(stage.number))}
    slug = slugs.get(named[1], "") if named else ""
    return "" if slug == "deployment" else slug


def _hushed(path: str, text: str) -> Iterator[Finding]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#"):
            continue
        near = "\n".join(lines[max(0, number - 4) : number + 3])
        if _CHECK.search(line) and _HUSHED.search(line):
            yield fail(f'step "check" can never fail ({_HUSHED.search(line).group(0).strip()}, line {number})', at(path, number),  # type: ignore[union-attr]
                       fix="take it out")  # fmt: skip
        elif re.search(r"continue-on-error:\s*(?:true|yes|on)\b|allow_failure:\s*true", line) and (
            _CHECK.search(near) or _is_of_job(lines, number)
        ):
            yield fail(f'step "check" can never fail ({line.strip()}, line {number})', at(path, number), fix="take it out")


def _is_of_job(lines: list[str], number: int) -> bool:
    """Whether a line stands at the level of a job that runs the check, however far below."""
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    block = [line for line in lines[number - 1 :] if line.strip()]
    inside = []
    for line in block[1:]:
        if len(line) - len(line.lstrip()) < indent:
            break
        inside.append(line)
    return any(_CHECK.search(line) for line in inside)


def _needed(jobs: Mapping[str, object], name: str, seen: tuple[str, ...] = ()) -> list[str]:
    job = jobs.get(name)
    needs = job.get("needs", []) if isinstance(job, Mapping) else []
    listed = [needs] if isinstance(needs, str) else [str(n) for n in needs] if isinstance(needs, list) else []
    fresh = [n for n in listed if n not in seen]
    return [*fresh, *(deep for n in fresh for deep in _needed(jobs, n, (*seen, *fresh)))]


def _text(project: Project, path: str) -> str:
    return workflows.content(project, path).decode("utf-8", "replace")


def _line(text: str, pattern: str) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if re.search(pattern, line)), None)
