"""project.time-contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import chain, jsonfile
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SERVICE, MONITORING = "reports/deployment/service.json", "reports/deployment/monitoring.json"


@check(proves="", reads=("reports/*/*/provenance.json", "reports/*/chosen.toml", "reports/deployment"), volatile=True)
def time_contradicts(project: Project) -> Iterator[Finding]:
    """Nothing was made before what it is made of, and nothing tomorrow.

    ## Why
    An evaluation that ended before its model was trained is of another model; a service that was tried last year did not serve this one.

    ## Evidence
    `start` and `end` in `provenance.json` of every reported run, and `when` of `service.json` and `monitoring.json`: not in the future, no end
    before its start; an evaluation after the run that made its checkpoint; the refined run after the one it refines; the service and the
    alarm tried after the model that is served was trained. A day apart fails; an hour warns, since clocks are set wrongly.

    ## Fix
    Set the clock, and do it again.
    """
    now = datetime.now(UTC)
    records = {path: project.read(jsonfile.read, path) for path in project.glob("reports/*/*/provenance.json")}
    for path, record in records.items():
        stage = path.split("/")[1]
        for key in ("start", "end"):
            yield from _to_come(record.get(key), now, f"{key} of run {path.split('/')[2]}", path, stage=stage)
        yield from _order(
            record, "start", record, "end", what=f"run {path.split('/')[2]} ended before it began", path=path, stage=stage
        )
    made = _made(records)
    for path, record in records.items():
        stage, own = path.split("/")[1], record.get("checkpoint")
        digest = str(own.get("digest", "")) if isinstance(own, dict) else ""
        if stage == "evaluation" and digest in made:
            source = made[digest]
            what = f"evaluation {path.split('/')[2]} was made before its model, run {source.split('/')[2]}, was trained"
            yield from _order(records[source], "end", record, "end", what=what, path=path, stage=stage)
    yield from _served(project, records, made, now)


def _made(records: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Checkpoint → the record of the run that made it."""
    found: dict[str, str] = {}
    for path, record in records.items():
        own = record.get("checkpoint")
        if path.split("/")[1] in ("training", "tuning") and isinstance(own, dict) and own.get("digest"):
            found.setdefault(str(own["digest"]), path)
    return found


def _served(project: Project, records: dict[str, dict[str, Any]], made: dict[str, str], now: datetime) -> Iterator[Finding]:
    try:
        model = made.get(chain.model(project).checkpoint)
    except Missing:
        model = None
    for path in (SERVICE, MONITORING):
        if not project.exists(path):
            continue
        record = project.read(jsonfile.read, path)
        yield from _to_come(record.get("when"), now, f"`when` of {path.rsplit('/', 1)[1]}", path, stage="deployment")
        if model:
            what = f"{path.rsplit('/', 1)[1]} is older than the model that is served, run {model.split('/')[2]}"
            yield from _order(records[model], "end", record, "when", what=what, path=path, stage="deployment")


def _to_come(value: object, now: datetime, what: str, path: str, *, stage: str) -> Iterator[Finding]:
    when = _moment(value)
    if when and when.date() > (now + DAY).date():
        yield fail(f"{what} is {when.date()}, which is still to come", path, fix="set the clock, and do it again", stage=stage)


def _order(
    first: dict[str, Any], key: str, second: dict[str, Any], other: str, *, what: str, path: str, stage: str
) -> Iterator[Finding]:
    before, after = _moment(first.get(key)), _moment(second.get(other))
    if before is None or after is None or before - after <= HOUR:
        return
    say = fail if before - after > DAY else warn
    told = f"{what}: {after.isoformat(timespec='minutes')} and {before.isoformat(timespec='minutes')}"
    yield say(told, path, fix="set the clock, and do it again", stage=stage)


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None
