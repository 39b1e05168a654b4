"""Take the sign-off of a stage back, with a reason that every report shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mlscaffold import git
from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions, records
from mlscaffold.evidence.wording import is_reason
from mlscaffold.project import Project
from mlscaffold.stages import find_stage
from mlscaffold.workflows.advance import Refused
from mlscaffold.writing import write_toml


def reopen(project: Project, stage: str, *, reason: str, who: str = "") -> str:
    """Record why a stage is open again, remove its sign-off of this round, and return the record's path.

    A sign-off of an earlier round stays where it is; the record says that it does not count any more. Raises `Refused`
    when the stage is not signed, `UsageError` without a reason or a person.
    """
    wanted = find_stage(stage)
    why, person = _said(project, reason, who)
    signed = records.signoff(project, wanted.number, wanted.slug)
    if signed is None:
        raise Refused(
            f"Stage {wanted.number}, {wanted.slug}, is not signed: there is nothing to reopen",
            reference="not-signed",
            hint="mlscaffold status",
        )
    turn = records.current_round(project)
    name = f"{turn:02d}-{wanted.number:02d}-{wanted.slug}"
    taken = [
        int(n[1]) for p in project.glob(f"{decisions.FOLDER}/reopened/{name}-*.toml") if (n := re.search(r"-(\d+)\.toml$", p))
    ]
    path = f"{decisions.FOLDER}/reopened/{name}-{max(taken, default=0) + 1}.toml"
    record = {"stage": wanted.slug, "round": turn, "who": person, "when": datetime.now(UTC).isoformat(timespec="seconds")}
    removed = {"signoff": signed.path, "signed_by": signed.who, "digest": project.digest(signed.path)}
    write_toml(project.root / path, {"schema": 1, **record, "reason": why, **removed})
    if signed.round == turn:  # after the record: a kill in between leaves the reason without the removal, never the other way
        (project.root / signed.path).unlink()
    return path


def _said(project: Project, reason: str, who: str) -> tuple[str, str]:
    if not is_reason(reason):
        raise UsageError(
            f"The reason {reason.strip()!r} is too short to be understood later",
            reference="no-reason",
            hint='--reason "WHY, in a sentence"',
        )
    person = who.strip() or git.identity(project.root)
    if not person:
        raise UsageError("Nobody is named who reopens it", reference="no-owner", hint='--as "NAME"')
    return " ".join(reason.split()), git.canonical_name(person, project.root)
