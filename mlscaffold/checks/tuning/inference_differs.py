"""Inference on new pictures answers as evaluation does."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.checks.tuning.real_world_missing import read
from mlscaffold.evidence import chain, deep
from mlscaffold.evidence.studies import Guess
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

FIELD = "data/field"
ROWS = 100
LEAST = 30
TOLERANCE = 0.02


@check(proves="real-world", reads=("reports/tuning", FIELD, "pipeline.json"), deep=True)
def inference_differs(project: Project) -> Iterator[Finding]:
    """Inference on new pictures answers as evaluation does.

    ## Why
    Inference that reads pictures by another library (channels the other way round, another resize, no normalisation) is right on
    grey pictures and wrong on coloured ones; people then judge a model that nobody evaluated.

    ## Evidence
    A hundred pictures of `data/field` (all, where there are fewer), answered by the project's own `predict`, the path of
    evaluation, against prediction and confidence in `inference.csv`. Confidences may differ by 0.02, the noise of machines; one
    picture in a hundred may pass that.

    ## Fix
    Let `infer` read pictures through the same pipeline as `predict`, and run it again.
    """
    choice, inference = chain.chosen(project, "tuning"), read(project)
    rows = {f"{FIELD}/{row.path}": row for row in inference.rows}
    asked = deep.spread(list(rows), ROWS)
    here = [path for path in deep.present(project, asked) if project.digest(path) == rows[path].digest]
    if len(here) < min(LEAST, len(rows)):
        raise Unknown(f"{len(here)} of {len(asked)} real-world pictures are on this machine", path=FIELD)
    checkpoint = deep.find_checkpoint(project, choice.checkpoint, run=choice.run)
    answers = deep.predict(project, checkpoint, here)
    apart = {path: _difference(answers.rows[path], rows[path], answers.classes) for path in here}
    wide = [path for path, difference in apart.items() if difference > TOLERANCE]
    if len(wide) > len(here) // 100:
        first = max(wide, key=lambda path: apart[path])
        turned = sum(answers.rows[path].prediction != rows[path].prediction for path in wide)
        yield fail(
            f"{len(wide)} of {len(here)} real-world pictures are answered otherwise by the path of evaluation, {turned} of them"
            f" with another class, first {rows[first].path}: {rows[first].prediction} {rows[first].confidence:.2f} recorded,"
            f" {answers.rows[first].prediction} {max(answers.rows[first].probabilities):.2f} predicted; {TOLERANCE} is the noise of machines",
            at(inference.path, rows[first].line), fix=f"python -m {project.settings.package}.infer {FIELD}",
        )  # fmt: skip


def _difference(answer: deep.Answer, row: Guess, classes: tuple[str, ...]) -> float:
    """How far the recorded confidence lies from what `predict` says of that class now."""
    now = answer.probabilities[classes.index(row.prediction)] if row.prediction in classes else 0.0
    return abs(now - row.confidence)
