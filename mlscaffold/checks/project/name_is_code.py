"""project.name-is-code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import Broken, data, toml
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Missing, Project

SCHEMA = "data/schema.toml"
CONTROL, TURNING = r"\x00-\x1f\x7f-\x9f\u2028\u2029", r"\u202a-\u202e\u2066-\u2069"
PLAIN = re.compile(r"[\w][\w .,()#%!'~\-]*")
KINDS = (
    ("control characters", re.compile(f"[{CONTROL}]")),
    ("signs that turn the reading direction", re.compile(f"[{TURNING}]")),
    ("a tag of HTML", re.compile(r"<[a-z!/?]|&(?:#\w+|[a-z]{2,8});", re.I)),
    # Spreadsheets run what begins so; "-1", "+" and "@home" are names.
    ("a formula", re.compile(r"\s*(?:[=@+\-]\s*[^\W\d_][\w.]*\(|=\s*[\w\"'(+\-]|[+\-].*\|.*!)")),
    ("a link that runs a script", re.compile(r"\b(?:javascript|vbscript):|\bdata:text", re.I)),
    ("a placeholder of templates or shells", re.compile(r"\{\{.*\}\}|\$\{.*\}|\$\(.*\)|`.+`")),
)


@check(proves="", reads=("data", "docs/examples"))
def name_is_code(project: Project) -> Iterator[Finding]:
    """No class and no file has a name that a report, a spreadsheet or a terminal would run.

    ## Why
    A class named `<script>` or `=HYPERLINK(…)` runs on the screen of whoever opens the page or the table. Our reports show it
    escaped; the next tool may not.

    ## Evidence
    Classes of `data/schema.toml`, labels, attributes and paths of the annotations, files below `data/raw`, `data/field` and
    `docs/examples`: tags, formulas, scripts in links, placeholders, control characters, signs that turn the reading direction.

    ## Fix
    Rename it, or ask where the data come from.
    """
    found: dict[str, tuple[str, Evidence]] = {}
    for name, where in _names(project):
        if name in found or PLAIN.fullmatch(name):
            continue
        kind = next((words for words, pattern in KINDS if (pattern.match if words == "a formula" else pattern.search)(name)), "")
        if kind:
            found.setdefault(name, (kind, where))
    if found:
        named = few([f'"{shown(name)}" ({kind})' for name, (kind, _) in found.items()])
        yield warn(
            f"{count(len(found), 'name')} with characters that are code in a report, where {'it is' if len(found) == 1 else 'they are'} "
            f"shown escaped: {named}",
            *(where for _, where in list(found.values())[:3]),
            fix="rename it, or ask where the data come from",
            stage="collection",
        )


def shown(name: str) -> str:
    """A name on one line, without anything that a terminal would obey."""
    return re.sub(f"[{CONTROL}{TURNING}]", lambda sign: ascii(sign[0])[1:-1], name)[:80]


def _names(project: Project) -> Iterator[tuple[str, Evidence]]:
    """Every name that people and machines gave, and where it stands."""
    for name in _classes(project):
        yield name, at(SCHEMA)
    for row in _rows(project):
        for name in (row.label, *row.path.split("/"), *row.attributes.values()):
            yield name, at(row.file, row.line)
    for folder in (RAW, "data/field", "docs/examples"):
        for path in project.digests(folder):
            for name in path.split("/"):
                yield name, at(path)


def _classes(project: Project) -> list[str]:
    try:
        listed = project.read(toml.read, SCHEMA).get("classes", []) if project.exists(SCHEMA) else []
    except Broken:  # others tell it
        return []
    return [str(name) for name in listed] if isinstance(listed, list) else []


def _rows(project: Project) -> list[data.Annotation]:
    try:
        return data.annotation_rows(project)
    except (Broken, Missing):
        return []
