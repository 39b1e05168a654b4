from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import SECOND, misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"
ANSWERS = "exports/onnx/predictions.csv"

CHECK = "conversion.agreement-differs"


def flip(project: Sandbox, n: int, *, tie: bool = False) -> None:
    top, rest = ("0.5010000", "0.4990000") if tie else ("0.9000000", "0.1000000")

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows[:n]:
            mine = row["prediction"]
            said = "rose" if mine != "rose" else "tulip"
            row.update({f"p:{c}": "0.0000000" for c in ("daisy", "rose", "tulip")})
            row.update({"prediction": said, f"p:{said}": top, f"p:{mine}": rest})
        return rows

    project.edit_csv(ANSWERS, change)


def test_the_same_answers(project: Sandbox) -> None:
    passes(project, CHECK)


def test_an_agreement_that_nobody_measured(project: Sandbox) -> None:
    flip(project, 25)
    found = [f.message for f in project.check(CHECK)]
    assert "onnx: agreement 1.00 recorded, 0.83 recomputed on 150 pictures" in found
    assert any("agrees with its source on 83.3% of 150 pictures; 100.0% are wanted" in m for m in found)
    assert any(m.startswith("onnx: accuracy 0.940 recorded, 0.") for m in found)


def test_a_tie_may_fall_either_way(project: Sandbox) -> None:
    flip(project, 1, tie=True)
    project.edit_json(CARD, lambda c: c.update(agreement=1.0, accuracy={"export": 140 / 150, "source": 0.94}))
    assert [f for f in project.check(CHECK) if "agree" in f.message] == []


def test_int8_may_differ_in_five_of_a_hundred(project: Sandbox) -> None:
    flip(project, 6)
    rows = [line.split(",") for line in project.read(ANSWERS).splitlines()[1:]]
    accuracy = sum(r[1] == r[2] for r in rows) / 150
    project.edit_json(
        CARD, lambda c: c.update(quantisation="int8", agreement=0.96, accuracy={"export": accuracy, "source": 0.94})
    )
    passes(project, CHECK)


def test_three_pictures(project: Sandbox) -> None:
    project.edit_csv(ANSWERS, lambda rows: rows[:3])
    says(project, CHECK, "onnx: parity was measured on 3 test pictures, at least 100 are wanted")


def test_an_export_that_always_says_the_same(project: Sandbox) -> None:
    shares = {"prediction": "rose", "p:daisy": "0.1", "p:rose": "0.8", "p:tulip": "0.1"}
    project.edit_csv(ANSWERS, lambda rows: [{**r, **shares} for r in rows])
    says(project, CHECK, "onnx: all 150 answers are rose; their agreement proves nothing")


def test_rows_in_another_order_with_more_columns(project: Sandbox) -> None:
    project.edit_csv(ANSWERS, lambda rows: [{**r, "ms": "1"} for r in rows[::-1]])
    passes(project, CHECK)


def test_without_answers(project: Sandbox) -> None:
    project.remove(ANSWERS)
    misses(project, CHECK, "predictions.csv is missing")
    project.edit_json(CARD, lambda c: c.update(verified_by=[], agreement=None))
    says(project, CHECK, "were computed nowhere yet", status=Status.UNKNOWN)


def mix(project: Sandbox, path: str, share: float, digits: int) -> None:
    """Pull every probability towards a third, and print so many digits."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        mixed = {k: lambda v: f"{float(v) * (1 - share) + share / 3:.{digits}f}" for k in rows[0] if k.startswith("p:")}
        return [{k: mixed[k](v) if k in mixed else v for k, v in row.items()} for row in rows]

    project.edit_csv(path, change)


def test_a_table_that_was_copied(project: Sandbox) -> None:
    source = f"{SECOND}/predictions.csv"
    mix(project, source, 1.23e-6, 10)
    project.copy(source, ANSWERS)
    says(
        project,
        CHECK,
        "onnx: 150 answers equal those of the source to the last digit, and the card says that logits differ by up to 2.1e-05",
    )
    project.edit_json(CARD, lambda c: c.update(max_difference=0.0))
    passes(project, CHECK)  # the same program, the same bits


def test_probabilities_further_apart_than_the_logits(project: Sandbox) -> None:
    mix(project, ANSWERS, 0.1, 7)
    says(project, CHECK, "onnx: max_difference 2.1e-05 recorded, and probabilities differ by up to 0.0")
    project.edit_json(CARD, lambda c: c.update(max_difference=0.4))
    passes(project, CHECK)


def test_the_answers_of_another_export(project: Sandbox) -> None:
    mix(project, ANSWERS, 1.23e-6, 10)
    for name in ("card.json", "predictions.csv"):
        project.copy(f"exports/onnx/{name}", f"exports/litert/{name}")
    project.edit_json("exports/litert/card.json", lambda c: c.update(target="litert", quantisation="fp16"))
    passes(project, CHECK)  # the same numbers on both cards
    project.edit_json("exports/litert/card.json", lambda c: c.update(max_difference=0.003))
    says(project, CHECK, "litert and onnx: 150 answers equal to the last digit", "one table is a copy of the other")
