"""Numbers that a text claims for a metric: `recall of at least 0.95`, `accuracy 92 %`, `| accuracy | 0.85 |`."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = {
    "accuracy": "accuracy", "genauigkeit": "accuracy", "korrektklassifikationsrate": "accuracy", "准确率": "accuracy", "正确率": "accuracy",
    "recall": "recall", "sensitivity": "recall", "trefferquote": "recall", "sensitivität": "recall", "召回率": "recall",
    "precision": "precision", "präzision": "precision", "精确率": "precision", "精度": "precision",
    "f1": "f1", "f1-score": "f1", "f1-maß": "f1", "kappa": "kappa",
}  # fmt: skip
_METRIC = re.compile(
    "|".join(rf"(?<!\w){re.escape(w)}(?:_\w+)?" if w.isascii() else re.escape(w) for w in sorted(WORDS, key=len, reverse=True)),
    re.I,
)
_NUMBER = re.compile(
    r"(?<![\w.,±−-])(?P<n>0?[.,]\d+|[01](?:[.,]\d+)?|\d{1,3}(?:[.,]\d+)?(?=\s?(?:%|percent|per cent|prozent|％)))\s?(?P<p>%|percent|per cent|prozent|％)?(?![\w])",
    re.I,
)
_NOT_OURS = re.compile(r"interval|confiden|konfidenz|置信|within|±|half|tolera|drop|below by|points?", re.I)
_OTHERS = re.compile(
    r"\b(?:today|now|current(?:ly)?|human|people|person|worker|expert|by hand|manual(?:ly)?|baseline|majority|guess|random|last year|paper|published|literature|arxiv|et al|"
    r"reported|reach(?:es|ed)|heute|derzeit|aktuell|mensch\w*|mitarbeiter\w*|experte\w*|grundlinie|bisher)\b|目前|现在|人工|专家|基线",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:an?other|others?'?|earlier|previous(?:ly)?|former(?:ly)?|last (?:year|round|spring|summer|autumn|winter)|pilot|competitor\w*|vendor\w*|supplier\w*|"
    r"commercial|state of the art|published|papers?|literature|leaderboard|benchmark\w*|imagenet|cifar\w*|mnist|arxiv|et al|"
    r"ander(?:e[nrms]?|swo)|früher\w*|vorig\w*|vorjahr\w*|letzte[nrs]? jahr\w*|literatur|veröffentlich\w*|anbieter\w*)\b|其他|另一|去年|以前|此前|文献|论文|公开",
    re.I,
)
_OURS = re.compile(
    r"\b(?:our|ours|we|us|chosen|refined|tuned|this (?:model|run|network)|the (?:model|run|network)|test (?:pictures|images|set|split)|on test|"
    r"unser\w*|wir|gewählte\w*|dieses modell|das modell|testbilder\w*)\b|我们|本模型|所选|测试",
    re.I,
)
_DEMAND = re.compile(
    r"\b(?:at least|at minimum|minimum|must|shall|should|required?|requires?|want(?:s|ed)?|needs?|target|goal|promis\w*|no (?:less|worse) than|"
    r"mindestens|muss|müssen|soll\w*|ziel|gefordert|wenigstens)\b|≥|>=|至少|不低于|必须|要求|目标",
    re.I,
)


@dataclass(frozen=True)
class Claim:
    """A number that a sentence or table row claims for a metric, from 0 to 1; `family` is the metric without its averaging."""

    family: str
    word: str
    value: float
    text: str
    demanded: bool
    of_others: bool


def read(text: str) -> list[Claim]:
    """Every claim of a text, in order; numbers of intervals, tolerances and publications are none."""
    claims = []
    for sentence in _sentences(text):
        found = list(_METRIC.finditer(sentence))
        for number, match in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(sentence)
            claim = _after(sentence, match, end) or (_before(sentence, match, found[number - 1].end() if number else 0))
            if claim is not None:
                word = match[0].casefold()
                family = WORDS.get(word) or WORDS.get(word.split("_")[0], "")
                claims.append(
                    Claim(family, match[0], claim, sentence, bool(_DEMAND.search(sentence)), bool(_OTHERS.search(sentence)))
                )
    return [claim for claim in claims if claim.family]


def _sentences(text: str) -> list[str]:
    parts: list[str] = []
    for line in text.splitlines():
        parts += [line] if line.lstrip().startswith("|") else re.split(r"(?<=[.;!?])\s+|(?<=[。；！？])", line)
    return [part.removeprefix("- ").strip() for part in parts if part.strip()]


def _after(sentence: str, match: re.Match[str], end: int) -> float | None:
    number = _NUMBER.search(sentence, match.end(), min(end, match.end() + 70))
    return _value(sentence, number, sentence[match.end() : number.start()]) if number else None


def _before(sentence: str, match: re.Match[str], start: int) -> float | None:
    found = list(_NUMBER.finditer(sentence, max(start, match.start() - 25), match.start()))
    return _value(sentence, found[-1], sentence[found[-1].end() : match.start()]) if found else None


def _value(sentence: str, number: re.Match[str], between: str) -> float | None:
    tail = sentence[number.end() : number.end() + 15]
    if _NOT_OURS.search(between) or _NOT_OURS.search(tail):
        return None
    value = float(number["n"].replace(",", "."))
    if number["p"]:
        value /= 100
    elif "." not in number["n"] and "," not in number["n"] and value not in (0.0, 1.0):
        return None
    # A bare 0 or 1 is more often a count than a metric.
    return value if 0 < value < 1 or (number["p"] and value <= 1) else None


def elsewhere(sentence: str) -> bool:
    """Whether a sentence gives the numbers of somebody else, or of other times, and not also ours."""
    return bool(_ELSEWHERE.search(sentence)) and not _OURS.search(sentence)


def sentences(text: str) -> list[str]:
    """A text in sentences; a row of a table is one."""
    return _sentences(text)


_THRESHOLDS = r"criteri(?:a|on)|thresholds?|requirements?|targets?|limits?|goals?"
_MET = r"met|fulfilled|satisfied|reached|passed|achieved|exceeded"
_ALL_MET = re.compile(
    rf"\b(?:all|every|each|the acceptance)\b[^.;]{{0,40}}\b(?:{_THRESHOLDS})\b[^.;]{{0,25}}\b(?:{_MET}|holds?)\b"
    rf"|\b(?:meets?|fulfil\w*|satisf\w+|reach\w*|pass\w*|exceed\w*)\s+(?:all|every|each)\b[^.;]{{0,40}}\b(?:{_THRESHOLDS})\b"
    r"|\b(?:alle|jede[rs]?|sämtliche)\b[^.;]{0,40}(?:kriteri|schwelle|anforderung|ziele?\b|vorgabe|grenz)[^.;]{0,40}\b(?:erfüllt|erreicht|eingehalten)"
    r"|(?:所有|全部|各项|每项)[^。；]{0,12}(?:指标|阈值|标准|要求|目标)[^。；]{0,8}(?:达到|满足|达标|符合)"
    r"|(?:指标|阈值|标准|要求|目标)(?:均|都|全部)已?(?:达到|满足|达标|符合)",
    re.I,
)
_NOT_SAID = re.compile(
    r"\b(?:not|n[o']t|cannot|never|except|unless|until|if|when|once|must|should|will|would|has to|have to|but|nicht|kein\w*|außer|bis auf|wenn|"
    r"falls|sobald|muss|müssen|soll\w*|wird|werden)\b|n't\b|未|没有|不|除了?|如果|必须|应",
    re.I,
)


def all_met(text: str) -> list[str]:
    """The sentences that claim that every threshold is met; demands, conditions and denials are none."""
    return [sentence for sentence in _sentences(text) if _ALL_MET.search(sentence) and not _NOT_SAID.search(sentence)]
