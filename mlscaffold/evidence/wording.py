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


def is_reason(text: str) -> bool:
    """Whether a text can be understood as a reason later: three words of which not all are the same, in any script."""
    from mlscaffold.evidence.documents import count_words

    words = re.findall(r"\w+", text.casefold())
    return not is_placeholder(text) and count_words(text) >= 3 and not (len(words) > 1 and len(set(words)) == 1)


def is_placeholder(text: str) -> bool:
    """Whether a text only stands where an answer should be: TBD, N.N., unknown, dots, `<name>`, or nothing."""
    from mlscaffold.evidence.documents import normalise

    plain = re.sub(r"^[-*•]\s*", "", normalise(text)).strip(" .:;!?…-–—_*[](){}\"'").casefold()
    return bool(_PLACEHOLDER.fullmatch(plain)) or bool(re.fullmatch(r"<[^<>]*>|\{\{.*\}\}|\[[^\]]*\]", normalise(text)))
