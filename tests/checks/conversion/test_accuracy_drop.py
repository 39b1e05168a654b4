from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"
ANSWERS = "exports/onnx/predictions.csv"

CHECK = "conversion.accuracy-drop"


def lose(project: Sandbox, n: int) -> None:
    left = [n]

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows:
            if left[0] and row["label"] == row["prediction"]:
                left[0] -= 1
                said = "rose" if row["label"] != "rose" else "tulip"
                row |= {"prediction": said, f"p:{said}": row[f"p:{row['label']}"], f"p:{row['label']}": row[f"p:{said}"]}
        return rows

    project.edit_csv(ANSWERS, change)


def test_nothing_is_lost(project: Sandbox) -> None:
    passes(project, CHECK)


def test_within_what_is_tolerable(project: Sandbox) -> None:
    lose(project, 1)
    passes(project, CHECK)


def test_six_points(project: Sandbox) -> None:
    lose(project, 9)
    project.edit_json(CARD, lambda c: c.update(quantisation="int8"))
    found = says(project, CHECK, "onnx: int8 accuracy 0.880, source 0.940 on 150 pictures; a drop of 0.01 is tolerable")
    assert found.effect and round(found.effect.corrected, 2) == 0.88


def test_a_threshold_of_the_target(project: Sandbox) -> None:
    project.write({"acceptance.toml": 'schema = 1\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.97\ntarget = "onnx"\n'})
    says(project, CHECK, "accuracy ≥ 0.97 of onnx is not met: 0.940")


def test_a_threshold_of_the_target_on_a_slice(project: Sandbox) -> None:
    for path in project.root.glob("data/raw/**/annotations.csv"):
        name = path.relative_to(project.root).as_posix()
        project.edit_csv(name, lambda rows: [{**row, "light": "dark" if i % 3 else "bright"} for i, row in enumerate(rows)])
    wanted = 'schema = 1\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.995\ntarget = "onnx"\nslice = "light=dark"\n'
    project.write({"acceptance.toml": wanted})
    found = says(project, CHECK, "accuracy ≥ 0.995 of onnx in light=dark is not met")
    assert "n = 150" not in found.message


def test_without_answers(project: Sandbox) -> None:
    project.remove(ANSWERS)
    misses(project, CHECK, "predictions.csv is missing")
