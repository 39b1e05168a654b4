"""A number that the document gives for our metric is the recomputed one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.evaluation.failure_cases_missing import read
from mlscaffold.evidence import acceptance, data, documents, judged, scored
from mlscaffold.evidence.acceptance import Acceptance
from mlscaffold.evidence.claims import elsewhere, sentences
from mlscaffold.evidence.documents import Document
from mlscaffold.evidence.spelled import with_digits
from mlscaffold.model import Effect, Finding
from mlscaffold.practice import metrics
from mlscaffold.practice.thresholds import measure
from mlscaffold.project import Project

ERRORS = "error rate"
CARDS = ("README.md", "MODEL_CARD.md", "docs/model-card.md", "docs/model_card.md")
# What people call the metrics, in the languages that we ship; the number must follow at once.
WORDS = {
    "accuracy": r"accuracy|genauigkeit|trefferquote|准确率|精度",
    "f1_macro": r"macro[- ]?f1|f1[-_ ]?macro|makro[- ]?f1|宏平均\s*f1",
    "recall_macro": r"macro[- ]?recall|recall[-_ ]?macro|makro[- ]?recall",
    "precision_macro": r"macro[- ]?precision|precision[-_ ]?macro|makro[- ]?precision",
    "kappa": r"kappa",
    "log_loss": r"log[- _]?loss",
    ERRORS: r"error[- ]rate|fehlerrate|fehlerquote|错误率",
}
OF_CLASS = {
    "recall": r"[Rr]ecall|[Ss]ensitivity|Trefferquote|Sensitivität|召回率",
    "precision": r"[Pp]recision|Präzision|精确率",
    "f1": r"[Ff]1(?:[- ]?score)?",
}
_ON_TEST = r"on (?:the )?test(?: set| split| pictures| images| data)?\b|auf (?:dem |den )?test\w*"
_LINK = rf"(?:\s|{_ON_TEST}|:|=|\||\*|≈|~|about|of|is|was|reaches|reached|beträgt|ist|war|von|liegt bei|bei|为|是|达到|约){{0,6}}"
_NUMBER = r"(?<![0-9A-Za-zÀ-ÿ_.,])(\d{1,3}(?:[.,]\d+)?)\s*(%|per cent|percent|prozent)?(?![0-9A-Za-zÀ-ÿ_]|[.,]\d)"

_METRICS = "|".join(WORDS.values())
_RANGE = re.compile(
    r"\b(?:to|bis|and|und|between|zwischen|interval\w*|[a-z]*intervall|lower|upper|low|high|least|most|mindestens|höchstens)\b|[-–~±至到]|区间|至少",
    re.I,
)
FEWEST = 10


@check(
    proves="evaluation-document", reads=("docs", *CARDS, "reports/evaluation", "acceptance.toml", "reports/training/chosen.toml")
)
def document_number_differs(project: Project) -> Iterator[Finding]:
    """A number that the document gives for our metric is the recomputed one.

    ## Why
    People read the document, not `metrics.json`.

    ## Evidence
    Numbers that stand right behind the name of a metric or before it (also in words, as a fraction, or as a rate of errors), against
    every value they could rightly quote: model, baseline and majority
    on every test set, eyeball or validation, interval ends, thresholds, the human level; for one class where it is named. Half a unit of
    the last digit is forgiven. Ends of intervals count where a range is told. Sentences on other systems, data or years, which do not speak of ours too, are left alone.
    What the README or a model card says warns.

    ## Fix
    Copy the number from `reports/evaluation/<run>/report.md`.
    """
    document = read(project)
    wanted = project.read(acceptance.read, "acceptance.toml") if project.exists("acceptance.toml") else None
    text = _text(document)
    yield from _of_text(project, document.path, text, wanted, say=fail)
    yield from _of_classes(project, document.path, text, wanted)
    for path in filter(project.exists, CARDS):
        yield from _of_text(project, path, _text(project.read(documents.read, path)), wanted, say=warn)


def _text(document: Document) -> str:
    """What a document says of our model, with its numbers in digits."""
    return "\n".join(with_digits(s) for section in document.sections for s in sentences(section.text) if not elsewhere(s))


def _of_text(
    project: Project, path: str, text: str, wanted: Acceptance | None, *, say: Callable[..., Finding]
) -> Iterator[Finding]:
    """The first claim for each metric that no prediction supports."""
    for metric, words in WORDS.items():
        claims = list(_claims(text, words, metric))
        if not claims:
            continue
        known = list(_known(project, metric if metric != ERRORS else "accuracy"))
        if wanted:
            known += [(b, False) for t in wanted.thresholds for b in (t.min, t.max) if b is not None]
            known += [(wanted.human.value, False)] if wanted.human else []
        known = [(1 - value, end) for value, end in known] if metric == ERRORS else known
        for said, value, tolerance, is_range in claims:
            if metric != "log_loss" and (value > 1 or value < 0.02):
                continue  # no share: a count, a year, a table number
            if not any(abs(value - k) <= tolerance for k, end in known if is_range or not end):
                yield say(
                    f'"{" ".join(said.split())}" is not what the predictions give: {metric} is {known[0][0]:.3f}',
                    path, fix=f"edit {path}", effect=Effect(metric, value, known[0][0]),
                )  # fmt: skip
                break


def _claims(text: str, words: str, metric: str) -> Iterator[tuple[str, float, float, bool]]:
    """Words, value and tolerance of each claim for a metric, and whether it is the end of a range: `accuracy 0.94`, `94 % accuracy`, `accuracy: 493/523`."""
    for claim in re.finditer(rf"(?:{words}){_LINK}{_NUMBER}", text, re.IGNORECASE):
        near = text[max(0, claim.start() - 30) : claim.start()] + text[claim.end() : claim.end() + 12]
        yield claim[0], *_value(claim[1], percent=bool(claim[2])), bool(_RANGE.search(near))
    if metric not in OF_CLASS:
        for claim in re.finditer(rf"{_NUMBER}\s+(?:test |overall |top-1 )?(?:{words})(?![\w-])", text, re.IGNORECASE):
            share = claim[2] or claim[1].startswith(("0.", "0,"))
            if share and not re.search(rf"(?:{_METRICS}){_LINK}$", text[: claim.start()][-60:], re.IGNORECASE):
                yield claim[0], *_value(claim[1], percent=bool(claim[2])), True
    for claim in re.finditer(rf"(?:{words}){_LINK}(\d+)\s*(?:/|of|out of|von)\s*(\d+)(?![\w.,]*\d)", text, re.IGNORECASE):
        right, n = int(claim[1]), int(claim[2])
        if right <= n and n >= FEWEST:
            yield claim[0], right / n, 0.5 / n, False


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
            known = [k for k, _ in _known(project, kind, of_class=name)]
            known += (
                [b for t in wanted.thresholds if t.of_class == name for b in (t.min, t.max) if b is not None] if wanted else []
            )
            if known and not any(abs(value - k) <= tolerance for k in known):
                yield fail(
                    f'"{" ".join(claim.group(0).split())}" is not what the predictions give: {kind} of {name} is {known[0]:.3f}',
                    path, fix=f"edit {path}", effect=Effect(f"{kind} of {name}", value, known[0]),
                )  # fmt: skip


def _known(project: Project, metric: str, *, of_class: str = "") -> Iterator[tuple[float, bool]]:
    """Every value that may rightly be quoted, and whether it is the end of an interval."""
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
            yield from ((found.value, False), (found.low, True), (found.high, True))
            if metric == "accuracy":
                yield metrics.majority(row.label for row in table.rows)[1], False
                yield (judged.numbers(project, one).majority or ("", 0.0))[1], False
        told = judged.numbers(project, one).metrics.get(metric)
        if told:
            yield from ((told.low, True), (told.high, True))


def _value(text: str, *, percent: bool) -> tuple[float, float]:
    digits = text.replace(",", ".")
    decimals = len(digits.partition(".")[2])
    value, tolerance = float(digits), 0.5 * 10.0**-decimals
    if percent or 20 <= value <= 100:  # accuracy 86 is eighty-six per cent
        value, tolerance = value / 100, tolerance / 100
    return value, tolerance * 1.0001
