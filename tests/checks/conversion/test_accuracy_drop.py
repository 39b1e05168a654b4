from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import csv_bytes, rows_of
from tests.named_set import FOLDERS, night

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


WANTED = 'schema = 1\n[[thresholds]]\nmetric = "accuracy"\nmin = {}\ntarget = "onnx"\nsplit = "{}"\n'
OF_NIGHT = "exports/onnx/predictions-test-night.csv"


def night_answers(project: Sandbox, least: float) -> list[dict[str, str]]:
    """The set, a threshold of the export on it, and what its source answers there."""
    night(project)
    project.write({"acceptance.toml": WANTED.format(least, "test-night")})
    return rows_of((project.root / f"{FOLDERS[1]}/predictions-test-night.csv").read_bytes())


def test_a_threshold_of_the_target_on_a_named_set_wants_its_answers_there(project: Sandbox) -> None:
    rows = night_answers(project, 0.5)
    found = says(project, CHECK, "accuracy ≥ 0.5 of onnx on test-night is proved by nothing: onnx was not asked about test-night")
    assert found.fix.endswith(
        ".convert onnx --predict data/processed/test-night/annotations.csv --output exports/onnx/predictions-test-night.csv"
    )
    project.write({OF_NIGHT: csv_bytes(rows)})
    passes(project, CHECK)
    project.write({OF_NIGHT: csv_bytes([{**row, "path": row["path"].removeprefix("test-night/")} for row in rows])})
    passes(project, CHECK)  # as `--predict` of the list in the folder of the set writes it
    project.write({OF_NIGHT: csv_bytes(rows[:25])})
    says(project, CHECK, "onnx was asked about 25 of 30 pictures of test-night")


def test_a_threshold_of_the_target_on_a_named_set_is_held(project: Sandbox) -> None:
    rows = night_answers(project, 0.95)
    project.write({OF_NIGHT: csv_bytes(rows)})
    says(project, CHECK, "accuracy ≥ 0.95 of onnx on test-night is not met: 0.800")


def test_a_loss_on_a_named_set(project: Sandbox) -> None:
    rows = night_answers(project, 0.1)
    for row in [row for row in rows if row["label"] == row["prediction"]][:6]:
        said = next(name for name in ("rose", "tulip") if name != row["label"])
        row |= {"prediction": said, f"p:{said}": row[f"p:{row['label']}"], f"p:{row['label']}": row[f"p:{said}"]}
    project.write({OF_NIGHT: csv_bytes(rows)})
    says(project, CHECK, "onnx: accuracy 0.600, source 0.800 on 30 pictures of test-night; a drop of 0.01 is tolerable")


def test_a_threshold_of_the_target_on_a_set_that_is_not_there(project: Sandbox) -> None:
    project.write({"acceptance.toml": WANTED.format(0.5, "test-nigth")})
    says(project, CHECK, "is on a test set that does not exist")
