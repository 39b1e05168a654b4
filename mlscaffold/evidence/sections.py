"""What a document owes: its sections, each written, empty, unchanged since generation, or not to be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mlscaffold.evidence import documents, titles
from mlscaffold.evidence.documents import Document, Section
from mlscaffold.evidence.wording import is_placeholder
from mlscaffold.project import Missing, Project

ENDINGS = ("md", "markdown", "docx", "pdf")
LETTERS = 6
"""Letters of a long English word."""


class Gap(StrEnum):
    """What is wrong with a section that a document owes."""

    MISSING = "missing"
    UNMATCHED = "unmatched"
    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    THIN = "thin"


@dataclass(frozen=True)
class Owed:
    """A section that a document owes: its anchor, what was found, and what is wrong with it."""

    anchor: str
    section: Section | None
    gap: Gap | None

    @property
    def title(self) -> str:
        """The heading as it stands in the document, else the anchor in words."""
        return self.section.title if self.section and self.section.title else self.anchor.replace("-", " ").capitalize()


def document(project: Project, name: str) -> Document:
    """The document of this name (`01-problem`), in whatever format people wrote it; raises `Missing` while it is as generated.

    Where a generated Markdown file was left beside a person's Word or PDF file, the person's is read.
    """
    found = project.glob(f"docs/{name}.*")
    written = [path for path in found if not project.is_pristine(path)]
    if not written:
        what = "is still as generated" if found else "is missing"
        raise Missing(f"docs/{name}.md {what}", path=found[0] if found else f"docs/{name}.md", fix=f"edit docs/{name}.md")
    readable = [path for path in written if path.rsplit(".", 1)[-1].lower() in ENDINGS]
    path = (readable or written)[0]
    own = headings(project, name)
    if own:
        return documents.read(project.content(path), path, titles=own)
    return project.read(documents.read, path)


def headings(project: Project, name: str) -> dict[str, str]:
    """The headings that `mlscaffold.toml` gives for a document's anchors."""
    return {anchor: str(title) for anchor, title in project.settings.documents.get(name, {}).items()}


def find(project: Project, found: Document, name: str, *, anchor: str) -> Section | None:
    """One section of a document, by anchor, heading or place."""
    return documents.find(found, anchor, headings(project, name), among=titles.ANCHORS[name])


def owed(project: Project, name: str, anchors: Sequence[str], *, least: int) -> Iterator[Owed]:
    """Each section that the document owes, with what is wrong; below `least` words it is thin."""
    found = document(project, name)
    generated = generated_sections(project, name)
    own = headings(project, name)
    marked = {anchor for section in found.sections for anchor in section.anchors}
    for anchor in anchors:
        section = find(project, found, name, anchor=anchor)
        if section is None:
            # Where the other sections carry their marks, or no heading is left to hold it, the section is not there.
            doubt = not marked and (loose_headings(found, own) or found.kind == "pdf")
            yield Owed(anchor, None, Gap.UNMATCHED if doubt else Gap.MISSING)
            continue
        yield Owed(anchor, section, _gap(section, generated.get(anchor, ""), least))


def loose_headings(found: Document, own: dict[str, str]) -> list[Section]:
    """Headings with text that belong to no known section: one of them may be the one that is looked for."""
    return [s for s in found.sections if s.title and s.text and not s.anchors and not titles.anchors_of(s.title, own)]


def generated_sections(project: Project, name: str) -> dict[str, str]:
    """Anchor → digest of the section's text as it was generated."""
    files = project.template().get("files", {})
    table = files.get(f"docs/{name}.md", {}) if isinstance(files, dict) else {}
    sections = table.get("sections", {}) if isinstance(table, dict) else {}
    return {str(k): str(v) for k, v in sections.items()} if isinstance(sections, dict) else {}


def _gap(section: Section, generated: str, least: int) -> Gap | None:
    if section.pictures or section.links:
        return None if section.words else Gap.THIN
    if not section.text.strip():
        # What was generated is guidance and no text of anybody's: with it still there, nobody has begun.
        return Gap.UNCHANGED if section.guidance and generated == documents.digest(section) else Gap.EMPTY
    if generated == documents.digest(section):
        return Gap.UNCHANGED
    if all(is_placeholder(line) for line in section.text.splitlines()):
        return Gap.PLACEHOLDER
    # A language of compounds says the same in fewer words: what is as long as English words of that number is no thinner.
    letters = sum(len(word) for word in section.text.split())
    if section.words >= 6 and section.own_words < min(least, section.words / 2):
        return Gap.REPEATED
    return Gap.THIN if section.words < least and (section.words < 6 or letters < LETTERS * least) else None
