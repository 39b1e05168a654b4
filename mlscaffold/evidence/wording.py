"""How findings speak: the first few of many, numbers with their nouns, and words that stand where an answer should be."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACEHOLDER = re.compile(
    r"(?:to\s*do|tbd|tba|tbc|fixme|xxx+|n\.?\s?/?\s?[an]\.?|none|unknown|pending|later|"
    r"(?:to|will|shall|must|has to) be (?:done|defined|determined|written|decided|named|announced|confirmed)(?: (?:later|soon))?|"
    r"(?:is )?still open|wird (?:noch|später|nachgereicht).{0,30}|"
    r"coming soon|see above|lorem ipsum.*|placeholder|fill (?:this )?in|noch offen|offen|folgt|unbekannt|keine angabe|k\.\s?a\.|"
    r"待定|待补充|未知|无|暂无|[\W_]*)"
)

SHORTEST = 3  # words of a reason
# Words that any reason may hold, and that are none by themselves.
_HOLLOW_WORDS = """
a all also an and are as asked at be because been being but by can check checks could decided do does done exception
excuse explained fail failed failing fails false finding fine fix fixed for from given good had has have here i ignore
ignored in is issue it its just known later must need needed needs never no none not nothing now of ok okay on only or
other our out please problem reason reasons really right said say see seems should skip skipped so some somehow
something soon stuff sure temp temporarily temporary test testing that the their them there therefore they thing things
this to todo tbd us usual usually waive waived waiver want warning was we well were what when whatever why will with
work works would yes yet you above below before after always anyway reasoning justified asd asdf qwer qwert qwerty jkl
foo bar baz bla blah abc xyz lorem ipsum dolor sit amet n na weil einfach ist es das dies der die ein eine kein keine
keinen grund gründe gründen später siehe oben unten wird noch nachgereicht passt schon ausnahme vorläufig erstmal erst
mal soll muss kann wir ich ja nein nicht und oder aus bitte behoben gewollt
"""
_HOLLOW = frozenset(_HOLLOW_WORDS.split())
_HOLLOW_SIGNS = re.compile(
    "没有|没|无|有|理由|原因|因为|所以|暂时|以后|之后|再说|稍后|见|上面|以上|如上|需要|要求|必须|可以|就是|这样|我们|说了?|测试|问题|的|了|是|不"
)


_ANNOUNCES = re.compile(
    r"\b(?:this|the following) (?:section|chapter|part|document|paragraph)\b|\b(?:in|under) this (?:section|chapter|part)\b|\bhere,? (?:we|i|one|the .{1,60} (?:is|are)|is|are) |"
    r"\b(?:is|are|will be|shall be) (?:described|explained|discussed|completed|outlined|summari[sz]ed|filled in)\b|"
    r"\bin diesem (?:abschnitt|kapitel|dokument)|\bdieser abschnitt|\bdieses (?:kapitel|dokument)|\bhier (?:wird|werden|beschreiben)\b|\bwird (?:hier|im folgenden)\b|"
    r"本(?:节|章|部分|文档)|这里(?:将|描述|介绍)|\ben esta sección|\besta sección|\bdans cette (?:section|partie)|\bcette section|в этом разделе|этот раздел",
    re.I,
)


def announces(text: str) -> bool:
    """Whether half the sentences of a text only speak of what it describes or will describe, and it names no number."""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", text) if part.strip()]
    return (
        bool(sentences)
        and not re.search(r"\d", text)
        and 2 * sum(bool(_ANNOUNCES.search(s)) for s in sentences) >= len(sentences)
    )


def few(items: Sequence[object], limit: int = 3) -> str:
    """The first few, and how many more there are: `a, b, c and 4 more`."""
    shown = ", ".join(str(item) for item in items[:limit])
    return f"{shown} and {len(items) - limit} more" if len(items) > limit else shown


def count(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 picture`, `3 pictures`."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def is_placeholder(text: str) -> bool:
    """Whether a text only stands where an answer should be: TBD, N.N., unknown, dots, `<name>`, or nothing."""
    from mlscaffold.evidence.documents import normalise

    plain = re.sub(r"^[-*•]\s*", "", normalise(text)).strip(" .:;!?…-–—_*[](){}\"'").casefold()
    return bool(_PLACEHOLDER.fullmatch(plain)) or bool(re.fullmatch(r"<[^<>]*>|\{\{.*\}\}|\[[^\]]*\]", normalise(text)))


def says_nothing(text: str) -> bool:
    """Whether a reason is none: a placeholder, words that fit anything (`because we said so`), one word again and again, hit keys."""
    if is_placeholder(text):
        return True
    words = re.findall(r"[^\W\d_]+|\d+", _HOLLOW_SIGNS.sub(" ", text.casefold()))
    told = {w for w in words if w not in _HOLLOW and len(set(w)) > 1 and not w.isdigit()}
    return not told or (len(words) > 1 and len(set(words)) == 1)


def is_reason(text: str) -> bool:
    """Whether a text can be a reason: three words at least, which say something."""
    from mlscaffold.evidence.documents import count_words

    return count_words(text) >= SHORTEST and not says_nothing(text)


def short_of(text: str) -> str:
    """Why a text is no reason, in words that follow its name."""
    from mlscaffold.evidence.documents import count_words

    return "says nothing" if count_words(text) >= SHORTEST else "is too short to be understood later"
