"""The corpus: ways to spoil a sound, finished project that a check must find, and changes that it must leave in peace.

A row is one function. It gets a copy of a finished project, does what people and scripts do, and returns the words (file, number found,
number wanted) that the finding must hold. It knows nothing of the checks' insides.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TypeVar

from tests.sabotage.target import Target

Words = tuple[str, ...]
Changing = TypeVar("Changing", bound=Callable[[Target], Mapping[str, str] | None])


@dataclass(frozen=True)
class Defect:
    """One way to spoil a project: its id in the catalogue, the check that must find it and how severe it says it is."""

    id: str
    title: str
    check: str
    spoil: Callable[[Target], Words]
    severity: str
    everywhere: bool
    deep: str


@dataclass(frozen=True)
class Harmless:
    """One change that raises nothing new, except what `allows` names (checks, of which it is only said that something moved).

    `unknowns`: evidence leaves this machine, so that it may be said of it that it cannot be judged. `environment`: under which
    variables the check runs. `deep`: the stage whose deep checks run too. What the change returns are words that findings of before
    have in another form after it (the name of a class): what was said already may be said again in the new ones.
    """

    id: str
    title: str
    change: Callable[[Target], Mapping[str, str] | None]
    allows: tuple[str, ...]
    fresh: bool
    unknowns: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    deep: str = ""


@dataclass(frozen=True)
class Left:
    """A defect of the catalogue that no check proves yet, and why."""

    id: str
    title: str
    reason: str


DEFECTS: dict[str, Defect] = {}
HARMLESS: dict[str, Harmless] = {}
LEFT: dict[str, Left] = {}


def defect(
    number: str, check: str, *, severity: str = "fail", everywhere: bool = False, deep: str = ""
) -> Callable[[Callable[[Target], Words]], Callable[[Target], Words]]:
    """Register a way to spoil a project.

    `everywhere`: also tried on photographs and on digits (a third of the rows). `deep`: the stage whose deep checks must run for it.
    """

    def register(spoil: Callable[[Target], Words]) -> Callable[[Target], Words]:
        assert number not in DEFECTS, f"{number} stands twice in the corpus"
        DEFECTS[number] = Defect(number, _title(spoil), check, spoil, severity, everywhere, deep)
        return spoil

    return register


def harmless(
    number: str,
    *,
    allows: tuple[str, ...] = (),
    fresh: bool = False,
    unknowns: bool = False,
    environment: Mapping[str, str] | None = None,
    deep: str = "",
) -> Callable[[Changing], Changing]:
    """Register a harmless change; `fresh` ones get a copy of their own (they move it, or rewrite its history)."""

    def register(change: Changing) -> Changing:
        assert number not in HARMLESS, f"{number} stands twice in the corpus"
        HARMLESS[number] = Harmless(
            number, _title(change), change, allows, fresh, unknowns, environment=environment or {}, deep=deep
        )
        return change

    return register


def left(number: str, title: str, reason: str) -> None:
    """Say why a row of the catalogue is proved by no check."""
    LEFT[number] = Left(number, title, reason)


@cache
def load() -> tuple[tuple[Defect, ...], tuple[Harmless, ...], tuple[Left, ...]]:
    """Every row, in the order of the catalogue."""
    for package in ("defects", "harmless"):
        folder = import_module(f"tests.sabotage.{package}")
        for module in pkgutil.iter_modules(folder.__path__):
            import_module(f"tests.sabotage.{package}.{module.name}")
    return tuple(DEFECTS.values()), tuple(HARMLESS.values()), tuple(LEFT.values())


def _title(function: Callable[..., object]) -> str:
    """The first line of a docstring, which is the row's title."""
    assert function.__doc__, f"{function.__name__} says nothing of what it does"
    return function.__doc__.strip().splitlines()[0].rstrip(".")
