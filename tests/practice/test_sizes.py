import pytest

from mlscaffold.errors import UsageError
from mlscaffold.practice import sizes


def test_the_size_found_is_the_smallest_that_does() -> None:
    n = sizes.test_size(0.05, 0.9)
    assert sizes.half_width(n, 0.9) <= 0.05 < sizes.half_width(n - 1, 0.9)
    assert 130 <= n <= 150


def test_half_width_of_a_small_test_set() -> None:
    assert sizes.half_width(57, 0.87) == pytest.approx(0.087, abs=0.003)


def test_passing_a_threshold_needs_many_examples() -> None:
    assert sizes.threshold_size(0.92, 0.90, power=False) == 707
    assert sizes.threshold_size(0.92, 0.90) == pytest.approx(1414, rel=0.03)
    with pytest.raises(UsageError):
        sizes.threshold_size(0.9, 0.9)


def test_a_paired_gain_of_one_point() -> None:
    assert sizes.paired_size(0.01, 0.1, power=False) == pytest.approx(3842, abs=3)
    with pytest.raises(UsageError):
        sizes.paired_size(0.2, 0.1)


def test_an_impossible_error_is_refused() -> None:
    with pytest.raises(UsageError):
        sizes.test_size(0.0)


def test_rules_of_thumb_for_validation_and_eyeball() -> None:
    assert (sizes.rule_of_thumb(0.001), sizes.rule_of_thumb(0.0001)) == (1000, 10000)
    assert sizes.eyeball_size(0.05) == 2000
    for bad in (0.0, 1.0):
        with pytest.raises(UsageError):
            sizes.rule_of_thumb(bad)
    with pytest.raises(UsageError):
        sizes.eyeball_size(0)


def test_what_is_needed_holds_the_exact_interval_too() -> None:
    found = sizes.needed(0.05, 0.9)
    assert (found.test, found.thumb, found.eyeball) == (sizes.test_size(0.05, 0.9), 20, 1000)
    assert found.exact.low < 0.9 < found.exact.high
    assert found.exact.half >= sizes.half_width(found.test, 0.9)


def test_shares_give_what_is_needed_and_say_what_is_missing() -> None:
    shares, missing = sizes.shares_for(sizes.needed(0.05, 0.9), 10_000)
    assert missing == {}
    assert shares["test"] * 10_000 == pytest.approx(sizes.test_size(0.05, 0.9))
    shares, missing = sizes.shares_for(sizes.needed(0.01, 0.9), 1000)
    assert shares["train"] == pytest.approx(0.4)
    assert set(missing) == {"test", "validation", "eyeball"}
