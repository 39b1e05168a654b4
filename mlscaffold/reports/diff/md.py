"""The data's changes as a comment on a pull request."""

from __future__ import annotations

from mlscaffold.reports.diff.content import Changed, DataDiff
from mlscaffold.reports.diff.text import warning

MOST = 40


def render(found: DataDiff) -> str:
    """Markdown; what comes from the data is escaped."""
    before, after = found.rows
    lines = [f"### Data: {found.headline}", "", f"Since `{found.commit[:10]}`: {before} rows then, {after} now.", ""]
    if found.test_touched:
        lines += [f"> **{warning(found)}**", *(f"> - {_cell(told)}" for told in found.tests), ""]
    if found.classes[0] != found.classes[1]:
        lines += [f"Classes were {_list(found.classes[0])}; they are {_list(found.classes[1])}.", ""]
    if found.relabelled:
        lines += ["| split | was | is | pictures |", "|---|---|---|---|"]
        for split, turns in found.turns.items():
            lines += [f"| {split} | {_cell(old)} | {_cell(new)} | {count} |" for (old, new), count in turns.most_common()]
        lines.append("")
    for title, rows in (
        ("Relabelled", found.relabelled), ("New", found.added), ("Gone", found.removed), ("In another split", found.moved),
        ("Renamed", found.renamed), ("Other bytes under the same name", found.contents),
    ):  # fmt: skip
        lines += _details(title, rows)
    return "\n".join(lines).rstrip() + "\n"


def _details(title: str, rows: tuple[Changed, ...]) -> list[str]:
    if not rows:
        return []
    shown = [f"| {_cell(r.path)} | {r.split} | {_cell(r.before)} | {_cell(r.after)} |" for r in rows[:MOST]]
    more = [f"and {len(rows) - MOST} more", ""] if len(rows) > MOST else []
    head = ["", "| picture | split | before | after |", "|---|---|---|---|"]
    return [f"<details><summary>{title}: {len(rows)}</summary>", *head, *shown, "", *more, "</details>", ""]


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(map(_cell, names)) or "none"


def _cell(text: str) -> str:
    """A text that is shown as it is: no markup, no new row."""
    shown = "".join(c if c.isprintable() else "�" for c in text)
    for sign in "\\`*_[]<>|#":
        shown = shown.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return shown
