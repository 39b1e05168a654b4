"""project.waiver-invalid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from mlscaffold.checks import check, check_files, fail, warn
from mlscaffold.evidence import toml
from mlscaffold.evidence.documents import count_words
from mlscaffold.evidence.fields import nearest
from mlscaffold.evidence.wording import is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.stages import all_stages

FOLDER = ".mlscaffold"
LONG = timedelta(days=366)


@check(proves="", reads=(f"{FOLDER}/waivers/*.toml", f"{FOLDER}/skips/*.toml"), volatile=True)
def waiver_invalid(project: Project) -> Iterator[Finding]:
    """Every waiver excuses one check, for a reason, by a person, until a date to come.

    ## Why
    An exception without an end is a rule that nobody decided.

    ## Evidence
    `.mlscaffold/waivers/*.toml` and `.mlscaffold/skips/*.toml`: a known check or stage, at least three words of reason, an
    owner, and a date that has not passed.

    ## Fix
    `mlscaffold waive CHECK` writes a sound one; delete what is no longer needed.
    """
    known = {f"{path.parent.name}.{path.stem.replace('_', '-')}" for path in check_files()}
    for path in project.glob(f"{FOLDER}/waivers/*.toml"):
        table = project.read(toml.read, path)
        name = str(table.get("check", ""))
        problems = [*_name(name, known), *_reason(table), *_until(table, project.today, needed=True)]
        if problems:
            yield fail(
                f"waiver for `{name}` does not hold: {'; '.join(problems)}", path, fix=f"mlscaffold waive CHECK, or delete {path}"
            )
        elif (_date(table) or project.today) - project.today > LONG:
            yield warn(f"waiver for `{name}` lasts until {_date(table)}, more than a year", path, fix="shorten it")
    stages = {stage.slug for stage in all_stages()}
    for path in project.glob(f"{FOLDER}/skips/*.toml"):
        table = project.read(toml.read, path)
        slug = str(table.get("stage", ""))
        problems = [] if slug in stages else [f"no stage is named {slug!r}"]
        problems += [*_reason(table, owner=False), *_until(table, project.today, needed=False)]
        if problems:
            yield fail(f"skip of stage `{slug}` does not hold: {'; '.join(problems)}", path, fix=f"mend or delete {path}")


def _name(name: str, known: set[str]) -> Iterator[str]:
    if re.search(r"[*?\[]", name) or not name:
        yield "one check is to be named, not all of them"
    elif name not in known:
        near = nearest(name, known)
        yield f"there is no such check{f' (is {near} meant?)' if near else ''}"


def _reason(table: dict[str, Any], *, owner: bool = True) -> Iterator[str]:
    reason = str(table.get("reason", ""))
    if is_placeholder(reason) or count_words(reason) < 3:
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
