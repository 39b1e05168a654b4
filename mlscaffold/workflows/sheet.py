"""Sign without a terminal: write a form about today's evidence, and record what came back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mlscaffold import git
from mlscaffold.errors import UsageError
from mlscaffold.evidence import records, sheets
from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.model import Stage, Status
from mlscaffold.project import Project
from mlscaffold.reports.sheet import ACCEPT, Item, Sheet
from mlscaffold.stages import all_stages, find_stage
from mlscaffold.workflows.advance import Answers, Candidate, Refused, candidate, sign, signer
from mlscaffold.workflows.report import gather
from mlscaffold.writing import write_bytes

FIRST_WITH_NUMBERS = 6
"""Training: before it there is no model whose figures a signer would need."""


@dataclass(frozen=True)
class Recorded:
    """A returned sheet that became a sign-off."""

    stage: Stage
    signoff: str
    sheet: str
    who: str
    role: str
    transcribed_by: str


def make_sheet(project: Project, stage: str = "") -> Sheet:
    """The form for a stage that is proved (default: the current one); raises `Refused` where there is nothing to sign."""
    wanted = candidate(project, stage)
    if wanted.blocking:
        first = wanted.blocking[0]
        raise Refused(
            f"Stage {wanted.stage.number}, {wanted.stage.slug}, is not proved yet ({len(wanted.blocking)} open): {first.message}",
            reference="not-proved",
            hint=first.fix or f"mlscaffold check --stage {wanted.stage.slug}",
        )
    content = gather(project)
    numbers = wanted.stage.number >= FIRST_WITH_NUMBERS
    roles = set(wanted.stage.roles)
    evidence, inputs = _marks(project, wanted.stage)
    return Sheet(
        project=project.settings.name,
        problem=project.settings.problem,
        stage=wanted.stage,
        round=records.current_round(project),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        people=tuple(name for name, held in project.settings.people.items() if roles & set(held)),
        deliverables=tuple((d.title, wanted.status.deliverables.get(d.id, "todo")) for d in wanted.stage.deliverables),
        findings=(*wanted.warnings, *wanted.unknown),
        evaluated=content.evaluated if numbers else "",
        metrics=content.metrics if numbers else (),
        acceptance=content.acceptance if numbers else (),
        items=_items(wanted),
        over=wanted.over,
        evidence=evidence,
        inputs=inputs,
    )


def record_sheet(project: Project, data: bytes, name: str, *, transcribed_by: str = "") -> Recorded:
    """Sign with the answers of a returned sheet, keep the sheet, and say who brought it in.

    Raises `Broken` for what is no sheet, `Refused` when it is of another project, stage, round or of evidence that moved since.
    """
    returned = sheets.read(data, name)
    stage = _fits(project, returned)
    wanted = candidate(project, stage.slug)
    if not returned.name:
        raise Refused(f"{name} is not signed: no name stands on it", reference="no-signer", hint="Ask the signer to write it.")
    who, role = signer(project, stage, who=returned.name, role=returned.role, sheet=True)
    helper = transcribed_by.strip() or git.identity(project.root)
    if not helper:
        raise UsageError("Nobody is named who brings the sheet in", reference="no-owner", hint='--transcribed-by "NAME"')
    helper = git.canonical_name(helper, project.root)
    _all_yes(returned, wanted, who)
    accepted = [item.removeprefix(ACCEPT) for item, said in returned.answers.items() if item.startswith(ACCEPT) and said == "yes"]
    kept = f"{records.FOLDER}/sheets/{returned.round:02d}/{stage.number:02d}-{stage.slug}.{returned.kind}"
    paper = {"date": _day(project, returned)} | ({"remarks": returned.remarks} if returned.remarks else {})
    extra = {"transcribed_by": helper, "sheet": hashlib.sha256(data).hexdigest(), "paper": {"file": kept} | paper}
    before = (project.root / kept).read_bytes() if (project.root / kept).is_file() else None
    write_bytes(project.root / kept, data)
    try:
        path = sign(project, wanted, Answers(who, role, returned.answers, accepted, extra))
    except Exception:
        _put_back(project, kept, before)
        raise
    return Recorded(stage, path, kept, who, role, helper)


def _items(wanted: Candidate) -> tuple[Item, ...]:
    asked = [Item(q.id, q.text) for q in wanted.questions]
    seen = {f.check: f for f in wanted.unknown if f.status is Status.UNKNOWN}
    return tuple(
        asked
        + [Item(f"{ACCEPT}{c}", f"Not to be proved here: {f.message.rstrip('.')}. Sign all the same?") for c, f in seen.items()]
    )


def _marks(project: Project, stage: Stage) -> tuple[dict[str, str], dict[str, str]]:
    """Evidence and inputs of a stage → fingerprint; raises `Refused` where one cannot be computed here."""
    found = []
    for names, as_input in ((stage.evidence, False), (stage.inputs, True)):
        marks = {name: fingerprint(project, name, as_input=as_input) for name in names}
        missing = next((name for name, mark in marks.items() if mark is None), None)
        if missing:
            raise Refused(
                f"{missing} cannot be read on this machine, so it cannot be signed here",
                reference="not-here",
                hint="Work on a machine that holds it.",
            )
        found.append({name: mark or "" for name, mark in marks.items()})
    return found[0], found[1]


def _fits(project: Project, returned: sheets.Returned) -> Stage:
    if returned.project != project.settings.name:
        raise Refused(
            f"{returned.path} is of the project {returned.project}; this is {project.settings.name}", reference="another-project"
        )
    if returned.stage not in {stage.slug for stage in all_stages()}:
        raise Refused(f"{returned.path} is of a stage {returned.stage!r}, which there is not", reference="no-such-stage")
    stage = find_stage(returned.stage)
    turn = records.current_round(project)
    again = f"Write a new one: mlscaffold stage sheet --stage {stage.slug}"
    if returned.round != turn:
        raise Refused(
            f"{returned.path} is of round {returned.round}; the project is in round {turn}", reference="another-round", hint=again
        )
    evidence, inputs = _marks(project, stage)
    moved = [n for n in evidence if returned.evidence.get(n) != evidence[n]]
    moved += [n for n in inputs if returned.inputs.get(n) != inputs[n] and n not in moved]
    if moved:
        raise Refused(
            f"The evidence moved since the sheet was written ({returned.made[:10]}): {', '.join(moved)}",
            reference="sheet-outdated",
            context="What was signed on paper is not what lies here, so it is not recorded.",
            hint=again,
        )
    return stage


def _all_yes(returned: sheets.Returned, wanted: Candidate, who: str) -> None:
    for item in _items(wanted):
        said = returned.answers.get(item.id, "")
        if said != "yes":
            remark = f' ("{returned.remarks[item.id]}")' if returned.remarks.get(item.id) else ""
            raise Refused(
                f"{who} {'answered no' if said == 'no' else 'did not answer'}: {item.text}{remark}",
                reference="checklist",
                hint="Do it first, then write a new sheet: mlscaffold stage sheet",
            )


def _day(project: Project, returned: sheets.Returned) -> str:
    """The date on the sheet, as it was written; one that is no date, or still to come, is refused.

    A day is left: the signer may live where it is tomorrow already.
    """
    if not returned.date:
        raise Refused(f"{returned.path} has no date", reference="no-date", hint="Ask the signer to write it.")
    days = sheets.days(returned.date)
    if not days:
        raise Refused(
            f'{returned.path} is dated "{returned.date[:40]}", which is no date',
            reference="no-date",
            hint="For instance 2026-11-21.",
        )
    if min(days) > project.today + timedelta(days=1):
        raise Refused(f"{returned.path} is dated {returned.date}, which is still to come", reference="future-date")
    return returned.date


def _put_back(project: Project, kept: str, before: bytes | None) -> None:
    if before is None:
        (project.root / kept).unlink(missing_ok=True)
    else:
        write_bytes(project.root / kept, before)
