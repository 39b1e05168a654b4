"""problem.contradiction."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import acceptance, claims, requirements, sections, toml
from mlscaffold.evidence.acceptance import Threshold
from mlscaffold.evidence.documents import Section
from mlscaffold.model import Finding
from mlscaffold.project import Project

NAME = "01-problem"


@check(proves="acceptance", reads=("docs/01-problem.*", "acceptance.toml", "data/schema.toml"))
def contradiction(project: Project) -> Iterator[Finding]:
    """The problem document asks for the same numbers as `acceptance.toml`.

    ## Why
    A meeting changes one of two places. From then on two people wait for two different models.

    ## Evidence
    Numbers that the section on technical requirements claims for a metric of ours, and elsewhere those that are demanded ("at
    least", "must"), against the thresholds of `acceptance.toml`; of times and sizes those of tables. Numbers of people, of today and of other work are left alone.

    ## Fix
    Decide which number holds, and write it in both places.
    """
    found = sections.document(project, NAME)
    wanted = project.read(acceptance.read, "acceptance.toml").thresholds
    schema = project.read(toml.read, "data/schema.toml") if project.exists("data/schema.toml") else {}
    classes = [str(name) for name in schema.get("classes", [])]
    told = set()
    for section in found.sections:
        yield from _of_exports(found.path, section, wanted)
        own = sections.find(project, found, NAME, anchor="technical-requirements")
        of_requirements = own is not None and section.text.strip() and section.text in own.text
        for claim in claims.read(section.text):
            if claim.of_others or not (of_requirements or claim.demanded):
                continue
            rivals = _rivals(claim, wanted)
            bounds = [b for t in rivals for b in (t.min, t.max) if b is not None]
            if not bounds or any(abs(claim.value - b) < 0.0005 for b in bounds) or (claim.text, claim.value) in told:
                continue
            told.add((claim.text, claim.value))
            line = _line(project, found.path, section, claim.text)
            other = requirements.named_class(claim.text, classes)
            if other and other not in [t.of_class for t in rivals]:
                yield fail(
                    f"{claim.word} of {other} is {claim.value:g} in the document, "
                    f"and acceptance.toml has none for it ({' or '.join(t.text for t in rivals)})",
                    at(found.path, line),
                    "acceptance.toml",
                    fix="add the threshold to acceptance.toml, or take it out of the document",
                )
                continue
            yield fail(
                f"{claim.word} is {claim.value:g} in the document, "
                f"and acceptance.toml says {' or '.join(t.text for t in rivals)}",
                at(found.path, line),
                "acceptance.toml",
                fix="write the number that holds in both places",
            )


def _of_exports(path: str, section: Section, thresholds: tuple[Threshold, ...]) -> Iterator[Finding]:
    """Times and sizes that the tables of a section ask for, where none of a kind is the one of `acceptance.toml`."""
    lines = [line.strip() for line in section.text.splitlines()]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    wishes = requirements.read([row for row in rows if not all(set(cell) <= set(":- ") for cell in row)]).wishes
    for metric in ("latency_p95_ms", "size_bytes"):
        told = [wish for wish in wishes if wish.threshold.metric == metric and wish.threshold.max is not None]
        known = [t for t in thresholds if t.metric == metric and t.max is not None]
        if told and known and not any(isclose(w.threshold.max or 0, t.max or 0, rel_tol=0.01) for w in told for t in known):
            yield fail(
                f'"{told[0].row}" in the document, and acceptance.toml says {" or ".join(t.text for t in known)}',
                at(path, section.line), "acceptance.toml", fix="write the number that holds in both places",
            )  # fmt: skip


def _rivals(claim: claims.Claim, thresholds: tuple[Threshold, ...]) -> list[Threshold]:
    """The thresholds that a claim speaks of: of the class it names, else over all classes, else any of its family."""
    family = [t for t in thresholds if t.metric.split("_")[0] == claim.family and not t.target]
    of_class = [t for t in family if t.of_class and t.of_class.casefold() in claim.text.casefold()]
    return of_class or [t for t in family if not t.of_class] or family


def _line(project: Project, path: str, section: Section, text: str) -> int | None:
    """The line of a claim in a Markdown file; elsewhere that of its section."""
    if path.endswith((".md", ".markdown")) and section.line:
        lines = project.content(path).decode("utf-8-sig", "replace").splitlines()
        for number, line in enumerate(lines[section.line - 1 :], start=section.line):
            if text[:40] in " ".join(line.lstrip("-*+ ").split()):
                return number
    return section.line
