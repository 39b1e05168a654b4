import pytest

from mlscaffold.datasets.splits import Row
from mlscaffold.datasets.timesplit import moment, split_by_time
from mlscaffold.errors import ScaffoldError


def _rows(count: int, *, start: int = 0) -> list[Row]:
    return [Row(f"cam/{i:03}.png", f"d{i}", "ab"[i % 2]) for i in range(start, start + count)]


def _days(rows: list[Row]) -> dict[str, str]:
    return {row.path: f"2026-01-01T00:{int(row.path[4:7]) // 60:02}:{int(row.path[4:7]) % 60:02}" for row in rows}


SHARES = {"train": 0.5, "validation": 0.2, "eyeball": 0.1, "test": 0.2}


def test_the_newest_are_the_test_set() -> None:
    rows = _rows(100)
    dealt = split_by_time(rows, _days(rows), shares=SHARES)
    places = [row.split for row in dealt.rows]

    assert set(places[:50]) == {"train"}
    assert set(places[50:80]) == {"validation", "eyeball"}
    assert set(places[80:]) == {"test"}
    assert 3 <= places.count("eyeball") <= 17


def test_what_was_dealt_stays_and_later_pictures_follow_the_same_cuts() -> None:
    rows = _rows(100)
    first = split_by_time(rows, _days(rows), shares=SHARES)
    more = [*rows, *_rows(40, start=100)]
    second = split_by_time(more, _days(more), shares=SHARES, before=first.rows)

    assert second.rows[:100] == first.rows
    assert {row.split for row in second.rows[100:]} == {"test"}


def test_equal_times_never_lie_on_both_sides() -> None:
    rows = _rows(60)
    times = {row.path: "2026-02-01" if i < 40 else "2026-02-02" for i, row in enumerate(rows)}
    dealt = split_by_time(rows, times, shares=SHARES)

    for day in ("2026-02-01", "2026-02-02"):
        places = {row.split for row in dealt.rows if times[row.path] == day}
        assert places in ({"train"}, {"validation"}, {"validation", "eyeball"}, {"test"})


@pytest.mark.parametrize(
    ("years", "wanted"),
    [
        ({0: 20, 1: 20, 2: 20}, {0: {"train"}, 1: {"validation", "eyeball"}, 2: {"test"}}),
        ({0: 20, 1: 40}, {0: {"train"}, 1: {"test"}}),
        ({0: 5, 1: 5, 2: 5, 3: 45}, {0: {"train"}, 1: {"train"}, 2: {"validation", "eyeball"}, 3: {"test"}}),
        ({0: 60}, {0: {"train"}}),
    ],
)
def test_of_a_few_moments_the_newest_is_the_test_set(years: dict[int, int], wanted: dict[int, set[str]]) -> None:
    rows = _rows(60)
    told = [str(2020 + year) for year, count in years.items() for _ in range(count)]
    dealt = split_by_time(rows, dict(zip((row.path for row in rows), told, strict=True)), shares=SHARES)
    for year in years:
        found = {row.split for row, when in zip(dealt.rows, told, strict=True) if when == str(2020 + year)}
        assert found <= wanted[year] and found


def test_a_group_goes_where_its_newest_goes() -> None:
    rows = [Row(r.path, r.digest, r.label, "visit" if r.path in ("cam/000.png", "cam/099.png") else "") for r in _rows(100)]
    places = {row.path: row.split for row in split_by_time(rows, _days(rows), shares=SHARES).rows}

    assert places["cam/000.png"] == places["cam/099.png"] == "test"


def test_times_that_cannot_be_read_are_counted() -> None:
    rows = _rows(10)
    with pytest.raises(ScaffoldError, match=r'2 of 10 pictures .* first cam/003\.png: "soon"'):
        split_by_time(rows, {**_days(rows), "cam/003.png": "soon", "cam/007.png": ""}, shares=SHARES)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("2026-03-01", "2026-03-02"), ("20260301", "20260302"), ("2026/03/01", "2026-03-01T08:00"), ("9", "10"), ("-2.5", "1"),
     ("2026-03-01T23:00:00-05:00", "2026-03-02T05:00:00Z")],
)  # fmt: skip
def test_moments_are_in_order(earlier: str, later: str) -> None:
    first, second = moment(earlier), moment(later)
    assert first is not None and second is not None
    assert first < second


def test_a_camera_writes_colons() -> None:
    assert moment("2026:03:14 09:30:00") == moment("2026-03-14T09:30:00Z")


@pytest.mark.parametrize("text", ["", "soon", "31.12.2026", "nan", "1e5"])
def test_what_is_no_moment(text: str) -> None:
    assert moment(text) is None


def test_extra_pictures_need_no_time_and_the_newest_go_nowhere() -> None:
    own, web = (
        [Row(f"cam/{i:03d}.png", f"cam-{i}", "a") for i in range(100)],
        [Row(f"web/{i}.png", f"web-{i}", "a") for i in range(40)],
    )
    extra = {row.path for row in web}
    times = _days(own) | {"web/0.png": "1999-01-01", "web/1.png": "2099-01-01"}
    dealt = split_by_time([*own, *web], times, shares=SHARES, extra=extra)
    places = {row.path: row.split for row in dealt.rows}
    assert dealt.unplaced == ("web/1.png",)
    assert {places[path] for path in extra - {"web/1.png"}} == {"train", "augmented"}
    held = [i for i, row in enumerate(own) if places[row.path] == "augmented"]
    assert held and max(held) < min(i for i, row in enumerate(own) if places[row.path] in ("validation", "eyeball"))
    again = split_by_time([*own, *web], times, shares=SHARES, before=dealt.rows, extra=extra)
    assert again.rows == dealt.rows


def test_augmented_opens_from_the_days_of_train() -> None:
    own = [Row(f"cam/{i:03d}.png", f"cam-{i}", "a") for i in range(100)]
    first = split_by_time(own, _days(own), shares=SHARES)
    second = split_by_time(
        [*own, Row("web/a.png", "web", "a")], _days(own), shares=SHARES, before=first.rows, extra={"web/a.png"}
    )
    assert set(second.moved.values()) == {"train"}
    places = {row.path: row.split for row in second.rows}
    assert {places[path] for path in second.moved} == {"augmented"}
