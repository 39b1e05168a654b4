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

    if stage and through:
        raise UsageError("--stage and --through exclude each other", reference="usage", hint="Name one of them.")
    last = find_stage(through).number if through else 0
    _know_items(confirmed, stage)
    while not last or _is_before(open_project(), last):
        _sign_one(open_project(), stage, who=who, role=role, confirmed=confirmed, yes=yes, accepted=accepted)
        if not last:
            break
    open_next(open_project())


def _sign_one(
    project: Project, stage: str, *, who: str, role: str, confirmed: Sequence[str], yes: bool, accepted: Sequence[str]
) -> None:
    from mlscaffold.workflows.advance import Answers, candidate, need_accepted, sign, signer

    wanted = candidate(project, stage)
    if wanted.blocking:
        _refuse(wanted)
    _announce(wanted)
    name, held = signer(project, wanted.stage, who=who, role=role)
    kept = _accept(wanted, accepted)
    need_accepted(wanted, kept)
    answers = {q.id: "yes" for q in wanted.questions} if yes else _ask(wanted, confirmed)
    if is_terminal() and not (yes or confirmed) and all(answer == "yes" for answer in answers.values()):
        _confirm_signature(name, held)
    path = sign(project, wanted, Answers(name, held, answers, kept))
    say(f"Signed as {held} by {name}: {path} (commit it with your work)")
    project.save()


def _is_before(project: Project, last: int) -> bool:
    """Whether the current stage is one of those up to `last`."""
    from mlscaffold.stages.state import current_stage, stage_states

    current = current_stage(stage_states(project))
    return current is not None and current.stage.number <= last


def _know_items(confirmed: Sequence[str], stage: str) -> None:
    """Refuse a checklist item that no stage has (or not the one that is named)."""
    from mlscaffold.stages import all_stages, find_stage

    stages = (find_stage(stage),) if stage else all_stages()
    known = {q.id for s in stages for q in s.checklist}
    for item in confirmed:
        if item not in known:
            import difflib

            near = difflib.get_close_matches(item, known, n=1)
            raise UsageError(
                f"No checklist item {item!r}",
                reference="no-such-item",
                hint=f"Did you mean {near[0]}?" if near else "mlscaffold stage show lists them.",
            )


def _announce(wanted: Candidate) -> None:
    done = sum(state in ("proved", "waived") for state in wanted.status.deliverables.values())
    total = len(wanted.status.deliverables)
    say(f"Stage {wanted.stage.number}, {wanted.stage.slug}: {done} of {total} deliverables are proved.")
    if wanted.status.stale_because:
        say(f"  Moved since it was signed: {', '.join(wanted.status.stale_because)}")
    for finding in wanted.warnings:
        say(f"  warn  {finding.check}  {finding.message}")
    if wanted.over:
        say(f"  Signed over {', '.join(wanted.over)}, not signed or stale; the sign-off records it.")


def _refuse(wanted: Candidate) -> None:
    stage = wanted.stage
    say(f"Stage {stage.number}, {stage.slug}, is not proved yet:\n")
    for finding in (*wanted.blocking, *wanted.unknown):
        say(_line(finding))
    say(f"\n{stage.goal}")
    command = next((f.fix for f in wanted.blocking if f.fix), "") or stage.next_command
    say(f"Next: {command}")
    raise typer.Exit(1)


def _line(finding: Finding) -> str:
    from mlscaffold.reports.content import places

    where = places(finding, 3)
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
    """Question id → yes or no; the first no ends the asking, and `sign` refuses it."""
    answers = {q.id: "yes" for q in wanted.questions if q.id in confirmed}
    open_questions = [q for q in wanted.questions if q.id not in answers]
    if open_questions and not is_terminal():
        raise UsageError(
            f"Nobody can be asked here: no terminal. Open: {open_questions[0].text}",
            reference="no-terminal",
            hint=" ".join(
                [f"mlscaffold stage next --stage {wanted.stage.number}", *(f"--confirm {q.id}" for q in wanted.questions)]
            ),
        )
    for question in open_questions:
        import questionary

        answers[question.id] = "yes" if questionary.confirm(question.text, default=False).unsafe_ask() else "no"
        if answers[question.id] == "no":
            break
    return answers


def _confirm_signature(name: str, role: str) -> None:
    import questionary

    if not questionary.confirm(f"Sign as {role}, {name}?", default=True).unsafe_ask():
        say("Not signed.")
        raise typer.Exit(1)


def open_next(project: Project) -> None:
    """Say which stage is the current one now, and what to do for it."""
    from mlscaffold.model import State
    from mlscaffold.stages.state import current_stage, stage_states

    following = current_stage(stage_states(project))
    if following is None:
        say("All ten stages are signed or skipped.\nNext: mlscaffold report")
        return
    stage = following.stage
    if following.state is State.STALE:
        say(f"Stage {stage.number}, {stage.slug}, is stale.\nNext: mlscaffold status --why")
        return
    say(f"Stage {stage.number}, {stage.slug}: {stage.goal}")
    say(f"Next: {stage.next_command.replace('PACKAGE', project.settings.package)}")
