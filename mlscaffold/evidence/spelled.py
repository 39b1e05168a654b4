"""Numbers as people write them: full-width digits, and percentages in words, in English, German and Chinese."""

from __future__ import annotations

import re
import unicodedata

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EINER = ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_ZEHNER = ("", "zehn", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_SIGNS = "零一二三四五六七八九"


def _english() -> dict[str, int]:
    found = {word: n for n, word in enumerate((*_UNITS, *_TEENS))} | {"a hundred": 100, "one hundred": 100, "hundred": 100}
    for tens in range(2, 10):
        found[_TENS[tens]] = 10 * tens
        found |= {f"{_TENS[tens]}{mark}{_UNITS[n]}": 10 * tens + n for n in range(1, 10) for mark in "- "}
    return found


def _german() -> dict[str, int]:
    found = {word: n for n, word in enumerate(_EINER)} | {
        "eins": 1,
        "elf": 11,
        "zwölf": 12,
        "sechzehn": 16,
        "siebzehn": 17,
        "hundert": 100,
    }
    for tens in range(1, 10):
        found[_ZEHNER[tens]] = 10 * tens
        between = "und" if tens > 1 else ""
        found |= {f"{_EINER[n]}{between}{_ZEHNER[tens]}": 10 * tens + n for n in range(1, 10)}
    return found


_WORDS = _german() | _english()
_ANY = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_UNIT = "|".join((*_UNITS, *_EINER, "eins"))
_SPELLED = re.compile(
    rf"(?<!\w)({_ANY})(?:\s+(?:point|komma)\s+((?:{_UNIT})(?:\s+(?:{_UNIT}))?))?\s*(?:%|per\s?cent\b|prozent\b)", re.I
)
_CHINESE = re.compile(rf"百分之([{_SIGNS}十百]+)(?:点([{_SIGNS}]+))?")


def with_digits(text: str) -> str:
    """A text whose percentages in words stand in digits (`ninety-four per cent` is `94 %`), full-width signs as usual ones."""
    wide = re.sub(r"[０-９．，％／]", lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _CHINESE.sub(_of_signs, _SPELLED.sub(_of_words, wide))


def _of_words(found: re.Match[str]) -> str:
    whole = _WORDS[found[1].casefold()]
    part = "".join(str(_WORDS[word.casefold()]) for word in (found[2] or "").split())
    return f"{whole}.{part} %" if part else f"{whole} %"


def _of_signs(found: re.Match[str]) -> str:
    text = found[1]
    if text in ("百", "一百"):
        whole = 100
    elif "百" in text:
        return found[0]
    else:
        tens, ten, units = text.partition("十")
        whole = (10 * (_SIGNS.index(tens) if tens else 1) if ten else 0) + (_SIGNS.index(units[:1]) if units else 0)
        whole = whole if ten else _SIGNS.index(text[:1])
    part = "".join(str(_SIGNS.index(sign)) for sign in found[2] or "")
    return f"{whole}.{part}%" if part else f"{whole}%"
