from __future__ import annotations

from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.label-differs"
FILE = f"{FIRST}/predictions.csv"


def test_labels_as_annotated(project: Sandbox) -> None:
    passes(project, CHECK)
    project.edit_csv(FILE, lambda rows: rows[::-1])
    passes(project, CHECK)


def test_folders_sorted_as_text(project: Sandbox) -> None:
    swap = {"daisy": "rose", "rose": "daisy", "tulip": "tulip"}
    project.edit_csv(FILE, lambda rows: [{**r, "label": swap[r["label"]]} for r in rows])
    found = says(project, CHECK, "100 of 150 rows carry another label than the annotation")
    assert found.effect and found.effect.corrected > 0.8 > found.effect.reported


def test_predictions_in_another_order_than_the_pictures(project: Sandbox) -> None:
    keys = ("path", "label")

    def shift(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        by_label = sorted(rows, key=lambda r: (r["label"], r["path"]))
        return [{**by_label[(7 * i) % 150], **{k: row[k] for k in keys}} for i, row in enumerate(by_label)]

    project.edit_csv(FILE, shift)
    says(project, CHECK, "chance is 0.33, but it was 0.87 on validation")


def test_without_test_data(project: Sandbox) -> None:
    project.remove("data/processed/test/annotations.csv")
    misses(project, CHECK, "has no annotations")
