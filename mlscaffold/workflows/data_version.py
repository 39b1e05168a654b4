"""Name the state of the data, list the names, and tell which of them a run was made with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import runs
from mlscaffold.evidence.versions import FOLDER, State, Version, state_of, versions
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.writing import write_toml

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
TABLES = ("data/manifest", "data/splits", "data/raw", "data/schema.toml")


@dataclass(frozen=True)
class DataVersion:
    """Today's state, the versions that are just that, and the newest one that is not (none where all are)."""

    state: State
    same: tuple[Version, ...]
    latest: Version | None
    written: str = ""


@dataclass(frozen=True)
class UsedBy:
    """What a run used: split → the versions whose prepared data were the same; an empty tuple where no named one was."""

    run: str
    stage: str
    splits: dict[str, tuple[str, ...]]


def data_version(project: Project, name: str = "", *, note: str = "", by: str = "") -> DataVersion:
    """The state of the data; with a `name` it is recorded under `data/versions`, one file a version, so that branches merge."""
    state, known = state_of(project), versions(project)
    same = tuple(version for version in known if version.state.digest == state.digest)
    other = [version for version in known if version.state.digest != state.digest]
    written = ""
    if name:
        written = _record(project, state, name, known=known, note=note, by=by)
        known = versions(Project(project.root))
        same = tuple(version for version in known if version.state.digest == state.digest)
    return DataVersion(state, same, other[-1] if other and not same else None, written)


def _record(project: Project, state: State, name: str, *, known: list[Version], note: str, by: str) -> str:
    """Write the file of a version; its path, or an empty text where it says just this already."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f'"{name}" cannot name a version.', reference="version-name", hint="Use letters, digits, dot, dash and underscore."
        )
    if not state.labels:
        raise ScaffoldError(
            "The labels are not on this machine; without them a name would mean nothing.", reference="no-labels", hint="dvc pull"
        )
    before = next((version for version in known if version.name.casefold() == name.casefold()), None)
    if before and before.state.digest == state.digest:
        return ""
    if before:
        raise UsageError(
            f"{before.name} names other data ({before.state.digest[:12]}, {before.when[:10]}).",
            reference="version-taken",
            hint="A version stays what it is: choose another name.",
        )
    clean = git.top(project.root) is not None and not git.status(project.root, *TABLES)
    path = f"{FOLDER}/{name}.toml"
    table = {
        "schema": 1,
        "digest": state.digest,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": by.strip() or git.identity(project.root),
        "note": " ".join(note.split()),
        "commit": git.head(project.root) if clean else "",
        "digests": {"media": state.media, "labels": state.labels, "splits": state.splits},
        "counts": {"pictures": state.pictures, "labelled": state.labelled},
        "rows": state.rows,
        "prepared": state.prepared,
    }
    write_toml(project.root / path, table)
    return path


def used_by(project: Project, run: str) -> UsedBy:
    """Which named versions a run of training, tuning or evaluation was made with, by the digests in its provenance."""
    if not re.fullmatch(r"[\w.-]+", run):
        raise UsageError(f'"{run}" is no name of a run.', reference="no-such-run")
    for stage in ("training", "tuning", "evaluation"):
        path = f"reports/{stage}/{run}/provenance.json"
        if not project.exists(path):
            continue
        known = versions(project)
        used = project.read(runs.read_provenance, path).data
        return UsedBy(
            run, stage, {s: tuple(v.name for v in known if v.state.prepared.get(s) == of.digest) for s, of in used.items()}
        )
    raise UsageError(
        f"reports has no run {run}.", reference="no-such-run", hint="ls reports/training reports/tuning reports/evaluation"
    )


def commit_of_version(project: Project, name: str) -> str:
    """The commit whose tables are those of a named version; an empty text where there is no such name. Raises where none holds them."""
    from mlscaffold.history import RevisionTree

    version = next((v for v in versions(project) if v.name == name), None) if NAME.fullmatch(name) else None
    if version is None:
        return ""
    for commit in dict.fromkeys((version.commit, git.last_commit_of(version.path, project.root))):
        if not commit or not git.has_commit(commit, project.root):
            continue
        try:
            if state_of(Project(project.root, tree=RevisionTree(project.root, commit))).digest == version.state.digest:
                return commit
        except (Missing, Unknown, ScaffoldError):
            continue
    raise ScaffoldError(
        f"No commit here holds the tables of version {name}.",
        reference="version-not-committed",
        hint="Commit the tables before, or together with, the file of a version. In a shallow clone: git fetch --unshallow",
    )
