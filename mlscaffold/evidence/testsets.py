"""The versions of the test sets: which pictures each of them held, since when, and why it changed.

A version is a file of its own in `data/splits/tests`, so that two branches merge. It holds the digest of the pictures, not of their
labels: a corrected label makes an evaluation stale, and is no new set.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlscaffold.evidence import data, pipelines
from mlscaffold.evidence.fields import read_toml
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import TEST, is_test, order

FOLDER = "data/splits/tests"
WITHDRAWN = "withdrawn"
HOW = {
    "dealt": "dealt",
    "named": "made of a selection",
    "extended": "extended",
    "replaced": "replaced",
    "kept": "kept of a set that was replaced",
    "again": "dealt anew with all splits",
    "parted": "parted, for another set",
    "merged": "merged of two branches",
    WITHDRAWN: "without pictures that were withdrawn",
    "doubles": "without pictures that were there twice",
    "by hand": "changed without a command",
}
"""What made a version → how that is said."""


@dataclass(frozen=True)
class Version:
    """A version of a test set; `where` is the selection that a named set was made of, `rows` counts its pictures."""

    path: str
    set: str
    number: int
    how: str
    rows: int
    digest: str
    where: str = ""
    reason: str = ""
    who: str = ""
    when: str = ""

    @property
    def name(self) -> str:
        """The set and its version: `version 2 of test`."""
        return f"version {self.number} of {self.set}"

    @property
    def said(self) -> str:
        """What made it, in words."""
        return HOW.get(self.how, self.how)

    @property
    def text(self) -> str:
        """The version in a few words: `version 2 of test (extended on 2026-11-30 by Ada Byron)`."""
        return f"{self.name} ({self.made})"

    @property
    def made(self) -> str:
        """How, when and by whom it was made."""
        return f"{self.said} on {self.when[:10]}" + (f" by {self.who}" if self.who else "")


def read(content: bytes, path: str) -> Version:
    """Parse a version."""
    top = read_toml(content, path)
    name = top.text("set")
    if not is_test(name):
        top.broken("set", f'is "{name}", which is no test set')
    return Version(
        path,
        name,
        number=top.count("version"),
        how=top.choice("how", HOW),
        rows=top.count("rows"),
        digest=top.digest("digest"),
        where=top.text("where", ""),
        reason=top.text("reason", ""),
        who=top.text("who", ""),
        when=top.text("when"),
    )


def versions(project: Project) -> dict[str, list[Version]]:
    """Test set → its versions, oldest first; empty in a project that never recorded one. Raises `Broken`."""
    found: dict[str, list[Version]] = defaultdict(list)
    for path in project.glob(f"{FOLDER}/*.toml"):
        version = project.read(read, path)
        found[version.set].append(version)
    return {name: sorted(found[name], key=lambda v: (v.number, v.when, v.path)) for name in sorted(found)}


def newest(project: Project, name: str) -> Version | None:
    """The newest version of a test set, or None where none was recorded."""
    return versions(project).get(name, [None])[-1]


def newer(project: Project, used: Mapping[str, object], split: str) -> Version | None:
    """The newest version of a test set, where what was used of it (`digest`, perhaps `version`) is of an older one; else None.

    A set that only lost withdrawn pictures is the same one: its old numbers stand, without those rows. Before versions were recorded none was written down: then it is older where the data are others, and a second version exists.
    """
    version, last = used.get("version"), newest(project, split)
    if last is None or last.number <= 1:
        return None
    if isinstance(version, int):
        later = [other for other in versions(project)[split] if other.number > version and other.how != WITHDRAWN]
        return last if later else None
    try:
        same = pipelines.withdrawn_since(project, split, str(used.get("digest", ""))) is not None
    except Missing:
        return None
    return None if same else last


def heads(known: list[Version]) -> list[Version]:
    """The newest versions of one set: more than one where two branches that each made one were merged."""
    return [version for version in known if version.number == known[-1].number]


def known(project: Project) -> tuple[str, ...]:
    """The test sets of today, by the split tables and the processed splits; `test` first, also where it is empty."""
    names = {TEST, *held(project), *filter(is_test, data.prepared_splits(project))}
    return tuple(sorted(names, key=order))


def digest_of(digests: Iterable[str]) -> str:
    """The digest of a test set: of the digests of its files, a line each, in any order."""
    return hashlib.sha256("".join(sorted(f"{digest}\n" for digest in digests)).encode()).hexdigest()


def held(project: Project) -> dict[str, list[str]]:
    """Test set → digests of the files that the split tables deal to it."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        rows = data.splits(project)
    except Missing:
        return {}
    for row in rows:
        if is_test(row.split):
            found[row.split].append(row.digest)
    return dict(found)
