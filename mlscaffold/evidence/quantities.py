"""What a text says of data in numbers: how many classes, how many pictures, of which size; in English, German and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_UNITS = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
_DIGITS = "零一二三四五六七八九"
# Sentences about data that are not these: other people's, wished for, or what becomes of the pictures later.
_ELSEWHERE = re.compile(
    r"imagenet|cifar|\bcoco\b|\bmnist\b|open images|oxford|kaggle|pre-?train|benchmark|\bpublish|\bpapers?\b|et al|"
    r"\b(?:could|would|should|may|might|expect\w*|plan(?:s|ned)?|will|aim\w*|want\w*|need\w*|can be had|at most|up to|instead|next round|later)\b|"
    r"vortrainiert|könnte\w*|würde\w*|soll\w*|geplant\w*|erwart\w*|werden|brauch\w*|höchstens|bis zu|später|"
    r"预训练|公开|论文|可以|可能|预计|计划|将会|需要|最多",
    re.I,
)
_RESIZED = re.compile(
    r"resiz|re-?scal|down-?scal|\bscal(?:e|ed|ing)\b|\bcrop|reduc|shrunk|thumbnail|input|verkleiner|skalier|zuschn|eingabe|缩放|裁剪|输入",
    re.I,
)


# Before a number, or after the noun: it is all of them that are counted. "The two classes that look alike" are a part.
_WHOLE_BEFORE = re.compile(
    r"(?:\b(?:in|into|of|has|have|with|across|among|all|are|auf|zu|hat|haben|mit|aus|sind|alle|insgesamt)(?:\s+(?:the|our|die|den))?|"
    r"分为|分成|共|有|包含|包括|含)\s*$",
    re.I,
)
_WHOLE_AFTER = re.compile(r"\s*(?:in all|in total|altogether|insgesamt|of\b|problem|[:(：（])", re.I)
_PART_AFTER = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:each\b|(?:a|an|per|each|every|pro|je|im|/)\s*[^\W\d]|(?:daily|weekly|monthly|täglich|wöchentlich|每|/))|"
    r"\s*(?:per|for) (?:each|every)",
    re.I,
)
_PART_BEFORE = re.compile(
    r"(?:\beach|\bper|\bevery|\bje|\bpro|jede\w*|每\w{0,6}|各)(?:\s+(?:has|of|hat|about|etwa|rund|有))*\s*$", re.I
)


@dataclass(frozen=True)
class Quantities:
    """What a text claims: numbers of classes (and whether of all of them), of pictures, and sizes as (width, height)."""

    classes: tuple[tuple[int, bool], ...] = ()
    pictures: tuple[int, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()


def read(text: str) -> Quantities:
    """The claims of a text; what is said of other people's data, of wishes and of one part of the data is none."""
    classes: list[tuple[int, bool]] = []
    pictures: list[int] = []
    sizes: list[tuple[int, int]] = []
    for sentence in re.split(r"(?<=[.;!?])\s+|\n|(?<=[。；！？])", text):
        if _ELSEWHERE.search(sentence):
            continue
        for found in _counted("classes").finditer(sentence):
            before, after = sentence[: found.start()], sentence[found.end() :]
            classes.append((_value(found["n"]), bool(_WHOLE_BEFORE.search(before) or _WHOLE_AFTER.match(after))))
        for found in _counted("pictures").finditer(sentence):
            if not _PART_AFTER.match(sentence[found.end() :]) and not _PART_BEFORE.search(sentence[: found.start()]):
                pictures.append(_value(found["n"]))
        if not _RESIZED.search(sentence):
            sizes += [(_value(found["w"]), _value(found["x"] or found["h"])) for found in _sizes().finditer(sentence)]
    return Quantities(
        tuple(claim for claim in classes if claim[0] > 1),
        tuple(n for n in pictures if n >= 20),
        tuple(size for size in sizes if min(size) >= 4),
    )


@cache
def _words() -> dict[str, int]:
    """Number words of English, German and Chinese up to 99, and the hundred."""
    found = {"hundred": 100, "a hundred": 100, "hundert": 100, "dreissig": 30, "zwo": 2}
    for language, listed in _UNITS.items():
        units, tens = listed.split(), _TENS[language].split()
        found |= {word: n for n, word in enumerate(units, start=1)}
        for n, ten in enumerate(tens, start=2):
            found[ten] = n * 10
            for unit in range(1, 10):
                joined = f"{ten}-{units[unit - 1]}" if language == "en" else f"{units[unit - 1]}und{ten}"
                found[joined] = n * 10 + unit
    for n in range(1, 100):
        tens_, unit = divmod(n, 10)
        found[("" if tens_ == 0 else "十" if tens_ == 1 else f"{_DIGITS[tens_]}十") + (_DIGITS[unit] if unit else "")] = n
    return found | {"两": 2, "一百": 100}


@cache
def _number(name: str) -> str:
    """A number as people write it, in digits or in words."""
    words = sorted((re.escape(word) for word in _words()), key=len, reverse=True)
    latin = "|".join(word for word in words if word[0] < "\u3000")
    chinese = "|".join(word for word in words if word[0] >= "\u3000")
    digits = r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?!\d)|\d+"
    return rf"(?P<{name}>(?<![\w.,])(?:{digits}|(?:{latin})(?!\w))|(?<=[\u3400-\u9fff])(?:{digits})|{chinese})"


@cache
def _counted(what: str) -> re.Pattern[str]:
    """A number with its noun; one or two words may stand between them."""
    nouns = {
        "classes": r"classes|categories|class(?=\s+problem)|klassen|kategorien",
        "pictures": r"pictures|images|photos|photographs|samples|bilder|fotos|aufnahmen|fotografien",
    }
    chinese = {"classes": r"(?:个|种|大)?(?:类别|类(?!似|型))", "pictures": r"(?:张|幅)(?:图|照)?(?:片|像)?"}
    return re.compile(rf"{_number('n')}(?:(?:[ \-][^\W\d_]+){{0,2}}?[ \-](?:{nouns[what]})\b|\s*{chinese[what]})", re.I)


@cache
def _sizes() -> re.Pattern[str]:
    """Width by height, where it can be of pictures: followed by a word for pixels or pictures."""
    pixel = r"(?:\s*(?:px\b|pixels?\b|pixeln?\b|像素|photo|picture|image|bilder|foto|图|照))"
    return re.compile(rf"{_number('w')}\s*(?:(?:x|×|\*)\s*(?P<x>\d+)|(?:by|mal|乘)\s*{_number('h')}){pixel}", re.I)


def _value(text: str) -> int:
    word = text.lower()
    return _words()[word] if word in _words() else int(re.sub(r"\D", "", text))
