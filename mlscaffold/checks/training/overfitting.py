"""training.overfitting."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import documents, trained
from mlscaffold.model import Finding
from mlscaffold.practice.intervals import wilson
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import AUGMENTED

GAP = 0.1
DIAGNOSED = re.compile(r"over-?fit|memoris|memoriz|generali[sz]ation gap|überanpass|auswendig|过拟合", re.I)


@check(proves="metrics-by-epoch", reads=("reports/training", "docs/07-evaluation.*"))
def overfitting(project: Project) -> Iterator[Finding]:
    """The gap between train and validation is small, or somebody has diagnosed it.

    ## Why
    A model that knows its training pictures by heart wants more data or more augmentation, not more epochs.

    ## Evidence
    Accuracy on train less that on validation at the chosen epoch: above 0.1, and above what the interval of validation explains; where
    extra sources are used, that on `augmented` in place of validation. It is quiet once the evaluation document speaks of overfitting.

    ## Fix
    More pictures, more augmentation, fewer parameters, earlier stopping; and a sentence about it in docs/07-evaluation.
    """
    run = trained.trained(project)
    curves = trained.metrics(project, run)
    rows = trained.rows_of(curves, run.epoch) if run.epoch is not None else curves.epochs[-1:]
    rows = [e for e in rows if math.isfinite(e.get("train_acc")) and math.isfinite(e.get("val_acc"))]
    if not rows:
        return
    # Where curves count from 1 and checkpoints from 0, two epochs may be meant: the one that says less counts.
    # Held out of the same sources as train, `augmented` tells variance alone; validation adds the mismatch of extra data.
    held, split = ("aug_acc", AUGMENTED) if all(math.isfinite(e.get("aug_acc")) for e in rows) else ("val_acc", "validation")
    row = min(rows, key=lambda e: e.get("train_acc") - e.get(held))
    gap = row.get("train_acc") - row.get(held)
    n = _samples(project, run, split)
    half = wilson(min(1.0, max(0.0, row.get(held))) * n, n).half
    if gap > max(GAP, half) and not _diagnosed(project):
        yield warn(
            f"gap {gap:.2f} at the chosen epoch {row.epoch}: train_acc {row.get('train_acc'):.3f}, {held} {row.get(held):.3f} (±{half:.2f} on {n});"
            " no document diagnoses it",
            at(curves.path, row.line), fix="augment or collect more, and say so in docs/07-evaluation",
        )  # fmt: skip


def _samples(project: Project, run: trained.Trained, split: str) -> int:
    try:
        used = trained.provenance(project, run).data.get(split)
    except Missing:
        return 100
    return used.samples if used else 100


def _diagnosed(project: Project) -> bool:
    found = project.glob("docs/07-evaluation.*")
    return any(DIAGNOSED.search(s.text) for f in found[:1] for s in project.read(documents.read, f).sections)
