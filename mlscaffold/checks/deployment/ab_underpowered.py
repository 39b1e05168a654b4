"""The comparison with the old model can see the effect that is hoped for."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt
from statistics import NormalDist

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, judged
from mlscaffold.evidence.deployed import read
from mlscaffold.model import Finding
from mlscaffold.practice.intervals import Z95
from mlscaffold.project import Missing, Project

LONGEST = 28


@check(proves="plan", reads=("deploy.toml", "reports/evaluation", "acceptance.toml"))
def ab_underpowered(project: Project) -> Iterator[Finding]:
    """The comparison with the old model can see the effect that is hoped for.

    ## Why
    A week with fifty users shows twenty points at best; two are hoped for.

    ## Evidence
    `[ab]` in `deploy.toml`: requests of the smaller arm that a two-sided test at 5 % needs for the smallest effect with this
    power, at
    the accuracy of the evaluation; how many days that takes. An effect that no model can have any more, and that is larger than what
    `acceptance.toml` tolerates, compares nothing. More than four weeks are a warning: by then the world has moved.

    ## Fix
    A larger share, a larger effect, or a comparison on labelled pictures before the release.
    """
    deploy = read(project)
    share, effect, per_day = deploy.ab_share, deploy.ab_smallest_effect, deploy.ab_requests_per_day
    if share is None or effect is None or per_day is None:
        names = [n for n, v in (("share", share), ("smallest_effect", effect), ("requests_per_day", per_day)) if v is None]
        raise Missing(f"the comparison of models has no {', '.join(names)}", path="deploy.toml", fix="edit [ab] in deploy.toml")
    if not (0 < share < 1 and effect > 0 and per_day > 0 and 0.5 <= deploy.ab_power < 1):
        yield fail(f"share {share:g}, smallest effect {effect:g}, {per_day:g} requests a day, power {deploy.ab_power:g}: no comparison", "deploy.toml",
                   fix="edit [ab] in deploy.toml")  # fmt: skip
        return
    try:
        accuracy = judged.table(project, judged.newest(project).predictions).accuracy
    except Missing:
        accuracy = 0.9
    room = 1 - accuracy
    tolerable = project.read(acceptance.read, "acceptance.toml").error if project.exists("acceptance.toml") else None
    if effect > room and tolerable is not None and effect > tolerable:
        yield warn(
            f"the smallest effect is {effect:g}: no model can be better by that much than {accuracy:.3f}, and acceptance.toml tolerates"
            f" an error of {tolerable:g}",
            "deploy.toml", "acceptance.toml", fix="edit [ab] in deploy.toml",
        )  # fmt: skip
    needed = arm_size(accuracy, effect, share=share, power=deploy.ab_power)
    days = needed / (share * per_day)
    if days > LONGEST:
        yield warn(
            f"the new model's arm needs {needed:,} labelled requests to show {effect:g}; with {share:.0%} of {per_day:g} a day that takes"
            f" {ceil(days)} days, at most {LONGEST} are wanted; {LONGEST} days show {_visible(needed, effect, share * per_day):.2f} at best",
            "deploy.toml", fix="edit [ab] in deploy.toml",
        )  # fmt: skip


def _visible(needed: int, effect: float, per_day: float) -> float:
    """The smallest effect that the longest comparison can show: it shrinks with the root of the requests."""
    return min(1.0, effect * sqrt(needed / (per_day * LONGEST)))


def arm_size(rate: float, effect: float, *, share: float, power: float) -> int:
    """Requests of the arm that gets `share` of them, to tell `rate` from `rate` + `effect`: a two-sided test of two proportions at 5 %."""
    variance = max(rate * (1 - rate), 0.01)
    z = Z95 + NormalDist().inv_cdf(power)
    return ceil(z**2 * variance * (1 + share / (1 - share)) / effect**2)
