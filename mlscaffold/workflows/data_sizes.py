"""Explain how large the splits have to be, and what the data that are there allow."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mlscaffold.datasets.annotations import read_collection
from mlscaffold.datasets.extra import extra_sources
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import UsageError
from mlscaffold.evidence import testsets
from mlscaffold.practice.sizes import Needed, half_width, needed, shares_for
from mlscaffold.project import Project
from mlscaffold.splitnames import BASE, is_test, order
from mlscaffold.workflows.split_data import acceptance


@dataclass(frozen=True)
class Sizes:
    """What is needed, what is there, and the shares that come nearest. `told` says where error and expected value come from."""

    error: float
    expected: float
    told: str
    needed: Needed
    total: int
    shares: dict[str, float]
    missing: dict[str, int]
    now: dict[str, int]
    half_width_now: float
    tests: dict[str, TestSize] = field(default_factory=dict)


@dataclass(frozen=True)
class TestSize:
    """How many pictures a test set has, how well they tell the value, and its version (0: none is recorded)."""

    n: int
    half_width: float
    version: int


def data_sizes(
    root: Path | None, *, error: float | None = None, expected: float | None = None, total: int | None = None
) -> Sizes:
    """Sizes from `acceptance.toml` and the annotations of the project at `root`; what is given by hand goes before."""
    tolerated, usual = acceptance(root) if root else (None, 0.9)
    told = "given" if error is not None else "acceptance.toml"
    error = tolerated if error is None else error
    if error is None:
        raise UsageError(
            "No tolerable error is known.",
            reference="no-tolerable-error",
            hint="Write [tolerable] error = 0.02 into acceptance.toml, or: mlscaffold data sizes --error 0.02",
        )
    expected = usual if expected is None else expected
    now = dict.fromkeys(BASE, 0)
    if root:
        for row in read_splits(root):
            now[row.split] = now.get(row.split, 0) + 1
        if total is None:
            extra = extra_sources(root)
            total = sum(bool(m.annotation.label) and m.source not in extra for m in read_collection(root).media)
    wanted = needed(error, expected)
    shares, missing = shares_for(wanted, total or 0)
    half = half_width(now["test"], expected)
    return Sizes(
        error, expected, told, wanted, total or 0, shares, missing, now, half, _tests(root, now, expected) if root else {}
    )


def _tests(root: Path, now: dict[str, int], expected: float) -> dict[str, TestSize]:
    """The test sets that have pictures, in their order."""
    known = testsets.versions(Project(root))
    names = sorted((name for name, n in now.items() if n and is_test(name)), key=order)
    return {
        name: TestSize(now[name], half_width(now[name], expected), known[name][-1].number if name in known else 0)
        for name in names
    }
