"""Thresholds that a table of requirements asks for: `| recall | rose | at least 0.9 |`, in English, German or Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlscaffold.evidence.acceptance import METRICS, Threshold
from mlscaffold.evidence.claims import WORDS
from mlscaffold.splitnames import first_named

COLUMNS: dict[str, tuple[str, ...]] = {
    "metric": ("metric", "measure", "requirement", "requirements", "criterion", "quality", "what", "metrik", "kennzahl", "anforderung", "anforderungen",
               "messgröße", "merkmal", "kriterium", "指标", "要求", "度量", "需求", "项目"),
    "class": ("class", "label", "klasse", "kategorie", "类别", "类", "标签"),
    "slice": ("slice", "subset", "group", "teilmenge", "gruppe", "子集", "切片"),
    "min": ("min", "minimum", "at least", "≥", ">=", "lower bound", "mindestens", "untergrenze", "mindestwert", "最小", "最小值", "至少", "下限", "不低于"),
    "max": ("max", "maximum", "at most", "≤", "<=", "upper bound", "höchstens", "maximal", "obergrenze", "höchstwert", "最大", "最大值", "至多", "上限", "不超过"),
    "value": ("value", "number", "threshold", "wanted", "bound", "goal", "target value", "limit", "wert", "zahl", "zielwert", "schwelle", "grenzwert", "soll",
              "ziel", "值", "数值", "阈值", "目标值", "目标"),
    "unit": ("unit", "einheit", "单位"),
    "device": ("device", "phone", "machine", "hardware", "gerät", "telefon", "rechner", "设备", "手机", "机器"),
    "split": ("split", "data", "measured on", "daten", "gemessen auf", "数据", "数据集"),
    "target": ("target", "export", "format", "ziel", "zielformat", "导出", "格式"),
}  # fmt: skip
"""Headers of columns, in the three languages that documents are looked for in."""
TARGETS = ("coreml", "executorch", "litert", "onnx")

_LATENCY = re.compile(
    r"latency|response time|answer(?:s|ed)? (?:with)?in|inference time|latenz|antwortzeit|laufzeit|延迟|响应时间|耗时|时延", re.I
)
_TIME = re.compile(r"\btime\b|zeit\b|dauer|时间|用时", re.I)
_ERROR = re.compile(r"\berror rate|misclassification|fehlerrate|fehlerquote|错误率|误判率", re.I)
_SIZE = re.compile(r"\bsize\b|model file|file of the model|größe|modelldatei|speicherbedarf|大小|体积|模型文件", re.I)
_LOSS = re.compile(r"log[ -_]?loss|cross[ -]?entropy|kreuzentropie|交叉熵|对数损失", re.I)
_FAMILY = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(w)}(?![A-Za-z])" for w in sorted(WORDS, key=len, reverse=True)), re.I)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<n>\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+|\d+(?:[.,_]\d+)*|[.,]\d+)\s?"
    r"(?P<u>%|％|percent|per cent|prozent|‰|ms|msec|millisekunden?|milliseconds?|毫秒|seconds?|sec|sekunden?|秒|s(?![a-z])|"
    r"[kmg]i?b(?:yte)?s?|bytes?|byte|兆|字节)?(?![\d])",
    re.I,
)
_AT_MOST = re.compile(
    r"at most|no more than|not more than|less than|under|below|within|up to|maxim|höchstens|unter|maximal|bis zu|[<≤]|不超过|至多|小于|低于|以内|以下",
    re.I,
)
_AT_LEAST = re.compile(
    r"at least|no less than|not less than|more than|over|above|minim|mindestens|wenigstens|über|[>≥]|不低于|至少|大于|高于|以上",
    re.I,
)
_NAMED = re.compile(r"\b(?:class|klasse|label)\s+[\"“„'‘]?([\w.-]+)|类别\s*[“\"]?(\w+)", re.I)
_UNITS = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


@dataclass(frozen=True)
class Wish:
    """One row that asks for a number: the threshold, and the row as it stands in the document."""

    threshold: Threshold
    row: str


@dataclass(frozen=True)
class Requirements:
    """What a table asks for; `unread` are rows with a metric of ours and no number that can be understood: (row, why).

    `others` are rows with a number about no metric of ours: they stay in the document alone.
    """

    wishes: tuple[Wish, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()

    def __add__(self, more: Requirements) -> Requirements:
        return Requirements(self.wishes + more.wishes, self.unread + more.unread, self.others + more.others)


def read(rows: Sequence[Sequence[str]], classes: Sequence[str] = ()) -> Requirements:
    """The thresholds of one table, the first row of which names the columns; `classes` are the names that the schema knows."""
    columns = _columns(rows)
    if not columns:
        return Requirements()
    wishes: list[Wish] = []
    unread: list[tuple[str, str]] = []
    others, last = [], ""
    for row in rows[1:]:
        cells = {name: row[place].strip() if place < len(row) else "" for place, name in columns.items()}
        last = cells["metric"] = cells["metric"] or last  # a cell that spans rows stands in the first of them
        shown = " | ".join(cell.strip() for cell in row if cell.strip())
        if not any(cells.get(name) for name in ("min", "max", "value")):
            continue
        try:
            found = _threshold(cells, classes)
        except ValueError as why:
            unread.append((shown, str(why)))
            continue
        if found is None:
            others.append(shown)
        else:
            wishes.append(Wish(found, shown))
    return Requirements(tuple(wishes), tuple(unread), tuple(others))


def _columns(rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """Place of a column → what it is; empty where the table is no list of requirements."""
    header = [re.sub(r"\s+", " ", cell).strip(" :：*").casefold() for cell in rows[0]] if rows else []
    found: dict[int, str] = {}
    for place, title in enumerate(header):
        fits = [name for name, titles in COLUMNS.items() if title in titles]
        fits = fits or [
            name for name in ("min", "max", "metric", "value") if any(t in title for t in COLUMNS[name] if len(t) > 2)
        ]
        if not fits:
            continue
        of_targets = [row[place].strip().casefold() for row in rows[1:] if place < len(row) and row[place].strip()]
        if {"target", "value"} & set(fits) and of_targets and all(cell in TARGETS for cell in of_targets):
            fits = ["target"]
        elif "target" in fits and title in ("target", "ziel"):
            fits = ["value"]
        if fits[0] not in found.values():
            found[place] = fits[0]
    return found if "metric" in found.values() and {"min", "max", "value"} & set(found.values()) else {}


def _threshold(cells: dict[str, str], classes: Sequence[str]) -> Threshold | None:
    """The threshold of one row, or None where it is about no metric of ours; raises ValueError where it cannot be understood."""
    name, of_class = _metric(cells, classes)
    if not name:
        return None
    metric = METRICS[name]
    bounds: dict[str, float] = {}
    for key in ("min", "max", "value"):
        if cells.get(key):
            value = _value(cells[key] + (f" {cells['unit']}" if cells.get("unit") else ""), name)
            # What a cell says itself ("at most 100 ms") weighs more than the head of its column.
            default = key if key != "value" else _side(cells["metric"], "max" if metric.better == "lower" else "min")
            bounds[_side(cells[key], default)] = value
    side = "max" if metric.better == "lower" else "min"
    if side not in bounds:
        raise ValueError(f"bounds {name} on the wrong side: {metric.better} is better")
    for value in bounds.values():
        if not metric.low <= value <= metric.high:
            meant = f"; is {value / 100:g} meant?" if metric.high == 1 and 1 < value <= 100 else ""
            raise ValueError(f"{name} cannot be {value:g}{meant}")
    split = first_named(cells.get("split", "")) or "test"
    target = next((t for t in TARGETS if t in cells.get("target", "").casefold()), "")
    return Threshold(
        name, bounds.get("min"), bounds.get("max"), of_class, cells.get("slice", ""), split, target, cells.get("device", "")
    )


def _metric(cells: dict[str, str], classes: Sequence[str]) -> tuple[str, str]:
    """The metric of a row by its name, its words or its unit, and the class that it is of."""
    text = cells["metric"]
    numbers = " ".join(cells.get(key, "") for key in ("value", "min", "max", "unit"))
    of_class = _class(cells.get("class", ""), text, classes)
    named = re.sub(r"[\s-]+", "_", text.strip().casefold())
    if named in METRICS and not (METRICS[named].of_class and not of_class):
        return named, of_class if METRICS[named].of_class else ""
    if _ERROR.search(text) and not _FAMILY.search(text):
        raise ValueError("an error rate is 1 - accuracy: write accuracy, at least …")
    if _LOSS.search(text):
        return "log_loss", ""
    word = _FAMILY.search(text)
    if word is None:
        unit = next((m["u"].casefold() for m in _NUMBER.finditer(numbers) if m["u"]), "")
        in_seconds = unit == "s" or unit.startswith(("sec", "sek", "秒"))
        if (
            _LATENCY.search(text)
            or (in_seconds and _TIME.search(text))
            or unit in ("ms", "msec", "毫秒")
            or unit.startswith("millise")
        ):
            return "latency_p95_ms", ""
        if re.fullmatch(r"[kmg]i?b(?:yte)?s?|bytes?|兆|字节", unit) and (
            _SIZE.search(text) or re.search(r"model|模型", text, re.I)
        ):
            return "size_bytes", ""
        return (
            ("size_bytes", "")
            if _SIZE.search(text) and unit.startswith(("k", "m", "g", "b", "兆", "字")) and unit != "ms"
            else ("", "")
        )
    family = WORDS[word[0].casefold()]
    if family in ("accuracy", "kappa"):
        return family, ""
    averaging = re.search(r"micro|mikro|微", text, re.I), re.search(r"weighted|gewichtet|加权", text, re.I)
    if family == "f1" and any(averaging):
        return ("f1_micro" if averaging[0] else "f1_weighted"), ""
    return (family, of_class) if of_class else (f"{family}_macro", "")


def _class(cell: str, text: str, classes: Sequence[str]) -> str:
    """The class that a row is of, spelt as in the schema."""
    if re.fullmatch(r"[-–—*]?|all|every|alle|全部|所有", cell.strip().casefold()):
        cell = ""
    spelt = {name.casefold(): name for name in classes}
    if cell:
        return spelt.get(cell.casefold(), cell)
    words = {word.casefold() for word in re.findall(r"[\w.-]+", text)}
    for name in sorted(classes, key=len, reverse=True):
        if name.casefold() in words or (not name.isascii() and name in text):
            return name
    found = _NAMED.search(text)
    name = next((group for group in found.groups() if group), "") if found else ""
    return spelt.get(name.casefold(), name)


def named_class(text: str, classes: Sequence[str]) -> str:
    """The class of the schema that a text names, spelt as there; empty where it names none."""
    found = _class("", text, classes)
    return found if found in classes else ""


def _value(text: str, metric: str) -> float:
    """The one number of a cell in the metric's own unit."""
    found = list(_NUMBER.finditer(text))
    if not found:
        raise ValueError(f'"{text[:40]}" is no number')
    if len(found) > 1:
        raise ValueError(f'"{text[:40]}" holds {len(found)} numbers')
    unit = (found[0]["u"] or "").casefold()
    value = _number(found[0]["n"], whole=METRICS[metric].of_export)
    if unit in ("%", "％", "percent", "per cent", "prozent"):
        return round(value / 100, 6)
    if unit == "‰":
        return round(value / 1000, 6)
    if metric == "latency_p95_ms" and (unit == "s" or unit.startswith(("sec", "sek", "秒"))):
        return value * 1000
    if metric == "size_bytes" and unit:
        factor = 1_000_000 if unit == "兆" else _UNITS.get(unit[0], 1)
        return value * (factor if "i" not in unit[:2] else 1024 ** ("kmg".index(unit[0]) + 1))
    return value


def _number(text: str, *, whole: bool) -> float:
    """A number with a decimal point or comma; groups of three digits are thousands where the metric is no share."""
    plain = re.sub(r"[ '’_\u00a0\u202f]", "", text)
    if "," in plain and "." in plain:
        plain = plain.replace("," if plain.rfind(".") > plain.rfind(",") else ".", "")
    elif whole and re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        raise ValueError(f'"{text}" is no number') from None


def _side(text: str, default: str) -> str:
    most, least = _AT_MOST.search(text), _AT_LEAST.search(text)
    return default if bool(most) == bool(least) else "max" if most else "min"


def same_about(wish: Threshold, known: Threshold) -> bool:
    """Whether two thresholds are about the same thing; what a wish leaves open (device, target, slice) may be anything."""
    open_ones = {key: "" for key in ("device", "target", "slice") if not getattr(wish, key)}
    return replace(known, min=None, max=None, **open_ones) == replace(wish, min=None, max=None)
