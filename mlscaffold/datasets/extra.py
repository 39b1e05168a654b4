"""Extra sources: data that are not drawn from where the model will work, to learn more from and never to measure on.

`role = "extra"` in a `source.toml` says so, and `weight` how much one of its pictures counts in training beside one's own.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mlscaffold.datasets.sources import RAW, sources
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.errors import ScaffoldError, UsageError

FILE = "source.toml"
CONDITION = "extra data help where the picture alone decides the answer: a cat is a cat anywhere, a rent hangs on the town"
"""A. Ng, "Machine Learning Yearning" (2018), chapter 38."""


def check_weight(weight: float | None, *, extra: bool) -> None:
    """Raise where a weight cannot be meant."""
    if weight is not None and not extra:
        raise UsageError(
            "Only an extra source has a weight.", reference="weight-of-own", hint="Add --extra, or leave out --weight."
        )
    if weight is not None and not 0 < weight <= 1:
        raise UsageError(
            f"A weight of {weight:g} is not above 0 and at most 1, which is that of your own data.", reference="weight-range"
        )


def extra_sources(root: Path) -> dict[str, float]:
    """Names of the sources whose `source.toml` has the role `extra`, each with its weight; raises what a person can mend."""
    found = {}
    for name in sources(root):
        path = root / RAW / name / FILE
        values = _values(path) if path.is_file() else {}
        role, weight = values.get("role", "own"), values.get("weight", 1)
        if role not in ("own", "extra"):
            raise _broken(path, f'role is "{role}"; it is own or extra')
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
            raise _broken(path, f"weight is {weight!r}; a number above 0 and at most 1 is wanted")
        if role == "own" and weight != 1:
            raise _broken(path, "weight is set for a source of your own data; only an extra one has a weight")
        if role == "extra":
            found[name] = float(weight)
    return found


def mark_extra(folder: Path, weight: float | None) -> bool:
    """Write the role, and a weight that is named, into the `source.toml` of a source; whether it changed."""
    path = folder / FILE
    values, text = _values(path), path.read_text(encoding="utf-8-sig")
    wanted = {"role": '"extra"', **({"weight": f"{weight:g}"} if weight is not None else {})}
    for name, value in wanted.items():
        if name in values:
            text = re.sub(rf"(?m)^{name}[ \t]*=.*$", f"{name} = {value}", text, count=1)
        else:
            text = f"{name} = {value}\n{text}" if "\n[" in text else f"{text.rstrip()}\n{name} = {value}\n"
    return write_atomic(path, text.encode())


def _values(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path, f"cannot be read: {error}") from error


def _broken(path: Path, what: str) -> ScaffoldError:
    return ScaffoldError(f"{RAW / path.parent.name / FILE}: {what}.", reference="broken-toml", hint="Mend that line.")
