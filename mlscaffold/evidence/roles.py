"""Which column of somebody's table is the label, the prediction, the file: by name first, by content where names repeat."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlscaffold.errors import UsageError
from mlscaffold.evidence.column_names import MISSING, NAMES
from mlscaffold.evidence.columns import Columns

PROBABILITY = re.compile(
    r"^(?:p:|p\(|(?:p|prob|proba|probs|probability|prob of|score|logits?)[_:\s.\-]+)(.+?)\)?$", re.IGNORECASE
)
MEDIUM = re.compile(r"\.(?:jpe?g|png|webp|bmp|gif|tiff?|wav|mp3|txt)$", re.IGNORECASE)
AFTER = re.compile(r"^(.+?)[_:\s.\-]+(?:prob|proba|probability|score)$", re.IGNORECASE)


@dataclass(frozen=True)
class Roles:
    """Column names by role, empty where there is none; `probabilities` is (class, column), `score` of the positive class."""

    label: str = ""
    prediction: str = ""
    path: str = ""
    text: str = ""
    group: str = ""
    digest: str = ""
    score: str = ""
    positive: str = ""
    probabilities: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> set[str]:
        """Every column that has a role."""
        own = {self.label, self.prediction, self.path, self.text, self.group, self.digest, self.score}
        return (own | {column for _, column in self.probabilities}) - {""}


EVERY = Roles()
"""Nothing is given: every column goes by its name."""


class Unclear(UsageError):
    """Nobody but the user can say which column has a role; `candidates` are those to choose from."""

    def __init__(self, role: str, candidates: Sequence[str], where: str, *, several: bool) -> None:
        candidates = [name for name in candidates if name]
        listed = ", ".join(candidates[:12]) + (f" and {len(candidates) - 12} more" if len(candidates) > 12 else "")
        left = f"there are {listed}" if candidates else "no column is left for it"
        what = f"could be any of {listed}" if several else f"is not recognised; {left}"
        super().__init__(f"{where}: the column of the {role} {what}", reference="unclear-column", hint=f"Add --{role} COLUMN")
        self.role = role
        self.candidates = tuple(candidates)


def assign(roles: Roles, role: str, column: str) -> Roles:
    """The roles with one more column."""
    changed: dict[str, Any] = {role: column}
    return replace(roles, **changed)


def plain(name: str) -> str:
    """A column's name in lower case, with one underscore for whatever separated its words."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFC", name))
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def recognise(table: Columns, given: Roles = EVERY) -> Roles:
    """The role of every column: what is given counts, the rest goes by name. Raises `Unclear`, with the flag to add."""
    if given == EVERY and _is_row(table):
        raise UsageError(
            f"{table.path} has no header: its first line is a row ({', '.join(table.header[:4])})",
            reference="no-header",
            hint="Write a first line that names the columns: path,label,prediction",
        )
    for role in ("label", "prediction", "path", "text", "group", "score"):
        _exists(table, role, getattr(given, role))
    for _, column in given.probabilities:
        _exists(table, "probability", column)
    roles = identity(table, given)
    label = given.label or _one(table, "label", _free(table, roles), beside=_every(table, "prediction", given.prediction))
    if not label:
        raise Unclear("label", _free(table, roles), table.path, several=False)
    roles = replace(roles, label=label)
    roles = replace(roles, prediction=given.prediction or _one(table, "prediction", _free(table, roles), beside=(label,)))
    classes = set(table.cells[label]) | set(table.cells[roles.prediction] if roles.prediction else ())
    roles = replace(roles, probabilities=_probabilities(table, roles, classes, given.probabilities))
    if not roles.score and not roles.probabilities:
        scores = [name for name in _named(table, "score", _free(table, roles)) if _numeric(table, name)]
        roles = replace(roles, score=next(iter(scores), ""))
    if not roles.prediction and not roles.score and not roles.probabilities:
        raise Unclear("prediction", _free(table, roles), table.path, several=False)
    return roles


def identity(table: Columns, given: Roles = EVERY) -> Roles:
    """The columns that say which example a row is: path, text, digest; for any list, also one without predictions."""
    roles = given
    for role in ("path", "text", "digest"):
        found = getattr(given, role) or _first(table, role, _free(table, roles))
        if not found and role == "path":
            found = next((name for name in _free(table, roles) if plain(name).endswith("_id") and _distinct(table, name)), "")
        roles = assign(roles, role, found)
    return roles


def _is_row(table: Columns) -> bool:
    """Whether the first line is no header: it names no role, and two of its cells stand in their own columns below."""
    if any(plain(name) in names for name in table.header for levels in NAMES.values() for names in levels):
        return False
    repeated = sum(name in table.cells[name] for name in table.header)
    return repeated >= 2 or (repeated == 1 and any(MEDIUM.search(name) for name in table.header))


def _distinct(table: Columns, column: str) -> bool:
    return len(set(table.cells[column])) == len(table) > 1


def label_column(table: Columns) -> str:
    """The column of labels of a list without predictions, if its name says so beyond doubt."""
    found = _named(table, "label", list(table.header))
    return found[0] if len(found) == 1 else ""


def _exists(table: Columns, role: str, column: str) -> None:
    if column and column not in table.header:
        raise UsageError(
            f'{table.path} has no column "{column}" (--{role})',
            reference="no-such-column",
            hint=f"It has {', '.join(table.header[:12])}",
        )


def _free(table: Columns, roles: Roles) -> list[str]:
    return [name for name in table.header if name not in roles.named]


def _named(table: Columns, role: str, free: Sequence[str]) -> list[str]:
    """The free columns that the first level of names with any hit gives, in the order of the names."""
    by_name: dict[str, list[str]] = {}
    for name in free:
        by_name.setdefault(plain(name), []).append(name)
    for level in NAMES[role]:
        if found := [column for name in level for column in by_name.get(name, ())]:
            return found
    return []


def _first(table: Columns, role: str, free: Sequence[str]) -> str:
    return next(iter(_named(table, role, free)), "")


def _every(table: Columns, role: str, given: str) -> tuple[str, ...]:
    """Every column whose name may mean this role."""
    names = {name for level in NAMES[role] for name in level}
    return (given,) if given else tuple(name for name in table.header if plain(name) in names)


def _one(table: Columns, role: str, free: Sequence[str], *, beside: Sequence[str]) -> str:
    """The one column of this role; two with the same cells are one.

    Where names leave a choice, or the first has no class in common with the columns `beside` it, the one that has is it.
    """
    found = _named(table, role, free)
    others = [set(table.cells[name]) - MISSING for name in beside]

    def fits(name: str) -> bool:
        return any(not classes.isdisjoint(table.cells[name]) for classes in others)

    rest = [name for name in _every(table, role, "") if name in free]
    fitting = [name for name in found if fits(name)] or [name for name in rest if fits(name)]
    found = fitting or found
    if len(found) > 1 and any(table.cells[name] != table.cells[found[0]] for name in found[1:]):
        raise Unclear(role, found, table.path, several=True)
    return found[0] if found else ""


def _probabilities(
    table: Columns, roles: Roles, classes: set[str], given: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """(class, column) of the columns that hold a probability a class."""
    if given:
        return tuple((name or _class_of(column, classes) or column, column) for name, column in given)
    found = []
    for column in _free(table, roles):
        name = _class_of(column, classes)
        if name and (name in classes or column.lower().startswith("p:")) and _numeric(table, column):
            found.append((name, column))
    known = sum(name in classes for name, _ in found)
    if known >= min(2, len(classes)) or (known == 1 and len(classes) <= 2):
        return tuple(found)
    return _alike(table, _free(table, roles), classes - MISSING)


def _alike(table: Columns, free: Sequence[str], classes: set[str]) -> tuple[tuple[str, str], ...]:
    """(class, column) of columns whose names differ in nothing but the class, one for each, and whose cells sum to 1 in a row."""
    spelled = {_folded(name): name for name in classes}
    columns = {_folded(name): name for name in reversed(free)}
    if not 2 <= len(spelled) <= len(columns):
        return ()
    longest = max(spelled, key=len)
    for name in columns:
        for match in re.finditer(re.escape(longest), name):
            before, after = name[: match.start()], name[match.end() :]
            found = [(known, columns.get(f"{before}{folded}{after}", "")) for folded, known in spelled.items()]
            if all(column for _, column in found) and _sum_to_one(table, [column for _, column in found]):
                return tuple(sorted(found, key=lambda pair: table.header.index(pair[1])))
    return ()


def _folded(name: str) -> str:
    """A name in small letters with one mark for whatever is no letter: tools replace blanks in names of columns."""
    return re.sub(r"\W", "_", name.casefold())


def _sum_to_one(table: Columns, columns: Sequence[str]) -> bool:
    rows = list(zip(*(_sample(table, column, 200) for column in columns), strict=True))
    good = [row for row in rows if abs(sum(row) - 1) < 0.02 and min(row) > -1e-9]
    return len(good) * 10 >= len(rows) * 9 > 0


def _class_of(column: str, classes: set[str]) -> str:
    """The class whose probability a column's name claims to hold, or nothing."""
    if column in classes:
        return column
    for pattern in (PROBABILITY, AFTER):
        if match := pattern.match(column):
            name = match.group(1)
            return next((known for known in classes if known.casefold() == name.casefold()), name)
    return ""


def _numeric(table: Columns, column: str) -> bool:
    """Whether most of the first cells are numbers."""
    numbers = _sample(table, column, 50)
    return sum(not math.isnan(value) for value in numbers) * 2 >= len(numbers)


def _sample(table: Columns, column: str, length: int) -> list[float]:
    """The first cells as numbers."""
    cells = table.cells[column][:length]
    return Columns("", (), {column: cells}, range(len(cells)), table.decimal_comma).numbers(column)
