"""collection.imbalance-unplanned."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, chain, data, runs, schema
from mlscaffold.evidence.acceptance import METRICS
from mlscaffold.evidence.fields import read_yaml
from mlscaffold.evidence.wording import count, says_nothing
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

CHECK = "collection.imbalance-unplanned"
MANY, TOO_MANY = 10.0, 100.0
CONFIG = "configs/train.yaml"
FAIR = ("precision_macro", "recall_macro", "f1_macro", "kappa")
PLAN = re.compile(r"class_?weights?|balanced?|(weighted_?)?sampler|over_?sampl\w*|focal\w*|pos_?weight", re.I)


@check(
    proves="statistics",
    reads=("data/raw/**/annotations.csv", "acceptance.toml", CONFIG, "reports/training", schema.FILE, "mlscaffold.toml"),
)
def imbalance_unplanned(project: Project) -> Iterator[Finding]:
    """Rare classes are not drowned, or it is written down what is done about them.

    ## Why
    Where 93 of 100 pictures are of one class, a model that has learned nothing is right 93 times of 100.

    ## Evidence
    Labels of the annotation files, counted: the largest class has more than ten times (warning) or a hundred times (failure) as many
    pictures as the smallest that has any. It is planned where the metric to optimise, or a threshold, is a macro average, kappa or
    the metric of that class; where `configs/train.yaml` or the chosen run weighs the loss or the drawing of pictures
    (`class_weights`, `balance`, a sampler); or where the setting `plan` says what is done. A class without any picture is told by
    `collection.schema-violation`. Settings: `many`, `too_many`, `plan`.

    ## Fix
    Optimise a macro average (`acceptance.toml`), weigh the classes (`class_weights: true` or `balance: true` in
    `configs/train.yaml`), or collect more of the rare ones.
    """
    labels = Counter(row.label for row in data.annotation_rows(project) if row.label)
    if not labels:
        raise Missing("no annotation file has a row", path=data.RAW, fix="mlscaffold data import FOLDER")
    named = project.read(schema.read, schema.FILE).classes if project.exists(schema.FILE) else ()
    known = Counter({label: n for label, n in labels.items() if not named or label in named})
    if len(known) < 2:
        return
    (most, n), (least, k) = known.most_common()[0], known.most_common()[-1]
    if n / k <= project.option(CHECK, "many", MANY) or not says_nothing(project.option(CHECK, "plan", "")):
        return
    if _judged_fairly(project, least) or _weighed(project):
        return
    say = fail if n / k > project.option(CHECK, "too_many", TOO_MANY) else warn
    yield say(
        f'"{most}" has {count(n, "picture")}, "{least}" {k}: {n / k:.0f} times as many, and neither the metric nor the training minds;'
        f' always saying "{most}" is right for {n / known.total():.0%}',
        "acceptance.toml",
        fix=f'optimise f1_macro, set class_weights: true in {CONFIG}, or `plan` under [checks."{CHECK}"] in mlscaffold.toml',
    )


def _judged_fairly(project: Project, rare: str) -> bool:
    """Whether the metric or a threshold would notice that the rare class is never found."""
    if not project.exists("acceptance.toml"):
        return False
    found = project.read(acceptance.read, "acceptance.toml")
    asked = {found.optimise, *(t.metric for t in found.thresholds)}
    return bool(asked & set(FAIR)) or any(METRICS[t.metric].of_class and t.of_class == rare for t in found.thresholds)


def _weighed(project: Project) -> bool:
    """Whether the training that is configured, or was chosen, weighs classes."""
    tables = [project.read(_yaml, CONFIG)] if project.exists(CONFIG) else []
    try:
        run = f"{chain.chosen(project, 'training').folder}/params.yaml"
        tables += [project.read(runs.read_params, run).raw] if project.exists(run) else []
    except Missing:
        pass
    return any(_plans(table) for table in tables)


def _yaml(content: bytes, path: str) -> dict[str, object]:
    return read_yaml(content, path).values


def _plans(value: object) -> bool:
    """Whether a switch of that kind is on, anywhere in a configuration."""
    if isinstance(value, dict):
        return any((PLAN.fullmatch(str(key)) and bool(held)) or _plans(held) for key, held in value.items())
    return isinstance(value, list) and any(_plans(item) for item in value)
