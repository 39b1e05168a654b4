"""How far a window of requests has moved from a reference: PSI with its noise floor, and confidence.

Without any shift PSI is not zero: its 95 % point is chi2(bins - 1) x (1/n + 1/m). The customary limit of 0.1 is
exceeded by most harmless pairs of 100 + 100 samples, so every limit here is also a multiple of that floor.
"""

from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np

LEAST = 50  # requests below which nothing is said
WATCH = 0.1


@dataclass(frozen=True)
class Sample:
    """What is compared: one value a picture in each column."""

    label: np.ndarray
    confidence: np.ndarray
    brightness: np.ndarray | None = None
    contrast: np.ndarray | None = None

    @property
    def n(self) -> int:
        """The number of pictures."""
        return len(self.label)


@dataclass(frozen=True)
class Shift:
    """How far one column has moved, and the limits that it is held against."""

    psi: float
    floor: float
    watch: float
    alarm: float


@dataclass(frozen=True)
class Drift:
    """The verdict on a window."""

    n: int
    reference: int
    shifts: dict[str, Shift]
    confidence: tuple[float, float]  # mean of reference and window
    verdict: str  # ok, watch, alarm or too few
    why: str

    @property
    def worst(self) -> str:
        """The column that moved furthest beyond its limit."""
        return max(self.shifts, key=lambda name: self.shifts[name].psi / self.shifts[name].alarm)

    def as_json(self) -> dict[str, object]:
        """The form of monitoring.json: psi and psi_floor are those of the worst column."""
        worst = self.shifts[self.worst] if self.shifts else None
        return {
            "window": {"n": self.n},
            "psi": worst.psi if worst else None,
            "psi_floor": worst.floor if worst else None,
            "worst": self.worst if worst else None,
            "columns": {name: asdict(shift) for name, shift in self.shifts.items()},
            "confidence": {"reference": self.confidence[0], "window": self.confidence[1]},
            "verdict": self.verdict,
            "why": self.why,
        }


def chi2_quantile(share: float, freedom: int) -> float:
    """Return a quantile of the chi-square distribution (Wilson and Hilferty 1931; within 2 % here)."""
    z = NormalDist().inv_cdf(share)
    return float(freedom * (1 - 2 / (9 * freedom) + z * (2 / (9 * freedom)) ** 0.5) ** 3)


def psi_of_counts(reference: np.ndarray, window: np.ndarray) -> float:
    """Return the population stability index of two counts over the same bins; an empty bin counts as half a sample."""
    first = np.maximum(reference, 0.5) / max(reference.sum(), 1)
    second = np.maximum(window, 0.5) / max(window.sum(), 1)
    return float(((second - first) * np.log(second / first)).sum())


def count_labels(reference: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each label occurs in both."""
    names = sorted({*reference.tolist(), *window.tolist()})
    return np.array([(reference == name).sum() for name in names]), np.array([(window == name).sum() for name in names])


def count_values(reference: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return counts over bins that hold equally many values of the reference; fewer bins for fewer samples."""
    bins = int(np.clip(min(len(reference), len(window)) // 14, 3, 10))
    # Halves between neighbours: a value that many pictures share (a confidence of 1.0) falls on no edge.
    values = np.unique(reference)
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1)[1:-1]))
    spot = np.searchsorted(values, edges, side="left").clip(0, len(values) - 1)
    below = (spot - 1).clip(0)
    edges = np.unique(np.where(spot > 0, (values[spot] + values[below]) / 2, values[spot] - 1e-9))
    return np.bincount(np.searchsorted(edges, reference), minlength=len(edges) + 1), np.bincount(
        np.searchsorted(edges, window), minlength=len(edges) + 1
    )


def measure_drift(
    reference: Sample, window: Sample, *, psi: float, confidence_drop: float, least: int = LEAST
) -> Drift:
    """Compare a window with the reference; `psi` and `confidence_drop` are the promised limits of the alarm."""
    if window.n < least or reference.n < least:
        why = f"{min(window.n, reference.n)} pictures, at least {least} are needed"
        means = tuple(float(s.confidence.mean()) if s.n else 0.0 for s in (reference, window))
        return Drift(window.n, reference.n, {}, (means[0], means[1]), "too few", why)
    counts = {
        "classes": count_labels(reference.label, window.label),
        "confidence": count_values(reference.confidence, window.confidence),
    }
    for name in ("brightness", "contrast"):
        first, second = getattr(reference, name), getattr(window, name)
        if first is not None and second is not None:
            counts[name] = count_values(first, second)
    shifts = {}
    for name, (first, second) in counts.items():
        # Bonferroni: several columns are looked at, each may ring only as seldom as one would.
        share = 1 - 0.05 / len(counts)
        floor = chi2_quantile(share, max(len(first) - 1, 1)) * (1 / reference.n + 1 / window.n)
        shifts[name] = Shift(psi_of_counts(first, second), floor, max(WATCH, 2 * floor), max(psi, 4 * floor))
    before, after = float(reference.confidence.mean()), float(window.confidence.mean())
    noise = 3 * float(np.sqrt(reference.confidence.var() / reference.n + window.confidence.var() / window.n))
    rings = [
        f"{name} moved (PSI {s.psi:.2f}, alarm above {s.alarm:.2f})" for name, s in shifts.items() if s.psi > s.alarm
    ]
    if before - after > max(confidence_drop, noise):
        rings.append(f"confidence fell from {before:.2f} to {after:.2f}")
    looks = [
        f"{name} moved (PSI {s.psi:.2f}, watch above {s.watch:.2f})" for name, s in shifts.items() if s.psi > s.watch
    ]
    verdict = "alarm" if rings else "watch" if looks else "ok"
    return Drift(window.n, reference.n, shifts, (before, after), verdict, "; ".join(rings or looks))
