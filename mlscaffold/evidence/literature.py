"""Literature: the works that a section or a BibTeX file names, told apart by DOI, arXiv number or title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlscaffold.evidence.documents import count_words, normalise

_DOI = re.compile(r"(?:doi\.org/|\bdoi\s*[:=]\s*|\b(?=10\.\d{4,9}/))\s*([^\s,;>\"'\]}]+)", re.I)
_ARXIV = re.compile(r"(?:arxiv\.org/(?:abs|pdf|html)/|\barxiv\s*[:.]\s*)([^\s,;>\"'\])}]+)", re.I)
_NEW = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?")
_OLD = re.compile(r"[a-z-]+(?:\.[a-z]{2})?/\d{2}(0[1-9]|1[0-2])\d{3}(?:v\d+)?")
_YEAR = re.compile(r"(?<![\d./-])(1[89]\d\d|20\d\d)(?![\d./])")
LEAST = 4
_BIB = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")


@dataclass(frozen=True)
class Entry:
    """One work; an identifier that is absent or malformed is empty."""

    text: str
    title: str
    year: int | None
    doi: str = ""
    arxiv: str = ""
    url: str = ""
    line: int = 1

    @property
    def key(self) -> str:
        """What makes two entries the same work."""
        return self.arxiv or self.doi or _bare(self.title)


@dataclass(frozen=True)
class Literature:
    """All entries in order, and what is wrong with identifiers: (line of the text, what)."""

    entries: tuple[Entry, ...]
    malformed: tuple[tuple[int, str], ...] = ()

    @property
    def distinct(self) -> int:
        """How many different works are named."""
        return works(self.entries)


def read(text: str) -> Literature:
    """The works in a section's text (list items, or paragraphs with a year or identifier) or in BibTeX."""
    blocks = _bibtex(text) if _BIB.search(text) else _listed(text)
    entries, malformed = [], []
    for line, block, fields in blocks:
        doi, wrong_doi = _doi(block)
        arxiv, wrong_arxiv = _arxiv(block, fields)
        if doi.startswith("10.48550/arxiv."):
            doi, arxiv = "", doi.removeprefix("10.48550/arxiv.")
        malformed += [(line, what) for what in (wrong_doi, wrong_arxiv) if what]
        year = _YEAR.search(fields.get("year") or fields.get("date") or re.sub(r"https?://\S+", " ", block))
        url = re.search(r"https?://[^\s)>\]}]+", block)
        title = fields.get("title") or _title(block)
        number = re.sub(r"v\d+$", "", arxiv)
        entries.append(Entry(block, title, int(year[1]) if year else None, doi, number, url[0] if url else "", line))
    return Literature(tuple(entries), tuple(malformed))


def works(entries: Sequence[Entry]) -> int:
    """How many different works the entries name: with and without its number, a title alone or behind its authors, it is one."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if not entry.key:
            continue
        same = [group for group in groups if any(_same(entry, other) for other in group)]
        groups = [group for group in groups if group not in same] + [[entry, *(other for group in same for other in group)]]
    return len(groups)


def _same(one: Entry, other: Entry) -> bool:
    """Whether two entries name one work: by a number that both have, else by their titles."""
    for mine, theirs in ((one.arxiv, other.arxiv), (one.doi, other.doi)):
        if mine and theirs:
            return mine == theirs
    if _bare(one.title) == _bare(other.title):
        return True
    # A few words stand in many titles.
    return any(
        count_words(part) >= LEAST and f" {_bare(part)} " in f" {_bare(theirs.text)} "
        for mine, theirs in ((one, other), (other, one))
        for part in re.split(r"[,:;]\s", mine.title)
    )


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def meaning(literature: Literature, select: str = "") -> object:
    """The distinct works, in no order; nothing can be selected."""
    return sorted({entry.key for entry in literature.entries})


def _listed(text: str) -> list[tuple[int, str, dict[str, str]]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    items = [(number, re.sub(r"^(?:[-*+]|\[?\d{1,3}[\].)])\s+", "", line)) for number, line in lines if _is_item(line)]
    found = items or [(number, line) for number, line in lines if _YEAR.search(line) or _DOI.search(line) or _ARXIV.search(line)]
    return [(number, normalise(line), {}) for number, line in found]


def _is_item(line: str) -> bool:
    return bool(re.match(r"(?:[-*+]|\[?\d{1,3}[\].)])\s+\S", line))


def _bibtex(text: str) -> list[tuple[int, str, dict[str, str]]]:
    starts = [match for match in _BIB.finditer(text) if match[1].lower() not in ("comment", "string", "preamble")]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    found = []
    for match, end in zip(starts, ends, strict=True):
        body = text[match.end() : end]
        fields = {name.lower(): _value(body[at:]) for name, at in ((m[1], m.end()) for m in re.finditer(r"(\w+)\s*=\s*", body))}
        shown = " ".join(f"{name} = {value}" if name in ("doi", "eprint") else value for name, value in fields.items())
        found.append((text.count("\n", 0, match.start()) + 1, normalise(shown), fields))
    return found


def _value(text: str) -> str:
    """A BibTeX value: in braces (nested), in quotes, or a bare word."""
    if text[:1] == '"':
        return normalise(text[1:].split('"', 1)[0]).replace("{", "").replace("}", "")
    if text[:1] != "{":
        return re.split(r"[,\s}]", text, maxsplit=1)[0]
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return normalise(text[1:place].replace("{", "").replace("}", ""))
    return normalise(text[1:])


def _doi(block: str) -> tuple[str, str]:
    found = _DOI.search(block)
    if not found:
        return "", ""
    doi = found[1].rstrip(".)").lower() if "(" not in found[1] else found[1].rstrip(".").lower()
    doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", doi)
    return (doi, "") if re.fullmatch(r"10\.\d{4,9}/\S+", doi) else ("", f'"{found[1][:60]}" is no DOI (10.<number>/<name>)')


def _arxiv(block: str, fields: dict[str, str]) -> tuple[str, str]:
    kind = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    found = _ARXIV.search(re.sub(r"10\.48550/arxiv\.\S+", "", block, flags=re.I))
    number = fields.get("eprint", "") if kind == "arxiv" else found[1] if found else ""
    number = re.sub(r"^arxiv:", "", number.lower().rstrip(".)")).removesuffix(".pdf")
    if not number:
        return "", ""
    good = _NEW.fullmatch(number) or _OLD.fullmatch(number)
    return (number, "") if good else ("", f'"{number[:60]}" is no arXiv number (YYMM.NNNNN)')


def _title(block: str) -> str:
    """The title as far as it can be seen: quoted, emphasised, linked, else the longest sentence."""
    for pattern in (r"[\"“„](.{8,}?)[\"”“]", r"(?<!\*)\*{1,2}([^*]{8,})\*{1,2}", r"_([^_]{8,})_", r"\[([^\]]{8,})\]\("):
        found = re.search(pattern, block)
        if found:
            return normalise(found[1]).strip(" .,")
    bare = re.sub(r"https?://\S+|\b(?:doi|arxiv)\s*[:.]?\s*\S+|\(?\b(?:1[89]|20)\d\d[a-z]?\)?", "|", block, flags=re.I)
    return max((part.strip(" ,;:()") for part in re.split(r"[.|?](?:\s|$)|\|", bare)), key=len, default="")
