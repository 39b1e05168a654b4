"""What the template says under each heading of a document, to know it again where somebody took its marks away."""

from __future__ import annotations

from functools import cache

from mlscaffold.evidence import documents
from mlscaffold.evidence.documents import Section, normalise

ALIKE = 0.8
LEAST = 8  # words; a shorter text may well use the words of its guidance


def repeats(section: Section, name: str, anchor: str) -> bool:
    """Whether a section's text is that of its guidance, of this document or of the template (English), and nothing of anybody's own."""
    if section.words < LEAST:
        return False
    mine = _shingles(section.text)
    theirs = _shingles(section.guidance) | _shingles(_shipped(name).get(anchor, ""))
    return len(mine & theirs) >= ALIKE * len(mine)


@cache
def _shipped(name: str) -> dict[str, str]:
    """Anchor → guidance in the template's document of this name."""
    from mlscaffold.templating.catalog import templates_root

    path = templates_root() / "base" / "docs" / f"{name}.md.jinja"
    if not path.is_file():
        return {}
    found = documents.read(path.read_bytes(), f"{name}.md")
    return {anchor: section.guidance for section in found.sections for anchor in section.anchors}


def _shingles(text: str, length: int = 12) -> frozenset[str]:
    plain = "".join(c for c in normalise(text).casefold() if c.isalnum())
    return frozenset(plain[i : i + length] for i in range(len(plain) - length + 1))
