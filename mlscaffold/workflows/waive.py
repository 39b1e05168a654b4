"""Record an exception: a waiver for a check, or a skipped stage. Each has a reason, an owner and, for a waiver, an end."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mlscaffold import git
from mlscaffold.errors import UsageError
from mlscaffold.evidence import people
from mlscaffold.evidence.wording import is_placeholder, is_reason, short_of
from mlscaffold.project import Project
from mlscaffold.stages import find_stage
from mlscaffold.workflows.check import check_index
from mlscaffold.writing import write_toml


def waive(project: Project, check: str, *, reason: str, until: str, owner: str = "") -> str:
    """Write `.mlscaffold/waivers/<check>.toml` and return its path; raises `UsageError` for what is no waiver."""
    known = {s.id for s in check_index(project)}
    if check not in known:
        import difflib

        near = difflib.get_close_matches(check, known, n=1)
        raise UsageError(
            f"No check {check!r}",
            reference="no-such-check",
            hint=f"Did you mean {near[0]}?" if near else "mlscaffold explain lists them.",
        )
    if check == "project.waiver-invalid":
        raise UsageError(f"{check} cannot be waived: it guards the waivers themselves", reference="not-waivable")
    end = _future(project, until)
    path = f".mlscaffold/waivers/{check}.toml"
    record = {"check": check, "reason": understood(reason), "owner": _owner(project, owner), "until": end, "when": _now()}
    write_toml(project.root / path, {"schema": 1, **record})
    return path


def skip(project: Project, stage: str, *, reason: str, owner: str = "", until: str = "") -> str:
    """Write `.mlscaffold/skips/<stage>.toml` and return its path."""
    slug = find_stage(stage).slug
    path = f".mlscaffold/skips/{slug}.toml"
    table: dict[str, object] = {"schema": 1, "stage": slug, "reason": understood(reason), "owner": _owner(project, owner)}
    if until:
        table["until"] = _future(project, until)
    write_toml(project.root / path, table | {"when": _now()})
    return path


def understood(reason: str) -> str:
    """A reason in one line; raises `UsageError` for what nobody would understand later."""
    told = " ".join(reason.split())
    if not is_reason(told):
        raise UsageError(f"The reason {told!r} {short_of(told)}", reference="no-reason", hint='--reason "WHY, in a sentence"')
    return told


def _owner(project: Project, owner: str) -> str:
    named = owner.strip() or git.identity(project.root)
    if is_placeholder(named):
        raise UsageError("Nobody is named as the owner", reference="no-owner", hint='--owner "NAME"')
    return people.spelled(named, project.settings.people)


def _future(project: Project, until: str) -> date:
    try:
        end = date.fromisoformat(until)
    except ValueError:
        raise UsageError(f"{until!r} is no date", reference="no-date", hint="--until 2026-12-31") from None
    if end < project.today:
        raise UsageError(f"{until} has passed", reference="past-date", hint="--until a day to come")
    return end


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
