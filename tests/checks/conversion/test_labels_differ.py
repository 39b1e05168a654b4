from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import rows_of

CARD = "exports/onnx/card.json"

CHECK = "conversion.labels-differ"


def test_the_classes_in_their_order(project: Sandbox) -> None:
    passes(project, CHECK)


def test_another_order(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["rose", "daisy", "tulip"]))
    says(project, CHECK, 'onnx: index 0 is "rose" in the export, "daisy" in the schema')


def test_what_the_order_does_to_the_answers(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["rose", "daisy", "tulip"]))
    (found,) = project.check(CHECK)

    assert found.effect is not None
    table = project.root / "exports/onnx/predictions.csv"
    right = [
        r["label"] == "tulip" == r["prediction"] or {r["label"], r["prediction"]} == {"rose", "daisy"}
        for r in rows_of(table.read_bytes())
    ]
    assert found.effect.reported > 0.8 > found.effect.corrected == sum(right) / len(right)
    project.remove("exports/onnx/predictions.csv")
    assert [f.effect for f in project.check(CHECK)] == [None]


def test_a_background_class(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["daisy", "rose", "tulip", "background"]))
    says(project, CHECK, 'index 3 is "background" in the export, "nothing" in the schema')


def test_more_outputs_than_classes(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["output"].update(shape=[1, 1000]))
    says(project, CHECK, "onnx has 1000 outputs; the schema has 3 classes")


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
