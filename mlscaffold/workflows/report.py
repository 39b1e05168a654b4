"""Gather what a report for people shows: findings, numbers, figures, decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mlscaffold import __version__
from mlscaffold.datasets.thumbnails import thumbnail
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import acceptance as acceptances
from mlscaffold.evidence import chain, decisions, evaluations, exports, predictions, records, withdrawals
from mlscaffold.model import Report
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.reports.content import AcceptanceRow, ChangeRow, ConfusionTable, Content, MetricRow, ReopenedRow, WaiverRow
from mlscaffold.splitnames import is_test
from mlscaffold.workflows.check import Options, check_project
from mlscaffold.workflows.release import against_release, production

ABSENT = (Missing, Unknown, ScaffoldError)
MOST_PICTURES = 12
OF_EXPORTS = ("size_bytes", "latency_p95_ms")


def gather(project: Project, *, options: Options | None = None) -> Content:
    """Everything that a report shows, as far as it is there; pictures only where the settings let reports hold them."""
    report = check_project(project, options)
    evaluated = _evaluation(project)
    measured = _measured(project, evaluated)
    return Content(
        report=report,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        problem=project.settings.problem,
        tool_version=__version__,
        acceptance=_acceptance(project, measured),
        metrics=_metrics(project, measured),
        evaluated=f"{_evaluated(evaluated, measured)}{_withdrawn(project, evaluated)}" if evaluated else "",
        curves_svg=_curves(project),
        confusion=_confusion(project, evaluated),
        mistakes=_mistakes(project, evaluated),
        signoffs=tuple(s.signoff for s in report.stages if s.signoff),
        waivers=_waivers(project, report),
        production=production(project),
        changes=_changes(project),
        reopened=_reopened(project),
        compared=against.text if (against := against_release(project)) else "",
    )


def _evaluated(evaluated: chain.Evaluation, measured: evaluations.Evaluation | None) -> str:
    """Which model was evaluated, and on which test sets."""
    sets = {measured.split: measured, **measured.sets} if measured else {}
    told = []
    for name, numbers in sets.items():
        version = evaluated.data.get(name, {}).get("version")
        told.append(f"{name}{f' version {version}' if version else ''} ({numbers.n} pictures)")
    return f"{evaluated.run}, checkpoint {evaluated.checkpoint[:12]}" + (f", on {', '.join(told)}" if told else "")


def _evaluation(project: Project) -> chain.Evaluation | None:
    for stage in ("tuning", "training"):
        try:
            return chain.evaluation_of(project, stage)
        except ABSENT:
            continue
    return None


def _withdrawn(project: Project, evaluated: chain.Evaluation) -> str:
    """How many rows of an evaluation are of pictures that were withdrawn since, in words."""
    try:
        table = project.read(predictions.read, f"{evaluated.folder}/predictions.csv")
        gone = len(withdrawals.rows_withdrawn(project, table))
    except ABSENT:
        return ""
    return f"; {gone} of {len(table.rows)} rows withdrawn since" if gone else ""


def _measured(project: Project, evaluated: chain.Evaluation | None) -> evaluations.Evaluation | None:
    if evaluated is None:
        return None
    try:
        return project.read(evaluations.read, f"{evaluated.folder}/metrics.json")
    except ABSENT:
        return None


def _acceptance(project: Project, measured: evaluations.Evaluation | None) -> tuple[AcceptanceRow, ...]:
    try:
        wanted = project.read(acceptances.read, "acceptance.toml")
    except ABSENT:
        return ()
    rows = []
    for threshold in wanted.thresholds:
        value = _of_exports(project, threshold) if threshold.metric in OF_EXPORTS else None
        value = value or (measure_of(measured, threshold) if measured else None)
        met = None if value is None else threshold.holds(value.value)
        low, high = (value.low, value.high) if value and value.low < value.high else (None, None)
        bounds = [f"at least {acceptances.plain(threshold.min)}"] if threshold.min is not None else []
        bounds += [f"at most {acceptances.plain(threshold.max)}"] if threshold.max is not None else []
        rows.append(AcceptanceRow(threshold.text, " and ".join(bounds), value.value if value else None, low, high, met))
    return tuple(rows)


def _of_exports(project: Project, threshold: acceptances.Threshold) -> evaluations.Measure | None:
    """The worst value of the exports that a threshold speaks of."""
    values = []
    for path in project.glob("exports/*/card.json"):
        try:
            card = project.read(exports.read, path)
        except ABSENT:
            continue
        value = card.bytes if threshold.metric == "size_bytes" else (card.latency.p95_ms if card.latency else None)
        if value is not None and threshold.target in ("", card.target):
            values.append(float(value))
    worst = max(values, default=None)
    return None if worst is None else evaluations.Measure(worst, worst, worst)


def measure_of(measured: evaluations.Evaluation, threshold: acceptances.Threshold) -> evaluations.Measure | None:
    """The measured value that a threshold speaks of, or None where it was not measured."""
    if threshold.slice:
        return None
    if threshold.split != measured.split:
        found = measured.sets.get(threshold.split)
        return measure_of(found, replace(threshold, split=found.split)) if found else None
    if threshold.of_class:
        scores = measured.classes.get(threshold.of_class)
        return getattr(scores, threshold.metric, None) if scores else None
    return measured.metrics.get(threshold.metric)


def _metrics(project: Project, measured: evaluations.Evaluation | None) -> tuple[MetricRow, ...]:
    if measured is None:
        return ()
    try:
        wanted = project.read(acceptances.read, "acceptance.toml")
        human, optimised = wanted.human, wanted.optimise or "accuracy"
    except ABSENT:
        human, optimised = None, "accuracy"
    rows = [
        MetricRow(
            name, m.value, m.low, m.high, baseline=measured.baseline.get(name),
            human=human.value if human and human.metric == name else None,
        )
        for name, m in measured.metrics.items()
    ]  # fmt: skip
    for name, told in measured.sets.items():  # of a named test set only the metric that counts
        if m := told.metrics.get(optimised):
            rows.append(MetricRow(f"{optimised} on {name}", m.value, m.low, m.high, baseline=told.baseline.get(optimised)))
    return tuple(rows)


def _curves(project: Project) -> bytes | None:
    for stage in ("tuning", "training"):
        try:
            choice = chain.chosen(project, stage)
            folder = chain.chosen(project, "training").folder if choice.keep else choice.folder
            return project.content(f"{folder}/curves.svg")
        except ABSENT:
            continue
    return None


def _confusion(project: Project, evaluated: chain.Evaluation | None) -> ConfusionTable | None:
    if evaluated is None:
        return None
    try:
        table = project.read(evaluations.read_confusion, f"{evaluated.folder}/confusion.csv")
    except ABSENT:
        return None
    return ConfusionTable(tuple(table.classes), tuple(tuple(row) for row in table.counts))


def _mistakes(project: Project, evaluated: chain.Evaluation | None) -> tuple[tuple[str, bytes], ...]:
    """Wrong answers of the eyeball split, as pictures; never of the test set."""
    if evaluated is None or project.settings.pictures != "embed":
        return ()
    try:
        rows = project.read(predictions.read, f"{evaluated.folder}/eyeball.csv").rows
    except ABSENT:
        return ()
    shown = []
    for row in rows:
        if row.label == row.prediction or is_test(row.path.split("/")[0]):
            continue
        try:
            shown.append((f"{row.label}, taken for {row.prediction}", thumbnail(project.content(f"data/processed/{row.path}"))))
        except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is for a check to say
            continue
        if len(shown) == MOST_PICTURES:
            break
    return tuple(shown)


def _changes(project: Project) -> tuple[ChangeRow, ...]:
    try:
        return tuple(ChangeRow(c.text, c.reason, c.who, c.when, c.after_test) for c in decisions.changes(project))
    except ScaffoldError:
        return ()


def _reopened(project: Project) -> tuple[ReopenedRow, ...]:
    try:
        return tuple(ReopenedRow(r.stage, r.round, r.reason, r.who, r.when) for r in decisions.reopenings(project))
    except ScaffoldError:
        return ()


def _waivers(project: Project, report: Report) -> tuple[WaiverRow, ...]:
    try:
        listed = records.waivers(project)
        skipped = records.skips(project)
    except ScaffoldError:
        return ()
    rows = [WaiverRow(w.check, w.reason, w.owner, w.until.isoformat()) for w in listed]
    rows += [WaiverRow(f"stage {s.stage} (skipped)", s.reason, s.owner, s.until.isoformat() if s.until else "") for s in skipped]
    return tuple(rows)
