"""What a share of wrong labels means: leave them, look closer, or label anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlscaffold.practice.intervals import Interval, clopper_pearson

LEAVE, RELABEL = 0.05, 0.30
"""Share of the mistakes that wrong labels explain, below which they are left and above which they are mended first.

Source: A. Ng, "Machine Learning Yearning" (2018), chapter 17, and the practice of the teams that this tool is for.
"""


@dataclass(frozen=True)
class Verdict:
    """What to do about the labels: `leave`, `look` or `relabel`, the share that decides, and the words."""

    action: str
    share: float
    interval: Interval
    text: str


def decide(
    wrong: int, n: int, *, mistakes: float | None = None, interval: Callable[[int, int], Interval] = clopper_pearson
) -> Verdict:
    """Judge `wrong` labels among `n` that a person looked at.

    `mistakes` is the error rate of the model on data like these (0..1): wrong labels then explain at most the share (wrong / n) /
    mistakes of its mistakes. Without it, the `n` are themselves mistakes of the model. `interval` is the one that stands beside it.
    """
    rate, found = wrong / n, interval(wrong, n)
    scale = 1.0 if mistakes is None else 1 / max(mistakes, 1e-9)
    share, bounds = min(1.0, rate * scale), Interval(min(1.0, found.low * scale), min(1.0, found.high * scale))
    told = f"wrong labels explain {'' if mistakes is None else 'at most '}{share:.0%} of the mistakes ({bounds.low:.0%} to {bounds.high:.0%})"
    if bounds.high < LEAVE:
        return Verdict("leave", share, bounds, f"{told}: under {LEAVE:.0%}, leave the labels and mend the model.")
    if bounds.low > RELABEL:
        return Verdict("relabel", share, bounds, f"{told}: over {RELABEL:.0%}, label anew first, validation and test alike.")
    if share >= RELABEL:
        return Verdict("relabel", share, bounds, f"{told}: label anew, validation and test alike; {n} looked at leave doubt.")
    if share < LEAVE:
        return Verdict("leave", share, bounds, f"{told}: leave the labels; look at more than {n} to be sure.")
    return Verdict("look", share, bounds, f"{told}: between {LEAVE:.0%} and {RELABEL:.0%}; mend the pair that is mixed up most.")
