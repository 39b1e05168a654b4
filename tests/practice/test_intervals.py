import pytest

from mlscaffold.practice import metrics
from mlscaffold.practice.intervals import Interval, at_most, bootstrap_confusion, clopper_pearson, quantile, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (90, 100, 0.826, 0.945),
        (450, 500, 0.871, 0.923),
        (900, 1000, 0.880, 0.917),
        (4500, 5000, 0.891, 0.908),
        (100, 100, 0.963, 1.0),
    ],
)
def test_wilson_gives_the_published_values(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found.low == pytest.approx(low, abs=6e-4)
    assert found.high == pytest.approx(high, abs=6e-4)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (1, 7), (7, 7), (33, 100), (412, 500), (1, 2000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_both_intervals_agree_with_scipy(k: int, n: int, confidence: float) -> None:
    from scipy.stats import binomtest

    result = binomtest(k, n)
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
        theirs = result.proportion_ci(confidence, method=method)
        assert ours(k, n, confidence=confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_nothing_measured_is_nothing_known() -> None:
    assert wilson(0, 0) == clopper_pearson(0, 0) == Interval(0.0, 1.0)


def test_the_binomial_tail_is_whole_at_its_ends() -> None:
    assert (at_most(-1, 5, 0.3), at_most(5, 5, 0.3), at_most(2, 5, 0.0), at_most(2, 5, 1.0)) == (0.0, 1.0, 1.0, 0.0)
    assert at_most(30, 61, 0.5) == pytest.approx(0.5)


def test_quantile_of_other_confidences() -> None:
    assert quantile(0.9) == pytest.approx(1.6449, abs=1e-4)


def test_bootstrap_repeats_itself_and_holds_the_wilson_interval() -> None:
    matrix = [[45, 5], [10, 40]]
    first = bootstrap_confusion(matrix, dict(metrics.OF_MATRIX))
    assert first == bootstrap_confusion(matrix, dict(metrics.OF_MATRIX))
    accuracy = first["accuracy"]
    assert accuracy is not None
    assert accuracy == pytest.approx(wilson(85, 100), abs=0.02)
    assert first["f1_macro"] is not None


def test_bootstrap_of_the_undefined_has_no_interval() -> None:
    never = [[0, 0], [0, 5]]
    assert bootstrap_confusion(never, {"recall": lambda m: metrics.class_scores(m)[0].recall}) == {"recall": None}
    assert bootstrap_confusion([[0]], {"accuracy": metrics.accuracy}) == {"accuracy": None}
