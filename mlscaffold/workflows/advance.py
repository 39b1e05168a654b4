"""Sign a stage: check it, ask what only a person knows, record the yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import NewerSchema, records
from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.evidence.people import spelled
from mlscaffold.model import Finding, Question, Report, Stage, StageStatus, State, Status
from mlscaffold.project import Project
from mlscaffold.stages import all_stages, find_stage
from mlscaffold.stages.state import current_stage, stage_states
from mlscaffold.workflows.check import Options, check_project
from mlscaffold.writing import write_toml


class Refused(ScaffoldError):
    """A stage cannot be signed as it stands."""


@dataclass(frozen=True)
class Candidate:
    """A stage that somebody wants to sign, with all that speaks for and against it."""

    status: StageStatus
    report: Report
    blocking: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    over: tuple[str, ...]

    @property
    def stage(self) -> Stage:
        """The stage itself."""
        return self.status.stage


@dataclass(frozen=True)
class Answers:
    """What the signer said: who, as what, the checklist (question id → answer), the unknowns accepted by name.

    `paper` is what the sign-off records besides where the answers came on a sheet.
    """

    who: str
    role: str
    checklist: Mapping[str, str]
    accepted: Sequence[str] = ()
    paper: Mapping[str, object] = field(default_factory=dict)


def candidate(project: Project, stage: str = "") -> Candidate:
    """The stage to sign (default: the current one), its checks run, the deep ones too; raises `Refused` when nothing is left to sign."""
    states = stage_states(project)
    _refuse_newer(project, find_stage(stage) if stage else None)
    if stage:
        slug = find_stage(stage).slug
        status = next(s for s in states if s.stage.slug == slug)
        if status.state is State.SIGNED:
            raise Refused(
                f"Stage {status.stage.number}, {slug}, is signed, and nothing has moved since", reference="already-signed"
            )
    else:
        found = current_stage(states)
        if found is None:
            raise Refused(
                "All ten stages are signed or skipped",
                reference="all-signed",
                hint="See where the project stands: mlscaffold report",
            )
        status = found
    slug = status.stage.slug
    report = check_project(project, Options(deep_stage=slug))
    status = next(s for s in report.stages if s.stage.slug == slug)
    old = [f for f in report.findings if _only_stale(f, slug) or _of_old_signoff(f, status.stage)]
    mine = [f for f in report.findings if not f.waiver and (f.stage == slug or f.counts) and f not in old]
    return Candidate(
        status=status,
        report=report,
        blocking=tuple(f for f in mine if _blocks(f, slug)),
        unknown=tuple(f for f in mine if f.status is Status.UNKNOWN and f.stage == slug and not f.because),
        warnings=tuple(f for f in mine if f.status is Status.WARN and f.stage == slug),
        questions=status.stage.checklist,
        over=tuple(
            s.stage.slug for s in states if s.stage.number < status.stage.number and s.state not in (State.SIGNED, State.SKIPPED)
        ),
    )


def signer(project: Project, stage: Stage, *, who: str = "", role: str = "", sheet: bool = False) -> tuple[str, str]:
    """Who signs, and as what: the git user and the one fitting role, unless named; raises `Refused` or `UsageError`.

    What a person wrote on a `sheet` cannot be named otherwise by who brings it in.
    """
    otherwise = "ask for a sheet signed by one of the team" if sheet else "sign as somebody else: --as NAME"
    who = who.strip() or git.identity(project.root)
    if not who:
        raise UsageError(
            "Nobody is named to sign", reference="no-signer", hint='Say who signs: --as "NAME", or: git config user.name "NAME"'
        )
    people = {git.canonical_name(name, project.root): roles for name, roles in project.settings.people.items()}
    who = spelled(git.canonical_name(spelled(who, (*people, *project.settings.people)), project.root), people)
    role = spelled(role, stage.roles)
    held = people.get(who) if people else stage.roles
    if held is None:
        raise Refused(
            f"{who} is not in the team of mlscaffold.toml, so cannot sign stage {stage.number}",
            reference="not-in-team",
            hint=f'Add the name to a role in [team], for instance "{stage.roles[0]}", or {otherwise}',
        )
    fitting = [r for r in stage.roles if r in held]
    if role:
        if role not in held or role not in stage.roles:
            raise Refused(
                f"{who} cannot sign stage {stage.number} as {role}",
                reference="wrong-role",
                hint=f"The stage wants one of: {', '.join(stage.roles)}." + (f" {who} is: {', '.join(held)}." if people else ""),
            )
        return who, role
    if not fitting:
        raise Refused(
            f"{who} ({', '.join(held)}) has no role that signs stage {stage.number}",
            reference="wrong-role",
            hint=f"It is signed by one of: {', '.join(stage.roles)}. Change [team] in mlscaffold.toml, or {otherwise}",
        )
    return who, fitting[0]


def sign(project: Project, wanted: Candidate, answers: Answers) -> str:
    """Write the sign-off and return its path; raises `Refused` when something blocks it or an answer is missing or no."""
    stage = wanted.stage
    if wanted.blocking:
        raise Refused(f"Stage {stage.number}, {stage.slug}, is not proved: {len(wanted.blocking)} open", reference="not-proved")
    need_accepted(wanted, answers.accepted)
    for question in wanted.questions:
        answer = answers.checklist.get(question.id, "")
        if answer.lower() not in ("yes", "y", "true"):
            raise Refused(
                f"Not answered with yes: {question.text}",
                reference="checklist",
                hint=f"Do it first, then: mlscaffold stage next (without a terminal: --confirm {question.id})",
            )
    turn = records.current_round(project)
    path = records.signoff_path(stage.number, stage.slug, turn=turn)
    evidence = {name: _computed(project, name) for name in stage.evidence}
    inputs = {name: _computed(project, name, as_input=True) for name in stage.inputs}
    table = {
        "schema": 1,
        "stage": stage.slug,
        "round": turn,
        "who": answers.who,
        "role": answers.role,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": git.head(project.root),
        "over": list(wanted.over),
        "unproved": sorted({f.check for f in wanted.unknown}),
        "checklist": {q.id: "yes" for q in wanted.questions},
        "evidence": evidence,
        "inputs": inputs,
    }
    write_toml(project.root / path, table | dict(answers.paper))
    return path


def need_accepted(wanted: Candidate, accepted: Sequence[str]) -> None:
    """Raise `Refused` for the first check that is unknown here and was not accepted by name."""
    for finding in wanted.unknown:
        if finding.check not in accepted:
            raise Refused(
                f"{finding.check} is unknown here: {finding.message}",
                reference="unknown-not-accepted",
                hint=f"Make the evidence available, or accept it by name: --accept-unknown {finding.check}",
            )


def _refuse_newer(project: Project, stage: Stage | None) -> None:
    """A sign-off that a newer tool wrote is not written over: this one cannot know what it says."""
    for each in (stage,) if stage else all_stages():
        try:
            records.signoff(project, each.number, each.slug)
        except NewerSchema:
            raise
        except ScaffoldError:  # broken: signing anew mends it
            continue


def _computed(project: Project, name: str, *, as_input: bool = False) -> str:
    value = fingerprint(project, name, as_input=as_input)
    if value is None:
        raise Refused(
            f"{name} cannot be read on this machine, so it cannot be signed here",
            reference="not-here",
            hint="Sign on a machine that holds it.",
        )
    return value


def _blocks(finding: Finding, slug: str) -> bool:
    if finding.stage == slug:
        # What waits for a broken file is not to be accepted as unknown: nothing of the stage may rest on it.
        return bool(finding.because) or finding.status in (Status.FAIL, Status.ERROR, Status.TODO)
    return finding.check.startswith("project.") and not finding.stage and finding.status in (Status.FAIL, Status.ERROR)


def _only_stale(finding: Finding, slug: str) -> bool:
    """The finding that the stage is stale does not stand in the way of signing it anew."""
    return finding.check == "project.stale" and finding.stage == slug


def _of_old_signoff(finding: Finding, stage: Stage) -> bool:
    """The finding that the stage's own sign-off is unsound: signing anew replaces that file."""
    places = {e.path for e in finding.evidence}
    return bool(places) and all(p.startswith(f"{records.FOLDER}/signoffs/") and p.endswith(f"-{stage.slug}.toml") for p in places)
