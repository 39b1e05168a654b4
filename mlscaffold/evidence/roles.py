"""Which column of somebody's table is the label, the prediction, the file: by name first, by content where names repeat."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlscaffold.errors import UsageError
from mlscaffold.evidence.columns import Columns

NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "label": (
        (
            "label",
            "y_true",
            "true_label",
            "label_true",
            "truth",
            "ground_truth",
            "groundtruth",
            "gt",
            "target",
            "actual",
            "gold",
            "actual_label",
            "gold_label",
            "true_class",
            "true",
            "expected",
            "y",
            "y_test",
            "correct_label",
            "reference",
            "wahrheit",
            "wahre_klasse",
            "wahres_label",
            "tatsächlich",
            "真实标签",
            "真实类别",
            "真值",
        ),
        ("klasse", "etikett", "kategorie", "标签", "类别"),
        ("class", "category", "labels", "targets", "annotation", "class_name", "label_name", "outcome"),
    ),
    "prediction": (
        (
            "prediction",
            "y_pred",
            "pred",
            "predicted",
            "predicted_label",
            "pred_label",
            "prediction_label",
            "label_pred",
            "predicted_class",
            "pred_class",
            "y_hat",
            "yhat",
            "predictions",
            "preds",
            "predicted_category",
            "model_prediction",
            "vorhersage",
            "vorhergesagt",
            "vorhergesagte_klasse",
            "预测",
            "预测标签",
            "预测类别",
            "预测结果",
        ),
        ("output", "model_output", "answer", "guess", "response", "hypothesis"),
    ),
    "path": (
        (
            "path",
            "file",
            "filename",
            "file_name",
            "filepath",
            "file_path",
            "image_path",
            "img_path",
            "image",
            "img",
            "image_file",
            "image_name",
            "image_filename",
            "picture",
            "photo",
            "audio",
            "video",
            "datei",
            "dateiname",
            "pfad",
            "bild",
            "文件",
            "文件名",
            "路径",
            "图片",
        ),
        ("image_id", "sample_id", "example_id", "record_id", "row_id", "uid", "uuid", "guid", "id", "key", "name"),
    ),
    "text": (("text", "sentence", "utterance", "tweet", "review", "message", "comment", "query", "content", "question"),),
    "digest": (("sha256", "digest", "md5", "sha1", "hash", "checksum", "file_hash"),),
    "score": (
        (
            "score",
            "y_score",
            "probability",
            "prob",
            "proba",
            "pred_proba",
            "y_prob",
            "y_proba",
            "p",
            "scores",
            "churn_probability",
            "confidence",
            "conf",
            "max_prob",
            "max_probability",
            "certainty",
            "prediction_score",
            "konfidenz",
            "wahrscheinlichkeit",
            "置信度",
            "概率",
        ),
    ),
}
"""Names by role, sure ones first; the next tuple counts only where the one before gave nothing."""

CONFIDENCE = ("confidence", "conf", "max_prob", "max_probability", "certainty", "prediction_score", "konfidenz", "置信度")
PROBABILITY = re.compile(r"^(?:p:|p\(|(?:p|prob|proba|probs|probability|prob of|score)[_:\s.\-]+)(.+?)\)?$", re.IGNORECASE)
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
        listed = ", ".join(candidates[:12]) + (f" and {len(candidates) - 12} more" if len(candidates) > 12 else "")
        what = f"could be any of {listed}" if several else f"is not recognised; there are {listed}"
        super().__init__(f"{where}: the column of the {role} {what}", reference="unclear-column", hint=f"Add --{role} COLUMN")
        self.role = role
        self.candidates = tuple(candidates)


def assign(roles: Roles, role: str, column: str) -> Roles:
    """The roles with one more column."""
    changed: dict[str, Any] = {role: column}
    return replace(roles, **changed)


def plain(name: str) -> str:
    """A column's name in lower case, with one underscore for whatever separated its words."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
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
    label = given.label or _one(table, "label", _free(table, roles))
    if not label:
        raise Unclear("label", _free(table, roles), table.path, several=False)
    roles = replace(roles, label=label)
    roles = replace(roles, prediction=given.prediction or _one(table, "prediction", _free(table, roles)))
    classes = set(table.cells[label]) | set(table.cells[roles.prediction] if roles.prediction else ())
    roles = replace(roles, probabilities=_probabilities(table, roles, classes, given.probabilities))
    if not roles.score and not roles.probabilities:
        roles = replace(roles, score=_first(table, "score", _free(table, roles)))
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


def _one(table: Columns, role: str, free: Sequence[str]) -> str:
    """The one column of this role; two with the same cells are one."""
    found = _named(table, role, free)
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
    return tuple(found) if known >= min(2, len(classes)) or (known == 1 and len(classes) <= 2) else ()


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
    sample = table.cells[column][:50]
    numbers = Columns("", (), {column: sample}, range(len(sample)), table.decimal_comma).numbers(column)
    return sum(not math.isnan(value) for value in numbers) * 2 >= len(sample)
