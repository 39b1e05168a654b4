"""What people decided about the whole project: rounds, releases, reopened stages, changed targets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlscaffold.evidence.fields import Fields, read_toml
from mlscaffold.project import Project

FOLDER = ".mlscaffold"


@dataclass(frozen=True)
class Round:
    """One turn of the loop, and why it was opened; the first needs no file."""

    path: str
    number: int
    because: str
    who: str
    when: str
    file: str = ""


@dataclass(frozen=True)
class Release:
    """What went live: digests of all it is made of, and the number it was released on. Later changes do not touch it."""

    path: str
    number: int
    round: int
    who: str
    when: str
    note: str
    digests: dict[str, str]
    evaluation: str
    metric: str
    value: float
    low: float
    high: float
    n: int

    @property
    def model(self) -> str:
        """The digest of the checkpoint."""
        return self.digests.get("model", "")


@dataclass(frozen=True)
class Reopening:
    """A sign-off that was taken back, and why."""

    path: str
    stage: str
    round: int
    who: str
    when: str
    reason: str
    digest: str


@dataclass(frozen=True)
class Change:
    """A change that people made in `acceptance.toml`, recorded with its reason."""

    path: str
    number: int
    round: int
    who: str
    when: str
    reason: str
    after_test: bool
    seen: tuple[str, ...]
    text: tuple[str, ...]
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    winner_before: str = ""
    winner_after: str = ""


def rounds(project: Project) -> list[Round]:
    """Every round that was opened with a record, oldest first; raises `Broken`."""
    found = []
    for path, number in _numbered(project, "rounds"):
        top = project.read(read_toml, path)
        found.append(Round(path, number, top.text("because"), top.text("who"), top.text("when"), top.text("file", "")))
    return found


def releases(project: Project) -> list[Release]:
    """Every release, oldest first; raises `Broken`."""
    return [_release(project.read(read_toml, path), number) for path, number in _numbered(project, "releases")]


def changes(project: Project) -> list[Change]:
    """Every recorded change of the targets, oldest first; raises `Broken`."""
    return [_change(project.read(read_toml, path), number) for path, number in _numbered(project, "acceptance")]


def reopenings(project: Project) -> list[Reopening]:
    """Every sign-off that was taken back, oldest first; raises `Broken`."""
    found = []
    for path in project.glob(f"{FOLDER}/reopened/*.toml"):
        top = project.read(read_toml, path)
        turn = top.count("round")
        who, when, reason = (top.text(key) for key in ("who", "when", "reason"))
        found.append(Reopening(path, top.text("stage"), turn, who, when, reason, top.text("digest", "")))
    return sorted(found, key=lambda r: (r.when, r.path))


def _numbered(project: Project, folder: str) -> list[tuple[str, int]]:
    """The records of a folder that are named by a number, in its order."""
    found = []
    for path in project.glob(f"{FOLDER}/{folder}/*.toml"):
        name = re.fullmatch(r"0*([1-9][0-9]*)\.toml", path.rsplit("/", 1)[1])
        if name:
            found.append((path, int(name[1])))
    return sorted(found, key=lambda item: item[1])


def _release(top: Fields, number: int) -> Release:
    digests, result = top.table("digests"), top.table("result")
    return Release(
        top.path,
        number,
        round=top.count("round"),
        who=top.text("who"),
        when=top.text("when"),
        note=top.text("note", ""),
        digests={key: digests.text(key) for key in digests.values},
        evaluation=result.text("evaluation"),
        metric=result.text("metric"),
        value=result.number("value"),
        low=result.number("low"),
        high=result.number("high"),
        n=result.count("n"),
    )


def _change(top: Fields, number: int) -> Change:
    winner = top.optional("winner")
    return Change(
        top.path,
        number,
        round=top.count("round"),
        who=top.text("who"),
        when=top.text("when"),
        reason=top.text("reason"),
        after_test=top.flag("after_test"),
        seen=top.texts("seen", []),
        text=top.texts("changed", []),
        before=dict(top.table("before").values),
        after=dict(top.table("after").values),
        winner_before=winner.text("before", ""),
        winner_after=winner.text("after", ""),
    )
