"""Annotation formats, one file each: `sniff(path)` says how well it fits, `read(path)` gives records and defects."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from mlscaffold.datasets.record import Reading, Sniff
from mlscaffold.errors import ScaffoldError, UsageError


class Format(Protocol):
    """What each module here offers."""

    def sniff(self, path: Path) -> Sniff:
        """How well the path fits, from a look at little of it."""

    def read(self, path: Path) -> Reading:
        """Everything in it; defects are collected, not raised."""


@cache
def formats() -> dict[str, Format]:
    """Every format by its name, as it is typed (`class-folders`); a new file in this folder is a new format."""
    return {
        module.name.replace("_", "-"): cast(Format, import_module(f"{__name__}.{module.name}"))
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    }


def choose(path: Path, name: str = "") -> tuple[str, Format]:
    """The format of a path: the named one, else the one that fits best. Raises if none does, with what each of them missed."""
    if not path.exists():
        raise UsageError(f"There is no {path}.", reference="import-path-missing")
    known = formats()
    if name:
        if name not in known:
            raise UsageError(
                f'There is no format "{name}".', reference="unknown-format", hint=f"Formats: {', '.join(sorted(known))}."
            )
        return name, known[name]
    sniffed = {key: form.sniff(path) for key, form in sorted(known.items())}
    best = max(sniffed, key=lambda key: sniffed[key].score)
    if sniffed[best].score <= 0:
        raise ScaffoldError(
            f"{path} is in no format that can be read here.",
            reference="format-not-recognised",
            context=" ".join(f"{key}: {sniff.reason}." for key, sniff in sniffed.items()),
            hint="Name it with --format, or write a list: a CSV with the columns path and label.",
        )
    return best, known[best]
