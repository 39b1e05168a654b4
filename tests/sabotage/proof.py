"""The proof page: what became of every row of the corpus, on which projects, written from a run of the slow suite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.sabotage.corpus import DEFECTS, HARMLESS, Defect, Harmless, Left, load
from tests.sabotage.sound import PROJECTS

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/proof.md"
STAGES = {
    "PR": "problem",
    "RE": "research",
    "CO": "collection",
    "DP": "preparation",
    "MO": "model",
    "TR": "training",
    "EV": "evaluation",
    "TU": "tuning",
    "CV": "conversion",
    "DE": "deployment",
    "X": "project",
}
GOOD = ("caught", "quiet")
Outcomes = dict[str, dict[str, str]]  # id → project → outcome
HEAD = """# What the tool catches, and what it leaves in peace

Written by the tests (`pytest -m slow tests/sabotage`). Each row spoils a copy of a sound project that the real scripts finished, all ten
stages signed, and runs `mlscaffold check`. *Caught*: the named check says it, with the file, the number found and the number wanted.
*Half*: another check says something, or words are missing. The harmless changes must raise nothing; only where signed content is truly
written anew may a stage become stale.

The projects: {projects}.
"""
TOLD = {
    "fasteners": "*fasteners* (drawn pictures of metal parts, two sources, several pictures of a part)",
    "digits": "*digits* (scikit-learn's handwritten digits)",
    "clothing": "*clothing* (385 photographs of clothes, six unequal classes)",
}


def outcomes(told: Iterable[object]) -> Outcomes:
    """What the tests recorded, by row and project."""
    found: Outcomes = {}
    for item in told:
        if isinstance(item, list | tuple) and len(item) >= 3:
            name, row, outcome = (str(part) for part in item[:3])
            found.setdefault(row, {})[name] = outcome
    return found


def complete(found: Outcomes) -> bool:
    """Whether every row was tried on its projects, so that the page can be written."""
    load()
    main = next(p.name for p in PROJECTS if p.main)
    return all(main in found.get(row, {}) for row in (*DEFECTS, *HARMLESS))


def page(found: Outcomes) -> str:
    """The page, one row an id."""
    defects, harmless, left = load()
    lines = [HEAD.format(projects=", ".join(TOLD[p.name] for p in PROJECTS)), "## By stage", "", *_summary(found), ""]
    lines += ["## Defects", "", "| id | what is done to the project | check | severity | " + _names() + " |", _rule(4)]
    lines += [
        f"| {r.id} | {_cell(r.title)} | {_link(r.check)} | {r.severity} | {_cells(r, found)} |"
        for r in sorted(defects, key=_order)
    ]
    lines += ["", "## Harmless changes", "", "| id | change | what may be said, for it is true | " + _names() + " |", _rule(3)]
    lines += [
        f"| {r.id} | {_cell(r.title)} | {', '.join(f'`{a}`' for a in r.allows)} | {_cells(r, found)} |"
        for r in sorted(harmless, key=_order)
    ]
    lines += ["", "## Not proved", "", "| id | defect | why not |", "|---|---|---|"]
    lines += [f"| {r.id} | {_cell(r.title)} | {_cell(r.reason)} |" for r in sorted(left, key=_order)]
    return "\n".join(lines) + "\n"


def summary(found: Outcomes) -> list[str]:
    """The table for the terminal: by stage, how many were caught, half caught, missed, and false alarms."""
    return [line.replace("|", " ").strip() for line in _summary(found) if not line.startswith("|---")]


def _summary(found: Outcomes) -> list[str]:
    lines = ["| stage | rows | tries | caught | half | missed | not proved |", "|---|---|---|---|---|---|---|"]
    _, harmless, left = load()
    for prefix, stage in STAGES.items():
        rows = [r for r in DEFECTS.values() if _stage(r.id) == stage]
        tries = [outcome for r in rows for outcome in found.get(r.id, {}).values()]
        without = sum(r.id.startswith(f"{prefix}-") for r in left)
        counts = " | ".join(str(tries.count(word)) for word in ("caught", "half", "missed"))
        lines.append(f"| {stage} | {len(rows)} | {len(tries)} | {counts} | {without} |")
    quiet = [outcome for r in harmless for outcome in found.get(r.id, {}).values()]
    lines += ["", f"Harmless changes: {len(harmless)} rows, {len(quiet)} tries, {quiet.count('false alarm')} false alarms."]
    return lines


def _stage(row: str) -> str:
    return STAGES.get(row.partition("-")[0], row.partition("-")[0])


def _order(row: Defect | Harmless | Left) -> tuple[int, int, str]:
    prefix, _, rest = row.id.partition("-")
    places = [*STAGES, *STAGES.values(), "OK"]
    number = re.match(r"\d+", rest)
    return places.index(prefix) if prefix in places else len(places), int(number[0]) if number else 0, row.id


def _cells(row: Defect | Harmless, found: Outcomes) -> str:
    return " | ".join(found.get(row.id, {}).get(p.name, "") for p in PROJECTS)


def _names() -> str:
    return " | ".join(p.name for p in PROJECTS)


def _rule(columns: int) -> str:
    return "|---" * (columns + len(PROJECTS)) + "|"


def _link(check: str) -> str:
    stage = check.partition(".")[0]
    return f"[{check}](checks/{stage}.md)" if (PAGE.parent / f"checks/{stage}.md").exists() else f"`{check}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
