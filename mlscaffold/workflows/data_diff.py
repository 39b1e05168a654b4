"""Compare the data of today with those of a commit, by their committed tables: what was relabelled, came, went or moved."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlscaffold import git
from mlscaffold.errors import UsageError
from mlscaffold.evidence import data, testsets
from mlscaffold.evidence.testsets import Version
from mlscaffold.project import Missing, Project
from mlscaffold.reports.diff.content import NO_SPLIT, Changed, DataDiff
from mlscaffold.splitnames import order

EDGE = 144
"""Pixels of a thumbnail's longer side."""


@dataclass(frozen=True)
class Known:
    """What a project's tables say of its media: by path the label, the split and the digest; of each test set the newest version."""

    labels: dict[str, str]
    splits: dict[str, str]
    digests: dict[str, str]
    classes: tuple[str, ...]
    tests: dict[str, Version] = field(default_factory=dict)


def data_diff(project: Project, revision: str = "HEAD") -> DataDiff:
    """The data at `revision` (a commit, branch or tag, else a named version) beside those in `project`; raises where there is none."""
    from mlscaffold.history import RevisionTree
    from mlscaffold.workflows.data_version import commit_of_version

    commit = git.commit_of(revision, project.root) or commit_of_version(project, revision)
    if not commit:
        raise UsageError(
            f'"{revision}" is no commit of this repository, and no version of the data.',
            reference="no-such-commit",
            hint="git log --oneline lists commits, mlscaffold data version --list versions.",
        )
    before = known(Project(project.root, tree=RevisionTree(project.root, commit)))
    return compare(before, known(project), revision=revision, commit=commit)


def known(project: Project) -> Known:
    """What the committed tables say."""
    try:
        classes = tuple(data.classes(project))
    except Missing:
        classes = ()
    try:
        splits = {row.path: row.split for row in data.splits(project)}
    except Missing:
        splits = {}
    labels = {row.path: row.label for row in data.annotation_rows(project)}
    digests = {row.path: row.digest for row in data.manifest(project)}
    tests = {name: versions[-1] for name, versions in testsets.versions(project).items()}
    return Known(labels, splits, digests, classes, tests)


def compare(before: Known, after: Known, *, revision: str, commit: str) -> DataDiff:
    """What is different; a file that only has another name (the same digest) is renamed, not gone and new."""
    gone, new = before.labels.keys() - after.labels.keys(), after.labels.keys() - before.labels.keys()
    by_digest = {before.digests[p]: p for p in sorted(gone, reverse=True) if p in before.digests}
    renamed: dict[str, str] = {}
    for path in sorted(new):
        old = by_digest.pop(after.digests.get(path, ""), "")
        if old:
            renamed[path] = old
    stayed = [(p, p) for p in sorted(before.labels.keys() & after.labels.keys())] + [(o, p) for p, o in renamed.items()]

    def split(path: str) -> str:
        return after.splits.get(path) or before.splits.get(path) or NO_SPLIT

    def differing(old: dict[str, str], now: dict[str, str], *, both: bool = False) -> tuple[Changed, ...]:
        pairs = [(p, old.get(o, ""), now.get(p, "")) for o, p in stayed]
        return tuple(Changed(p, a, b, split(p)) for p, a, b in sorted(pairs) if a != b and (not both or (a and b)))

    return DataDiff(
        revision=revision,
        commit=commit,
        rows=(len(before.labels), len(after.labels)),
        relabelled=differing(before.labels, after.labels),
        added=tuple(Changed(p, "", after.labels[p], split(p)) for p in sorted(new - renamed.keys())),
        removed=tuple(Changed(p, before.labels[p], "", split(p)) for p in sorted(gone - set(renamed.values()))),
        moved=differing(before.splits, after.splits, both=True),
        renamed=tuple(Changed(p, o, p, split(p)) for p, o in sorted(renamed.items())),
        contents=differing(before.digests, after.digests, both=True),
        classes=(before.classes, after.classes),
        tests=tuple(_versions(before.tests, after.tests)),
    )


def _versions(before: dict[str, Version], after: dict[str, Version]) -> Iterator[str]:
    """A sentence for each test set that has another version."""
    for name in sorted(before.keys() | after.keys(), key=order):
        old, new = before.get(name), after.get(name)
        if new and new != old:
            was = f"version {old.number} ({old.rows} pictures)" if old else "no version"
            yield f"{name}: {was}, now version {new.number} ({new.rows} pictures, {new.made})"
        elif old and not new:
            yield f"{name}: version {old.number} ({old.rows} pictures) is recorded no more"


def picture_of(project: Project, path: str) -> str:
    """A small copy of a raw picture as a data URI; empty where it is not here, cannot be decoded, or reports may hold no pictures."""
    from mlscaffold.datasets.thumbnails import thumbnail

    if project.settings.pictures != "embed":
        return ""
    try:
        small = thumbnail(project.content(f"data/raw/{path}"), edge=EDGE, kind="JPEG")
    except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is for a check to say
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(small).decode()
