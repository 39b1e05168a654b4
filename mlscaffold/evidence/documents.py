"""Documents that people write (Markdown, Word, PDF): their sections, found by anchor or by heading."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mlscaffold.evidence import Broken
from mlscaffold.evidence.titles import anchors_of, plain

Titles = Mapping[str, str | tuple[str, ...]]

GUIDANCE = ("✎", "guidance", "anleitung", "hinweis zum ausfüllen", "填写说明", "指南")
"""How a block of guidance begins: a quotation in Markdown, a paragraph in Word and PDF."""

_BLANKLESS = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_MARKS = (
    (re.compile(r"<br\s*/?>|\\(?=\s)", re.I), " "),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[\w.+-]+@[\w.-]+)>"), r"\1"),
    (re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*_\n]*[^\s*_\\])\1(?![\w*])"), r"\2"),
    (re.compile(r"~~(?=\S)([^~\n]+)~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"(?<![^\s|])[\u2610-\u2612]\s*"), ""),
    (
        re.compile(
            rf"(?<={_BLANKLESS.pattern[:-1]}，。；：！？、）》」”])\s+(?={_BLANKLESS.pattern[:-1]}，。；：！？、（《「“])"
        ),
        "",
    ),
)
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it up to the next heading.

    `text` is the person's own, a paragraph, list item (`- …`) or table row a line; `guidance` is what the template says there.
    `pictures` are digests of embedded pictures, `links` the targets of linked ones. `line` counts lines in Markdown,
    paragraphs in Word; a PDF has none.
    """

    title: str
    level: int
    text: str
    anchors: tuple[str, ...] = ()
    guidance: str = ""
    pictures: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    line: int | None = None
    subheadings: tuple[str, ...] = ()

    @property
    def anchor(self) -> str | None:
        """The first anchor, if there is one."""
        return self.anchors[0] if self.anchors else None

    @property
    def words(self) -> int:
        """Words of the person's own text."""
        return count_words(self.text)

    @property
    def own_words(self) -> int:
        """Words of the text, each sentence and each row of equal words counted once: filler says nothing by saying it again."""
        said = dict.fromkeys(normalise(part).casefold() for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", self.text))
        return count_words(re.sub(r"\b(\w+)(?:\W+\1\b)+", r"\1", " ".join(said)))

    @property
    def items(self) -> tuple[str, ...]:
        """The list items of the text."""
        return tuple(line[2:] for line in self.text.splitlines() if line.startswith("- "))


@dataclass(frozen=True)
class Document:
    """A document as its sections in order; the first may have no title."""

    path: str
    kind: str
    sections: tuple[Section, ...] = field(default=())

    @property
    def words(self) -> int:
        """Words of the person's own text, in all sections."""
        return sum(section.words for section in self.sections)


def read(data: bytes, path: str, *, titles: Titles | None = None) -> Document:
    """Parse a document by the ending of its name; `titles` are headings of this project (a PDF has no other marks)."""
    ending = path.rsplit(".", 1)[-1].lower()
    match ending:
        case "md" | "markdown":
            from mlscaffold.evidence.markdown import sections

            return Document(path, "md", sections(data, path))
        case "docx":
            from mlscaffold.evidence.word import sections as word_sections

            return Document(path, "docx", word_sections(data, path, titles))
        case "pdf":
            from mlscaffold.evidence.pdf import sections as pdf_sections

            return Document(path, "pdf", pdf_sections(data, path, titles or {}))
    raise Broken(path, f"is a .{ending} file; md, docx and pdf are read", hint=f"Save {path} as docx, pdf or md.")


def find(document: Document, anchor: str, titles: Titles | None = None, *, among: Sequence[str] = ()) -> Section | None:
    """The section of an anchor with everything below it, or None where it cannot be found.

    Looked for are the anchor, then the heading in our titles and the project's `titles`, then (with `among`, the document's
    anchors in their order) the place in the order, if no heading is known and the counts agree.
    """
    marked = [set(section.anchors) for section in document.sections]
    if not any(anchor in names for names in marked):
        marked = [names or set(anchors_of(s.title, titles)) for names, s in zip(marked, document.sections, strict=True)]
    if among:  # "Hardware" below the requirements of another document is a heading of its own making
        marked = [names & set(among) for names in marked]
    places = [number for number, names in enumerate(marked) if anchor in names]
    if not places and among and not any(marked):
        places, marked = _by_order(document, anchor, among), [set() for _ in marked]
    found = [_gather(document, place, marked) for place in places]
    return max(found, key=lambda section: section.words, default=None)


def count_words(text: str) -> int:
    """Words; in languages without blanks three characters count as two words."""
    return len(_WORD.findall(_BLANKLESS.sub(" ", text))) + math.ceil(len(_BLANKLESS.findall(text)) / 1.5)


def normalise(text: str) -> str:
    """Text without invisible characters and Markdown's marks of emphasis and code, with single blanks: what is compared and hashed."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\ufeff", "").replace("\u200b", "")
    return re.sub(r"\s+", " ", re.sub(r"`+|\*\*", "", text)).strip()


def spoken(text: str) -> str:
    """Text without what only one format marks: emphasis, escapes, boxes to tick, angle brackets of links, blanks between Chinese signs."""
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return normalise(text)


def is_guidance(block: str) -> bool:
    """Whether a block begins with a guidance marker."""
    return block.lstrip(" *_>[(").casefold().startswith(GUIDANCE)


def meaning(document: Document, select: str = "") -> object:
    """Own text and pictures of each section, in no order; guidance, numbering and layout do not count.

    `select` names anchors, separated by commas.
    """
    if select:
        found = {anchor.strip(): find(document, anchor.strip()) for anchor in select.split(",")}
        return {anchor: _content(section) if section else None for anchor, section in sorted(found.items())}
    return sorted(([_name(section), *_content(section)] for section in document.sections), key=repr)


def digest(section: Section) -> str:
    """Digest of a section's normalised text, to compare it with the one that was generated."""
    return hashlib.sha256(spoken(section.text).encode()).hexdigest()


def _name(section: Section) -> str:
    """What a section is called whatever the format: Markdown marks the anchor, a Word file often has the heading only."""
    return section.anchor or "+".join(anchors_of(section.title)) or plain(section.title)


def _content(section: Section) -> list[object]:
    return [spoken(section.text), sorted(section.pictures), sorted(section.links)]


def _by_order(document: Document, anchor: str, among: Sequence[str]) -> list[int]:
    titled = [number for number, section in enumerate(document.sections) if section.title]
    for level in sorted({document.sections[number].level for number in titled}):
        same = [number for number in titled if document.sections[number].level == level]
        if len(same) == len(among) and anchor in among:
            return [same[list(among).index(anchor)]]
    return []


def _gather(document: Document, place: int, marked: list[set[str]]) -> Section:
    """The section with its sub-sections: up to the next heading of its level, or one that is looked for itself."""
    head = document.sections[place]
    parts = [head]
    for section, names in zip(document.sections[place + 1 :], marked[place + 1 :], strict=True):
        if section.level <= head.level or names:
            break
        parts.append(section)
    return replace(
        head,
        text="\n".join(part.text for part in parts if part.text),
        guidance="\n".join(part.guidance for part in parts if part.guidance),
        pictures=tuple(picture for part in parts for picture in part.pictures),
        links=tuple(link for part in parts for link in part.links),
        subheadings=tuple(part.title for part in parts[1:]),
    )
