from __future__ import annotations

from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.wrong-split"
FILE = f"{FIRST}/predictions.csv"


def test_all_of_test_and_nothing_else(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_dropped_batch(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[:122])
    says(project, CHECK, "28 of 150 test files have no prediction")


def test_the_numbers_are_of_validation(project: Sandbox) -> None:
    from tests.finished import RUN

    project.write({FILE: project.read(f"reports/training/{RUN}/validation.csv")})
    found = [f.message for f in project.check(CHECK)]
    assert any("60 of 60 predicted files belong to validation" in m for m in found)
    project.edit_json(f"{FIRST}/metrics.json", lambda m: m.update(split="validation"))
    assert any("the numbers are of validation" in f.message for f in project.check(CHECK))


def test_files_that_nobody_knows(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**rows[0], "path": "test/strange.png"}, *rows[1:]])
    project.edit_json(f"{FIRST}/provenance.json", lambda p: p["data"]["test"].update(digest="0" * 64))
    found = [f.message for f in project.check(CHECK)]
    assert any("1 of 150 predicted files are in no processed split" in m for m in found)


def test_renamed_pictures_do_no_harm(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: [{**rows[0], "path": "belt/renamed.png"}, *rows[1:]])
    passes(project, CHECK)


def test_without_predictions(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "predictions.csv is missing")


def test_without_an_eyeball_split_the_mistakes_are_those_of_validation(project: Sandbox) -> None:
    project.remove("data/processed/eyeball")
    run = next(project.root.glob("reports/training/*/validation.csv")).relative_to(project.root).as_posix()
    project.copy(run, f"{FIRST}/eyeball.csv")
    assert not [f for f in project.check(CHECK) if "eyeball.csv" in f.message]


def test_mistakes_of_test_in_the_table_of_the_eyeball(project: Sandbox) -> None:
    project.copy(FILE, f"{FIRST}/eyeball.csv")
    says(project, CHECK, "150 of 150 rows of eyeball.csv belong to test, first test/")
