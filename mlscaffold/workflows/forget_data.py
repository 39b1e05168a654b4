"""Withdraw pictures: erase them with all that was made of them, and leave a tombstone of digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscaffold import git
from mlscaffold.datasets.tables import write_table
from mlscaffold.datasets.taking_out import Step, take_out
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import data, media, testsets
from mlscaffold.evidence.withdrawals import COLUMNS, FOLDER, digest_of, tombstones
from mlscaffold.kept import FILE as ANSWER
from mlscaffold.project import Project
from mlscaffold.trees import composed, on_disk
from mlscaffold.workflows.record_tests import recorded
from mlscaffold.workflows.traces import Picture, Traces, pictures_of, traces_of

PREPARED = "data/processed/.prepared.csv"


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal is about: the pictures that were named, files of the same bytes (they go too), and pictures that look alike."""

    named: tuple[str, ...]
    same: tuple[str, ...]
    alike: tuple[str, ...]
    traces: Traces


@dataclass(frozen=True)
class Forgotten:
    """What was erased: files, pages, rows by table; and the tombstones that were left."""

    withdrawal: Withdrawal
    tombstone: str
    erased: tuple[str, ...]
    rows: dict[str, int]


def plan(project: Project, paths: Sequence[str], *, with_copies: bool = False) -> Withdrawal:
    """What forgetting these pictures (files or folders below `data/raw`) would erase; changes nothing.

    `with_copies` takes what looks like them too: saved again, scaled, mirrored, turned.
    """
    known = _known(project)
    named = sorted({path for text in paths for path in _meant(project.root, text, known)})
    digests = {known[path] for path in named if known[path]}
    alike = _alike(project, set(named), digests)
    if with_copies:
        digests |= {known[path] for path in alike if known[path]}
    pictures = pictures_of(project, digests, {digest_of(path) for path in (*named, *(alike if with_copies else ()))})
    taken = {picture.path for picture in pictures}
    return Withdrawal(
        tuple(named),
        tuple(sorted(taken - set(named) - set(alike))),
        tuple(path for path in alike if path not in taken) if not with_copies else tuple(alike),
        traces_of(project, pictures),
    )


def plan_again(project: Project) -> Withdrawal:
    """What earlier withdrawals named and is on this machine all the same: in a clone that had the pictures, or after a kill."""
    stones = tombstones(project)
    pictures = pictures_of(project, {stone.digest for stone in stones})
    return Withdrawal(tuple(picture.path for picture in pictures), (), (), traces_of(project, pictures, stones=stones))


def forget(project: Project, withdrawal: Withdrawal, *, reason: str = "", by: str = "") -> Forgotten:
    """Erase what a plan names. With a reason tombstones are written first, so that a kill leaves what `plan_again` finds."""
    tombstone = ""
    if reason:
        by = by.strip() or git.identity(project.root)
        if not by:
            raise UsageError("Nobody is named who withdraws them.", reference="no-name", hint='--by "NAME"')
        tombstone = _bury(project, withdrawal.traces.pictures, reason=" ".join(reason.split()), by=by)
    traces = withdrawal.traces
    paths = {picture.path for picture in traces.pictures}
    digests = {picture.digest for picture in traces.pictures if picture.digest}
    erased = [path for path in (*traces.files, *traces.pages) if _erase(project.root, path)]
    with recorded(project, testsets.WITHDRAWN, reason=reason, who=by):
        rows = _drop(project.root, paths, digests, traces.pictures)
    project.cache.forget(traces.digests, [f"data/raw/{path}" for path in paths] + list(traces.files))
    (project.root / ANSWER).unlink(missing_ok=True)
    for path in traces.files:
        _prune(project.root, (project.root / path).parent)
    return Forgotten(withdrawal, tombstone, tuple(erased), rows)


def _known(project: Project) -> dict[str, str]:
    """Every path of the collection (under `data/raw`) with the digest of its file, where that is known."""
    known = {row.path: "" for row in data.annotation_rows(project)}
    return known | data.raw_media(project) | {row.path: row.digest for row in data.manifest(project)}


def _meant(root: Path, text: str, known: Collection[str]) -> list[str]:
    """The pictures that a path names: one, or all below a folder."""
    raw = os.path.abspath(root / data.RAW)  # noqa: PTH100 - a link is withdrawn itself, not what it leads to
    places = [os.path.abspath(text), os.path.abspath(root / text), os.path.abspath(Path(raw, text))]  # noqa: PTH100
    inside = [composed(os.path.relpath(place, raw).replace(os.sep, "/")) for place in places if place.startswith(raw + os.sep)]
    for path in inside:
        if path in known:
            return [path]
        if below := [one for one in known if one.startswith(f"{path}/")]:
            return below
    if raw in places:
        raise UsageError("That is the whole collection.", reference="forget-all", hint="Name pictures, or a folder of a source.")
    outside = Path(text).exists() and not any(place.startswith(raw + os.sep) for place in places[:2])
    raise UsageError(
        f"{text} lies outside of {data.RAW}." if outside or not inside else f"{text} is no picture of the collection.",
        reference="no-such-picture",
        hint=f"Name pictures or folders below {data.RAW}; a manifest lists them.",
    )


def _alike(project: Project, named: set[str], digests: set[str]) -> list[str]:
    """Pictures that look like the named ones and are other files."""
    from mlscaffold.datasets.duplicates import near_pairs, pixel_groups
    from mlscaffold.datasets.turned import turned_pairs

    here = data.raw_media(project)
    if not named & here.keys():
        return []
    facts = media.facts(project, here, base=data.RAW)
    groups = pixel_groups(facts)
    same = {path: set(group) for group in groups for path in group}
    links = [(pair.first, pair.second) for pair in (*near_pairs(facts), *turned_pairs(facts))]
    wanted = set(named).union(*(same.get(path, set()) for path in named))
    found = set(wanted)
    for one, other in links:
        for a, b in ((one, other), (other, one)):
            if {a, *same.get(a, ())} & wanted:
                found |= {b, *same.get(b, ())}
    return sorted(path for path in found - named if here.get(path) not in digests)


def _bury(project: Project, pictures: Sequence[Picture], *, reason: str, by: str) -> str:
    """Write the tombstones; the file that holds them."""
    day = project.today.isoformat()
    rows = [
        {
            "digest": picture.digest,
            "name": digest_of(picture.path),
            "split": picture.split,
            "prepared": picture.prepared.digest if picture.prepared else "",
            "predicted": digest_of(picture.prepared.path) if picture.prepared else "",
            "label": picture.label,
            "date": day,
            "reason": reason,
            "by": by,
        }
        for picture in pictures
    ]
    rows.sort(key=lambda row: (row["digest"], row["name"]))
    mark = hashlib.sha256("\n".join(row["digest"] + row["name"] for row in rows).encode()).hexdigest()[:8]
    path = f"{FOLDER}/{day}-{mark}.csv"
    write_table(project.root / path, COLUMNS, rows)
    return path


def _erase(root: Path, path: str) -> bool:
    """Remove a file, or the link that stands for it."""
    place = on_disk(root / path)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    except OSError as problem:
        raise ScaffoldError(
            f"{path} cannot be erased: {problem.strerror}.",
            reference="not-erased",
            context="The tombstones are written; nothing that is erased comes back.",
            hint="Mend the permissions, then: mlscaffold data forget --again",
        ) from problem
    return True


def _drop(root: Path, paths: set[str], digests: set[str], pictures: Sequence[Picture]) -> dict[str, int]:
    """Take the rows of the pictures out of all tables; how many went out of which."""
    prepared = {picture.prepared.path for picture in pictures if picture.prepared}
    steps: list[Step] = [
        (table, ("path", "origin"), lambda row: composed(row["origin"]) in paths)
        for table in sorted((root / "data/processed").glob("*/annotations.csv"))
    ]
    steps.append((root / PREPARED, ("path", "origin"), lambda row: composed(row["path"]) in prepared or row["origin"] in digests))
    return take_out(root, paths, digests=digests, before=steps)


def _prune(root: Path, folder: Path) -> None:
    """Remove folders that hold nothing any more, up to the source or the split."""
    while folder != root and len(folder.relative_to(root).parts) > 3 and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
