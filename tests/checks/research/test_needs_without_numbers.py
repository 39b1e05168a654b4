from __future__ import annotations

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "research.needs-without-numbers", "docs/02-research.md"


def put(project: Sandbox, heading: str, text: str) -> None:
    old = project.read(FILE)
    start = old.index(f"<!-- section: {heading} -->\n") + len(f"<!-- section: {heading} -->\n")
    end = old.index("\n## ", start)
    project.write({FILE: f"{old[:start]}\n{text}\n{old[end:]}"})


def test_numbers_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_adjectives(project: Sandbox) -> None:
    put(project, "hardware", "A good GPU and enough memory to train the network in reasonable time on our machine.")
    said(project.check(CHECK), "warn", "names no memory size, device or time", FILE)
    put(project, "hardware", "One T4.")
    put(project, "software", "Standard libraries of the field, and the usual tools for deep learning in Python.")
    said(project.check(CHECK), "warn", "names no package with its version")


@pytest.mark.parametrize(
    "text", ["Ein Laptop mit 16 GB, 4 Kerne, 20 Minuten je Lauf.", "一块 8 GB 显存的显卡，训练约 20 分钟。", "RTX 4090"]
)
def test_numbers_of_other_languages(project: Sandbox, text: str) -> None:
    put(project, "hardware", text)
    assert project.check(CHECK) == []
