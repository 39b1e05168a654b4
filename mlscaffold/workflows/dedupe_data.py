"""Pictures that are there twice: a plan that a person reads and changes, and its application."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlscaffold.datasets.deduping import DECIDE, DROP, KEEP, RECORDS, Member, dropped_digests, read_plan, write_plan
from mlscaffold.datasets.sources import stays_inside
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.datasets.taking_out import take_out
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import data, media
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import order
from mlscaffold.trees import on_disk
from mlscaffold.workflows.record_tests import recorded

if TYPE_CHECKING:
    from mlscaffold.datasets.duplicates import Alike
    from mlscaffold.datasets.images import Facts

REMOVED = "data/removed"
LOSSY = ("JPEG", "MPO", "WEBP")


@dataclass(frozen=True)
class Planned:
    """A plan: its rows, how many pictures were compared, and how many could be compared by their digests only."""

    members: tuple[Member, ...]
    compared: int
    absent: int


@dataclass(frozen=True)
class Deduped:
    """What applying a plan did: pictures taken out now and before, groups left for somebody to decide, rows by table."""

    dropped: tuple[Member, ...]
    before: int
    undecided: int
    moved: tuple[str, ...]
    rows: dict[str, int]
    record: str
    splits: dict[str, int]


def plan(project: Project) -> Planned:
    """Groups of pictures that are the same file, have the same pixels, or are alike; changes nothing.

    Of each group the picture stays that is in the latest split (test before train: training may lose rows), then the largest, then one that was saved without loss. What is
    only alike by a wide rule, mirrored, or has another label is for a person to decide.
    """
    from mlscaffold.datasets.duplicates import join, near_groups, near_pairs

    listed = {row.path: row for row in data.manifest(project) if stays_inside(row.path)}
    here = data.raw_media(project)
    digests = here | {path: row.digest for path, row in listed.items()}
    facts = {path: fact for path, fact in media.facts(project, here, base=data.RAW).items() if not fact.pointer}
    pairs = near_pairs(facts)
    links = [(group[0], other) for group in _by_digest(digests) for other in group[1:]]
    links += [(group[0], other) for group in near_groups(facts, pairs) for other in group[1:]]
    try:
        splits = {row.path: row.split for row in data.splits(project)}
    except Missing:
        splits = {}
    labels = {row.path: row.label for row in data.annotation_rows(project)}
    alike = {frozenset((facts[pair.first].pixels, facts[pair.second].pixels)): pair for pair in pairs}
    members: list[Member] = []
    for number, paths in enumerate(join(links), start=1):
        group = [
            Member(
                number,
                DECIDE,
                path,
                "",
                labels.get(path, ""),
                splits.get(path, ""),
                *_size(facts.get(path)),
                _bytes(listed, path, facts),
                digests[path],
            )
            for path in paths
        ]
        members += _judged(group, facts, alike)
    return Planned(tuple(members), len(digests), len(digests.keys() - facts.keys()))


def _by_digest(digests: Mapping[str, str]) -> list[list[str]]:
    found = defaultdict(list)
    for path, digest in sorted(digests.items()):
        found[digest].append(path)
    return [paths for paths in found.values() if len(paths) > 1]


def _size(fact: Facts | None) -> tuple[int, int]:
    return (fact.width, fact.height) if fact else (0, 0)


def _bytes(listed: Mapping[str, data.Medium], path: str, facts: Mapping[str, Facts]) -> int:
    return listed[path].bytes if path in listed else facts[path].size if path in facts else 0


def _judged(group: list[Member], facts: Mapping[str, Facts], alike: Mapping[frozenset[str], Alike]) -> Iterable[Member]:
    """The members of a group with what is to become of each; the one that stays comes first."""
    lossy = {m.path for m in group if m.path in facts and facts[m.path].format in LOSSY}
    group = sorted(group, key=lambda m: (-m.width * m.height, m.path in lossy, -m.bytes, m.path))
    group = sorted(group, key=lambda m: order(m.split) if m.split else (-1, ""), reverse=True)
    first, *others = group
    labels = sorted({member.label for member in group if member.label})
    if len(labels) > 1:
        yield from (replace(member, why=f"labels differ: {', '.join(labels)}") for member in group)
        return
    yield replace(
        first,
        action=KEEP,
        why="in the latest split" if first.split != others[-1].split else "the best of them, or the first by name",
    )
    for member in others:
        action, why = _against(first, member, facts, alike)
        yield replace(member, action=action, why=why)


def _against(kept: Member, member: Member, facts: Mapping[str, Facts], alike: Mapping[frozenset[str], Alike]) -> tuple[str, str]:
    """What is to become of a picture beside the one that stays, and why."""
    if member.digest == kept.digest:
        return DROP, f"the same file as {kept.path}"
    one, other = facts.get(kept.path), facts.get(member.path)
    if one and other and one.pixels and one.pixels == other.pixels:
        return DROP, f"the same pixels as {kept.path}"
    pair = alike.get(frozenset((one.pixels, other.pixels))) if one and other else None
    if pair is None:
        return DECIDE, f"like one that is like {kept.path}"
    if pair.mirrored:
        return DECIDE, f"mirrored: {kept.path}"
    return (
        (DROP, f"saved again: {kept.path}") if pair.tight else (DECIDE, f"alike: {kept.path} ({pair.distance} of 64 bits differ)")
    )


def write(root: Path, planned: Planned, output: Path) -> None:
    """Write a plan; raises where a file of that name is there, which somebody may have edited."""
    if output.exists():
        raise UsageError(
            f"{output} is there already.",
            reference="plan-exists",
            hint=f"mlscaffold data dedupe --apply {output}, or name another: --output FILE",
        )
    write_plan(output, planned.members)


def apply_plan(project: Project, path: Path, *, dry_run: bool = False) -> Deduped:
    """Do what a plan says: move the files to `data/removed`, and take their rows out; raises where the plan is out of date.

    Applied again it does what is left to do. The applied rows are kept under `data/dedupe`, so that an import does not bring the
    pictures back.
    """
    if not path.is_file():
        raise UsageError(f"{path} is no file.", reference="no-plan", hint="mlscaffold data dedupe writes one.")
    members = read_plan(path)
    taken = dropped_digests(project.root)
    listed = {row.path: row.digest for row in data.manifest(project)}
    here = _digests_here(project, {member.path for member in members})
    done = {m.path for m in members if m.action == DROP and m.path not in listed and m.path not in here and m.digest in taken}
    todo = [m for m in members if m.action == DROP and m.path not in done]
    _check_current(path, members, done, known={**here, **listed}, here=here)
    groups = {member.group for member in todo}
    undecided = len({m.group for m in members if m.action == DECIDE})
    splits = _splits(project)
    if dry_run or not todo:
        return Deduped(tuple(todo), len(done), undecided, (), {}, "", dict(Counter(splits.get(m.path, "no split") for m in todo)))
    day = project.today.isoformat()
    mark = hashlib.sha256("".join(f"{m.path}{m.digest}" for m in todo).encode()).hexdigest()[:8]
    record = f"{RECORDS.as_posix()}/{day}-{mark}.csv"
    write_plan(project.root / record, [m for m in members if m.group in groups and m.action != DECIDE and m.path not in done])
    write_atomic(project.root / REMOVED / ".gitignore", b"*\n")
    moved = [_move(project.root, m.path, day) for m in todo if (on_disk(project.root / data.RAW / m.path)).is_file()]
    with recorded(project, "doubles", reason=record):
        rows = take_out(project.root, {member.path for member in todo})
    return Deduped(
        tuple(todo), len(done), undecided, tuple(moved), rows, record, dict(Counter(splits.get(m.path, "no split") for m in todo))
    )


def _digests_here(project: Project, paths: set[str]) -> dict[str, str]:
    """Digests of those of the pictures that are here; of a pointer of Git LFS that of what it stands for."""
    here = {path: digest for path, digest in data.raw_media(project).items() if path in paths}
    facts = media.facts(project, here, base=data.RAW, look=False)
    return {path: facts[path].digest if facts[path].pointer else digest for path, digest in here.items()}


def _splits(project: Project) -> dict[str, str]:
    try:
        return {row.path: row.split for row in data.splits(project)}
    except Missing:
        return {}


def _check_current(
    path: Path, members: Sequence[Member], done: set[str], *, known: Mapping[str, str], here: Mapping[str, str]
) -> None:
    """Raise where the collection is not any more what the plan was made of."""
    for member in members:
        if member.action == DECIDE or member.path in done:
            continue
        found = {known.get(member.path), here.get(member.path, known.get(member.path))}
        problem = "is not there any more" if found == {None} else "has other bytes now" if found != {member.digest} else ""
        if problem:
            raise ScaffoldError(
                f"{path.name}:{member.line}: {member.path} {problem}.",
                reference="stale-plan",
                context="Nothing was changed.",
                hint="Make a new plan: mlscaffold data dedupe --output FILE",
            )


def _move(root: Path, path: str, day: str) -> str:
    """Move a picture out of the collection; where it lies now."""
    place, target = on_disk(root / data.RAW / path), root / REMOVED / day / path
    number = 1
    while target.exists() or target.is_symlink():
        number += 1
        target = target.with_name(f"{Path(path).stem}-{number}{Path(path).suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(place, target)
    return target.relative_to(root).as_posix()
