from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK, TABLE = "preparation.split-too-small", "data/splits/belt.csv"


def keep(project: Sandbox, n: int, label: str = "") -> None:
    """Keep n test pictures of a class, or of each."""

    def fewer(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        seen: dict[str, int] = {}
        kept = []
        for row in rows:
            if row["split"] == "test" and label in ("", row["label"]):
                seen[row["label"]] = seen.get(row["label"], 0) + 1
                if seen[row["label"]] > n:
                    continue
            kept.append(row)
        return kept

    project.edit_csv(TABLE, fewer)


def test_large_enough(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_24_pictures_tell_nothing(project: Sandbox) -> None:
    keep(project, 8)
    first, second = project.check(CHECK)
    assert first.status is second.status is Status.WARN
    assert "test has 24 pictures: 0.85 is known to ±0.14 only; you tolerate 0.06" in first.message
    assert "fewer than 30 pictures of 3 of 3 classes: daisy (8" in second.message


def test_a_class_with_three(project: Sandbox) -> None:
    keep(project, 3, "tulip")
    (found,) = [f for f in project.check(CHECK) if f.status is Status.FAIL]
    assert "fewer than 5 pictures of 1 of 3 classes: tulip (3)" in found.message


def test_a_smaller_error(project: Sandbox) -> None:
    project.replace("acceptance.toml", "error = 0.06", "error = 0.02")
    (found,) = project.check(CHECK)
    assert "which needs 12" in found.message


def test_no_tolerable_error_no_judgement_over_all(project: Sandbox) -> None:
    project.replace("acceptance.toml", "error = 0.06\n", "")
    assert project.check(CHECK) == []


def test_few_to_validate_on(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [r for i, r in enumerate(rows) if r["split"] != "validation" or i % 3 == 0])
    assert "validation has 20 pictures" in project.check(CHECK)[0].message


def test_a_named_test_set_and_what_is_held_out_of_extra_data(project: Sandbox) -> None:
    taken = {0: "augmented", 1: "augmented", 200: "test-night"}
    project.edit_csv(TABLE, lambda rows: [{**r, "split": taken.get(i, r["split"])} for i, r in enumerate(rows)])
    first, second = project.check(CHECK)
    assert first.status is second.status is Status.WARN
    assert "augmented has 2 pictures; 30 are the least to tell variance from a mismatch of data" in first.message
    assert "test-night has 1 picture; 30 are the least to say anything about (0.9 is known to ±0.11 on as many)" in second.message
