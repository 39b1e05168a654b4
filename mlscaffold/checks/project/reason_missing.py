"""project.reason-missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlscaffold.checks import check, fail
from mlscaffold.evidence import toml
from mlscaffold.evidence.wording import few, is_reason, says_nothing
from mlscaffold.model import Finding
from mlscaffold.places import FILE
from mlscaffold.project import Project

FOLDER = ".mlscaffold"
# Folder of records → the field that says why, and what such a record is.
RECORDS = {"rounds": ("because", "round"), "acceptance": ("reason", "change of the targets"), "reopened": ("reason", "reopening")}
SETTINGS = ("reason", "plan")


@check(proves="", reads=(FILE, *(f"{FOLDER}/{folder}" for folder in RECORDS), "docs"))
def reason_missing(project: Project) -> Iterator[Finding]:
    """Every decision that was recorded says why.

    ## Why
    A target that moved, a round that began, a check that was told to be quiet: in a year nobody knows whether it was right, unless
    somebody wrote down why.

    ## Evidence
    `because` in `.mlscaffold/rounds/*.toml` (a sentence, or a file that is there and has not changed), `reason` in
    `.mlscaffold/acceptance/*.toml` and `.mlscaffold/reopened/*.toml`: three words at least, which say something (`tbd` and `because we
    said so` do not); `reason` and `plan` of checks in `mlscaffold.toml`. Waivers and skips have a check of their own.

    ## Fix
    Write the sentence that will be understood in a year.
    """
    for folder, (field, what) in RECORDS.items():
        for path in project.glob(f"{FOLDER}/{folder}/*.toml"):
            table = project.read(toml.read, path)
            if problem := _problem(project, table, field):
                yield fail(f"the {what} of {path.rsplit('/', 1)[-1]} {problem}", path, fix=f"write {field} = … into {path}")
    hollow = [
        f'{name} {key} "{value}"'
        for name, settings in project.settings.checks.items()
        for key, value in settings.items()
        if key in SETTINGS and isinstance(value, str) and says_nothing(value)
    ]
    if hollow:
        yield fail(f"settings of checks give no reason, and so do not count: {few(hollow)}", FILE, fix=f"edit {FILE}")


def _problem(project: Project, table: dict[str, Any], field: str) -> str:
    """What is wrong with the reason of a record; empty for nothing."""
    told, file = str(table.get(field) or "").strip(), str(table.get("file") or "")
    if file:
        if not project.exists(file):
            return f"is told by {file}, which is not there"
        known = str(table.get("digest") or "")
        return f"is told by {file}, which has changed since" if known and project.digest(file) != known else ""
    if not told:
        return f"has no `{field}`"
    return "" if is_reason(told) else f'gives no reason: {field} is "{told}"'
