"""Record a change of the targets that people made in `acceptance.toml`, and rank every model anew under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import acceptance, chain, decisions, records
from mlscaffold.evidence.answered import answers
from mlscaffold.evidence.targets import FILE, Targets, differences, first_result, targets_at, targets_of
from mlscaffold.practice.ranking import Answer, Ranked, rank
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.stages import find_stage
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.waive import SHORTEST_REASON
from mlscaffold.writing import write_toml

ABSENT = (Missing, Unknown, ScaffoldError)


@dataclass(frozen=True)
class Ranking:
    """Models that answered the same pictures, best first, under one metric; `before` is the winner under the old one."""

    what: str
    metric: str
    models: tuple[Ranked, ...]
    before: str
    left_out: int

    @property
    def winner(self) -> str:
        """The best one now."""
        return self.models[0].name


@dataclass(frozen=True)
class Changed:
    """What was recorded."""

    path: str
    text: tuple[str, ...]
    after_test: bool
    seen: tuple[str, ...]
    rankings: tuple[Ranking, ...]


def change(project: Project, *, reason: str, who: str = "", dry_run: bool = False) -> Changed:
    """Record that `acceptance.toml` was changed, by whom and why, and rank chosen runs and evaluations under it.

    Raises `Refused` where nothing changed since it was agreed last.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise UsageError(
            f"The reason {reason.strip()!r} is too short to be understood later",
            reference="no-reason",
            hint='--reason "WHY, in a sentence"',
        )
    person = git.canonical_name(who.strip() or git.identity(project.root), project.root)
    if not person:
        raise UsageError("Nobody is named who changed it", reference="no-owner", hint='--as "NAME"')
    before, now = known_targets(project), targets_of(project.read(acceptance.read, FILE))
    text = differences(before, now)
    if not text:
        raise Refused(
            f"{FILE} asks for what it asked for before: nothing to record",
            reference="no-change",
            hint=f"Change {FILE} first, then run this again.",
        )
    seen = tuple(e.run for e in chain.evaluations(project))
    rankings = rank_anew(project, before.metric, now.metric)
    number = max((c.number for c in decisions.changes(project)), default=0) + 1
    path = f"{decisions.FOLDER}/acceptance/{number}.toml"
    if not dry_run:
        table: dict[str, object] = {
            "schema": 1,
            "change": number,
            "round": records.current_round(project),
            "who": person,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "reason": " ".join(reason.split()),
            "after_test": bool(seen),
            "seen": list(seen),
            "changed": list(text),
            "before": before.table,
            "after": now.table,
        }
        if rankings:
            table["winner"] = {"of": rankings[0].what, "before": rankings[0].before, "after": rankings[0].winner}
        write_toml(project.root / path, table)
    return Changed(path, text, bool(seen), seen, rankings)


def known_targets(project: Project) -> Targets:
    """What was agreed last; raises `Refused` where nothing was.

    By the last record, else when the first result of this round came, else when stage 1 was signed, else as it is committed.
    """
    recorded = decisions.changes(project)
    if recorded:
        return Targets(recorded[-1].after)
    first = find_stage("problem")
    signed = records.signoff(project, first.number, first.slug)
    agreed = (first_result(project), git.last_commit_of(signed.path, project.root) if signed else "", git.head(project.root))
    known = next((t for commit in agreed if (t := targets_at(project, commit)) is not None), None)
    if known is None:
        raise Refused(
            f"{FILE} was never committed, so there is nothing that it could have been changed from",
            reference="no-history",
            hint=f"git add {FILE} && git commit",
        )
    return known


def rank_anew(project: Project, before: str, now: str) -> tuple[Ranking, ...]:
    """Chosen runs on validation, and evaluated models on test, under today's metric; from their predictions alone."""
    sources = (
        ("validation", [*project.glob("reports/training/*/validation.csv"), *project.glob("reports/tuning/*/validation.csv")]),
        ("test", project.glob("reports/evaluation/*/predictions.csv")),
    )
    found = []
    for what, files in sources:
        models, names, left_out = _same_pictures(project, files)
        if not models:
            continue
        try:
            ranked = rank(models, now, names)
            old = rank(models, before, names)[0].name if before else ""
        except UsageError:  # a metric that answers alone do not give, such as the size of an export
            continue
        found.append(Ranking(what, now, ranked, old, left_out))
    return tuple(found)


def _same_pictures(project: Project, files: list[str]) -> tuple[Mapping[str, Mapping[str, Answer]], tuple[str, ...], int]:
    """The models that answered the pictures of the newest one (runs are named by time), the classes, and how many did not."""
    tables: dict[str, dict[str, Answer]] = {}
    names: tuple[str, ...] = ()
    for path in sorted(files, key=lambda f: f.split("/")[2], reverse=True):
        try:
            rows, classes = answers(project, path)
        except ABSENT:
            continue
        tables[path.split("/")[2]] = rows
        names = tuple(dict.fromkeys((*names, *classes)))
    if not tables:
        return {}, names, 0
    newest = next(iter(tables.values()))
    wanted = {key: answer.label for key, answer in newest.items()}
    same = {run: rows for run, rows in tables.items() if {key: a.label for key, a in rows.items()} == wanted}
    return same, names, len(tables) - len(same)
