"""What `stage show` and `status --why` print."""

from __future__ import annotations

import textwrap

from mlscaffold.model import Report, StageStatus, State, Status
from mlscaffold.reports.content import clean, places, proved, signed_by

WORDS = {"proved": "proved", "todo": "to do", "failed": "failed", "waived": "waived", "unknown": "unknown here"}


def stage_page(status: StageStatus, report: Report) -> str:
    """One stage: its goal, what it owes and how far that is, who signs it, and what to do next."""
    stage = status.stage
    lines = [f"Stage {stage.number}, {stage.slug}: {status.state}", "", *textwrap.wrap(stage.goal, 96), ""]
    lines += [*textwrap.wrap(stage.guidance, 96), "", "Deliverables"]
    for deliverable in stage.deliverables:
        lines.append(f"  {WORDS[status.deliverables.get(deliverable.id, 'todo')]:13} {deliverable.title}")
        mine = [
            f
            for f in report.findings
            if f.deliverable == deliverable.id and f.stage == stage.slug and f.status is not Status.PASS
        ]
        for finding in mine[:4]:
            where = places(finding, 2)
            lines.append(
                f"{'':16}{'waived' if finding.waiver else finding.status}: {clean(finding.message)}"
                + (f" ({where})" if where else "")
            )
    lines += ["", "Evidence", *(f"  {name}" for name in stage.evidence), "", "Asked of the person who signs"]
    lines += [f"  {q.id:22} {q.text}" for q in stage.checklist]
    lines += ["", f"Signed by: {', '.join(stage.roles)}"]
    if status.signoff and status.state in (State.SIGNED, State.STALE):
        lines.append(f"Signed: {status.signoff.when[:10]} by {clean(status.signoff.who)}, {signed_by(status.signoff)}")
    lines += ["", f"Next: {_next(status)}"]
    return "\n".join(lines)


def _next(status: StageStatus) -> str:
    if status.state in (State.SIGNED, State.SKIPPED):
        return "mlscaffold status"
    done, owed = proved(status)
    return (
        status.stage.next_command
        if done < owed and status.state is not State.STALE
        else f"mlscaffold stage next --stage {status.stage.number}"
    )


def why(report: Report) -> str:
    """The chain of staleness: for each stale stage, what moved, the files at its root, and the stages that share them."""
    stale = [s for s in report.stages if s.state is State.STALE]
    if not stale:
        return "No stage is stale.\nNext: mlscaffold status"
    lines = []
    for status in stale:
        signoff = status.signoff
        signed = f"signed {signoff.when[:10]} by {clean(signoff.who)}" if signoff else "signed"
        lines.append(f"{status.stage.number} {status.stage.slug}, {signed}, is stale:")
        for name in status.stale_because:
            kind = "input" if signoff and name in signoff.inputs and name not in signoff.evidence else "evidence"
            lines.append(f"    {name} moved ({kind})")
        lines += [f"      {clean(path)}" for path in status.culprits[:10]]
        if len(status.culprits) > 10:
            lines.append(f"      and {len(status.culprits) - 10} more")
    first = stale[0].stage
    lines += ["", f"Next: redo what these changes touch, then: mlscaffold stage next (stage {first.number})"]
    return "\n".join(lines)
