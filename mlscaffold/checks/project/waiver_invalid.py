"""project.waiver-invalid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from mlscaffold.checks import check, check_files, fail, warn
from mlscaffold.evidence import people, toml
from mlscaffold.evidence.fields import nearest
from mlscaffold.evidence.wording import is_placeholder, is_reason
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.stages import all_stages

FOLDER = ".mlscaffold"
OWN = "project.waiver-invalid"
LONG = timedelta(days=366)


@check(proves="", reads=(f"{FOLDER}/waivers/*.toml", f"{FOLDER}/skips/*.toml", "mlscaffold.toml"), volatile=True)
def waiver_invalid(project: Project) -> Iterator[Finding]:
    """Every waiver excuses one check, for a reason, by a person, until a date to come.

    ## Why
    An exception without an end is a rule that nobody decided.

    ## Evidence
    `.mlscaffold/waivers/*.toml` and `.mlscaffold/skips/*.toml`: a known check or stage (the one that the file is named for), at least
    three words of reason, an owner, who is one of the team, and a date that has not passed. More than half of the stages skipped is a warning.

    ## Fix
    `mlscaffold waive CHECK --reason WHY --until DATE` writes a sound one; delete what is no longer needed.
    """
    team = people.names(project)
    known = {f"{path.parent.name}.{path.stem.replace('_', '-')}" for path in check_files()}
    for path in project.glob(f"{FOLDER}/waivers/*.toml"):
        table = project.read(toml.read, path)
        name = str(table.get("check", ""))
        problems = [*_name(name, known), *_place(name, path), *_reason(table), *_until(table, project.today, needed=True)]
        if problems:
            yield fail(
                f"waiver for `{name}` does not hold: {'; '.join(problems)}",
                path,
                fix=f"mlscaffold waive CHECK --reason WHY --until DATE, or delete {path}",
            )
            continue
        if (_date(table) or project.today) - project.today > LONG:
            yield warn(f"waiver for `{name}` lasts until {_date(table)}, more than a year", path, fix="shorten it")
        yield from _stranger(f"waiver for `{name}`", table, team, path)
    stages = {stage.slug for stage in all_stages()}
    skipped = []
    for path in project.glob(f"{FOLDER}/skips/*.toml"):
        table = project.read(toml.read, path)
        slug = str(table.get("stage", ""))
        problems = [] if slug in stages else [f"no stage is named {slug!r}"]
        problems += [*_reason(table, owner=False), *_until(table, project.today, needed=False)]
        if problems:
            yield fail(f"skip of stage `{slug}` does not hold: {'; '.join(problems)}", path, fix=f"mend or delete {path}")
            continue
        skipped.append(path)
        yield from _stranger(f"skip of stage `{slug}`", table, team, path)
    if len(skipped) > len(stages) / 2:
        yield warn(
            f"{len(skipped)} of {len(stages)} stages are skipped: what is left proves little",
            *skipped[:3],
            fix="mlscaffold status",
        )


def _name(name: str, known: set[str]) -> Iterator[str]:
    if re.search(r"[*?\[]", name) or not name:
        yield "one check is to be named, not all of them"
    elif name not in known:
        near = nearest(name, known)
        yield f"there is no such check{f' (is {near} meant?)' if near else ''}"


def _place(name: str, path: str) -> Iterator[str]:
    if name == OWN:
        yield "it guards the waivers themselves, and cannot be waived"
    elif name and path.rsplit("/", 1)[-1] != f"{name}.toml":
        yield f"its file is named for {path.rsplit('/', 1)[-1].removesuffix('.toml')}, where nobody looks for it"


def _stranger(what: str, table: dict[str, Any], team: frozenset[str], path: str) -> Iterator[Finding]:
    owner = str(table.get("owner", "")).strip()
    if team and owner and re.sub(r"\s*<.*>$", "", owner).casefold() not in team:
        yield warn(
            f"{what}: its owner, {owner}, is not in the team of mlscaffold.toml",
            path,
            fix="name one of the team, or add them to [team]",
        )


def _reason(table: dict[str, Any], *, owner: bool = True) -> Iterator[str]:
    reason = str(table.get("reason", ""))
    if not is_reason(reason):
        yield f'its reason is "{reason}"' if reason else "it gives no reason"
    if owner and is_placeholder(str(table.get("owner", ""))):
        yield "it has no owner"


def _until(table: dict[str, Any], today: date, *, needed: bool) -> Iterator[str]:
    until = _date(table)
    if until is None:
        if needed or table.get("until"):
            yield "it has no date of its end" if not table.get("until") else f"its end {table['until']!r} is no date"
    elif until < today:
        yield f"it expired on {until}"


def _date(table: dict[str, Any]) -> date | None:
    value = table.get("until")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
