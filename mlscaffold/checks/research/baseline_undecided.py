"""research.baseline-undecided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import acceptance, claims, data, predictions, sections
from mlscaffold.evidence.wording import is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILE = "acceptance.toml"
WORD = re.compile(r"baseline|grundlinie|majority|most frequent|logistic regression|基线|多数类", re.I)
SHARE = re.compile(r"(?<![\w.,])(0?[.,]\d+|\d{1,2}(?:[.,]\d+)?\s?(?:%|percent|per cent|prozent))(?!\w)", re.I)
# What may stand between the word and its number; after anything else ("…, fastapi 0.120") the number is of something else.
LINK = re.compile(
    r"[\s:=≈~()|*_-]*(?:(?:is|of|at|about|around|roughly|some|reach(?:es|ed)|scores?d?|gives?|gets|has|was|accuracy|share|ist|liegt|bei|etwa|rund|von|"
    r"erreicht|hat|约|为|是|达到)[\s:=≈~()|*_-]*){0,4}",
    re.I,
)


@check(proves="baseline-rule", reads=(FILE, "docs/02-research.*", "data/splits", "reports/*/*/baseline.csv"))
def baseline_undecided(project: Project) -> Iterator[Finding]:
    """A rule without a model is chosen as the baseline, and what is said of it can be computed.

    ## Why
    A model is worth what it adds to a rule that costs nothing. A baseline of "about 60 %" that nobody can repeat is no baseline.

    ## Evidence
    `[baseline]` of `acceptance.toml`: a known rule and why. Numbers that `docs/02-research.*` claims for the baseline, against
    every `baseline.csv` of the reports and, where there are splits, the share of the largest class.

    ## Fix
    Choose `majority` or `logistic-regression`, and say why. The training and the evaluation compute its number.
    """
    if not project.exists(FILE):
        raise Missing(f"{FILE} is missing, and with it the baseline", path=FILE, fix=f"edit [baseline] in {FILE}")
    found = project.read(acceptance.read, FILE)
    if not found.rule or is_placeholder(found.why):
        what = "no rule is chosen" if not found.rule else f'why the rule is "{found.rule}" is not said'
        raise Missing(
            f"[baseline]: {what}", path=FILE, fix=f"edit [baseline] in {FILE}: rule = majority or logistic-regression, and why"
        )
    yield from _claimed(project)


def _claimed(project: Project) -> Iterator[Finding]:
    try:
        document = sections.document(project, "02-research")
    except Missing:
        return
    told = [(value, s.line) for s in document.sections for value in _numbers(s.text, WORD.search(s.title) is not None)]
    if not told:
        return
    known = _computed(project)
    for value, line in told:
        if not known:
            yield warn(
                f"baseline {value:g} has no evidence yet: no split and no baseline.csv",
                at(document.path, line),
                fix="mlscaffold data split",
            )
        elif all(abs(value - number) > 0.0105 for number in known.values()):
            listed = ", ".join(f"{name} {number:.2f}" for name, number in known.items())
            yield fail(
                f"baseline {value:g} has no evidence; computed are {listed}", at(document.path, line), fix=f"edit {document.path}"
            )


def _numbers(text: str, of_baseline: bool) -> list[float]:
    """Shares that a text claims for the baseline: in sentences that name it, with a metric or straight after the word."""
    found = []
    for sentence in re.split(r"(?<=[.;!?])\s+|\n|(?<=[。；！？])", text):
        word = WORD.search(sentence)
        if not word or claims.elsewhere(sentence):
            continue
        claimed = [claim.value for claim in claims.read(sentence) if claim.family in ("accuracy", "recall", "f1")]
        near = SHARE.search(sentence, word.end(), word.end() + 40)
        if not claimed and near and (of_baseline or LINK.fullmatch(sentence[word.end() : near.start()])):
            number = near[1].casefold()
            value = float(re.sub(r"[^\d.,]", "", number).replace(",", "."))
            claimed = [value / 100 if re.search(r"%|p", number) else value]
        found += [value for value in claimed if 0 < value < 1]
    return found


def _computed(project: Project) -> dict[str, float]:
    """What can be computed for the baseline here: the share of the largest class, and the accuracy of each `baseline.csv`."""
    known = {}
    try:
        test = Counter(row.label for row in data.splits(project) if row.split == "test")
        if test:
            known["the majority class of test"] = max(test.values()) / sum(test.values())
    except Missing:
        pass
    for path in project.glob("reports/*/*/baseline.csv"):
        rows = project.read(predictions.read, path).rows
        if rows:
            known[path.removeprefix("reports/")] = sum(r.label == r.prediction for r in rows) / len(rows)
    return known
