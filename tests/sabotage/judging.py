"""Runs `check` on a spoiled project and says whether the defect was caught, half caught or missed; brings the project back afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sabotage.corpus import Defect, Harmless, Words
from tests.sabotage.target import Target
from tests.whole.command import mlscaffold

Findings = list[dict[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """What became of one row on one project."""

    outcome: str  # caught | half | missed | quiet | false alarm
    told: str  # the finding that names it, else all that is new


@dataclass
class Sound:
    """A sound project, one copy of it that the rows spoil in turn, and what `check` says of it unspoiled."""

    name: str
    original: Path
    copy: Path
    before: dict[str, set[tuple[str, str, str]]] = field(default_factory=dict)

    def known(self, deep: str) -> set[tuple[str, str, str]]:
        """What is said of the unspoiled project (check, status, message), once."""
        if deep not in self.before:
            self.before[deep] = {_key(f) for f in findings(self.copy, deep=deep)}
        return self.before[deep]

    def restore(self) -> None:
        """Bring the copy back to the sound state; the cache stays, so that it need not be filled again."""
        if not self.copy.is_dir():
            shutil.copytree(self.original, self.copy, symlinks=True)
            return
        sound, here = listing(self.original), listing(self.copy)
        for path in here.keys() - sound.keys():
            (self.copy / path).unlink()
        for folder, _, _ in os.walk(self.copy, topdown=False):  # a row may have made folders, which have no files any more
            if not (self.original / Path(folder).relative_to(self.copy)).exists():
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()
        for path, stamp in sound.items():
            if here.get(path) != stamp:
                target = self.copy / path
                if target.parent.is_symlink() or target.parent.is_file():
                    target.parent.unlink()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copy2(self.original / path, target, follow_symlinks=False)


def make_sound(name: str, original: Path, folder: Path) -> Sound:
    """A project to spoil: a copy with a filled cache."""
    sound = Sound(name, original, folder / original.name)
    sound.restore()
    sound.known("")
    return sound


def listing(root: Path) -> dict[str, tuple[int, int]]:
    """Every file but the cache, with its size and time; links are files."""
    found = {}
    for folder, names, files in os.walk(root):
        links = [n for n in names if Path(folder, n).is_symlink()]
        for name in (*files, *links):
            path = Path(folder, name)
            if not name.startswith("cache.sqlite"):
                found[str(path.relative_to(root))] = (path.lstat().st_size, path.lstat().st_mtime_ns)
    return found


def findings(root: Path, *, deep: str = "", environment: Mapping[str, str] | None = None) -> Findings:
    """All that `check` says but passes; the deep checks of one stage too, if asked."""
    more = ("--deep", "--stage", deep) if deep else ()
    printed = mlscaffold(root, "check", "--format", "json", *more, code=None, environment=environment)
    report = json.loads(printed[printed.index("{") :])
    return [f for f in report["findings"] if f["status"] != "pass"]


def judge(sound: Sound, row: Defect) -> Verdict:
    """Spoil the copy, check it, compare with what was said before."""
    known = sound.known(row.deep)
    words = row.spoil(Target(sound.copy))
    found = [f for f in findings(sound.copy, deep=row.deep) if _key(f) not in known]
    broken = [f"error {f['check']}: {f['message']}" for f in found if f["status"] == "error"]
    assert not broken, broken
    return _verdict(row, words, found)


def _verdict(row: Defect, words: Words, found: Findings) -> Verdict:
    everything = "\n".join(_line(f) for f in found) or "nothing new"
    mine = [f for f in found if f["check"] == row.check and f["status"] == row.severity]
    if not mine:
        others = {f["check"] for f in found} - {row.check, "project.stale"}
        return Verdict("half" if others else "missed", everything)
    told = "\n".join(_line(f) for f in mine)
    complete = bool(words) and all(w in told for w in words) and all(f["fix"] for f in mine)
    return Verdict("caught" if complete else "half", told if complete else f"wanted {words}\n{everything}")


def judge_harmless(sound: Sound, row: Harmless, *, scratch: Callable[[], Path]) -> Verdict:
    """Make the change, check, and name whatever is new."""
    known = sound.known(row.deep)
    root = sound.copy
    if row.fresh:
        root = scratch() / sound.copy.name
        shutil.copytree(sound.original, root, symlinks=True)
    target = Target(root)
    for before, after in (row.change(target) or {}).items():
        known = known | {(check, status, message.replace(before, after)) for check, status, message in known}
    said = findings(target.root, deep=row.deep, environment=row.environment)
    new = [f for f in said if _key(f) not in known and f["check"] not in row.allows and not f["waiver"]]
    new = [f for f in new if not (row.unknowns and f["status"] == "unknown")]
    return Verdict("false alarm" if new else "quiet", "\n".join(_line(f) for f in new) or "nothing new")


def _key(finding: dict[str, Any]) -> tuple[str, str, str]:
    return finding["check"], finding["status"], finding["message"]


def _line(finding: dict[str, Any]) -> str:
    where = " ".join(e["path"] + (f":{e['line']}" if e.get("line") else "") for e in finding["evidence"])
    return f"{finding['status']} {finding['check']}: {finding['message']} [{where}]"
