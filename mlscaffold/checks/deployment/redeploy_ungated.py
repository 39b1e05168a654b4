"""The pipeline that redeploys runs the checks first, and waits for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import workflows
from mlscaffold.evidence.fields import read_yaml
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

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
    The workflow that deploys (GitHub, Forgejo and Gitea are parsed; other pipelines are searched as text; in a folder of
    a bigger repository also at its top): `mlscaffold check` in the job that deploys, or in one that it needs; nothing that hushes it (`|| true`, `continue-on-error`); an environment, or a
    start by hand, as approval.

    ## Fix
    Start from the generated `.github/workflows/redeploy.yml`.
    """
    paths = workflows.find(project, WORKFLOWS)
    found = [path for path in paths if _DEPLOYS.search(path.rsplit("/", 1)[1])]
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
        order = [*_needed(jobs, str(name)), str(name)]
        if not any(_CHECK.search(_commands(jobs[job])) for job in order if job in jobs):
            yield fail(f"job {name} deploys without mlscaffold check before it", at(path, _line(text, rf"^\s*{re.escape(str(name))}:")),
                       fix=f"let {name} need a job that runs mlscaffold check")  # fmt: skip
    for name in deploying:
        job = jobs[name]
        condition = str(job.get("if", "")) if isinstance(job, Mapping) else ""
        if re.search(r"always\(\)|failure\(\)|!\s*cancelled\(\)", condition):
            yield fail(f"job {name} deploys even when the check has failed (if: {condition})", path, fix="take the condition out")
    approved = any(isinstance(jobs[n], Mapping) and "environment" in jobs[n] for n in deploying) or "workflow_dispatch" in text
    if not approved:
        yield fail("it deploys without a person's approval (no environment, not started by hand)", path,
                   fix="environment: production, with required reviewers")  # fmt: skip
    yield from _hushed(path, text)


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


def _commands(job: object) -> str:
    """What a job runs; a job or step that calls another workflow is taken at its name."""
    steps = job.get("steps", []) if isinstance(job, Mapping) else []
    runs = (
        [str(step.get("run") or step.get("uses") or "") for step in steps if isinstance(step, Mapping)]
        if isinstance(steps, list)
        else []
    )
    return "\n".join([*runs, str(job.get("uses", "")) if isinstance(job, Mapping) else ""])


def _text(project: Project, path: str) -> str:
    return workflows.content(project, path).decode("utf-8", "replace")


def _line(text: str, pattern: str) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if re.search(pattern, line)), None)
