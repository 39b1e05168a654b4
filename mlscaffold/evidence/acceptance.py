"""`acceptance.toml`: the metric to optimise, the thresholds and what error is tolerable."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from mlscaffold.evidence.fields import Fields, canonical, nearest, read_toml
from mlscaffold.splitnames import is_named_test

RULES = ("majority", "logistic-regression")


@dataclass(frozen=True)
class Metric:
    """A metric that can be asked for: which way is better, its range, and what it is a metric of."""

    name: str
    better: str = "higher"
    low: float = 0.0
    high: float = 1.0
    of_class: bool = False
    of_export: bool = False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy"),
        Metric("precision_macro"),
        Metric("recall_macro"),
        Metric("f1_macro"),
        Metric("f1_micro"),
        Metric("f1_weighted"),
        Metric("kappa", low=-1.0),
        Metric("log_loss", better="lower", high=float("inf")),
        Metric("precision", of_class=True),
        Metric("recall", of_class=True),
        Metric("f1", of_class=True),
        Metric("size_bytes", better="lower", high=float("inf"), of_export=True),
        Metric("latency_p95_ms", better="lower", high=float("inf"), of_export=True),
    )
}


def plain(value: float) -> str:
    """A bound as people write it: `0.95`, `5,000,000`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


@dataclass(frozen=True)
class Threshold:
    """One condition: the metric, its bound, and what it is measured on."""

    metric: str
    min: float | None = None
    max: float | None = None
    of_class: str = ""
    slice: str = ""
    split: str = "test"
    target: str = ""
    device: str = ""

    def holds(self, value: float) -> bool:
        """Whether a measured value meets the bound."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)

    @property
    def text(self) -> str:
        """The threshold in a few words: `recall of rose ≥ 0.9 on test`."""
        bounds = [f"≥ {plain(self.min)}"] if self.min is not None else []
        bounds += [f"≤ {plain(self.max)}"] if self.max is not None else []
        of = f" of {self.of_class}" if self.of_class else ""
        where = f" of {self.target}" if self.target else "" if METRICS[self.metric].of_export else f" on {self.split}"
        where += f" on {self.split}" if self.target and is_named_test(self.split) else ""
        where += f" in {self.slice}" if self.slice else ""
        return f"{self.metric}{of} {' and '.join(bounds)}{where}" + (f" on {self.device}" if self.device else "")


@dataclass(frozen=True)
class Human:
    """What a person reaches on the same task."""

    metric: str
    value: float
    n: int = 0
    by: str = ""


@dataclass(frozen=True)
class Acceptance:
    """What the model must reach; a part that is not filled in yet is empty or None."""

    path: str
    optimise: str = ""
    thresholds: tuple[Threshold, ...] = ()
    error: float | None = None
    drop: float = 0.01
    rule: str = ""
    why: str = ""
    human: Human | None = None
    unknown: tuple[str, ...] = ()
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def expected(self, usual: float) -> float:
        """The value to expect of the metric: its threshold over all classes, where that is a share, else the usual one."""
        mine = (t.min for t in self.thresholds if t.metric == self.optimise and not t.of_class and not t.target)
        return next((value for value in mine if value is not None and 0 < value < 1), usual)


def read(data: bytes, path: str) -> Acceptance:
    """Parse `acceptance.toml`; unknown metrics, impossible bounds and bounds in the wrong direction are broken."""
    top = read_toml(data, path)
    metric, tolerable, baseline = (top.optional(key) for key in ("metric", "tolerable", "baseline"))
    optimise = _metric(metric, "optimise") if metric.text("optimise", "") else ""
    return Acceptance(
        path,
        optimise=optimise,
        thresholds=tuple(_threshold(item) for item in top.tables("thresholds")),
        error=tolerable.maybe("error", low=0, high=1),
        drop=tolerable.number("drop", 0.01, low=0, high=1),
        rule=baseline.choice("rule", RULES, ""),
        why=baseline.text("why", ""),
        human=_human(top.optional("human")),
        unknown=tuple(name for table in (top, metric, tolerable, baseline) for name in table.unknown()),
        raw=top.values,
    )


def meaning(acceptance: Acceptance, select: str = "") -> object:
    """The parsed file in canonical form; the order of thresholds says nothing."""
    value = canonical(acceptance.raw, select)
    if isinstance(value, dict) and isinstance(value.get("thresholds"), list):
        value["thresholds"] = sorted(value["thresholds"], key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _metric(fields: Fields, key: str) -> str:
    name = fields.text(key)
    if name not in METRICS:
        near = nearest(name.lower().replace("-", "_").replace(" ", "_"), METRICS)
        hint = f'Is "{near}" meant?' if near else f"Known are {', '.join(METRICS)}."
        fields.broken(key, f'is "{name}", which is no metric of this task', hint=hint)
    return name


def _threshold(fields: Fields) -> Threshold:
    name = _metric(fields, "metric")
    metric = METRICS[name]
    low, high = _bound(fields, "min", metric), _bound(fields, "max", metric)
    if low is None and high is None:
        fields.broken("metric", f"({name}) has neither min nor max")
    if low is not None and high is not None and low > high:
        fields.broken("min", f"is {low:g}, above max, which is {high:g}")
    wrong = "min" if metric.better == "lower" and high is None else "max" if metric.better == "higher" and low is None else ""
    if wrong:
        held = f"{wrong} = {plain(low if low is not None else high or 0.0)}"
        fields.broken(wrong, f"bounds {name} on the wrong side ({held}): {metric.better} is better", hint="Swap min and max.")
    threshold = Threshold(
        name,
        low,
        high,
        of_class=fields.text("class", ""),
        slice=_slice(fields),
        split=fields.split("split", "test"),
        target=fields.text("target", ""),
        device=fields.text("device", ""),
    )
    if metric.of_class and not threshold.of_class:
        fields.broken("class", f"is missing: {name} is the metric of one class", hint=f"Over all classes it is {name}_macro.")
    if not metric.of_class and threshold.of_class:
        hint = f"Of one class there are {', '.join(m.name for m in METRICS.values() if m.of_class)}."
        fields.broken("class", f'is "{threshold.of_class}", but {name} is a metric over all classes', hint=hint)
    return threshold


def conditions(slice: str) -> list[tuple[str, str]]:
    """Name and value of each condition of a slice: `source=belt; light=dark`."""
    parts = [part.partition("=") for part in slice.split(";") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in parts]


def _slice(fields: Fields) -> str:
    text = fields.text("slice", "")
    if any(not name or not value for name, value in conditions(text)):
        hint = f'Is "source={text}" meant?' if "=" not in text else 'Conditions look like "light=dark; source=belt".'
        fields.broken("slice", f'is "{text}"; a name and a value are wanted, such as "light=dark"', hint=hint)
    return text


def _bound(fields: Fields, key: str, metric: Metric) -> float | None:
    if not fields.has(key):
        return None
    value = fields.number(key)
    if not metric.low <= value <= metric.high:
        hint = f"Is {value / 100:g} meant?" if metric.high == 1 and 1 < value <= 100 else ""
        span = f"from {metric.low:g} to {metric.high:g}" if metric.high < float("inf") else f"at {metric.low:g} or above"
        fields.broken(key, f"is {value:g}; {metric.name} lies {span}", hint=hint)
    return value


def _human(fields: Fields) -> Human | None:
    if not fields.values:
        return None
    name = _metric(fields, "metric")
    value = fields.number("value", low=METRICS[name].low, high=METRICS[name].high)
    return Human(name, value, fields.count("n", 0), fields.text("by", ""))
