from __future__ import annotations

from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.data-stale"


def test_the_data_of_today(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_corrected_test_label(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: [{**rows[0], "label": "tulip"}, *rows[1:]])
    misses(project, CHECK, "is older than the test data (150 pictures then, 150 now)")


def test_another_order_of_classes_and_another_pipeline(project: Sandbox) -> None:
    project.write({"data/schema.toml": 'schema = 1\nclasses = ["rose", "daisy", "tulip"]\n'})
    project.edit_json("pipeline.json", lambda p: p.update(size=[32, 32]))
    misses(project, CHECK, "the classes of data/schema.toml, pipeline.json")


def test_a_part_of_test(project: Sandbox) -> None:
    project.edit_json(f"{FIRST}/provenance.json", lambda p: p["data"]["test"].update(samples=120))
    says(project, CHECK, "it used 120 of 150 test pictures")


def test_rows_in_another_order_and_a_pipeline_written_anew(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: rows[::-1])
    project.edit_json("pipeline.json", lambda p: None)
    passes(project, CHECK)
