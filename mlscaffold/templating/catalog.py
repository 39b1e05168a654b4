"""What can be generated: the questions, the tasks and their layers, read from the templates folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlscaffold.errors import ScaffoldError, UsageError


@dataclass(frozen=True)
class Choice:
    """One of the values that an answer may have; `without` names the files that it leaves out."""

    value: str
    title: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """A question of `mlscaffold new`, as `questions.toml` declares it."""

    key: str
    text: str
    kind: str
    help: str = ""
    default: Any = None
    choices: tuple[Choice, ...] = ()
    advanced: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The values that may be chosen."""
        return tuple(c.value for c in self.choices)


@dataclass(frozen=True)
class Task:
    """A kind of project, and the template layers that make it, lowest first."""

    slug: str
    title: str
    layers: tuple[str, ...]


def templates_root() -> Path:
    """The templates: inside the package when installed from a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_templates", package.parent / "templates"):
        if (folder / "questions.toml").is_file():
            return folder
    raise ScaffoldError(
        f"the templates are missing from this installation ({package})",
        reference="no-templates",
        hint="Install mlscaffold again.",
    )


def constraints_file() -> Path:
    """The pins that the tool and every generated project share."""
    root = templates_root()
    inside = root / "constraints.txt"
    return inside if inside.is_file() else root.parent / "constraints.txt"


@cache
def tasks() -> tuple[Task, ...]:
    """Every task that has a `task.toml`, by name."""
    found = []
    for file in sorted(templates_root().glob("tasks/*/task.toml")):
        raw = tomllib.loads(file.read_text("utf-8"))
        found.append(Task(raw["slug"], raw["title"], tuple(raw["layers"])))
    return tuple(found)


def task(slug: str) -> Task:
    """The task of this name; raises `UsageError` naming those that exist."""
    for known in tasks():
        if known.slug == slug:
            return known
    raise UsageError(f"there is no task {slug!r}", reference="unknown-task", hint=f"Tasks: {', '.join(t.slug for t in tasks())}.")


@cache
def questions() -> tuple[Ask, ...]:
    """The questions, in the order in which they are asked; the choices of `task` are the tasks."""
    asks = []
    for entry in _declared()["questions"]:
        choices = tuple(Choice(c["value"], c["title"], tuple(c.get("without", ()))) for c in entry.get("choices", ()))
        if entry["key"] == "task":
            choices = tuple(Choice(t.slug, t.title) for t in tasks())
        asks.append(Ask(**{**entry, "choices": choices}))
    return tuple(asks)


@cache
def roles() -> tuple[str, ...]:
    """The roles that a person in the team can hold."""
    return tuple(_declared()["roles"]["names"])


@cache
def file_classes() -> tuple[tuple[str, str], ...]:
    """Pattern → class pairs; the first pattern that fits a path decides how an update treats it."""
    raw = tomllib.loads((templates_root() / "classes.toml").read_text("utf-8"))
    return tuple((pattern, kind) for kind in ("managed", "seed", "merge") for pattern in raw[kind])


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads((templates_root() / "questions.toml").read_text("utf-8"))
