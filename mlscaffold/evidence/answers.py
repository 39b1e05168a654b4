"""What a model answered, row by row, from a table with recognised columns; whatever is odd about the table is told, not raised."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence.column_names import CONFIDENCE, MISSING
from mlscaffold.evidence.columns import Columns
from mlscaffold.evidence.roles import Roles, plain
from mlscaffold.model import Evidence, Finding, Status

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

POSITIVE = ("1", "yes", "true", "positive", "pos", "1.0", "y", "t", "spam", "churn", "+1", "abnormal", "sick", "fraud")
NEGATIVE = ("0", "no", "false", "negative", "neg", "0.0", "n", "f", "ham", "-1", "-1.0", "stay", "normal", "healthy")
_TRUTH = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
TOLERANCE = 5e-3
"""How far probabilities may sum from 1: ten classes written with three digits stay within it."""
SHOWN = 20


@dataclass(frozen=True)
class Answers:
    """Labelled rows only: index into the table, label, prediction ("" where none), confidence in it (NaN where unknown)."""

    table: Columns
    roles: Roles
    rows: list[int]
    labels: list[str]
    predictions: list[str]
    confidences: list[float] | None
    scores: list[float] | None
    findings: tuple[Finding, ...]

    @property
    def right(self) -> list[bool]:
        """Whether each row is right; one without a prediction is wrong."""
        return [label == said for label, said in zip(self.labels, self.predictions, strict=True)]


def read_answers(table: Columns, roles: Roles) -> Answers:
    """Labels, predictions and confidences. Raises where no class can be read at all."""
    if not len(table):
        raise ScaffoldError(
            f"{table.path} has a header and no rows", reference="no-rows", hint="Write the predictions, then run it again"
        )
    findings: list[Finding] = []
    labels = table.cells[roles.label]
    _refuse_quantities(table, roles.label)
    roles = _score_in_disguise(table, roles)
    if roles.prediction:
        _refuse_quantities(table, roles.prediction, known=set(labels))
    said = table.cells[roles.prediction] if roles.prediction else []
    absent = MISSING - set(said) if roles.prediction else MISSING
    rows = list(range(len(table))) if absent.isdisjoint(labels) else [i for i, name in enumerate(labels) if name not in absent]
    if not rows:
        raise ScaffoldError(
            f"{table.path}: no row has a label", reference="no-labels", hint="Name the column with --label COLUMN"
        )
    if len(rows) < len(table):
        kept = set(rows)
        without = [i for i in range(len(table)) if i not in kept]
        findings.append(told(table, "unlabelled", f"{len(without)} rows have no label and are left out", rows=without))
    labels = [labels[i] for i in rows] if len(rows) < len(table) else labels
    whole = _integers(labels)
    predictions, confidences, scores, roles = _said(table, roles, rows, whole or labels, findings)
    if whole and roles.prediction:
        predictions = _integers(predictions) or predictions
    labels = whole or labels
    predictions = _booleans(predictions, set(labels))
    predictions = _blank_missing(predictions, set(labels))
    empty = [rows[i] for i, name in enumerate(predictions) if not name]
    if empty:
        text = f"{len(empty)} rows have no prediction; they count as wrong"
        findings.append(told(table, "unanswered", text, rows=empty))
    return Answers(table, roles, rows, labels, predictions, confidences, scores, tuple(findings))


def told(
    table: Columns,
    name: str,
    message: str,
    *,
    rows: Sequence[int] = (),
    status: Status = Status.WARN,
    column: str = "",
) -> Finding:
    """A finding about some rows of the table, with the lines of the first."""
    places = tuple(Evidence(table.path, table.lines[i]) for i in rows[:SHOWN]) or ((Evidence(table.path, 1),) if column else ())
    return Finding(status, message, places, check=f"audit.{name}", counts=True)


def _refuse_quantities(table: Columns, column: str, *, known: Set[str] = frozenset()) -> None:
    """Labels and predictions that are measurements are not for this command, unless labels, `known`, are among the predictions."""
    cells = table.cells[column]
    kinds = Counter(cells)
    if len(kinds) <= 100 or len(kinds) <= len(cells) / 2 or not known.isdisjoint(kinds):
        return
    decimals = sum("." in cell or "," in cell for cell in cells[:200]) > len(cells[:200]) / 2
    role = "prediction" if known else "label"
    if role == "prediction" and not decimals:
        return
    what = "quantities" if decimals else "names of examples"
    raise UsageError(
        f'{table.path}: "{column}" holds {len(kinds)} different values in {len(cells)} rows; they look like {what}, not classes',
        reference="labels-not-classes",
        hint=f"Name the column of classes with --{role} COLUMN",
    )


def _score_in_disguise(table: Columns, roles: Roles) -> Roles:
    """A column called a prediction that holds fractions between 0 and 1 is a score."""
    if not roles.prediction or roles.score or roles.probabilities:
        return roles
    cells = table.cells[roles.prediction]
    if not any("." in cell or (table.decimal_comma and "," in cell) for cell in cells[:200]):
        return roles
    values = [value for value in table.numbers(roles.prediction) if not math.isnan(value)]
    fractions = any(value % 1 for value in values if math.isfinite(value))
    if values and fractions and min(values) >= 0 and max(values) <= 1 and len(values) * 2 > len(cells):
        return replace(roles, score=roles.prediction, prediction="")
    return roles


def _integers(names: list[str]) -> list[str]:
    """Class numbers without the ".0" that a table program adds; nothing where names are not numbers or need no change."""
    kinds = set(names)
    spelled: dict[str, str] = {}
    for name in kinds:
        try:
            value = float(name)
        except ValueError:
            spelled[name] = name
            if name not in MISSING:
                return []
            continue
        if not math.isfinite(value):
            spelled[name] = name
            continue
        if value != int(value):
            return []
        spelled[name] = str(int(value))
    return [spelled[name] for name in names]


def _booleans(predictions: list[str], labels: set[str]) -> list[str]:
    """Predictions in the words of the labels, where one column says true and false and the other 1 and 0, or TRUE and FALSE."""
    own = {_TRUTH[name.casefold()]: name for name in labels - MISSING if name.casefold() in _TRUTH}
    kinds = set(predictions) - MISSING
    if len(own) != 2 or len(labels - MISSING) != 2 or kinds <= labels or not all(name.casefold() in _TRUTH for name in kinds):
        return predictions
    return [own[_TRUTH[name.casefold()]] if name.casefold() in _TRUTH else name for name in predictions]


def _blank_missing(predictions: list[str], labels: set[str]) -> list[str]:
    absent = MISSING - labels
    return predictions if absent.isdisjoint(predictions) else ["" if name in absent else name for name in predictions]


Said = tuple[list[str], list[float] | None, list[float] | None, Roles]


def _said(table: Columns, roles: Roles, rows: list[int], labels: list[str], findings: list[Finding]) -> Said:
    """Predictions, confidences and binary scores of the labelled rows."""
    predictions = [table.cells[roles.prediction][i] for i in rows] if roles.prediction else []
    if len(roles.probabilities) >= 2:
        said, confidences, scores, positive = _of_probabilities(table, roles, rows, predictions, labels, findings)
        return said, confidences, scores, replace(roles, positive=positive)
    column = roles.probabilities[0][1] if roles.probabilities else roles.score
    if not column:
        return predictions, None, None, roles
    values = table.numbers(column)
    values = [values[i] for i in rows]
    bad = [row for row, value in zip(rows, values, strict=True) if not math.isfinite(value)]
    if bad:
        findings.append(told(table, "not-a-number", f'{len(bad)} rows have no number in "{column}"', rows=bad))
    if not predictions:
        return _of_score(table, replace(roles, score=column), values, labels, findings)
    finite = [value for value in values if math.isfinite(value)]
    if not finite or min(finite) < 0 or max(finite) > 1:
        text = f'"{column}" goes from {min(finite, default=math.nan):g} to {max(finite, default=math.nan):g}, so it holds no probabilities'
        findings.append(told(table, "no-probabilities", f"{text}; calibration is not judged", column=column))
        return predictions, None, None, roles
    return _with_score(replace(roles, score=column), predictions, values, labels)


def _with_score(roles: Roles, predictions: list[str], values: list[float], labels: list[str]) -> Said:
    """One number beside a prediction: confidence in it, or in a binary task the probability of the positive class."""
    classes = sorted(set(labels) | set(predictions) - MISSING)
    positive = roles.probabilities[0][0] if roles.probabilities else ""
    if len(classes) != 2 or plain(roles.score) in CONFIDENCE:
        return predictions, values, None, roles
    positive = positive if positive in classes else roles.positive or _positive(classes)
    yes = [value for value, name in zip(values, predictions, strict=True) if name == positive and math.isfinite(value)]
    no = [value for value, name in zip(values, predictions, strict=True) if name != positive and math.isfinite(value)]
    if not positive or (yes and no and min(yes) < max(no)) or (not no and yes and min(yes) < 0.5):
        return predictions, values, None, roles
    confidences = [value if name == positive else 1 - value for value, name in zip(values, predictions, strict=True)]
    return predictions, confidences, values, replace(roles, positive=positive)


def _of_score(table: Columns, roles: Roles, values: list[float], labels: list[str], findings: list[Finding]) -> Said:
    """Predictions of a binary task from the probability of its positive class, at a threshold of one half."""
    column, classes = roles.score, sorted(set(labels))
    finite = [value for value in values if math.isfinite(value)]
    if len(classes) > 2:
        raise UsageError(
            f'{table.path}: "{column}" is one score for {len(classes)} classes, and there is no column of predictions',
            reference="score-not-binary",
            hint="Add --prediction COLUMN",
        )
    if not finite or min(finite) < 0 or max(finite) > 1:
        raise UsageError(
            f'{table.path}: "{column}" goes beyond 0 to 1, so a threshold of 0.5 says nothing',
            reference="score-not-a-probability",
            hint="Add --prediction COLUMN",
        )
    named = roles.probabilities[0][0] if roles.probabilities else roles.positive
    positive = next((name for name in classes if name == named), "") or _positive(classes)
    if not positive:
        raise UsageError(
            f'{table.path}: "{column}" is the probability of {" or ".join(classes)}, and nothing says of which',
            reference="no-positive-class",
            hint=f"Add --positive {classes[-1]}",
        )
    other = next((name for name in classes if name != positive), f"not {positive}")
    predictions = ["" if math.isnan(value) else positive if value >= 0.5 else other for value in values]
    confidences = [value if value >= 0.5 else 1 - value for value in values]
    text = f'There is no column of predictions: "{column}" of 0.5 and more counts as "{positive}"'
    findings.append(told(table, "threshold", text, status=Status.PASS, column=column))
    return predictions, confidences, values, replace(roles, positive=positive)


def _positive(classes: Sequence[str]) -> str:
    """The positive one of two classes, where their names say so."""
    lowered = {name.casefold(): name for name in classes}
    yes = [name for known, name in lowered.items() if known in POSITIVE]
    no = [name for known, name in lowered.items() if known in NEGATIVE]
    if len(yes) == 1:
        return yes[0]
    return next((name for name in classes if name not in no), "") if len(classes) == 2 and len(no) == 1 else ""


def _of_probabilities(
    table: Columns, roles: Roles, rows: list[int], predictions: list[str], labels: list[str], findings: list[Finding]
) -> tuple[list[str], list[float] | None, list[float] | None, str]:
    """Predictions (the largest probability where none are given), confidences, and whatever the columns contradict."""
    import numpy as np

    classes = [name for name, _ in roles.probabilities]
    values = np.array([table.numbers(column) for _, column in roles.probabilities], dtype=np.float64)
    values = values[:, rows].T if len(rows) < len(table) else values.T
    finite: Array = np.asarray(np.isfinite(values).all(axis=1))
    where = np.asarray(rows)
    if not finite.all():
        bad = where[~finite].tolist()
        findings.append(told(table, "not-a-number", f"{len(bad)} rows have a probability that is no number", rows=bad))
    best = np.where(finite, np.nan_to_num(values, nan=-np.inf).argmax(axis=1), -1).tolist()
    said = predictions or [classes[i] if i >= 0 else "" for i in best]
    place = {name: i for i, name in enumerate(classes)}
    index = np.array([place.get(name, -1) for name in said])
    own = np.where((index >= 0) & finite, values[np.arange(len(values)), np.maximum(index, 0)], np.nan)
    if predictions:
        _contradictions(table, where, (own < values.max(axis=1, initial=-np.inf) - 1e-6) & finite, findings)
        _unnamed(table, where, index < 0, predictions, findings)
    inside = bool(((values[finite] >= -1e-9) & (values[finite] <= 1 + 1e-9)).all()) and bool(finite.any())
    if not inside:
        low, high = (values[finite].min(), values[finite].max()) if finite.any() else (math.nan, math.nan)
        text = f"The probability columns go from {low:g} to {high:g}: they hold no probabilities, so calibration is not judged"
        findings.append(told(table, "no-probabilities", text, column=roles.probabilities[0][1]))
        return said, None, None, ""
    _sums(table, where, np.where(finite, np.where(finite[:, None], values, 0.0).sum(axis=1), 1.0), len(classes), roles, findings)
    positive = _positive(classes) or classes[-1] if len(classes) == 2 and set(labels) <= set(classes) else ""
    scores = values[:, place[positive]].tolist() if positive and finite.all() else None
    return said, own.tolist(), scores, positive


def _contradictions(table: Columns, where: Array, off: Array, findings: list[Finding]) -> None:
    bad = where[off].tolist()
    if bad:
        text = f"{len(bad)} rows predict another class than the one with the largest probability"
        findings.append(told(table, "argmax", text, rows=bad))


def _unnamed(table: Columns, where: Array, off: Array, predictions: list[str], findings: list[Finding]) -> None:
    bad = [int(where[i]) for i in off.nonzero()[0].tolist() if predictions[i] not in MISSING]
    if bad:
        findings.append(told(table, "no-column", f"{len(bad)} rows predict a class that has no probability column", rows=bad))


def _sums(table: Columns, where: Array, sums: Array, classes: int, roles: Roles, findings: list[Finding]) -> None:
    """Rows whose probabilities do not sum to 1, beyond what their decimals explain."""
    import numpy as np

    sample = [cell for _, column in roles.probabilities for cell in table.cells[column][:50]]
    digits = max((len(cell.replace(",", ".").partition(".")[2]) for cell in sample if "e" not in cell.lower()), default=0)
    tolerance = max(TOLERANCE, classes * 0.5 * 10.0**-digits)
    bad = where[np.abs(sums - 1) > tolerance].tolist()
    if bad:
        text = f"The probabilities of {len(bad)} rows do not sum to 1"
        findings.append(told(table, "sum", text, rows=bad))
