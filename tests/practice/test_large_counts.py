import time

import pytest

from mlscaffold.practice import comparison


@pytest.mark.parametrize(("first", "second"), [(480, 530), (400, 650), (510, 510), (0, 1100)])
def test_large_counts_agree_with_whole_numbers(first: int, second: int, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = comparison.mcnemar(first, second)
    monkeypatch.setattr(comparison, "EXACT", 10**6)
    assert quick == pytest.approx(comparison.mcnemar(first, second), rel=1e-9)


def test_a_million_differences_take_no_time() -> None:
    start = time.perf_counter()
    assert 0.1 < comparison.mcnemar(500_000, 501_000) < 0.5
    assert time.perf_counter() - start < 2
