"""A plan for pictures that are there twice: who of a group stays and who goes, read back from the file that a person may have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlscaffold.datasets.tables import read_table, write_table
from mlscaffold.errors import ScaffoldError

RECORDS = Path("data/dedupe")
COLUMNS = ("group", "action", "path", "why", "label", "split", "width", "height", "bytes", "digest")
KEEP, DROP, DECIDE = "keep", "drop", "decide"
ACTIONS = (KEEP, DROP, DECIDE)


@dataclass(frozen=True)
class Member:
    """A picture of a group: what is to become of it (`path` under `data/raw`), and why."""

    group: int
    action: str
    path: str
    why: str
    label: str
    split: str
    width: int
    height: int
    bytes: int
    digest: str
    line: int = 0


def write_plan(path: Path, members: Iterable[Member]) -> None:
    """Write a plan."""
    write_table(path, COLUMNS, ({name: getattr(member, name) for name in COLUMNS} for member in members))


def read_plan(path: Path) -> list[Member]:
    """Read a plan back; raises where a line cannot be meant, and where a group would lose all its members."""
    members: list[Member] = []
    seen: dict[str, int] = {}
    for line, cells in read_table(path, ("group", "action", "path", "digest")):
        where = f"{path.name}:{line}"
        action, name = cells["action"].strip().lower(), cells["path"].strip()
        if action not in ACTIONS:
            raise _broken(f'{where}: "{cells["action"]}" is no action.', f"An action is {', '.join(ACTIONS)}.")
        if not cells["group"].strip().isdecimal():
            raise _broken(f'{where}: "{cells["group"]}" is no number of a group.', "Leave the column as it was written.")
        if not name or name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
            raise _broken(f"{where}: {name!r} is no path under data/raw.", "Leave the column as it was written.")
        if name in seen:
            raise _broken(f"{where}: {name} stands on line {seen[name]} already.", "A picture has one action.")
        seen[name] = line
        width, height, size = (
            int(v) if (v := cells.get(key, "").strip()).isdecimal() else 0 for key in ("width", "height", "bytes")
        )
        why, label, split = (cells.get(key, "").strip() for key in ("why", "label", "split"))
        group, digest = int(cells["group"]), cells["digest"].strip().lower()
        members.append(Member(group, action, name, why, label, split, width, height, size, digest, line))
    groups = defaultdict(list)
    for member in members:
        groups[member.group].append(member)
    for number, held in sorted(groups.items()):
        if all(member.action == DROP for member in held):
            raise _broken(
                f"{path.name}:{held[0].line}: group {number} would lose all its {len(held)} pictures.",
                f"Let one of them be {KEEP}; a picture that shall go altogether is for: mlscaffold data forget",
            )
    return members


def dropped_digests(root: Path) -> dict[str, str]:
    """Digests of the pictures that applied plans took out → the record that says so; an import does not bring them back."""
    found = {}
    for path in sorted((root / RECORDS).glob("*.csv")):
        for member in read_plan(path):
            if member.action == DROP:
                found[member.digest] = (RECORDS / path.name).as_posix()
    return found


def _broken(message: str, hint: str) -> ScaffoldError:
    return ScaffoldError(message, reference="broken-plan", context="Nothing was changed.", hint=hint)
