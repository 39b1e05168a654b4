"""Formats, one file each: `sniff` says how well a path fits, `read` gives records and defects, `write` writes them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from mlscaffold.datasets.exporting import Placed
from mlscaffold.datasets.holding import Holds, fitted
from mlscaffold.datasets.record import Reading, Record, Sniff, is_clutter
from mlscaffold.errors import ScaffoldError, UsageError

NEAR = 0.03
"""Two formats whose scores differ by no more fit equally well: a person decides."""


class Format(Protocol):
    """What each module here offers.

    Some also have `fit(record, lost)` for what is theirs alone (None: nothing is left of the record), or `fit_all(records, lost)`.
    """

    HOLDS: Holds
    """The kinds of content (datasets/holding.py) that it can hold."""

    def sniff(self, path: Path) -> Sniff:
        """How well the path fits, from a look at little of it."""

    def read(self, path: Path) -> Reading:
        """Everything in it; defects are collected, not raised."""

    def place(self, record: Record) -> str:
        """Where the picture of a record goes, below the folder of the export."""

    def write(self, items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
        """Write the annotations of records that fit, whose pictures lie in their places."""


@dataclass(frozen=True)
class Choice:
    """The format of a path: its name, why it is that one, which others would fit too (name → why), and which of those that have
    files there do not (name → why)."""

    name: str
    form: Format
    reason: str
    others: dict[str, str]
    missed: dict[str, str] = field(default_factory=dict)


@cache
def formats() -> dict[str, Format]:
    """Every format by its name, as it is typed (`class-folders`); a new file in this folder is a new format."""
    return {
        module.name.replace("_", "-"): cast(Format, import_module(f"{__name__}.{module.name}"))
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    }


def named(name: str) -> Format:
    """The format of that name; raises with the names that there are."""
    known = formats()
    if name not in known:
        raise UsageError(
            f'There is no format "{name}".', reference="unknown-format", hint=f"Formats: {', '.join(sorted(known))}."
        )
    return known[name]


def choose(path: Path, name: str = "") -> Choice:
    """The format of a path: the named one, else the one that fits best.

    Raises if none does, with what each of them missed, and if two fit equally well.
    """
    if not path.exists():
        raise UsageError(f"There is no {path}.", reference="import-path-missing")
    if name:
        return Choice(name, named(name), "named", {})
    sniffed = {key: form.sniff(path) for key, form in sorted(formats().items())}
    order = sorted(sniffed, key=lambda key: -sniffed[key].score)
    best = order[0]
    if sniffed[best].score <= 0:
        raise _not_recognised(path, sniffed)
    near = [key for key in order if sniffed[best].score - sniffed[key].score <= NEAR]
    if len(near) > 1:
        raise ScaffoldError(
            f"{path} may be in {len(near)} formats: {', '.join(near)}.",
            reference="format-ambiguous",
            context="; ".join(f"{key}: {sniffed[key].reason}" for key in near) + ".",
            hint=f"Say which: --from {near[0]}",
        )
    others = {key: sniffed[key].reason for key in order[1:] if sniffed[key].score >= 0.5}
    missed = {key: sniffed[key].reason for key in order[1:] if sniffed[key].seen} if sniffed[best].score < 0.9 else {}
    return Choice(best, formats()[best], sniffed[best].reason, others, missed)


def _not_recognised(path: Path, sniffed: dict[str, Sniff]) -> ScaffoldError:
    """An error that says what lies there, and what the nearest formats missed."""
    files = [p for p in path.rglob("*") if p.is_file() and not is_clutter(p.name)] if path.is_dir() else [path]
    packed = next((p for p in sorted(files) if p.suffix.lower() == ".zip"), None) if path.is_dir() else None
    kinds = Counter(p.suffix.lower() or "no ending" for p in files)
    held = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(6)) or "no file"
    missed = [f"{key}: {sniff.reason}" for key, sniff in sniffed.items() if sniff.seen]
    return ScaffoldError(
        f"{path} is in no format that can be read here.",
        reference="format-not-recognised",
        context="; ".join([f"It holds {held}", *missed]) + ".",
        hint=f"Name the archive: {packed}"
        if packed
        else "Name its format with --from (docs/reference/formats.md has all), or write a list: a CSV with the columns path and label.",
    )


def fit(records: Iterable[Record], form: Format) -> tuple[list[Record], Counter[str]]:
    """What is left of records in a format, and how often what is lost; texts and pictures do not mix."""
    lost: Counter[str] = Counter()
    kept: list[Record] = []
    last = getattr(form, "fit", None)
    for record in records:
        medium = "pictures" if record.text is None else "text"
        if medium not in form.HOLDS:
            lost["pictures" if record.text is None else "texts"] += 1
            continue
        left = fitted(record, form.HOLDS, lost)
        left = last(left, lost) if last else left
        if left is not None:
            kept.append(left)
    whole = getattr(form, "fit_all", None)
    return whole(kept, lost) if whole else kept, +lost
