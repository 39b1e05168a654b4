import random

from mlscaffold.practice.slices import weak_slices


def test_of_many_slices_of_an_even_model_hardly_one_is_weak() -> None:
    false_alarms = 0
    for seed in range(40):
        dice = random.Random(seed)
        right = [dice.random() < 0.9 for _ in range(600)]
        columns = {f"c{i}": [dice.choice("abcd") for _ in right] for i in range(8)}
        false_alarms += bool(weak_slices(columns, right).weak)
    assert false_alarms <= 4


def test_small_slices_and_names_are_left_out() -> None:
    right = [i >= 29 for i in range(300)]
    columns = {"small": ["bad" if i < 29 else "good" for i in range(300)], "name": [f"n{i}" for i in range(300)]}
    found = weak_slices(columns, right)
    assert found.looked_at == 1 and not found.weak


def test_numbers_are_cut_into_quarters() -> None:
    values = [str(i * 1.5) for i in range(400)]
    right = [i >= 100 or i % 2 == 0 for i in range(400)]
    (weak,) = weak_slices({"size": values}, right).weak
    assert (weak.column, weak.value, weak.n, weak.accuracy) == ("size", "below 150", 100, 0.5)
    assert weak_slices({}, []).weak == ()
