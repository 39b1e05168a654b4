"""Literature: the works that a section or a BibTeX file names, told apart by DOI, arXiv number or title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlscaffold.evidence.documents import normalise

_DOI = re.compile(r"(?:doi\.org/|\bdoi\s*[:=]\s*|\b(?=10\.\d{4,9}/))\s*([^\s,;>\"'\]}]+)", re.I)
_ARXIV = re.compile(r"(?:arxiv\.org/(?:abs|pdf|html)/|\barxiv\s*[:.]\s*)([^\s,;>\"'\])}]+)", re.I)
ARXIV_NEW = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?")
ARXIV_OLD = re.compile(r"[a-z-]+(?:\.[a-z]{2})?/\d{2}(0[1-9]|1[0-2])\d{3}(?:v\d+)?")
_YEAR = re.compile(r"(?<![\d./-])(1[89]\d\d|20\d\d)(?![\d/]|\.\d)")
_MARK = re.compile(r"(?:[-*+]|\[?\d{1,3}[\].)]:?|\[\^\w{1,20}\]:)\s+(?=\S)")
_BRACKETED = re.compile(r"(?:^|(?<=\s))(?=\[\^?\d{1,3}\]:?\s)")
_FIELD = re.compile(r"(\w+)\s*=\s*")
_BIB = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")


TITLE = 5
"""Words of a title by which a work is found without more."""


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
    def findable(self) -> bool:
        """Whether somebody else can find it: by identifier (a wrong one is told as that), address or year, or by a title of some length."""
        from mlscaffold.evidence.documents import count_words

        told = self.doi or self.arxiv or self.url or self.year or _DOI.search(self.text) or _ARXIV.search(self.text)
        return bool(told) or count_words(self.title) >= TITLE

    @property
    def key(self) -> str:
        """What makes two entries the same work."""
        return self.arxiv or self.doi or re.sub(r"\W+", " ", self.title.casefold()).strip()


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


def works(entries: Iterable[Entry]) -> int:
    """How many different works these are: one that is named by its DOI here and by its arXiv number there counts once."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if not entry.key:
            continue
        same = [group for group in groups if any(same_work(entry, other) for other in group)]
        groups = [group for group in groups if group not in same] + [[entry, *(e for group in same for e in group)]]
    return len(groups)


def same_work(one: Entry, other: Entry) -> bool:
    """Whether two entries name one work: by DOI, arXiv number or title, which may stand in the other's text."""
    if (one.doi and one.doi == other.doi) or (one.arxiv and one.arxiv == other.arxiv) or one.key == other.key:
        return True
    if (one.doi and other.doi) or (one.arxiv and other.arxiv):
        return False
    titles = normal_title(one.title), normal_title(other.title)
    if titles[0] and titles[0] == titles[1]:
        return True
    # Where authors stand before a title, it is one part of what was taken for the title.
    return any(
        len(title.split()) >= 4 and f" {title} " in f" {normal_title(theirs.text)} "
        for mine, theirs in ((one, other), (other, one))
        for title in map(normal_title, (mine.title, *re.split(r"[,:;]\s", mine.title)))
    )


def normal_title(title: str) -> str:
    """A title without case, marks and LaTeX, to compare."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\\[a-zA-Z]+(?=[\s{])|[\\{}$]", "", title))
    return re.sub(r"[\W_]+", " ", "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()).strip()


def meaning(literature: Literature, select: str = "") -> object:
    """The distinct works, in no order; nothing can be selected."""
    return sorted({entry.key for entry in literature.entries})


def _listed(text: str) -> list[tuple[int, str, dict[str, str]]]:
    lines = [(number, part) for number, line in enumerate(text.splitlines(), start=1) for part in _numbered(line.strip()) if part]
    items = [(number, _MARK.sub("", line, count=1)) for number, line in lines if _MARK.match(line)]
    found = items or [(number, line) for number, line in lines if _YEAR.search(line) or _DOI.search(line) or _ARXIV.search(line)]
    return [(number, normalise(line), {}) for number, line in found]


def _numbered(line: str) -> list[str]:
    """A line, or where it begins with a number in brackets, `[1] … [2] …`, the works that were joined to one paragraph."""
    return [part.strip() for part in _BRACKETED.split(line)] if _BRACKETED.match(line) else [line]


def _bibtex(text: str) -> list[tuple[int, str, dict[str, str]]]:
    starts = [match for match in _BIB.finditer(text) if match[1].lower() not in ("comment", "string", "preamble")]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    found = []
    for match, end in zip(starts, ends, strict=True):
        body = text[match.end() : end]
        fields = dict(_fields(body))
        shown = " ".join(f"{name} = {value}" if name in ("doi", "eprint") else value for name, value in fields.items())
        found.append((text.count("\n", 0, match.start()) + 1, normalise(shown), fields))
    return found


def _fields(body: str) -> Iterator[tuple[str, str]]:
    """Names and values of an entry; an equals sign within a value begins no field."""
    place = 0
    while found := _FIELD.search(body, place):
        value, place = _value(body, found.end())
        yield found[1].lower(), value


def _value(text: str, start: int) -> tuple[str, int]:
    """A BibTeX value (in braces, which may be nested, in quotes, or a bare word) and where it ends."""
    if text[start : start + 1] not in ("{", '"'):
        end = re.compile(r"[,\s}]|$").search(text, start)
        stop = end.start() if end else len(text)
        return text[start:stop], stop
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        closes = text[place] == '"' and place > start if text[start] == '"' else True
        if not depth and closes:
            return normalise(re.sub(r"[{}]", "", text[start + 1 : place])), place + 1
    return normalise(re.sub(r"[{}]", "", text[start + 1 :])), len(text)


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
    good = ARXIV_NEW.fullmatch(number) or ARXIV_OLD.fullmatch(number)
    return (number, "") if good else ("", f'"{number[:60]}" is no arXiv number (YYMM.NNNNN)')


def _title(block: str) -> str:
    """The title as far as it can be seen: quoted, emphasised, linked, else the longest sentence."""
    for pattern in (r"[\"“„](.{8,}?)[\"”“]", r"(?<!\*)\*{1,2}([^*]{8,})\*{1,2}", r"_([^_]{8,})_", r"\[([^\]]{8,})\]\("):
        found = re.search(pattern, block)
        if found:
            return normalise(found[1]).strip(" .,")
    bare = re.sub(r"https?://\S+|\b(?:doi|arxiv)\s*[:.]?\s*\S+|\(?\b(?:1[89]|20)\d\d[a-z]?\)?", "|", block, flags=re.I)
    return max((part.strip(" ,;:()") for part in re.split(r"[.|?](?:\s|$)|\|", bare)), key=len, default="")
