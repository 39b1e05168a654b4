"""How many examples a number needs before it means anything."""

from __future__ import annotations

from math import ceil

from mlscaffold.errors import UsageError
from mlscaffold.practice.intervals import quantile, wilson

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
