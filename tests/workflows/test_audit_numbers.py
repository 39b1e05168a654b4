from collections import Counter

from mlscaffold.workflows import audit_numbers


def test_classes_come_worst_first_and_unknown_ones_have_no_recall() -> None:
    counts = Counter({("a", "a"): 8, ("a", "b"): 2, ("b", "b"): 5, ("b", "c"): 5, ("b", ""): 1})
    found = audit_numbers.classes(counts)
    assert [(row.name, row.support, row.predicted) for row in found] == [("b", 11, 7), ("a", 10, 8), ("c", 0, 5)]
    assert found[2].recall is None and found[2].precision == 0.0


def test_the_baseline_is_paired_with_the_model() -> None:
    counts = Counter({("a", "a"): 50, ("a", "b"): 5, ("b", "b"): 30, ("b", "a"): 10})
    found = audit_numbers.baseline(counts)
    assert (found.name, found.only_model, found.only_baseline, found.beaten) == ("a", 30, 5, True)
    assert not audit_numbers.baseline(Counter({("a", "a"): 9})).beaten
