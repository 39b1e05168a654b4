"""Every class is found at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, judged
from mlscaffold.model import Finding
from mlscaffold.practice import metrics
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST

FEW = 5


@check(proves="recomputed-numbers", reads=("reports/evaluation", "reports/training/chosen.toml", "reports/tuning/chosen.toml"))
def class_never_found(project: Project) -> Iterator[Finding]:
    """Every class is found at least once.

    ## Why
    On data of 95 to 5, a model that never finds the rare class has accuracy 0.95.

    ## Evidence
    Recall of each class, recomputed from `predictions.csv`. A class with fewer than five test pictures is a warning: even a good
    model misses all of them now and then. So is a class that is never found in a test set with a name, which may be hard on purpose.

    ## Fix
    More pictures of that class, class weights, or a metric that sees it (`recall_macro`).
    """
    names = data.classes(project)
    for one in judged.tested(project):
        table = judged.table(project, one.predictions)
        said = Counter(row.prediction for row in table.rows)
        top, n = said.most_common(1)[0]
        _, share = metrics.majority(row.label for row in table.rows)
        where = "" if one.split == TEST else f" on {one.split}"  # made of what is hard: not every class must be found there
        fix = f"python -m {project.settings.package}.train"
        if n > 0.99 * len(table.rows) and share < 0.99:
            yield (warn if where else fail)(
                f"{n} of {len(table.rows)} answers{where} are {top}: accuracy {table.accuracy:.2f} is the share of one class",
                one.predictions, fix=fix, stage=one.stage,
            )  # fmt: skip
            continue
        matrix = metrics.confusion([(r.label, r.prediction) for r in table.rows], names)
        for name, scores in zip(names, metrics.class_scores(matrix), strict=True):
            if scores.support and scores.recall == 0:
                majority = " = share of the majority" if abs(table.accuracy - share) < 0.005 else ""
                message = f"recall of {name}{where} is 0.00 (0 of {scores.support}); accuracy {table.accuracy:.2f}{majority}"
                say = fail if scores.support >= FEW and not where else warn
                yield say(message, one.predictions, fix=fix, stage=one.stage)
