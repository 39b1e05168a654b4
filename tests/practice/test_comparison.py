import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.practice.comparison import compare, mcnemar, needed_gain, peeking


@pytest.mark.parametrize(("b", "c"), [(9, 1), (15, 5), (33, 17), (3, 3), (0, 5), (700, 500)])
def test_mcnemar_agrees_with_scipy(b: int, c: int) -> None:
    from scipy.stats import binomtest

    assert mcnemar(b, c) == pytest.approx(binomtest(b, b + c, 0.5).pvalue, rel=1e-9)
    assert mcnemar(b, c) == mcnemar(c, b)


def test_models_that_never_differ_are_not_told_apart() -> None:
    assert mcnemar(0, 0) == 1.0


@pytest.mark.parametrize(("discordant", "gain"), [(10, 8), (20, 10), (50, 16), (100, 22), (200, 30), (3, 0)])
def test_the_net_gain_that_is_needed(discordant: int, gain: int) -> None:
    assert needed_gain(discordant) == gain


def test_compare_counts_what_only_one_got_right() -> None:
    labels = {str(i): "a" for i in range(10)}
    first = labels | {"0": "b"}
    second = dict.fromkeys(labels, "b") | {"0": "a"}
    result = compare(labels, first, second)
    assert (result.only_first, result.only_second, result.gain) == (9, 1, 0.8)
    assert result.significant


def test_predictions_of_other_examples_are_refused() -> None:
    with pytest.raises(ScaffoldError, match="second predictions are not of the same 1 examples: 1 differ, first b"):
        compare({"a": "x"}, {"a": "x"}, {"a": "x", "b": "x"})


def test_peeking_inflates_by_what_is_published() -> None:
    assert peeking(0.9, 500, 20) == pytest.approx(0.033, abs=1e-3)
    assert peeking(0.9, 500, 1) == 0.0
