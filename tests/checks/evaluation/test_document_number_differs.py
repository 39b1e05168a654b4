from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.document-number-differs"
DOCUMENT = "docs/07-evaluation.md"


def test_the_number_of_the_predictions(project: Sandbox) -> None:
    passes(project, CHECK)


def test_another_number(project: Sandbox) -> None:
    project.replace(DOCUMENT, "accuracy 0.86", "accuracy 0.934")
    found = says(project, CHECK, '"accuracy 0.934" is not what the predictions give: accuracy is 0.860')
    assert found.effect and found.effect.reported == 0.934


def test_percent_and_other_languages(project: Sandbox) -> None:
    for told in ("accuracy is 86 %", "Genauigkeit von 0,86", "准确率为 86%", "accuracy of **0.860**"):
        project.write({DOCUMENT: f"# Evaluation\n\n## Results\n\nWir sehen {told}.\n"})
        passes(project, CHECK)
    project.write({DOCUMENT: "# Evaluation\n\n## Results\n\n准确率为 93.4%。\n"})
    says(project, CHECK, "accuracy is 0.860")


def test_numbers_that_claim_nothing(project: Sandbox) -> None:
    project.write(
        {DOCUMENT: "# Evaluation\n\n## Results\n\nAccuracy matters from 0.7 on; in 2026 accuracy 2 of 3 lamps failed.\n"}
    )
    passes(project, CHECK)


def test_without_a_document(project: Sandbox) -> None:
    project.remove(DOCUMENT)
    misses(project, CHECK, "is missing")


def test_a_number_of_one_class(project: Sandbox) -> None:
    text = "# Evaluation\n\n## Results\n\n{}\n"
    from mlscaffold.practice import metrics
    from tests.checks.stories import FIRST
    from tests.finished import CLASSES, rows_of

    pairs = [(r["label"], r["prediction"]) for r in rows_of((project.root / FIRST / "predictions.csv").read_bytes())]
    recall = metrics.class_scores(metrics.confusion(pairs, CLASSES))[1].recall
    for told in (
        f"The recall of rose is {recall:.3f}.",
        f"Trefferquote von rose: {recall:.1%}",
        "Recall for “rose” 0.75 is demanded.",
    ):
        project.write({DOCUMENT: text.format(told)})
        passes(project, CHECK)
    project.write({DOCUMENT: text.format("The recall of rose is 0.999.")})
    says(project, CHECK, f'"recall of rose is 0.999" is not what the predictions give: recall of rose is {recall:.3f}')


def test_numbers_of_others(project: Sandbox) -> None:
    text = "# Evaluation\n\n## Results\n\n{}\n"
    for told in (
        "In the pilot of last year another system had an accuracy of 0.91 on its own pictures.",
        "LeNet has an accuracy of 0.992 on MNIST.",
        "Ein früheres System hatte eine Genauigkeit von 91 %.",
    ):
        project.write({DOCUMENT: text.format(told)})
        passes(project, CHECK)
    project.write({DOCUMENT: text.format("Unlike others, our model has an accuracy of 0.999.")})
    says(project, CHECK, "accuracy is 0.860")


RIGHT = ("86 % accuracy", "accuracy: 129/150", "an accuracy of eighty-six percent", "Genauigkeit auf Test: sechsundachtzig Prozent",
         "准确率为百分之八十六", "an error rate of 14 %", "accuracy on the test set is 0.86", "accuracy from 0.80 to 0.91")  # fmt: skip
WRONG = ("93.4 % accuracy", "accuracy: 139/150", "an accuracy of ninety-three percent", "Genauigkeit auf Test: dreiundneunzig Prozent",
         "准确率为９３．４％", "an error rate of 6.6 %", "accuracy on the test set is 0.934", "accuracy 0.91")  # fmt: skip


@pytest.mark.parametrize("told", RIGHT)
def test_other_ways_to_write_the_number(project: Sandbox, told: str) -> None:
    project.write({DOCUMENT: f"# Evaluation\n\n## Results\n\nThe model has {told}.\n"})
    passes(project, CHECK)


@pytest.mark.parametrize("told", WRONG)
def test_other_ways_to_write_a_wrong_number(project: Sandbox, told: str) -> None:
    project.write({DOCUMENT: f"# Evaluation\n\n## Results\n\nThe model has {told}.\n"})
    says(project, CHECK, "is not what the predictions give")


def test_a_number_that_belongs_to_the_metric_before_it(project: Sandbox) -> None:
    project.write({DOCUMENT: "# Evaluation\n\n## Results\n\nKappa 0.79 accuracy 0.86, and F1 0.8 accuracy matters.\n"})
    assert not any("0.8 accuracy" in f.message for f in project.check(CHECK))


def test_what_a_card_claims(project: Sandbox) -> None:
    project.write({"MODEL_CARD.md": "# Card\n\nThe model has an accuracy of 0.999 on test.\n"})
    assert says(project, CHECK, "accuracy of 0.999", status=Status.WARN).evidence[0].path == "MODEL_CARD.md"
    project.write(
        {"MODEL_CARD.md": "# Card\n\nThe model has an accuracy of 0.86 on test; the model of last year had an accuracy of 0.7.\n"}
    )
    passes(project, CHECK)
