"""What has changed in a split since a run: today's prepared table against the one in the commit of the run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data, tables
from mlscaffold.evidence.runs import Provenance
from mlscaffold.evidence.wording import count
from mlscaffold.project import Project


def differences(project: Project, record: Provenance, split: str) -> str:
    """`3 labels differ, 2 pictures are new`; empty where the table of the run is in no commit that is here."""
    used = record.data.get(split)
    then = next((rows for rows in _tables(project, record, split) if used and _digest(rows) == used.digest), None)
    if then is None:
        return ""
    now = Counter((row.digest, row.label) for row in data.processed(project, split))
    gone, came = _pictures(then - now), _pictures(now - then)
    relabelled = (gone & came).total()
    told = [f"{count(relabelled, 'label')} {'differs' if relabelled == 1 else 'differ'}"] if relabelled else []
    for left, words in ((came - gone, "new"), (gone - came, "gone")):
        if left:
            told.append(f"{count(left.total(), 'picture')} {'is' if left.total() == 1 else 'are'} {words}")
    return ", ".join(told)


def _pictures(rows: Counter[tuple[str, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (digest, _), n in rows.items():
        found[digest] += n
    return found


def _tables(project: Project, record: Provenance, split: str) -> Iterator[Counter[tuple[str, str]]]:
    """The prepared table of a split at the commit of the run, then at the one that brought its report."""
    path = f"data/processed/{split}/annotations.csv"
    for commit in (record.commit, git.last_commit_of(record.path, project.root)):
        content = git.show(f"{commit}:./{path}", project.root) if commit else None
        if content is None:
            continue
        try:
            table = tables.read(content, path)
            table.need("digest", "label")
        except ScaffoldError:
            continue
        yield Counter((row["digest"].lower(), row["label"]) for row in table.rows)


def _digest(rows: Counter[tuple[str, str]]) -> str:
    lines = sorted(f"{digest},{label}\n" for digest, label in rows.elements())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
