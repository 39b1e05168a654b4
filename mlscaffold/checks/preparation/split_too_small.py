"""preparation.split-too-small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, data
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.practice.sizes import half_width, test_size
from mlscaffold.project import Project
from mlscaffold.splitnames import AUGMENTED, is_named_test, present

FEW, SCARCE, USUAL = 30, 5, 0.9
FIX = "collect more, or mlscaffold data split --again with a larger share"


@check(proves="sized-splits", reads=("data/splits", "acceptance.toml"))
def split_too_small(project: Project) -> Iterator[Finding]:
    """Test is large enough for the error that you tolerate, over all and in each class.

    ## Why
    On 24 pictures 0.92 and 0.80 are the same number.

    ## Evidence
    The 95 % interval (Wilson) of the threshold of your metric on as many pictures as test has, against `error` under `[tolerable]`
    in `acceptance.toml`. A class with fewer than 30 pictures in test warns, one with fewer than 5 fails; fewer than 30 pictures in
    validation warn, since checkpoints are chosen on them; so do fewer in `augmented` and in a test set with a name.

    ## Fix
    Collect more, or give test a larger share.
    """
    rows = data.splits(project)
    counts = {s: Counter(r.label for r in rows if r.split == s) for s in present(r.split for r in rows)}
    n = counts["test"].total()
    wanted, expected = _acceptance(project)
    if wanted and n and half_width(n, expected) > wanted:
        yield warn(
            f"test has {n} pictures: {expected:g} is known to ±{half_width(n, expected):.2g} only; you tolerate {wanted:g},"
            f" which needs {test_size(wanted, expected)}",
            "data/splits", "acceptance.toml", fix=FIX,
        )  # fmt: skip
    per_class = sorted(counts["test"].items(), key=lambda item: item[1])
    scarce = [f"{name} ({k})" for name, k in per_class if k < SCARCE]
    if scarce:
        yield fail(
            f"test has fewer than {SCARCE} pictures of {len(scarce)} of {len(per_class)} classes: {few(scarce)}",
            "data/splits",
            fix=FIX,
        )
    thin = [f"{name} ({k}, ±{half_width(k, USUAL):.2g})" for name, k in per_class if SCARCE <= k < FEW]
    if thin:
        yield warn(
            f"test has fewer than {FEW} pictures of {len(thin)} of {len(per_class)} classes: {few(thin)}", "data/splits", fix=FIX
        )
    purposes = {"validation": "choose a checkpoint on", AUGMENTED: "tell variance from a mismatch of data"}
    purposes |= {
        name: f"say anything about (0.9 is known to ±{half_width(FEW, USUAL):.2g} on as many)"
        for name in counts
        if is_named_test(name)
    }
    for name, purpose in purposes.items():
        if name in counts and 0 < counts[name].total() < FEW:
            yield warn(
                f"{name} has {count(counts[name].total(), 'picture')}; {FEW} are the least to {purpose}", "data/splits", fix=FIX
            )


def _acceptance(project: Project) -> tuple[float | None, float]:
    """The tolerable error, and the value to expect: the threshold of the metric, else 0.9."""
    if not project.exists("acceptance.toml"):
        return None, USUAL
    found = project.read(acceptance.read, "acceptance.toml")
    return found.error, found.expected(USUAL)
