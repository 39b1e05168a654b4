"""Licences that forbid a use, and texts that describe one."""

from __future__ import annotations

import re

_NOT_SOLD = re.compile(
    r"\bNC\b|non[\s-]?commercial|not for commercial|no commercial|research[\s-](?:use[\s-])?only|(?:only|solely|exclusively) for (?:academic |scientific )?(?:research|education\w*|study)|"
    r"for (?:academic |scientific )?(?:research|education\w*)(?: and education\w*)?(?: purposes?| use)?,? only|(?:academic|educational|personal|private) use(?: only)?\b|"
    r"nicht[\s-]?kommerziell\w*|nur (?:für|zu) (?:forschung|lehre|studien)\w*|nur privat\w*|"
    r"非商业|非商用|不得商用|禁止商用|仅(?:限|供|用于)(?:学术|科研|研究|教学|个人)",
    re.I,
)
_SALE = re.compile(
    r"\b(?:sell|sells|sold|selling|for sale|resell\w*|commerciali[sz]\w+|commercial(?:ly)?|subscriptions?|subscribers?|paying (?:customers?|users?|clients?|guests?)|(?:customers?|users?|clients?) pay|"
    r"revenue|licen[cs]e fees?|moneti[sz]\w+|pricing|price list)\b|"
    r"\b(?:verkauf\w*|verkäuf\w*|vertreib\w*|vermarkt\w*|kommerziell\w*|gewerblich\w*|abonnement\w*|zahlende\w*|lizenzgebühr\w*|umsatz)\b|"
    r"销售|出售|售卖|商业化|商用|商业产品|收费|付费|订阅|营收",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|nothing|nobody|neither|without|non)\b[^.;,]{0,40}$|non[\s-]$|\b(?:nichts?|kein\w*|nie|niemals|niemand|ohne)\b[^.;,]{0,40}$|(?:不|非|没有|无|未|禁止|不会)[^，。；]{0,6}$",
    re.I,
)
_DENIED_AFTER = re.compile(r"\s+(?:is|are|was|be|wird|ist|werden)?\s*(?:not|never|nicht|nie)\b", re.I)
_WEIGHTS = re.compile(r"\bweights?\b|pre-?trained|backbone|checkpoint|gewichte\w*|vortrainiert\w*|权重|预训练", re.I)
_NOT_TAKEN = re.compile(
    r"\b(?:not|no|never|without|instead|rather|neither|ruled out|therefore left|avoid\w*|would|could|only for comparison|for comparison)\b|n't|"
    r"\b(?:nicht (?!kommerz)|kein\w*|statt|stattdessen|ausgeschlossen|vergleich\w*)|不(?!得商)|没有|而非|排除|仅作对比",
    re.I,
)


def forbids_sale(licence: str) -> bool:
    """Whether a licence allows research, teaching or private use only."""
    return _NOT_SOLD.search(licence) is not None


def sold(text: str) -> str:
    """The sentence that describes something that is sold or used for gain; empty where none does."""
    for sentence in _sentences(text):
        for found in _SALE.finditer(sentence):
            if not _DENIED.search(sentence[: found.start()]) and not _DENIED_AFTER.match(sentence[found.end() :]):
                return sentence
    return ""


def weights_not_sold(text: str) -> str:
    """The sentence that says of weights in use that they are not for commercial use; empty where none does."""
    for sentence in _sentences(text):
        found = _NOT_SOLD.search(sentence)
        if found and _WEIGHTS.search(sentence) and not _NOT_TAKEN.search(sentence[: found.start()] + sentence[found.end() :]):
            return sentence
    return ""


def _sentences(text: str) -> list[str]:
    return [part.removeprefix("- ").strip() for part in re.split(r"(?<=[.;!?])\s+|\n|(?<=[。；！？])", text) if part.strip()]
