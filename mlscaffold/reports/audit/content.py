"""What an audit of predictions found; the workflow fills it, the renderers only print."""

from __future__ import annotations

from dataclasses import dataclass

from mlscaffold.model import Finding, Status
from mlscaffold.practice.slices import Slice
from mlscaffold.reports.content import effect as effect_of
from mlscaffold.reports.content import number


@dataclass(frozen=True)
class Number:
    """A metric on every labelled row, and on the rows that count, each with its 95 % interval where one can be given."""

    name: str
    value: float
    low: float | None
    high: float | None
    counted: float
    counted_low: float | None
    counted_high: float | None


@dataclass(frozen=True)
class ClassRow:
    """One class on the rows that count; intervals are (low, high), None where there is nothing to divide by."""

    name: str
    support: int
    predicted: int
    recall: float | None
    recall_interval: tuple[float, float] | None
    precision: float | None
    precision_interval: tuple[float, float] | None
    f1: float | None


@dataclass(frozen=True)
class Bin:
    """Rows of similar confidence: how sure the model was on average, and how often it was right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Trust:
    """How far confidences can be believed: expected calibration error, what chance alone gives it, and Brier scores.

    `floor` is the mean and `limit` the 95 % value of the error of a perfectly calibrated model on so many rows. `brier` is the
    mean of (confidence − right)²; `brier_flat` is what a constant confidence equal to the accuracy would reach.
    """

    n: int
    error: float
    floor: float
    limit: float
    confidence: float
    accuracy: float
    brier: float
    brier_flat: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Baseline:
    """Always saying the most frequent class, and McNemar's test of the model against that."""

    name: str
    accuracy: float
    only_model: int
    only_baseline: int
    p: float

    @property
    def beaten(self) -> bool:
        """Whether the model is better by more than chance."""
        return self.p < 0.05 and self.only_model > self.only_baseline


@dataclass(frozen=True)
class Audit:
    """Everything that an audit found. The first number is accuracy; `luck` is what the best of `looks` looks explains."""

    source: str
    digest: str
    rows: int
    labelled: int
    counted: int
    roles: tuple[tuple[str, str], ...]
    numbers: tuple[Number, ...]
    baseline: Baseline
    classes: tuple[ClassRow, ...]
    slices_looked_at: int
    weak: tuple[Slice, ...]
    trust: Trust | None
    findings: tuple[Finding, ...]
    groups: int
    looks: int
    luck: float
    ceiling: float
    train: str
    verdict: str
    next: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found that makes the number wrong."""
        return not any(finding.status is Status.FAIL for finding in self.findings)


def effect(finding: Finding) -> str:
    """What a finding does to the number, in words; nothing where it has none."""
    change = finding.effect
    if change is not None and number(change.reported) == number(change.corrected):
        return f"{change.metric} stays {number(change.reported)} without that"
    return effect_of(finding)
