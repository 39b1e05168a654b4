"""problem.requirement-without-number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import sections
from mlscaffold.model import Finding
from mlscaffold.project import Project

NAME = "01-problem"
NUMBER = re.compile(
    r"\d|[一二三四五六七八九十百千]+\s*(?:分|秒|毫秒|个|张|%)|百分之|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\w*zwanzig|\w*ßig|\w*zig|hundert|tausend)\b",
    re.I,
)


@check(proves="acceptance", reads=("docs/01-problem.*",))
def requirement_without_number(project: Project) -> Iterator[Finding]:
    """The technical requirements are told in numbers.

    ## Why
    "As accurate as possible" is met by every model and by none. The day of the hand-over decides what was meant.

    ## Evidence
    The section on technical requirements of `docs/01-problem.*`: a number, in digits or in words. A section that is a picture cannot be
    told. `problem.contradiction` holds the numbers against `acceptance.toml`.

    ## Fix
    Say how often the answer may be wrong, how long it may take, on which device, how large the file may be.
    """
    document = sections.document(project, NAME)
    section = sections.find(project, document, NAME, anchor="technical-requirements")
    if section is None or not section.text.strip() or section.pictures or section.links:
        return
    if not NUMBER.search(section.text):
        yield warn(
            f"“{section.title}” names no number in its {section.words} words",
            at(document.path, section.line),
            fix=f"edit {document.path}: how good, how fast, how large, on what",
        )
