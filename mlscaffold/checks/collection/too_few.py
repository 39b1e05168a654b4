"""collection.too-few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, data, schema
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.practice.sizes import MOST, half_width, test_size
from mlscaffold.project import Missing, Project

CHECK = "collection.too-few"
FEW, SCARCE, USUAL = 30, 5, 0.9
FIX = "collect more, or tolerate a larger error in acceptance.toml; mlscaffold data sizes"


@check(
    proves="statistics",
    reads=("data/raw/**/annotations.csv", "acceptance.toml", schema.FILE, "data/splits", "mlscaffold.toml"),
)
def too_few(project: Project) -> Iterator[Finding]:
    """There are enough pictures for the claim that is to be made.

    ## Why
    Whether 0.90 can be told from 0.87 is decided by how many pictures there are, months before anything is trained.

    ## Evidence
    Labelled pictures. At most three in ten can be spared for test: the 95 % interval (Wilson) that the threshold of your metric then
    has, against `error` under `[tolerable]` in `acceptance.toml`. A class with fewer than 30 pictures in all warns, one with fewer
    than 5 fails: it cannot be learned and tested both. Once the pictures are dealt, `preparation.split-too-small` judges what test
    really has, and nothing is said here. Settings: `few`, `scarce`.

    ## Fix
    Collect more, or tolerate a larger error; `mlscaffold data sizes` explains the arithmetic.
    """
    labels = Counter(row.label for row in data.annotation_rows(project) if row.label)
    if not labels:
        raise Missing("no annotation file has a row", path=data.RAW, fix="mlscaffold data import FOLDER")
    if project.glob("data/splits/*.csv"):
        return
    total, (wanted, expected) = labels.total(), _acceptance(project)
    possible = int(MOST["test"] * total)
    if wanted and possible and half_width(possible, expected) > wanted:
        need = test_size(wanted, expected)
        yield warn(
            f"{count(total, 'labelled picture')} can spare {possible} for test: {expected:g} is then known to"
            f" ±{half_width(possible, expected):.2g} only; you tolerate {wanted:g}, which needs {need}, of {round(need / MOST['test'])} in all",
            "acceptance.toml",
            fix=FIX,
        )
    named = project.read(schema.read, schema.FILE).classes if project.exists(schema.FILE) else ()
    counts = sorted(((n, label) for label, n in labels.items() if not named or label in named))
    few_, scarce = project.option(CHECK, "few", FEW), project.option(CHECK, "scarce", SCARCE)
    none = [f'"{label}" ({n})' for n, label in counts if n < scarce]
    thin = [f'"{label}" ({n})' for n, label in counts if scarce <= n < few_]
    for say, found, least in ((fail, none, scarce), (warn, thin, few_)):
        if found:
            yield say(
                f"{len(found)} of {count(len(counts), 'class', 'classes')} {'has' if len(found) == 1 else 'have'} fewer than {least}"
                f" pictures in all: {few(found)}",
                data.RAW,
                fix="collect more of them, or merge them with a class that they resemble",
            )


def _acceptance(project: Project) -> tuple[float | None, float]:
    """The tolerable error, and the value to expect: the threshold of the metric, else 0.9."""
    if not project.exists("acceptance.toml"):
        return None, USUAL
    found = project.read(acceptance.read, "acceptance.toml")
    return found.error, found.expected(USUAL)
