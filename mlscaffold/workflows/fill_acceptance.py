"""Put the thresholds of a document into `acceptance.toml`, whose comments and other tables stay as they are."""

from __future__ import annotations

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
    if filling.new:
        if known is None:
            known = tomlkit.aot()
            document.append("thresholds", known)
        for threshold in filling.new:
            _append(known, _values(threshold))
    made = tomlkit.dumps(document).encode()
    acceptance.read(made, FILE)
    return made


def _agree(wanted: Threshold, known: Threshold) -> bool:
    """Whether every bound of the document is the file's."""
    pairs = ((wanted.min, known.min), (wanted.max, known.max))
    return all(a is None or (b is not None and abs(a - b) < 1e-9) for a, b in pairs)


def _append(known: Any, values: dict[str, str | float | int]) -> None:  # noqa: ANN401 (tomlkit's items have no common type)
    """Add a threshold in the form that the others have: tables with a blank line between them, or an array of inline tables."""
    import tomlkit
    from tomlkit.items import AoT

    if not isinstance(known, AoT):
        inline = tomlkit.inline_table()
        inline.update(values)
        known.append(inline)
        return
    if len(known) and not known[-1].as_string().endswith("\n\n"):
        known[-1].add(tomlkit.nl())
    table = tomlkit.table()
    table.update(values)
    table.add(tomlkit.nl())
    known.append(table)


def _values(threshold: Threshold) -> dict[str, str | float | int]:
    texts = {"class": threshold.of_class, "slice": threshold.slice, "target": threshold.target, "device": threshold.device}
    values: dict[str, str | float | int] = {"metric": threshold.metric} | {key: text for key, text in texts.items() if text}
    if threshold.split != "test":
        values["split"] = threshold.split
    return values | {key: _plain(found) for key in ("min", "max") if (found := getattr(threshold, key)) is not None}


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() and abs(value) >= 2 else value
