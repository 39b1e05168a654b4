import pytest

from mlscaffold.practice.labels import decide


@pytest.mark.parametrize(
    ("wrong", "n", "mistakes", "action"),
    [(0, 100, None, "leave"), (1, 100, None, "leave"), (12, 100, None, "look"), (31, 100, None, "relabel"), (60, 100, None, "relabel"),
     (2, 100, 0.05, "relabel"), (2, 100, 0.5, "leave"), (3, 200, 0.1, "look")],
)  # fmt: skip
def test_five_and_thirty_percent(wrong: int, n: int, mistakes: float | None, action: str) -> None:
    assert decide(wrong, n, mistakes=mistakes).action == action


def test_the_words_carry_the_interval_and_say_when_it_is_wide() -> None:
    found = decide(3, 10)
    assert "30% of the mistakes (7% to 65%)" in found.text
    assert "10 looked at leave doubt" in found.text
    assert decide(60, 100).text.endswith("label anew first, validation and test alike.")
    assert decide(1, 4, mistakes=0.1).share == 1.0
