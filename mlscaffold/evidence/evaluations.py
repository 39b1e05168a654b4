"""`metrics.json` and `confusion.csv`: what the machine wrote of an evaluation, to be compared with what is recomputed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mlscaffold.evidence import Broken, tables
from mlscaffold.evidence.fields import Fields, canonical, read_json
from mlscaffold.splitnames import TEST, is_named_test


@dataclass(frozen=True)
class Measure:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassMeasures:
    """Precision, recall and F1 of one class, None where undefined, and how many samples it has."""

    precision: Measure | None
    recall: Measure | None
    f1: Measure | None
    support: int


@dataclass(frozen=True)
class Evaluation:
    """`metrics.json`: metrics of one checkpoint on one split, with the majority class and the baseline; `sets` of the named test sets."""

    path: str
    of: str
    split: str
    n: int
    metrics: dict[str, Measure]
    classes: dict[str, ClassMeasures]
    majority: tuple[str, float] | None
    baseline: dict[str, float]
    baseline_rule: str
    comparison: dict[str, float]
    sets: dict[str, Evaluation] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Confusion:
    """Counts: a row a true class, a column a predicted class, both in the order of `classes`."""

    path: str
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        """How many samples were counted."""
        return sum(map(sum, self.counts))


def read(data: bytes, path: str) -> Evaluation:
    """Parse `metrics.json`."""
    top = read_json(data, path)
    of, named = top.choice("of", ("training", "tuning")), top.optional("sets")
    for name in named.values:
        if not is_named_test(name):
            named.broken(name, "is no test set with a name")
    sets = {name: _on_split(named.table(name), of=of, split=name) for name in named.values}
    return replace(_on_split(top, of=of, split=top.split("split")), sets=sets, raw=top.values)


def file_of(folder: str, kind: str, split: str) -> str:
    """The path of a table of an evaluation: `predictions.csv` of `test`, `predictions-test-night.csv` of a named test set."""
    return f"{folder}/{kind}.csv" if split == TEST else f"{folder}/{kind}-{split}.csv"


def _on_split(top: Fields, *, of: str, split: str) -> Evaluation:
    metrics, classes = top.table("metrics"), top.optional("classes")
    majority, baseline, comparison = (top.optional(key) for key in ("majority", "baseline", "comparison"))
    return Evaluation(
        top.path,
        of=of,
        split=split,
        n=top.count("n"),
        metrics={name: _measure(metrics.table(name)) for name in metrics.values if metrics.has(name)},
        classes={name: _class(classes.table(name)) for name in classes.values},
        majority=(majority.text("class"), majority.number("accuracy", low=0, high=1)) if majority.values else None,
        baseline={name: _value(baseline, name) for name in baseline.values if name != "rule" and baseline.has(name)},
        baseline_rule=baseline.text("rule", ""),
        comparison={name: comparison.number(name) for name in comparison.values if comparison.has(name)},
    )


def read_confusion(data: bytes, path: str) -> Confusion:
    """Parse `confusion.csv`; it is square, in one order, and counts whole samples."""
    table = tables.read(data, path)
    table.need("label")
    if table.header[0] != "label":
        raise Broken(path, f'the first column is "{table.header[0]}"; "label" is wanted', line=1)
    classes = table.header[1:]
    rows = {row["label"]: row for row in table.rows}
    if len(rows) != len(table.rows) or set(rows) != set(classes):
        odd = sorted(set(rows) ^ set(classes)) or sorted(row["label"] for row in table.rows)
        raise Broken(path, f'rows and columns do not name the same classes ("{odd[0]}")', line=1)
    counts = tuple(tuple(_count(table, rows[label], column) for column in classes) for label in classes)
    return Confusion(path, classes, counts)


def meaning(value: Evaluation | Confusion, select: str = "") -> object:
    """The parsed file in canonical form; of a confusion matrix its cells by class names."""
    if isinstance(value, Confusion):
        cells = zip(value.classes, value.counts, strict=True)
        return sorted([true, said, n] for true, row in cells for said, n in zip(value.classes, row, strict=True))
    return canonical(value.raw, select)


def _measure(fields: Fields) -> Measure:
    return Measure(fields.number("value"), fields.number("low"), fields.number("high"))


def _class(fields: Fields) -> ClassMeasures:
    names = ("precision", "recall", "f1")
    precision, recall, f1 = (_measure(fields.table(name)) if _defined(fields, name) else None for name in names)
    return ClassMeasures(precision, recall, f1, fields.count("support"))


def _defined(fields: Fields, name: str) -> bool:
    value = fields.values.get(name)
    return value is not None and not (isinstance(value, dict) and value.get("value") is None)


def _value(fields: Fields, name: str) -> float:
    value = fields.values[name]
    return fields.table(name).number("value") if isinstance(value, dict) else fields.number(name)


def _count(table: tables.Table, row: tables.Row, column: str) -> int:
    value = table.whole(row, column)
    if value < 0:
        raise Broken(table.path, f"{column} is {value}; a count is wanted", line=row.line)
    return value
