from __future__ import annotations

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
