from __future__ import annotations

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "research.section-missing", "docs/02-research.md"


def test_a_written_document_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_two_sections_left_out(project: Sandbox) -> None:
    text = project.read(FILE)
    start, end = text.index("## Hardware"), text.index("## Literature")
    project.write({FILE: text[:start] + text[end:]})
    said(project.check(CHECK), "fail", "2 of 6 sections are missing: Hardware, Software", FILE)


def test_a_placeholder(project: Sandbox) -> None:
    text = project.read(FILE)
    start, end = text.index("Python 3.11"), text.index("## Literature")
    project.write({FILE: text[:start] + "to be decided\n\n" + text[end:]})
    said(project.check(CHECK), "fail", "holds a placeholder only: Software")


def test_the_literature_is_not_counted_here(project: Sandbox) -> None:
    text = project.read(FILE)
    project.write({FILE: text[: text.index("## Literature")]})
    assert project.check(CHECK) == []
