"""A number that the document gives for our metric is the recomputed one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.checks.evaluation.failure_cases_missing import read
from mlscaffold.evidence import acceptance, data, judged, scored
from mlscaffold.evidence.acceptance import Acceptance
from mlscaffold.evidence.claims import elsewhere, sentences
from mlscaffold.model import Effect, Finding
from mlscaffold.practice import metrics
from mlscaffold.practice.thresholds import measure
from mlscaffold.project import Project

# What people call the metrics, in the languages that we ship; the number must follow at once.
WORDS = {
    "accuracy": r"accuracy|genauigkeit|trefferquote|准确率|精度",
    "f1_macro": r"macro[- ]?f1|f1[-_ ]?macro|makro[- ]?f1|宏平均\s*f1",
    "recall_macro": r"macro[- ]?recall|recall[-_ ]?macro|makro[- ]?recall",
    "precision_macro": r"macro[- ]?precision|precision[-_ ]?macro|makro[- ]?precision",
    "kappa": r"kappa",
    "log_loss": r"log[- _]?loss",
}
OF_CLASS = {
    "recall": r"[Rr]ecall|[Ss]ensitivity|Trefferquote|Sensitivität|召回率",
    "precision": r"[Pp]recision|Präzision|精确率",
    "f1": r"[Ff]1(?:[- ]?score)?",
}
_LINK = r"(?:\s|:|=|\||\*|≈|~|about|of|is|was|reaches|reached|beträgt|ist|war|von|liegt bei|bei|为|是|达到|约){0,6}"
_NUMBER = r"(?<![\w.,])(\d{1,3}(?:[.,]\d+)?)\s*(%|per cent|percent|prozent)?(?![\w]|[.,]\d)"


@check(proves="evaluation-document", reads=("docs", "reports/evaluation", "acceptance.toml", "reports/training/chosen.toml"))
def document_number_differs(project: Project) -> Iterator[Finding]:
    """A number that the document gives for our metric is the recomputed one.

    ## Why
    People read the document, not `metrics.json`.

    ## Evidence
    Numbers that stand right behind the name of a metric, against every value they could rightly quote: model, baseline and
    majority
    on every test set, eyeball or validation, interval ends, thresholds, the human level; for one class where it is named. Half a unit of
    the last digit is forgiven. Sentences on other systems, data or years, which do not speak of ours too, are left alone.

    ## Fix
    Copy the number from `reports/evaluation/<run>/report.md`.
    """
    document = read(project)
    wanted = project.read(acceptance.read, "acceptance.toml") if project.exists("acceptance.toml") else None
    text = "\n".join(s for section in document.sections for s in sentences(section.text) if not elsewhere(s))
    for metric, words in WORDS.items():
        claims = list(re.finditer(rf"(?:{words}){_LINK}{_NUMBER}", text, re.IGNORECASE))
        if not claims:
            continue
        known = list(_known(project, metric))
        if wanted:
            known += [b for t in wanted.thresholds for b in (t.min, t.max) if b is not None]
            known += [wanted.human.value] if wanted.human else []
        for claim in claims:
            value, tolerance = _value(claim.group(1), percent=bool(claim.group(2)))
            if metric != "log_loss" and (value > 1 or value < 0.02):
                continue  # no share: a count, a year, a table number
            if not any(abs(value - k) <= tolerance for k in known):
                yield fail(
                    f'"{" ".join(claim.group(0).split())}" is not what the predictions give: {metric} is {known[0]:.3f}',
                    document.path, fix=f"edit {document.path}", effect=Effect(metric, value, known[0]),
                )  # fmt: skip
                break
    yield from _of_classes(project, document.path, text, wanted)


def _of_classes(project: Project, path: str, text: str, wanted: Acceptance | None) -> Iterator[Finding]:
    """Claims for one class, which name it right behind the metric: `recall of rose is 0.93`."""
    names = data.classes(project)
    spelt = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    for kind, words in OF_CLASS.items():
        said = rf"(?:{words})\s+(?:of|for|on|von|für|der klasse)\s+(?:the\s+)?(?:class|klasse)?\s*[\"“'‘`]?({spelt})[\"”'’`]?(?!\w){_LINK}{_NUMBER}"
        for claim in re.finditer(said, text):
            value, tolerance = _value(claim.group(2), percent=bool(claim.group(3)))
            if value > 1 or value < 0.02:
                continue
            name = claim.group(1)
            known = list(_known(project, kind, of_class=name))
            known += (
                [b for t in wanted.thresholds if t.of_class == name for b in (t.min, t.max) if b is not None] if wanted else []
            )
            if known and not any(abs(value - k) <= tolerance for k in known):
                yield fail(
                    f'"{" ".join(claim.group(0).split())}" is not what the predictions give: {kind} of {name} is {known[0]:.3f}',
                    path, fix=f"edit {path}", effect=Effect(f"{kind} of {name}", value, known[0]),
                )  # fmt: skip


def _known(project: Project, metric: str, *, of_class: str = "") -> Iterator[float]:
    names = data.classes(project)
    for one in judged.judged(project):
        files = [f"{one.folder}/{name}.csv" for name in ("predictions", "baseline", "eyeball")]
        files += [path for each in judged.named(project, one) for path in (each.predictions, each.baseline)]
        files += project.glob("reports/training/*/validation.csv") + project.glob("reports/tuning/*/validation.csv")
        files += project.glob("reports/training/*/baseline.csv")
        for file in files:
            if not project.exists(file):
                continue
            table = judged.table(project, file)
            found = measure(metric, scored.rows(table), names, of_class=of_class)
            yield from (found.value, found.low, found.high)
            if metric == "accuracy":
                yield metrics.majority(row.label for row in table.rows)[1]
                yield from (judged.numbers(project, one).majority or ("", 0.0))[1:]
        told = judged.numbers(project, one).metrics.get(metric)
        if told:
            yield from (told.low, told.high)


def _value(text: str, *, percent: bool) -> tuple[float, float]:
    digits = text.replace(",", ".")
    decimals = len(digits.partition(".")[2])
    value, tolerance = float(digits), 0.5 * 10.0**-decimals
    if percent or 20 <= value <= 100:  # accuracy 86 is eighty-six per cent
        value, tolerance = value / 100, tolerance / 100
    return value, tolerance * 1.0001
