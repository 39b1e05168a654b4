"""collection.label-follows-attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence import data, schema
from mlscaffold.evidence.data import Annotation
from mlscaffold.evidence.wording import count
from mlscaffold.model import Finding
from mlscaffold.practice.contingency import dependence, holes
from mlscaffold.project import Missing, Project

CHECK = "collection.label-follows-attribute"
STRONG, EXPECTED, LEVEL, ENOUGH = 0.3, 5.0, 0.001, 20


@check(proves="statistics", reads=("data/raw/**/annotations.csv", schema.FILE, "mlscaffold.toml"))
def label_follows_attribute(project: Project) -> Iterator[Finding]:
    """What is noted beside a picture does not tell its label.

    ## Why
    If everything wilted was photographed by lamp light, the model learns the lamp, and calls a fresh flower wilted at night.

    ## Evidence
    Each attribute of `data/schema.toml` against the labels: a combination that never occurs, though 5 pictures of it would be there
    if the two were independent, and chance leaves it empty less than once in a thousand; or Cramér's V whose 95 % interval lies above
    0.3, beyond chance (chi-square, p < 0.001). Both over all attributes and combinations (Bonferroni); where groups are declared, groups
    are counted and not pictures. One finding an attribute. Columns that no schema declares are looked at by
    `collection.label-follows-source`. Settings: `strong` (V), `expected` (pictures), `natural` (a list of attributes that belong to
    the label by nature, as colour does to ripeness).

    ## Fix
    Collect the combinations that are lacking; where they cannot exist, name the attribute under `natural`.
    """
    rows = [row for row in data.annotation_rows(project) if row.label]
    if not rows:
        raise Missing("no annotation file has a row", path=data.RAW, fix="mlscaffold data import FOLDER")
    declared = project.read(schema.read, schema.FILE).attributes
    natural = project.option(CHECK, "natural", ())
    looked = {name: [row for row in rows if row.attributes.get(name)] for name in declared if name not in natural}
    looked = {name: held for name, held in looked.items() if len(held) >= ENOUGH}
    for name, held in looked.items():
        if told := _told(project, name, held, comparisons=len(looked)):
            yield warn(
                told,
                data.RAW,
                schema.FILE,
                fix=f'collect what is lacking, or natural = ["{name}"] under [checks."{CHECK}"]',
            )


def _told(project: Project, name: str, rows: list[Annotation], *, comparisons: int) -> str:
    """What an attribute tells of the label, in words; empty where it is no more than chance may give."""
    pairs = [(row.attributes[name], row.label) for row in rows]
    values, labels = Counter(value for value, _ in pairs), Counter(label for _, label in pairs)
    if len(values) < 2 or len(labels) < 2:
        return ""
    weight = len({row.group or row.path for row in rows}) / len(rows)
    level = LEVEL / comparisons
    least = project.option(CHECK, "expected", EXPECTED)
    empty = [
        hole
        for hole in holes(pairs, weight=weight)
        if hole.expected >= least and hole.chance < level / (len(values) * len(labels))
    ]
    found = dependence(pairs, weight=weight)
    strong = found.interval.low > project.option(CHECK, "strong", STRONG) and found.chance < level
    measure = f"V {found.v:.2f} ({found.interval.low:.2f} to {found.interval.high:.2f}), p {'< 0.001' if found.chance < 0.001 else f'= {found.chance:.3f}'}"
    if empty:
        hole = empty[0]
        more = f"; so it is with {count(len(empty) - 1, 'more combination')}" if len(empty) > 1 else ""
        return (
            f'no picture of "{hole.second}" has `{name}` {hole.first}, though {values[hole.first]} of {len(pairs)} pictures have and '
            f'{labels[hole.second]} are of "{hole.second}": about {hole.expected:.0f} are to be expected ({measure}){more}'
        )
    if not strong:
        return ""
    both = Counter(pairs)
    value, label = max(both, key=lambda pair: both[pair] - values[pair[0]] * labels[pair[1]] / len(pairs))
    others = (values[value] - both[value, label]) / max(1, len(pairs) - labels[label])
    return (
        f'`{name}` tells the label: {both[value, label] / labels[label]:.0%} of "{label}" have {value}, '
        f"{others:.0%} of the others ({measure})"
    )
