"""A named test set is held to the same proof as `test`: its pictures, its labels, its numbers, its thresholds, its looks."""

from __future__ import annotations

import shutil

import tomli_w

from mlscaffold.model import Status
from mlscaffold.workflows.record_tests import record_tests
from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import csv_bytes, rows_of
from tests.named_set import NIGHT, evaluate, night, pictures

TABLE = f"{FIRST}/predictions-test-night.csv"
SAME_PROOF = (
    "evaluation.wrong-split",
    "evaluation.label-differs",
    "evaluation.number-not-reproducible",
    "evaluation.confusion-differs",
    "evaluation.comparison-differs",
    "evaluation.class-never-found",
    "evaluation.data-stale",
    "evaluation.looks-at-test",
    "tuning.evaluation-stale",
)


def threshold(project: Sandbox, **values: object) -> None:
    """One more threshold in acceptance.toml."""
    import tomllib

    table = tomllib.loads(project.read("acceptance.toml"))
    table["thresholds"].append(values)
    project.write({"acceptance.toml": tomli_w.dumps(table)})


def grow(project: Sandbox, *, recorded: bool = True) -> None:
    """Nine new pictures in test, prepared: version 2."""
    if recorded:
        record_tests(project.root, who="Ada Byron")
    before = rows_of((project.root / "data/processed/test/annotations.csv").read_bytes())
    pictures(project, 9, split="test", source="new", seed=300_000)
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: before + rows)
    if recorded:
        record_tests(project.root, how={"test": "extended"}, who="Ada Byron")


def test_a_sound_set_passes(project: Sandbox) -> None:
    night(project)
    for check in SAME_PROOF:
        passes(project, check)


def test_a_dropped_row_of_the_set(project: Sandbox) -> None:
    night(project)
    project.edit_csv(TABLE, lambda rows: rows[:25])
    says(project, "evaluation.wrong-split", "5 of 30 test-night files have no prediction")


def test_pictures_of_test_under_the_name_of_the_set(project: Sandbox) -> None:
    night(project)
    rows = rows_of((project.root / f"{FIRST}/predictions.csv").read_bytes())
    project.write({TABLE: csv_bytes(rows[:30])})
    found = [f.message for f in project.check("evaluation.wrong-split")]
    assert any("30 of 30 predicted files belong to test" in m for m in found)


def test_another_label_in_the_set(project: Sandbox) -> None:
    night(project)
    project.edit_csv(TABLE, lambda rows: [{**rows[0], "label": "tulip"}, *rows[1:]])
    says(project, "evaluation.label-differs", "1 of 30 rows carry another label")


def test_a_number_of_the_set_that_was_typed(project: Sandbox) -> None:
    night(project)
    project.edit_json(f"{FIRST}/metrics.json", lambda m: m["sets"][NIGHT]["metrics"]["accuracy"].update(value=0.9, high=0.97))
    found = says(project, "evaluation.number-not-reproducible", "accuracy is 0.9 recorded, 0.8 recomputed", "from 30 rows")
    assert TABLE in [e.path for e in found.evidence]


def test_a_confusion_matrix_of_another_set(project: Sandbox) -> None:
    night(project)
    project.copy(f"{FIRST}/confusion.csv", f"{FIRST}/confusion-test-night.csv")
    says(project, "evaluation.confusion-differs", "cells differ from predictions-test-night.csv")


def test_a_baseline_that_was_asked_about_test(project: Sandbox) -> None:
    night(project)
    project.copy(f"{FIRST}/baseline.csv", f"{FIRST}/baseline-test-night.csv")
    says(project, "evaluation.comparison-differs", "it has 150 of test, the model 30 of test-night")


def test_a_set_whose_predictions_are_missing(project: Sandbox) -> None:
    night(project)
    project.remove(TABLE)
    misses(project, "evaluation.wrong-split", "predictions-test-night.csv is missing")


def test_a_set_whose_numbers_are_missing(project: Sandbox) -> None:
    night(project)
    project.edit_json(f"{FIRST}/metrics.json", lambda m: m.pop("sets"))
    misses(project, "evaluation.number-not-reproducible", "has no numbers of test-night")


def test_a_set_that_was_not_evaluated_yet(project: Sandbox) -> None:
    night(project, seen=False)
    misses(project, "evaluation.data-stale", "is older than the test set test-night (30 pictures)")
    misses(project, "tuning.evaluation-stale", "is older than the test set test-night (30 pictures)")
    passes(project, "evaluation.wrong-split")


def test_a_class_that_is_never_found_at_night_is_a_warning(project: Sandbox) -> None:
    night(project)
    project.edit_csv(
        TABLE, lambda rows: [{**r, "prediction": "tulip" if r["prediction"] == "rose" else r["prediction"]} for r in rows]
    )
    says(project, "evaluation.class-never-found", "recall of rose on test-night is 0.00 (0 of 10)", status=Status.WARN)


def test_a_threshold_of_the_set(project: Sandbox) -> None:
    night(project)
    threshold(project, metric="accuracy", min=0.9, split=NIGHT)
    says(
        project, "evaluation.threshold-compared", "accuracy ≥ 0.9 on test-night is not met yet: 0.800", "n = 30",
        status=Status.WARN,
    )  # fmt: skip
    found = [f.message for f in project.check("tuning.threshold-unmet") if f.status is Status.FAIL]
    assert found == ["accuracy ≥ 0.9 on test-night is not met: 0.800 (0.63 to 0.90, n = 30)"]


def test_a_threshold_on_a_set_that_does_not_exist(project: Sandbox) -> None:
    night(project)
    threshold(project, metric="accuracy", min=0.9, split="test-nigth")
    for check in ("evaluation.threshold-compared", "tuning.threshold-unmet"):
        found = [f.message for f in project.check(check) if f.status is Status.FAIL]
        assert found == [
            'the threshold "accuracy ≥ 0.9 on test-nigth" is on a test set that does not exist (known are test, test-night)'
        ]


def test_a_threshold_on_a_set_that_was_not_evaluated_is_unknown(project: Sandbox) -> None:
    night(project, seen=False)
    threshold(project, metric="accuracy", min=0.7, split=NIGHT)
    assert [f for f in project.check("evaluation.threshold-compared") if "night" in f.message] == []
    found = [f for f in project.check("tuning.threshold-unmet") if "night" in f.message]
    assert [f.status for f in found] == [Status.UNKNOWN]


def test_an_extended_test_set_is_told_as_a_version_and_not_as_a_riddle(project: Sandbox) -> None:
    grow(project)
    misses(
        project,
        "evaluation.data-stale",
        "is older than version 2 of test (extended on 20",
        "by Ada Byron; 150 pictures then, 159 now)",
    )
    misses(project, "tuning.evaluation-stale", "is older than version 2 of test")
    passes(project, "evaluation.wrong-split")


def test_without_a_version_the_data_moved(project: Sandbox) -> None:
    grow(project, recorded=False)
    misses(project, "evaluation.data-stale", "is older than the test data (150 pictures then, 159 now)")
    says_lacking = [f.message for f in project.check("evaluation.wrong-split")]
    assert any("9 of 159 test files have no prediction" in m for m in says_lacking)


def test_two_versions_are_not_compared(project: Sandbox) -> None:
    grow(project)
    rows = rows_of((project.root / "data/processed/test/annotations.csv").read_bytes())[150:]
    table = f"{SECOND}/predictions.csv"
    project.edit_csv(
        table, lambda old: old + [{**old[i], "path": f"test/{r['path']}", "label": r["label"]} for i, r in enumerate(rows)]
    )
    project.edit_json(f"{SECOND}/provenance.json", lambda p: p["data"]["test"].update(version=2))
    found = project.check("tuning.not-better")
    assert [f.check for f in found] == ["missing"]
    assert "training's choice was evaluated on an older test set than version 2 of test (extended on" in found[0].message
    assert found[0].fix == "python -m flower_sorter.evaluate --of training"


def test_looks_are_counted_for_each_set(project: Sandbox) -> None:
    night(project)
    for i in range(4):
        folder = f"reports/evaluation/20261101T13000{i}Z-ada-loo"
        shutil.copytree(project.root / FIRST, project.root / folder)
        project.edit_json(f"{folder}/provenance.json", lambda p, i=i: p["checkpoint"].update(digest=str(i) * 64))  # type: ignore[misc]
        if i:  # the older ones did not look at night
            project.edit_json(f"{folder}/provenance.json", lambda p: p["data"].pop(NIGHT))
    found = [f.message.split(":")[0] for f in project.check("evaluation.looks-at-test")]
    assert found == ["6 checkpoints were evaluated on test", "3 checkpoints were evaluated on test-night"]


def test_looks_at_an_older_version_do_not_count_and_those_of_this_one_do_whatever_its_labels(project: Sandbox) -> None:
    for i in range(4):
        folder = f"reports/evaluation/20261101T13000{i}Z-ada-loo"
        shutil.copytree(project.root / FIRST, project.root / folder)
        change = {"digest": str(i) * 64, "version": 1 if i else 2}  # other digests: their labels were corrected since
        project.edit_json(f"{folder}/provenance.json", lambda p, i=i: p["checkpoint"].update(digest=str(i) * 64))  # type: ignore[misc]
        project.edit_json(f"{folder}/provenance.json", lambda p, change=change: p["data"]["test"].update(change))  # type: ignore[misc]
    project.edit_json(f"{SECOND}/provenance.json", lambda p: p["data"]["test"].update(version=2, digest="f" * 64))
    passes(project, "evaluation.looks-at-test")  # version 2: two looks
    project.edit_json(f"{SECOND}/provenance.json", lambda p: p["data"]["test"].update(version=1))
    says(project, "evaluation.looks-at-test", "4 checkpoints were evaluated on test", status=Status.WARN)


def test_a_released_model_that_is_tried_on_a_newer_version_is_no_look(project: Sandbox) -> None:
    night(project)
    for i in range(2):
        folder = f"reports/evaluation/20261103T13000{i}Z-ada-loo"
        shutil.copytree(project.root / FIRST, project.root / folder)
        project.edit_json(f"{folder}/provenance.json", lambda p: p["checkpoint"].update(digest="9" * 64))
    project.edit_json("reports/evaluation/20261103T130000Z-ada-loo/provenance.json", lambda p: p["data"].pop(NIGHT))
    project.edit_json(
        "reports/evaluation/20261103T130000Z-ada-loo/provenance.json", lambda p: p["data"]["test"].update(digest="8" * 64)
    )
    release = {
        "schema": 1, "release": 1, "round": 1, "who": "Ada Byron", "when": "2026-11-03T14:00:00+00:00",
        "digests": {"model": "9" * 64},
        "result": {"evaluation": "20261103T130000Z-ada-loo", "metric": "accuracy", "value": 0.9, "low": 0.8, "high": 0.95, "n": 150},
    }  # fmt: skip
    before = [f.message.split(":")[0] for f in project.check("evaluation.looks-at-test")]
    assert before == ["3 checkpoints were evaluated on test", "3 checkpoints were evaluated on test-night"]
    project.write({".mlscaffold/releases/1.toml": tomli_w.dumps(release)})
    passes(project, "evaluation.looks-at-test")


def test_the_set_is_seen_by_one_evaluation_only(project: Sandbox) -> None:
    night(project, seen=False)
    evaluate(project, FIRST)
    passes(project, "evaluation.data-stale")
    misses(project, "tuning.evaluation-stale", "the test set test-night")


def test_a_document_may_quote_the_number_of_the_set_and_must_not_show_its_pictures(project: Sandbox) -> None:
    night(project)
    project.replace("docs/07-evaluation.md", "The rose is found", "On night pictures it reaches accuracy 0.80. The rose is found")
    passes(project, "evaluation.document-number-differs")
    picture = rows_of((project.root / TABLE).read_bytes())[0]["path"].removeprefix("test-night/")
    project.replace("docs/07-evaluation.md", "In two of them", f"One is {picture}. In two of them")
    says(project, "evaluation.failure-cases-missing", "1 test pictures are discussed", status=Status.WARN)
