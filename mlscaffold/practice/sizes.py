"""How many examples a number needs before it means anything."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from mlscaffold.errors import UsageError
from mlscaffold.practice.intervals import Interval, clopper_pearson, quantile, wilson

# (1.96 + 0.84)² / 1.96²: what 80 % power costs over "significant half of the time".
POWER_80 = 2.04


def half_width(n: int, expected: float = 0.9) -> float:
    """Half the width of the 95 % interval of a share of about `expected`, measured on `n` examples."""
    return wilson(expected * n, n).half


def test_size(error: float, expected: float = 0.9, *, confidence: float = 0.95) -> int:
    """Examples of a test set on which a share of about `expected` is known to ± `error`."""
    if not 0 < error < 1:
        raise UsageError(f"A tolerable error of {error} is not between 0 and 1.", reference="tolerable-error-range")
    low, high = 1, 2
    while wilson(expected * high, high, confidence=confidence).half > error:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if wilson(expected * middle, middle, confidence=confidence).half > error:
            low = middle + 1
        else:
            high = middle
    return high


# Not a test, though pytest would take its name for one.
test_size.__test__ = False  # type: ignore[attr-defined]


def threshold_size(expected: float, threshold: float, *, power: bool = True) -> int:
    """Examples after which a model of quality `expected` shows that it is above `threshold`.

    With `power` it does so four times out of five, without it every second time. Equal values can never be told apart.
    """
    gap = abs(expected - threshold)
    if gap == 0:
        raise UsageError("A model exactly at its threshold can never be shown to pass it.", reference="threshold-equals-expected")
    n = quantile() ** 2 * expected * (1 - expected) / gap**2
    return max(1, ceil(n * (POWER_80 if power else 1)))


def paired_size(gain: float, discordant: float, *, power: bool = True) -> int:
    """Examples after which a gain between two models, which differ on a share `discordant` of them, is significant."""
    if not 0 < gain <= discordant <= 1:
        raise UsageError(
            f"A gain of {gain} needs answers that differ on at least that share, not {discordant}.",
            reference="gain-above-discordant",
        )
    return ceil(quantile() ** 2 * discordant / gain**2 * (POWER_80 if power else 1))


# What a set gives at most to test, validation and eyeball before too little is left to learn from.
MOST = {"test": 0.3, "validation": 0.2, "eyeball": 0.1}
ERRORS_TO_READ = 100


def rule_of_thumb(error: float) -> int:
    """Examples on which a difference of `error` is one example: 1 000 for 0.1 %, 10 000 for 0.01 %.

    Source: A. Ng, "Machine Learning Yearning" (2018), chapter 7. It lets a difference be seen, not be trusted.
    """
    if not 0 < error < 1:
        raise UsageError(f"A tolerable error of {error} is not between 0 and 1.", reference="tolerable-error-range")
    return ceil(1 / error - 1e-9)


def eyeball_size(error_rate: float, *, errors: int = ERRORS_TO_READ) -> int:
    """Examples among which a model that is wrong at `error_rate` makes about `errors` mistakes to read.

    Source: A. Ng, "Machine Learning Yearning" (2018), chapter 16.
    """
    if not 0 < error_rate <= 1:
        raise UsageError(f"An error rate of {error_rate} is not between 0 and 1.", reference="error-rate-range")
    return ceil(errors / error_rate - 1e-9)


@dataclass(frozen=True)
class Needed:
    """How large the splits should be (examples), and the exact interval that the expected value then has on test."""

    test: int
    validation: int
    eyeball: int
    thumb: int
    exact: Interval


def needed(error: float, expected: float = 0.9) -> Needed:
    """Sizes from the error that is tolerated and the value that is expected (both shares, 0..1).

    Test and validation must both tell the value to within `error`: models are chosen on one and believed on the other.
    """
    if not 0 < expected < 1:
        raise UsageError(f"An expected value of {expected} is not between 0 and 1.", reference="expected-range")
    n = test_size(error, expected)
    return Needed(n, n, eyeball_size(1 - expected), rule_of_thumb(error), clopper_pearson(round(expected * n), n))


def shares_for(wanted: Needed, total: int) -> tuple[dict[str, float], dict[str, int]]:
    """Shares of `total` examples that come nearest to what is needed, and by split how many are missing.

    A split gets what it needs, but at most the share `MOST` of all, so that at least 40 % is left for train.
    """
    need = {"test": wanted.test, "validation": wanted.validation, "eyeball": wanted.eyeball}
    given = {name: min(count, int(MOST[name] * total)) for name, count in need.items()}
    shares = {name: count / total for name, count in given.items()} if total else dict.fromkeys(need, 0.0)
    missing = {name: need[name] - given[name] for name in need if need[name] > given[name]}
    return {"train": 1 - sum(shares.values()), **shares}, missing
