"""The conversation of `stage next`: what is proved, what only a person knows, the signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import is_terminal, say
from mlscaffold.errors import UsageError

if TYPE_CHECKING:
    from mlscaffold.model import Finding
    from mlscaffold.project import Project
    from mlscaffold.workflows.advance import Candidate


def sign_stages(
    stage: str, *, through: str, who: str, role: str, confirmed: Sequence[str], yes: bool, accepted: Sequence[str]
) -> None:
    """Sign one stage, or each up to `through`; stops at the first that is not proved (exit 1)."""
    from mlscaffold.project import open_project
    from mlscaffold.stages import find_stage
    from mlscaffold.workflows.advance import Answers, candidate, sign, signer

    last = find_stage(through).number if through else 0
    while True:
        project = open_project()
        wanted = candidate(project, stage)
        if last and wanted.stage.number > last:
            return
        if wanted.blocking:
            _refuse(wanted, project)
        _announce(wanted)
        name, held = signer(project, wanted.stage, who=who, role=role)
        kept = _accept(wanted, accepted)
        answers = {q.id: "yes" for q in wanted.questions} if yes else _ask(wanted, confirmed)
        if not (yes or confirmed) and is_terminal():
            _confirm_signature(name, held)
        path = sign(project, wanted, Answers(name, held, answers, kept))
        say(f"Signed as {held} by {name}: {path} (commit it with your work)")
        project.save()
        _open_next(open_project())
        if not last or stage:
            return


def _announce(wanted: Candidate) -> None:
    done = sum(state in ("proved", "waived") for state in wanted.status.deliverables.values())
    total = len(wanted.status.deliverables)
    say(f"Stage {wanted.stage.number}, {wanted.stage.slug}: {done} of {total} deliverables are proved.")
    for finding in wanted.warnings:
        say(f"  warn  {finding.check}  {finding.message}")
    if wanted.over:
        say(f"  Signed over {', '.join(wanted.over)}, not signed or stale; the sign-off records it.")


def _refuse(wanted: Candidate, project: Project) -> None:
    stage = wanted.stage
    say(f"Stage {stage.number}, {stage.slug}, is not proved yet:\n")
    for finding in wanted.blocking:
        say(_line(finding))
    unknown = list(wanted.unknown)
    for finding in unknown:
        say(_line(finding))
    say(f"\n{stage.goal}")
    command = next((f.fix for f in wanted.blocking if f.fix), "") or stage.next_command
    say(f"Next: {command}")
    raise typer.Exit(1)


def _line(finding: Finding) -> str:
    where = ", ".join(f"{e.path}:{e.line}" if e.line else e.path for e in finding.evidence[:3])
    return f"  {finding.status:7} {finding.check.split('.', 1)[-1]:28} {finding.message}" + (f"\n{'':10}{where}" if where else "")


def _accept(wanted: Candidate, accepted: Sequence[str]) -> list[str]:
    kept = list(accepted)
    for finding in wanted.unknown:
        if finding.check in kept or not is_terminal():
            continue
        import questionary

        if questionary.confirm(
            f"{finding.check} is unknown here: {finding.message} Sign all the same?", default=False
        ).unsafe_ask():
            kept.append(finding.check)
    return kept


def _ask(wanted: Candidate, confirmed: Sequence[str]) -> dict[str, str]:
    known = {q.id for q in wanted.questions}
    strange = [c for c in confirmed if c not in known]
    if strange:
        raise UsageError(
            f"No checklist item {strange[0]!r} in stage {wanted.stage.number}",
            reference="no-such-item",
            hint=f"Its items are: {', '.join(sorted(known))}",
        )
    answers = dict.fromkeys(confirmed, "yes")
    open_questions = [q for q in wanted.questions if q.id not in answers]
    if open_questions and not is_terminal():
        raise UsageError(
            f"Nobody can be asked here: no terminal. Open: {open_questions[0].text}",
            reference="no-terminal",
            hint=" ".join(["mlscaffold stage next", *(f"--confirm {q.id}" for q in wanted.questions)]),
        )
    for question in open_questions:
        import questionary

        answers[question.id] = "yes" if questionary.confirm(question.text, default=False).unsafe_ask() else "no"
    return answers


def _confirm_signature(name: str, role: str) -> None:
    import questionary

    if not questionary.confirm(f"Sign as {role}, {name}?", default=True).unsafe_ask():
        say("Not signed.")
        raise typer.Exit(1)


def _open_next(project: Project) -> None:
    from mlscaffold.stages.state import current_stage, stage_states

    following = current_stage(stage_states(project))
    if following is None:
        say("All ten stages are signed or skipped.\nNext: mlscaffold report")
        return
    stage = following.stage
    say(f"Stage {stage.number}, {stage.slug}: {stage.goal}")
    say(f"Next: {stage.next_command}")
