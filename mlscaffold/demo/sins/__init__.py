"""Tempting sins, one function each: what people do to a finished project to make it look better, or to be done with it.

A sin gets the folder of any finished image-classification project of the standard layout, spoils its files, and knows nothing of the
checks. `mlscaffold demo --break` applies them; the corpus of the tests calls the same functions.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from mlscaffold.errors import UsageError

Spoil = Callable[[Path], None]


@dataclass(frozen=True)
class Sin:
    """One way to spoil a project: its name, its stage, its id in the catalogue of defects, and the words under which it is committed."""

    name: str
    stage: str
    defect: str
    message: str
    title: str
    spoil: Spoil


_KNOWN: dict[str, Sin] = {}
MODULES = ("aims", "data", "models", "numbers", "delivery")


def sin(stage: str, defect: str, message: str) -> Callable[[Spoil], Spoil]:
    """Register a sin under its function's name; the first line of the docstring is its title."""

    def register(spoil: Spoil) -> Spoil:
        name = spoil.__name__.replace("_", "-")
        title = (spoil.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        _KNOWN[name] = Sin(name, stage, defect, message, title, spoil)
        return spoil

    return register


@cache
def all_sins() -> tuple[Sin, ...]:
    """Every sin, in the order of the stages."""
    modules = {found.name for found in pkgutil.iter_modules(__path__)}
    for name in (*MODULES, *sorted(modules - {*MODULES, "layout"})):
        import_module(f"{__name__}.{name}")
    return tuple(_KNOWN.values())


def find_sin(name: str) -> Sin:
    """The sin of this name, or of the only one that begins so."""
    known = {s.name: s for s in all_sins()}
    if name in known:
        return known[name]
    alike = [s for s in known.values() if s.name.startswith(name)] if name else []
    if len(alike) == 1:
        return alike[0]
    raise UsageError(
        f"No sin {name!r}",
        reference="no-such-sin",
        context=f"known: {', '.join(known)}",
        hint="mlscaffold demo --break list",
    )
