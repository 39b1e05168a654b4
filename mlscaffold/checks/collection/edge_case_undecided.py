"""collection.edge-case-undecided."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import schema
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Project

QUOTED = re.compile(r"[\"“„«「『`]([^\"“”„«»「」『』`]{1,60})[\"”“»」』`]|(?<!\w)'([^']{1,60})'(?!\w)")


@check(proves="annotations", reads=(schema.FILE,))
def edge_case_undecided(project: Project) -> Iterator[Finding]:
    """Every edge case that the labellers wrote down has a decision, in the words of the schema.

    ## Why
    What is not decided is decided anew by everybody who labels, each time another way.

    ## Evidence
    `[[edge_cases]]` of `data/schema.toml`: `case` and `decision` that say something, `label` (where it is given) and the names that a
    decision puts in quotation marks, against the classes and the values of attributes. No edge case at all is no finding.

    ## Fix
    Ask who owns the problem, and write the answer down: `decision = "…"`.
    """
    found = project.read(schema.read, schema.FILE)
    open_ = [case for case in found.edge_cases if is_placeholder(case.decision) and not case.label]
    if open_:
        named = few([case.case or f"entry {case.number}" for case in open_], 2)
        yield fail(
            f"{count(len(open_), 'edge case')} of {len(found.edge_cases)} without a decision: {named}",
            at(schema.FILE),
            fix=f"write decision = into each [[edge_cases]] of {schema.FILE}",
        )
    blank = [case for case in found.edge_cases if is_placeholder(case.case)]
    if blank:
        yield fail(
            f"{count(len(blank), 'edge case')} of {len(found.edge_cases)} that do not say what the case is, first entry {blank[0].number}",
            at(schema.FILE),
            fix=f"write case = into each [[edge_cases]] of {schema.FILE}",
        )
    words = {name.casefold() for name in [*found.classes, *found.attributes, *sum(found.attributes.values(), ())]}
    foreign = [case for case in found.edge_cases if case.label and case.label not in found.classes]
    if foreign and found.classes:
        named = few([f'"{case.label}" ({case.case})' for case in foreign], 2)
        yield fail(
            f"{count(len(foreign), 'edge case')} of {len(found.edge_cases)} with a label that is no class: {named}",
            at(schema.FILE),
            fix=f"name one of {few(found.classes, 6)}",
        )
    strange = {name: case for case in found.edge_cases for name in _quoted(case.decision) if name.casefold() not in words}
    if strange and found.classes:
        named = few([f'"{name}" ({case.case})' for name, case in strange.items()], 2)
        yield warn(
            f"{count(len(strange), 'name')} in a decision that {'is' if len(strange) == 1 else 'are'} neither class nor attribute: {named}",
            at(schema.FILE),
            fix="write the class as the schema spells it",
        )


def _quoted(text: str) -> list[str]:
    """Single words in quotation marks: a longer quotation is a sentence, not a name."""
    names = [one or two for one, two in QUOTED.findall(text)]
    return [name.strip() for name in names if len(name.split()) <= 2]
