"""Majority, baseline and the comparison with it recompute, on the same test pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import acceptance, data, evaluations, judged, scored
from mlscaffold.model import Finding
from mlscaffold.practice import comparison, metrics
from mlscaffold.project import Missing, Project

TOLERANCE = 0.0005


@check(proves="fair-comparison", reads=("reports/evaluation", "acceptance.toml", "reports/training/chosen.toml"))
def comparison_differs(project: Project) -> Iterator[Finding]:
    """Majority, baseline and the comparison with it recompute, on the same test pictures.

    ## Why
    A number means something only beside what costs nothing: always the most frequent class, and the simple rule of stage 2.

    ## Evidence
    `majority`, `baseline` and `comparison` in `metrics.json` against `predictions.csv` and `baseline.csv`; the rule against
    `acceptance.toml`. Half a thousandth is forgiven, which is what three printed digits lose.

    ## Fix
    Evaluate again: the baseline is trained on train and asked about the same pictures.
    """
    for one in judged.tested(project):
        told, fix = judged.numbers(project, one), judged.command(project, one.metrics)
        model = scored.by_path(judged.table(project, one.predictions))
        rule = scored.by_path(judged.table(project, one.baseline))
        if odd := sorted(model.keys() ^ rule.keys()):
            asked = Counter(path.partition("/")[0] for path in rule)
            yield fail(
                "the baseline was not asked about the same pictures: it has "
                f"{scored.some([f'{n} of {split}' for split, n in asked.most_common()])}, the model {len(model)} of {one.split}; "
                f"{len(odd)} are in one table only, first {odd[0]}",
                one.baseline, fix=fix, stage=one.stage,
            )  # fmt: skip
            continue
        wrong = list(_wrong(project, told, labels={p: r.label for p, r in model.items()}, one=one))
        if wrong:
            yield fail(scored.some(wrong), one.metrics, one.baseline, fix=fix, stage=one.stage)


def _wrong(project: Project, told: evaluations.Evaluation, *, labels: dict[str, str], one: judged.Judged) -> Iterator[str]:
    model, rule = judged.table(project, one.predictions), judged.table(project, one.baseline)
    if told.majority is None:
        raise Missing(f"{one.metrics} has no majority", path=one.metrics, fix=judged.command(project, one.metrics))
    name, share = metrics.majority(labels.values())
    ties = sum(v == told.majority[0] for v in labels.values()) / len(labels)
    if abs(ties - share) > 1e-9 or abs(told.majority[1] - share) > TOLERANCE:
        yield f"majority is {told.majority[0]} with {told.majority[1]:.3f} recorded, {name} with {share:.3f} recomputed"
    names = data.classes(project)
    matrix = metrics.confusion([(labels[r.path], r.prediction) for r in rule.rows], names)
    for metric, value in told.baseline.items():
        function = metrics.OF_MATRIX.get(metric)
        found = function(matrix) if function else None
        if found is not None and abs(found - value) > TOLERANCE:
            yield f"baseline {metric} is {value:.4g} recorded, {found:.4g} recomputed"
    wanted = project.read(acceptance.read, "acceptance.toml").rule if project.exists("acceptance.toml") else ""
    if wanted and told.baseline_rule and wanted != told.baseline_rule:
        yield f"the baseline is {told.baseline_rule}; acceptance.toml names {wanted}"
    truth = comparison.compare(labels, {r.path: r.prediction for r in model.rows}, {r.path: r.prediction for r in rule.rows})
    for key, value in (("only_model", truth.only_first), ("only_baseline", truth.only_second)):
        if key in told.comparison and told.comparison[key] != value:
            yield f"{key} is {told.comparison[key]:g} recorded, {value} recomputed"
    p = told.comparison.get("p")
    if p is not None and abs(p - truth.p) > max(TOLERANCE, 0.01 * truth.p):
        yield f"p is {p:.3g} recorded, {truth.p:.3g} recomputed"
