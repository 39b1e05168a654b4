"""Record a version of every test set whose pictures are not those of its newest one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import testsets
from mlscaffold.evidence.testsets import Version
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST
from mlscaffold.writing import write_toml

SELECTING = ("named", "extended", "replaced")
"""What makes a version of a selection."""


def record_tests(
    root: Path, *, how: Mapping[str, str] | str = "dealt", reason: str = "", where: str = "", who: str = ""
) -> tuple[Version, ...]:
    """Write `data/splits/tests/<set>-<version>-<digest>.toml` where a test set changed, and return the new versions.

    Call it after the tables were written; and with `how="by hand"` before, so that what people changed in them is a version of its
    own. `how` may name each set; `where` is recorded for a set that was made of a selection. A set without a picture and without a
    version is none.
    """
    project = Project(root)
    known, held = testsets.versions(project), testsets.held(project)
    who = who or person(root)
    made = []
    for name in sorted(known.keys() | held.keys()):
        digests = held.get(name, [])
        digest, heads = testsets.digest_of(digests), testsets.heads(known[name]) if name in known else []
        if len(heads) == 1 and heads[0].digest == digest:
            continue
        said = how if isinstance(how, str) else how.get(name, "dealt")
        inherited = heads[-1].where if heads and name != TEST else ""
        version = Version(
            path="",
            set=name,
            number=heads[-1].number + 1 if heads else 1,
            how="merged" if len(heads) > 1 else "dealt" if said == "by hand" and not heads else said,
            rows=len(digests),
            digest=digest,
            where=where if where and said in SELECTING else inherited,
            reason=" ".join(reason.split()),
            who=who,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        made.append(_write(root, version))
    return tuple(made)


@contextmanager
def recorded(project: Project, how: str, *, reason: str = "", who: str = "") -> Iterator[None]:
    """Around what takes pictures out of the tables: what people changed before is a version of its own, and so is what is left.

    Nothing is recorded in a project that has no versions yet.
    """
    known = bool(testsets.versions(project))
    if known:
        record_tests(project.root, how="by hand", who=who)
    yield
    if known:
        record_tests(project.root, how=how, reason=reason, who=who)


def person(root: Path, who: str = "") -> str:
    """Who changes a test set: the name that was given, else the git user; empty where nobody is known."""
    try:
        return git.canonical_name(who.strip() or git.identity(root), root)
    except ScaffoldError:  # no git: the version is worth more than the name
        return who.strip()


def _write(root: Path, version: Version) -> Version:
    path = f"{testsets.FOLDER}/{version.set}-{version.number}-{version.digest[:8]}.toml"
    table = {
        "schema": 1,
        "set": version.set,
        "version": version.number,
        "how": version.how,
        "rows": version.rows,
        "digest": version.digest,
        "where": version.where,
        "reason": version.reason,
        "who": version.who,
        "when": version.when,
    }
    write_toml(root / path, table)
    return Version(path, **{key: value for key, value in vars(version).items() if key != "path"})
