from __future__ import annotations

from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.number-not-reproducible"
METRICS = f"{FIRST}/metrics.json"


def test_sound_numbers(project: Sandbox) -> None:
    passes(project, CHECK)


def test_an_edited_accuracy_is_told_with_both_numbers(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: m["metrics"]["accuracy"].update(value=0.934, low=0.88, high=0.96))
    found = says(project, CHECK, "accuracy is 0.934 recorded, 0.86 recomputed", "150 rows")
    assert found.effect and (found.effect.reported, round(found.effect.corrected, 2)) == (0.934, 0.86)


def test_a_macro_that_is_the_micro_average_is_named(project: Sandbox) -> None:
    def spoil(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in [r for r in rows if r["label"] == "tulip"][10:]:
            row |= {"prediction": "rose", "p:rose": "0.9000000", "p:tulip": "0.0500000", "p:daisy": "0.0500000"}
        return rows

    project.edit_csv(f"{FIRST}/predictions.csv", spoil)
    rows = project.read(f"{FIRST}/predictions.csv").splitlines()[1:]
    micro = sum(r.split(",")[1] == r.split(",")[2] for r in rows) / len(rows)
    project.edit_json(METRICS, lambda m: m["metrics"]["f1_macro"].update(value=micro, low=micro - 0.1, high=micro + 0.1))
    assert any("is f1_micro)" in f.message for f in project.check(CHECK))


def test_a_class_row_and_the_count(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: (m.update(n=180), m["classes"]["rose"].update(support=80)))
    says(project, CHECK, "n is 180 recorded, 150 rows are in predictions.csv", "support of rose is 80 recorded, 50 recomputed")


def test_an_interval_that_is_too_narrow_and_one_beside_its_value(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: m["metrics"]["accuracy"].update(low=0.855, high=0.865))
    says(project, CHECK, "the interval of accuracy is ± 0.005; 150 samples allow ± 0.05")
    project.edit_json(METRICS, lambda m: m["metrics"]["accuracy"].update(low=0.9, high=0.95))
    says(project, CHECK, "leaves out its value 0.860")


def test_predictions_that_are_not_the_likeliest_class(project: Sandbox) -> None:
    def swap(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows[:6]:
            row |= {"p:daisy": row["p:rose"], "p:rose": row["p:tulip"], "p:tulip": row["p:daisy"]}
        return rows

    project.edit_csv(f"{FIRST}/predictions.csv", swap)
    assert any("6 of 150 predictions are not the class of the highest probability" in f.message for f in project.check(CHECK))


def test_a_wrong_number_of_the_tuned_model_concerns_tuning(project: Sandbox) -> None:
    project.edit_json(f"{SECOND}/metrics.json", lambda m: m["metrics"]["accuracy"].update(value=0.98))
    assert {f.stage for f in project.check(CHECK)} == {"tuning"}


def test_rounded_numbers_more_columns_and_another_order_do_no_harm(project: Sandbox) -> None:
    project.edit_csv(f"{FIRST}/predictions.csv", lambda rows: [{"time": "1", **row} for row in reversed(rows)])
    project.edit_json(METRICS, lambda m: [v.update(value=round(v["value"], 3)) for v in m["metrics"].values()])
    passes(project, CHECK)


def test_without_numbers(project: Sandbox) -> None:
    project.remove(METRICS)
    misses(project, CHECK, "metrics.json is missing")


def test_without_a_model(empty: Sandbox) -> None:
    empty.write({"data/schema.toml": 'schema = 1\nclasses = ["a", "b"]\n'})
    misses(empty, CHECK, "no run is chosen")


def test_the_report_for_people_was_edited(project: Sandbox) -> None:
    report = "# Evaluation\n\n| metric | value | from | to |\n|---|---|---|---|\n| accuracy (optimised) | 0.8600 | 0.8 | 0.91 |\n\n- accuracy: 0.86, wanted min 0.85: met\n"
    project.write({f"{FIRST}/report.md": report})
    passes(project, CHECK)
    project.replace(f"{FIRST}/report.md", "0.8600", "0.9340")
    says(project, CHECK, "report.md says accuracy 0.9340, metrics.json 0.86")
