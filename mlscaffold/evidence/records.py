"""The records of people's decisions in `.mlscaffold/`: sign-offs, waivers, skips, rounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from mlscaffold.evidence import Broken, toml
from mlscaffold.model import Signoff
from mlscaffold.project import Project

FOLDER = ".mlscaffold"
FINGERPRINT = re.compile(r"m[0-9]+:[0-9a-f]{32}|absent")


@dataclass(frozen=True)
class Waiver:
    """A recorded, reasoned, dated exception to one check."""

    path: str
    check: str
    reason: str
    owner: str
    until: date

    def holds(self, today: date) -> bool:
        """Whether its end date has not passed."""
        return today <= self.until


@dataclass(frozen=True)
class Skip:
    """A stage that the team leaves out, and why."""

    path: str
    stage: str
    reason: str
    owner: str
    until: date | None

    def holds(self, today: date) -> bool:
        """Whether its end date, if it has one, has not passed."""
        return self.until is None or today <= self.until


def current_round(project: Project) -> int:
    """The number of the round that is open."""
    numbers = [
        int(f.rsplit("/", 1)[1][:-5]) for f in project.glob(f"{FOLDER}/rounds/*.toml") if f.rsplit("/", 1)[1][:-5].isdigit()
    ]
    return max(numbers, default=1)


def signoff_path(number: int, slug: str, *, turn: int) -> str:
    """Where the sign-off of a stage in a round lies."""
    return f"{FOLDER}/signoffs/{turn:02d}/{number:02d}-{slug}.toml"


def signoff(project: Project, number: int, slug: str) -> Signoff | None:
    """The sign-off that counts: of the latest round that has one, and none from before a reopening; raises `Broken`."""
    for turn in range(current_round(project), _reopened_in(project, number, slug) - 1, -1):
        path = signoff_path(number, slug, turn=turn)
        if project.exists(path):
            return read_signoff(project.read(toml.read, path), path)
    return None


def _reopened_in(project: Project, number: int, slug: str) -> int:
    """The latest round in which a stage was reopened, or 1: what was signed before it does not count any more."""
    files = project.glob(f"{FOLDER}/reopened/*-{number:02d}-{slug}-*.toml")
    turns = [f.rsplit("/", 1)[1].partition("-")[0] for f in files]
    return max((int(turn) for turn in turns if turn.isdigit()), default=1)


def read_signoff(table: dict[str, Any], path: str) -> Signoff:
    """A sign-off from its table; raises `Broken` naming the field."""
    evidence, inputs = _texts(table, "evidence", path), _texts(table, "inputs", path)
    if not evidence:
        raise Broken(path, "[evidence] is empty; a sign-off records what was signed")
    return Signoff(
        path=path,
        stage=_text(table, "stage", path),
        round=int(table.get("round", 1)),
        who=_text(table, "who", path),
        role=_text(table, "role", path),
        when=str(table.get("when", "")),
        evidence=evidence,
        inputs=inputs,
        checklist=_texts(table, "checklist", path),
        commit=str(table.get("commit", "")),
        over=tuple(str(x) for x in table.get("over", [])),
        unproved=tuple(str(x) for x in table.get("unproved", [])),
        transcribed_by=str(table.get("transcribed_by", "")),
        sheet=str(table.get("sheet", "")),
    )


def waivers(project: Project) -> list[Waiver]:
    """Every waiver; raises `Broken` for one without check, reason, owner or end."""
    found = []
    for path in project.glob(f"{FOLDER}/waivers/*.toml"):
        table = project.read(toml.read, path)
        until = _date(table, path)
        if until is None:
            raise Broken(path, "`until` is missing; a waiver has an end date")
        found.append(Waiver(path, _text(table, "check", path), _text(table, "reason", path), _text(table, "owner", path), until))
    return found


def skips(project: Project) -> list[Skip]:
    """Every skipped stage; raises `Broken` for one without stage or reason."""
    found = []
    for path in project.glob(f"{FOLDER}/skips/*.toml"):
        table = project.read(toml.read, path)
        found.append(
            Skip(path, _text(table, "stage", path), _text(table, "reason", path), str(table.get("owner", "")), _date(table, path))
        )
    return found


def _text(table: dict[str, Any], key: str, path: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Broken(path, f"`{key}` is {'missing' if value is None else repr(value)}; a text is wanted")
    return value


def _texts(table: dict[str, Any], key: str, path: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise Broken(path, f"`{key}` is {value!r}; a table is wanted")
    return {str(k): str(v) for k, v in value.items()}


def _date(table: dict[str, Any], path: str) -> date | None:
    value = table.get("until")
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value if type(value) is date else value.date()  # type: ignore[attr-defined]
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Broken(path, f"`until` is {value!r}; a date like 2026-12-31 is wanted") from None
