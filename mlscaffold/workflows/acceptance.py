"""Record a change of the targets that people made in `acceptance.toml`, and rank every model anew under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import acceptance, chain, decisions, evaluations, records, testsets
from mlscaffold.evidence.acceptance import METRICS
from mlscaffold.evidence.answered import answers
from mlscaffold.evidence.targets import FILE, Targets, differences, first_result, targets_at, targets_of
from mlscaffold.practice.ranking import Answer, Ranked, rank
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.splitnames import is_test
from mlscaffold.stages import find_stage
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.waive import understood
from mlscaffold.writing import write_toml

ABSENT = (Missing, Unknown, ScaffoldError)
Models = Mapping[str, Mapping[str, Answer]]
"""Run → picture → answer."""


@dataclass(frozen=True)
class Ranking:
    """Models that answered the same pictures, best first, under one metric; `before` is the winner under the old one.

    `left_out` counts runs that answered others; `behind` are models that no evaluation on these test pictures has, each with the
    command that makes one.
    """

    what: str
    metric: str
    models: tuple[Ranked, ...]
    before: str
    left_out: int
    behind: tuple[tuple[str, str], ...] = ()

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
    why = understood(reason)
    person = git.canonical_name(who.strip() or git.identity(project.root), project.root)
    if not person:
        raise UsageError("Nobody is named who changed it", reference="no-owner", hint='--as "NAME"')
    before, now = known_targets(project), targets_of(project.read(acceptance.read, FILE))
    if now.metric in METRICS and (METRICS[now.metric].of_class or METRICS[now.metric].of_export):
        raise UsageError(
            f"{FILE}: {now.metric} is no metric of the whole model, so models cannot be ranked by it",
            reference="not-of-the-model",
            hint=f"Write it as a threshold, and optimise one of {', '.join(n for n, m in METRICS.items() if not (m.of_class or m.of_export))}",
        )
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
            "reason": why,
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
    """Chosen runs on validation, and evaluated models on each test set, under today's metric; from their predictions alone."""
    sources = [("validation", [f for stage in ("training", "tuning") for f in project.glob(f"reports/{stage}/*/validation.csv")])]
    sources += [
        (name, project.glob(evaluations.file_of("reports/evaluation/*", "predictions", name))) for name in testsets.known(project)
    ]
    found = []
    for what, files in sources:
        models, names, left = _same_pictures(project, files)
        if not models:
            continue
        behind: tuple[tuple[str, str], ...] = ()
        if is_test(what):
            models, behind = _one_each(project, models, left)
            left = []
        try:
            ranked = rank(models, now, names)
            old = rank(models, before, names)[0].name if before else ""
        except UsageError:  # a metric that answers alone do not give, such as the size of an export
            continue
        found.append(Ranking(what, now, ranked, old, len(left), behind))
    return tuple(found)


def _one_each(project: Project, models: Models, left: list[str]) -> tuple[Models, tuple[tuple[str, str], ...]]:
    """Of each model its newest evaluation on these pictures; and the models that have none, each with the command for one."""
    checkpoints = {e.run: e.checkpoint or e.run for e in chain.evaluations(project)}
    newest = {checkpoints.get(run, run): run for run in sorted(models)}
    lacking = {checkpoints.get(run, run): run for run in sorted(left) if checkpoints.get(run, run) not in newest}
    evaluate = f"python -m {project.settings.package}.evaluate"
    behind = tuple((run, f"{evaluate} --checkpoint {digest[:12]}") for digest, run in lacking.items())
    return {run: models[run] for run in newest.values()}, behind


def _same_pictures(project: Project, files: list[str]) -> tuple[Models, tuple[str, ...], list[str]]:
    """The models that answered the pictures of the newest one (runs are named by time), the classes, and the runs that did not."""
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
        return {}, names, []
    newest = next(iter(tables.values()))
    wanted = {key: answer.label for key, answer in newest.items()}
    same = {run: rows for run, rows in tables.items() if {key: a.label for key, a in rows.items()} == wanted}
    return same, names, [run for run in tables if run not in same]
