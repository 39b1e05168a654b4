from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FILE = f"reports/tuning/{TUNED}/inference.csv"

CHECK = "tuning.inference-contradicts"


def test_answers_that_agree(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_confidence_that_was_typed(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [rows[0] | {"confidence": "0.999"}, *rows[1:]])
    says(
        project, CHECK, "1 of 60 rows have a confidence and a margin that cannot go together, first belt-00.png: 0.999 and 0.220"
    )
    project.edit_csv(FILE, lambda rows: [rows[0] | {"confidence": "0.2", "margin": "0.1", "unsure": "1"}, *rows[1:]])
    says(project, CHECK, "0.200 and 0.100 leave 0.100 for the second of 3 classes")


def test_rounded_numbers_go_together(project: Sandbox) -> None:
    project.edit_csv(
        FILE,
        lambda rows: [r | {"confidence": f"{float(r['confidence']):.2f}", "margin": f"{float(r['margin']):.2f}"} for r in rows],
    )
    passes(project, CHECK)


def test_sure_and_unsure_by_no_rule(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [rows[0] | {"unsure": "0"}, *rows[1:]])
    says(project, CHECK, "1 of 60 rows are sure although a surer one is not, first belt-00.png (0.48, margin 0.22)")


def test_one_picture_with_two_answers(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [rows[0] | {"digest": rows[1]["digest"]}, *rows[1:]])
    says(project, CHECK, "1 pictures have two answers: belt-00.png is daisy, belt-01.png, the same picture, rose")


def test_a_verdict_that_is_not_the_owners(project: Sandbox) -> None:
    project.copy("data/field/belt-03.png", "docs/examples/bunch-3.png")  # answered daisy, called right; the owner says daisy
    passes(project, CHECK)
    project.edit_csv(FILE, lambda rows: [r | {"prediction": "rose"} if r["path"] == "belt-03.png" else r for r in rows])
    says(
        project,
        CHECK,
        '1 of 1 verdicts on pictures of docs/examples are not the owner\'s: belt-03.png is answered rose and called "right"',
    )
    project.edit_csv(FILE, lambda rows: [r | {"verdict": "wrong"} if r["path"] == "belt-03.png" else r for r in rows])
    passes(project, CHECK)
    project.edit_csv(FILE, lambda rows: [r | {"prediction": "daisy"} if r["path"] == "belt-03.png" else r for r in rows])
    says(project, CHECK, 'answered daisy and called "wrong"; the owner says daisy')


def test_without_examples_or_inference(project: Sandbox) -> None:
    project.remove("docs/examples/answers.csv")
    passes(project, CHECK)
    project.remove(FILE)
    misses(project, CHECK, "the model has not seen the real world")
