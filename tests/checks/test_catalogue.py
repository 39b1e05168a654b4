"""The catalogue of checks keeps its own rules: each is documented, proves something that a stage owes, and is tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlscaffold.checks import HEADINGS, Spec, all_checks, check_files, documentation, section
from mlscaffold.stages import all_stages

CATALOGUE = {spec.id: spec for spec in all_checks()}
STAGES = {stage.slug: stage for stage in all_stages()}
OWED = sorted(f"{stage.slug}/{owed.id}" for stage in STAGES.values() for owed in stage.deliverables)
TESTS = Path(__file__).parent


def each() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("spec", CATALOGUE.values(), ids=list(CATALOGUE))


def test_a_file_is_a_check() -> None:
    assert len(CATALOGUE) == len(check_files())


@each()
def test_its_name_is_its_place(spec: Spec) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", spec.id)
    assert spec.stage in STAGES or spec.stage == "project"
    assert spec.function == spec.module.rsplit(".", 1)[1]


@each()
def test_its_title_is_a_sentence(spec: Spec) -> None:
    assert re.fullmatch(r"[A-Z`].{8,}\.", spec.title), spec.title
    assert "!" not in documentation(spec)


@each()
def test_it_says_why_from_what_and_what_to_do(spec: Spec) -> None:
    text = documentation(spec)
    assert re.findall(r"^## .*$", text, re.MULTILINE) == list(HEADINGS)
    assert all(len(section(text, heading)) > 10 for heading in HEADINGS)


@each()
def test_it_proves_what_its_stage_owes(spec: Spec) -> None:
    if spec.stage == "project":
        assert spec.proves == ""
    else:
        assert spec.proves in {owed.id for owed in STAGES[spec.stage].deliverables}


@each()
def test_it_says_what_it_reads(spec: Spec) -> None:
    assert spec.reads
    assert not any(path.startswith("/") or path.endswith("/") for path in spec.reads)


@pytest.mark.parametrize("owed", OWED)
def test_what_a_stage_owes_is_proved(owed: str) -> None:
    stage, _, deliverable = owed.partition("/")
    assert [spec.id for spec in CATALOGUE.values() if spec.stage == stage and spec.proves == deliverable and not spec.deep]


@each()
def test_it_has_a_test(spec: Spec) -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (TESTS / spec.stage).glob("test_*.py"))
    name = spec.id.partition(".")[2]
    assert spec.id in texts or f'"{name}"' in texts
