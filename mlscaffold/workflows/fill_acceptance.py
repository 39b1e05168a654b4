"""Put the thresholds of a document into `acceptance.toml`, whose comments and other tables stay as they are."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from mlscaffold.evidence import acceptance
from mlscaffold.evidence.acceptance import Threshold
from mlscaffold.evidence.fields import decode
from mlscaffold.evidence.requirements import Wish, same_about

FILE = "acceptance.toml"


@dataclass(frozen=True)
class Difference:
    """A number that the document and `acceptance.toml` disagree about; `place` counts the thresholds of the file from 0."""

    place: int
    now: Threshold
    wanted: Threshold

    @property
    def text(self) -> str:
        """Both numbers: `accuracy ≥ 0.9 on test; the document asks ≥ 0.95`."""
        return f"{self.now.text}; the document asks {bounds(self.wanted)}"


@dataclass(frozen=True)
class Filling:
    """What a document says of the thresholds: equal to the file's, new to it, or different; `unnamed` it does not mention."""

    equal: tuple[Threshold, ...] = ()
    new: tuple[Threshold, ...] = ()
    different: tuple[Difference, ...] = ()
    unnamed: tuple[Threshold, ...] = ()


def bounds(threshold: Threshold) -> str:
    """The bounds alone: `≥ 0.95`."""
    low = [f"≥ {acceptance.plain(threshold.min)}"] if threshold.min is not None else []
    high = [f"≤ {acceptance.plain(threshold.max)}"] if threshold.max is not None else []
    return " and ".join(low + high)


def compare(wishes: Sequence[Wish], data: bytes | None) -> Filling:
    """Hold the wishes against `acceptance.toml` (None: there is none); raises `Broken` where it cannot be read."""
    known = acceptance.read(data, FILE).thresholds if data is not None else ()
    equal: list[Threshold] = []
    new: list[Threshold] = []
    different: dict[int, Difference] = {}
    named: set[int] = set()
    for wish in wishes:
        wanted = wish.threshold
        fits = [place for place, threshold in enumerate(known) if same_about(wanted, threshold)]
        exact = [place for place in fits if known[place].device == wanted.device and known[place].target == wanted.target]
        if not fits or (len(fits) > 1 and not exact):
            new += [wanted] if wanted not in new else []
            continue
        place = (exact or fits)[0]
        named.add(place)
        if _agree(wanted, known[place]):
            equal.append(known[place])
        else:
            different.setdefault(place, Difference(place, known[place], wanted))
    unnamed = tuple(threshold for place, threshold in enumerate(known) if place not in named)
    return Filling(tuple(equal), tuple(new), tuple(different.values()), unnamed)


def filled(data: bytes | None, filling: Filling, take: Container[int]) -> bytes:
    """The file with what is new, and with the document's numbers at the places in `take`."""
    import tomlkit

    text = decode(data, FILE) if data is not None else "schema = 1\n"
    document = tomlkit.parse(text)
    known: Any = document.get("thresholds")
    for difference in filling.different:
        if difference.place in take:
            for key in ("min", "max"):
                value = getattr(difference.wanted, key)
                if value is not None and value != getattr(difference.now, key):
                    known[difference.place][key] = _plain(value)
    made = tomlkit.dumps(document)
    values = [_values(threshold) for threshold in filling.new]
    if values:
        made = _beside(made, values) or _appended(document, values)
    acceptance.read(made.encode(), FILE)
    return made.encode()


def _beside(text: str, values: list[dict[str, str | float | int]]) -> str:
    """The file with new tables right below the last threshold, before the comments of what follows; empty where there is none."""
    import tomlkit

    headers = list(re.finditer(r"(?m)^[ \t]*\[\[\s*thresholds\s*\]\].*$", text))
    if not headers:
        return ""
    own = re.compile(r"(?:\n[ \t]*[^\s#\[].*)*").match(text, headers[-1].end())
    end = own.end() if own else headers[-1].end()
    blocks = "".join(f"\n\n[[thresholds]]\n{tomlkit.dumps(table).rstrip()}" for table in values)
    made = text[:end] + blocks + text[end:]
    before = tomlkit.parse(text).unwrap()
    # Where a value spans lines the place was wrong, and this tells.
    try:
        same = tomlkit.parse(made).unwrap() == before | {"thresholds": [*before["thresholds"], *values]}
    except tomlkit.exceptions.ParseError:
        return ""
    return made if same else ""


def _appended(document: Any, values: list[dict[str, str | float | int]]) -> str:  # noqa: ANN401 (tomlkit has no common type)
    """The file with new thresholds in the form that the others have: an array of inline tables, else tables."""
    import tomlkit

    known = document.get("thresholds")
    if known is None:
        known = tomlkit.aot()
        document.append("thresholds", known)
    for table in values:
        made: Any = tomlkit.table() if isinstance(known, tomlkit.items.AoT) else tomlkit.inline_table()
        made.update(table)
        if isinstance(known, tomlkit.items.AoT):
            made.add(tomlkit.nl())
        known.append(made)
    return tomlkit.dumps(document)


def _agree(wanted: Threshold, known: Threshold) -> bool:
    """Whether every bound of the document is the file's."""
    pairs = ((wanted.min, known.min), (wanted.max, known.max))
    return all(a is None or (b is not None and abs(a - b) < 1e-9) for a, b in pairs)


def _values(threshold: Threshold) -> dict[str, str | float | int]:
    texts = {"class": threshold.of_class, "slice": threshold.slice, "target": threshold.target, "device": threshold.device}
    values: dict[str, str | float | int] = {"metric": threshold.metric}
    values.update({key: text for key, text in texts.items() if text})
    if threshold.split != "test":
        values["split"] = threshold.split
    return values | {key: _plain(found) for key in ("min", "max") if (found := getattr(threshold, key)) is not None}


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() and abs(value) >= 2 else value
