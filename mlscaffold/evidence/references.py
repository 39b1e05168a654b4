"""References as people hold them: a DOI, an arXiv number, BibTeX, RIS; and the BibTeX that we write."""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from mlscaffold.evidence import Broken
from mlscaffold.evidence.literature import ARXIV_NEW, ARXIV_OLD

_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s*[:=]?\s*)?(10\.\d{4,9}/\S+)", re.I)
_ARXIV = re.compile(
    r"(?:(?:https?://)?(?:www\.|export\.)?(?:arxiv\.org|ar5iv(?:\.labs\.arxiv)?\.org)/(?:abs|pdf|html)/|arxiv\s*[:.]?\s*)?(\S+?)(?:\.pdf)?/?",
    re.I,
)
_PART = r"\"[^\"]*\"|\{[^{}]*\}|[A-Za-z]\w*|\d+"
_PARTS = re.compile(rf"(?:{_PART})(?:\s*#\s*(?:{_PART}))+")
_SWALLOWED = re.compile(
    r"[}\"]\s*(title|author|year|date|journal|booktitle|doi|url|eprint|publisher|editor|volume|pages|number|month)\s*=\s*[{\"\d]",
    re.I,
)
"""A field within another's value: the comma between them is missing."""
_RIS = {"JOUR": "article", "MGZN": "article", "CONF": "inproceedings", "CPAPER": "inproceedings", "BOOK": "book", "CHAP": "incollection",
        "THES": "phdthesis", "RPRT": "techreport", "UNPB": "unpublished"}  # fmt: skip
_VENUES = {
    "inproceedings": "booktitle",
    "incollection": "booktitle",
    "phdthesis": "school",
    "techreport": "institution",
    "book": "publisher",
}


@dataclass(frozen=True)
class Reference:
    """A work to be written as BibTeX: its kind, its key (made from author, year and title if empty), its fields in order."""

    fields: dict[str, str]
    kind: str = "misc"
    key: str = ""

    @property
    def doi(self) -> str:
        """The DOI in small letters, or nothing."""
        found = _DOI.fullmatch(self.fields.get("doi", "").strip())
        return found[1].lower() if found else ""

    @property
    def arxiv(self) -> str:
        """The arXiv number without its version, or nothing."""
        return arxiv_number(self.fields.get("eprint", "")) or arxiv_number(self.fields.get("url", ""), bare=False)

    @property
    def title(self) -> str:
        """The title without braces and escapes."""
        return re.sub(r"\\(?=[&%#_$])|[{}]", "", self.fields.get("title", "")).strip()

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which a reader cannot tell what it is."""
        other = {"author": ("editor",), "year": ("date",)}
        return tuple(
            name
            for name in ("title", "author", "year")
            if not any(
                self.fields.get(key, "").strip() for key in (name, *other.get(name, ()), "crossref" if name == "year" else name)
            )
        )


def doi(text: str) -> str:
    """The DOI that a text is, bare or as an address, in small letters; empty where it is none, or is arXiv's own."""
    text = _bare(text)
    found = _DOI.fullmatch(unquote(text).split("?")[0].split("#")[0] if "doi.org/" in text.lower() else text)
    name = found[1].rstrip(".,;").lower() if found else ""
    return "" if name.startswith("10.48550/arxiv.") else name


def _bare(text: str) -> str:
    """A text without what people put around an address: brackets, quotes."""
    text = text.strip().strip("\"'“”")
    return text[1:-1] if text[:1] + text[-1:] in ("<>", "()", "[]") else text


def arxiv_number(text: str, *, bare: bool = True) -> str:
    """The arXiv number that a text is, without its version; with `bare` a number alone will do, else it has to say arXiv."""
    text = re.sub(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?10\.48550/arxiv\.", "arxiv:", _bare(text), flags=re.I)
    if not bare and "arxiv" not in text.casefold():
        return ""
    found = _ARXIV.fullmatch(text.split("?")[0].split("#")[0])
    number = found[1].lower() if found else ""
    return re.sub(r"v\d+$", "", number) if ARXIV_NEW.fullmatch(number) or ARXIV_OLD.fullmatch(number) else ""


def parse(text: str, name: str) -> tuple[Reference, ...]:
    """The works of a BibTeX or RIS file; raises `Broken` with the line of what cannot be read."""
    if re.search(r"(?m)^TY  ?- ", text):
        return _ris(text, name)
    if re.search(r"@\s*\w+\s*[{(]", text):
        return bibtex(text, name)
    raise Broken(name, "holds neither BibTeX (@article{…}) nor RIS (TY  - JOUR)", hint="Export it as BibTeX or RIS.")


def bibtex(text: str, name: str) -> tuple[Reference, ...]:
    """The works of BibTeX, fields as they stand; raises `Broken`."""
    from bibtexparser.entrypoint import parse_string

    logging.disable(logging.WARNING)  # what it cannot read is told below
    try:
        library = parse_string(text)
    finally:
        logging.disable(logging.NOTSET)
    for block in library.failed_blocks:
        duplicate = type(block).__name__.startswith("Duplicate")
        what = "holds two entries of one key" if duplicate else "is no complete BibTeX entry"
        raise Broken(name, what, line=(block.start_line or 0) + 1, hint="Mend the entry, or leave it out.")
    macros = {key.lower(): str(macro.value) for key, macro in library.strings_dict.items()}
    found = []
    for entry in library.entries:
        fields = {f.key.lower(): _joined(_one_line(str(f.value)), macros) for f in entry.fields}
        swallowed = next((m for value in fields.values() if (m := _SWALLOWED.search(value))), None)
        if swallowed:
            what = f"{entry.key or 'an entry'} has no comma before {swallowed[1]}"
            raise Broken(name, what, line=(entry.start_line or 0) + 1, hint="Mend the entry, or leave it out.")
        found.append(Reference(fields, entry.entry_type.lower(), re.sub(r"[\s,{}%#\\\"'()=~]+", "", entry.key)))
    return tuple(found)


def _joined(value: str, macros: dict[str, str]) -> str:
    """A value whose parts BibTeX joins: `"IEEE" # " Trans."`, `cvpr # " 2016"`."""
    if not _PARTS.fullmatch(value):
        return value
    parts = re.findall(_PART, value)
    return _one_line("".join(part[1:-1] if part[0] in '"{' else macros.get(part.lower(), part) for part in parts))


def _ris(text: str, name: str) -> tuple[Reference, ...]:
    import rispy

    try:
        found = rispy.loads(text)
    except Exception as error:  # rispy raises OSError for a line it does not know, and KeyError for others
        raise Broken(name, f"is no RIS that can be read ({error})", hint="Export it again.") from None
    if not found:
        raise Broken(name, "holds no complete RIS entry (TY … ER)", hint="Export it again.")
    return tuple(_of_ris(entry) for entry in found)


def _of_ris(entry: dict[str, object]) -> Reference:
    def text(*keys: str) -> str:
        return next((_one_line(str(entry[key])) for key in keys if entry.get(key)), "")

    def texts(*keys: str) -> list[str]:
        values = next((entry[key] for key in keys if entry.get(key)), [])
        return [_one_line(str(value)) for value in values] if isinstance(values, list) else [_one_line(str(values))]

    kind = _RIS.get(str(entry.get("type_of_reference", "")).upper(), "misc")
    year = re.search(r"\d{4}", text("year", "publication_year", "date"))
    fields = {
        "title": text("title", "primary_title"),
        "author": " and ".join(texts("authors", "first_authors")),
        "year": year[0] if year else "",
        _VENUES.get(kind, "journal" if kind == "article" else "howpublished"): text(
            "journal_name", "secondary_title", "alternate_title3", "publisher"
        ),
        "doi": doi(text("doi")),
        "url": next(iter(texts("urls")), ""),
    }
    plain = ("doi", "url")
    return _with_arxiv(
        Reference({key: value if key in plain else _escaped(value) for key, value in fields.items() if value}, kind)
    )


def _with_arxiv(reference: Reference) -> Reference:
    """The arXiv number in fields of its own, where an address names one."""
    if reference.arxiv and "eprint" not in reference.fields:
        return Reference(reference.fields | {"eprint": reference.arxiv, "archiveprefix": "arXiv"}, reference.kind, reference.key)
    return reference


def told(identifier: str, *, title: str = "", author: str = "", year: str = "", venue: str = "") -> Reference:
    """A work from what somebody told of it: a DOI or an arXiv number, and fields that may be empty."""
    number = arxiv_number(identifier, bare=not doi(identifier))
    kind = "article" if venue else "misc"
    authors = " and ".join(part.strip() for part in re.split(r"\s*;\s*|\s+and\s+", author) if part.strip())
    fields = {"title": title, "author": authors, "year": year, "journal": venue}
    fields = {key: _escaped(_one_line(value)) for key, value in fields.items() if value.strip()}
    marks = {"eprint": number, "archiveprefix": "arXiv"} if number else {"doi": doi(identifier)}
    return Reference(fields | marks, kind)


def make_key(reference: Reference, taken: set[str]) -> str:
    """A key like `he2016deep`, or the reference's own; with a letter where it is taken."""
    wanted = reference.key
    if not wanted:
        author = re.split(r"\s+and\s+", reference.fields.get("author", ""))[0]
        family = author.split(",")[0] if "," in author else (author.split() or [""])[-1]
        words = [w for w in re.findall(r"[^\W_]+", reference.title) if w.casefold() not in _SMALL]
        year = re.sub(r"\D", "", reference.fields.get("year", ""))[:4]
        parts = [_ascii(family), year, _ascii(words[0]) if words else ""]
        wanted = "".join(parts).lower() or re.sub(r"\W+", "-", reference.arxiv or reference.doi or "work").strip("-")
    key, number = wanted, 0
    while key.casefold() in taken:
        number += 1
        key = f"{wanted}{'abcdefghijklmnopqrstuvwxyz'[(number - 1) % 26] * ((number - 1) // 26 + 1)}"
    return key


def render(reference: Reference, key: str) -> str:
    """The BibTeX of one work."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field
    from bibtexparser.writer import BibtexFormat

    look = BibtexFormat()  # type: ignore[no-untyped-call]
    look.indent, look.value_column, look.trailing_comma = "  ", 0, True
    fields = [Field(name, value) for name, value in reference.fields.items() if value]
    return write_string(Library([Entry(reference.kind, key, fields)]), bibtex_format=look).strip() + "\n"


_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "on",
        "of",
        "in",
        "to",
        "for",
        "and",
        "with",
        "is",
        "are",
        "do",
        "we",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "zur",
        "zum",
        "über",
    ]
)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Text as a BibTeX value: signs that LaTeX would take as commands are set off, braces left out."""
    return re.sub(r"(?<!\\)([&%#_])", r"\\\1", re.sub(r"[{}]", "", text))


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", re.sub(r"\\\W?|[{}]", "", text))
    plain = re.sub(r"[^A-Za-z0-9]", "", folded)
    return plain or re.sub(r"\W", "", text)
