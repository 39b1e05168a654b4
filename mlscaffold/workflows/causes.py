"""Sort the mistakes of the chosen model by cause: give them to a person, take the answers back, and count what each cause costs."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from mlscaffold.datasets.tables import write_table
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import Broken, causes, chain, data, judged, predictions
from mlscaffold.evidence.causes import FOLDER, MISTAKES, TABLE
from mlscaffold.evidence.fields import read_json
from mlscaffold.evidence.judgements import UNSURE, UNTOLD, Asked, Item
from mlscaffold.evidence.predictions import Prediction
from mlscaffold.practice.causes import WRONG_LABEL, agreement, tally
from mlscaffold.practice.intervals import wilson
from mlscaffold.practice.labels import decide
from mlscaffold.project import Missing, Project
from mlscaffold.reports.causes import Mistake, Sorted
from mlscaffold.reports.causes.md import render
from mlscaffold.reports.judging import Form
from mlscaffold.workflows.apply import Received, keep, result
from mlscaffold.workflows.judging import form_of, need_sheet, record
from mlscaffold.writing import write_text

MOST = 30
"""Causes on a sheet: more than can be read at a glance are no help."""
COLUMNS = ("path", "label", "prediction", "confidence", "causes", "remark")
WRONG_LABELS = "wrong-labels.txt"


def make_sheet(project: Project, *, named: Sequence[str] = (), count: int = 100, seed: int = 0) -> Form:
    """Draw mistakes of the project's model on eyeball (else validation, never test) and record the sheet.

    They are drawn at random and stand in that order: shares are honest, also of somebody who stops half-way. The causes are those
    of `named` and those that were ticked before, the most frequent first.
    """
    need_sheet(project, count)
    listed = _names([*named, *_before(project)])[:MOST]
    table, checkpoint = mistakes_table(project)
    rows = project.read(predictions.read, table).rows
    wrong = [row for row in rows if not row.right]
    if not wrong:
        raise ScaffoldError(
            f"The model makes no mistake on the {len(rows)} pictures of {table}.",
            reference="nothing-to-judge",
            hint="mlscaffold check",
        )
    drawn = random.Random(seed).sample(wrong, min(count, len(wrong)))
    options = (*listed, WRONG_LABEL, UNSURE)
    items = _items(project, drawn)
    return form_of(record(project, "causes", items, population=len(wrong), options=options, of=table, checkpoint=checkpoint))


def mistakes_table(project: Project) -> tuple[str, str]:
    """The predictions of the project's model whose mistakes may be looked at, and the digest of its checkpoint; raises `Missing`."""
    one = judged.newest(project)
    table = f"{one.folder}/eyeball.csv"
    if project.exists(table):
        return table, one.checkpoint
    choice = chain.model(project)
    run = chain.chosen(project, "training") if choice.keep else choice
    table = f"{run.folder}/validation.csv"
    if not project.exists(table):
        raise Missing(
            f"{one.folder}/eyeball.csv and {table} are missing", path=table, fix=judged.command(project, f"{one.folder}/")
        )
    return table, one.checkpoint


def sort_mistakes(project: Project, received: Received) -> Sorted:
    """Count the causes on a returned sheet, and write the table below `reports/evaluation/causes`.

    A mistake that does not stand in the table of predictions any more is left out. Raises where nothing was ticked.
    """
    asked = received.asked
    now = {row.path: row for row in judged.table(project, asked.of).rows}
    looked, outdated = _looked(received, now)
    if not looked:
        raise ScaffoldError(
            "No cause was ticked on this sheet." if not outdated else f"{asked.of} has none of these mistakes any more.",
            reference="nothing-decided",
            hint="mlscaffold data causes" if outdated else "",
        )
    wrong = sum(not row.right for row in now.values())
    found = tally([mistake.causes for mistake in looked], mistakes=wrong, n=len(now))
    bad = [mistake for mistake in looked if WRONG_LABEL in mistake.causes]
    folder = f"{FOLDER}/{asked.digest[:8]}-{received.slug}"
    listed = [f"{folder}/{WRONG_LABELS}"] if bad else []
    done = Sorted(
        asked=asked,
        by=received.by,
        looked=looked,
        open=len(asked.items) - len(looked) - len(outdated),
        outdated=outdated,
        n=len(now),
        wrong=wrong,
        causes=found,
        labels=decide(len(bad), len(looked), interval=wilson),
        agreement=_agreement(project, received.folder, looked),
        newer=_newer(project, asked),
        written=(f"{folder}/{TABLE}", f"{folder}/{MISTAKES}", f"{folder}/report.md", *listed, received.kept, received.result),
    )
    _write(project, done, received, bad)
    return done


def _write(project: Project, done: Sorted, received: Received, bad: Sequence[Mistake]) -> None:
    """The table, the mistakes, the paragraph, then the answers: what was not kept to its end can be applied again."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    folder = project.root / done.folder
    rows = [
        {
            "path": mistake.item.predicted,
            "label": mistake.item.label,
            "prediction": mistake.item.prediction,
            "confidence": f"{mistake.item.confidence:.4f}",
            "causes": causes.joined(mistake.causes),
            "remark": mistake.remark,
        }
        for mistake in done.looked
    ]
    write_table(folder / MISTAKES, COLUMNS, rows)
    told = {
        "schema": causes.SCHEMA,
        "sheet": done.asked.digest,
        "by": done.by,
        "when": when,
        "of": done.asked.of,
        "checkpoint": done.asked.checkpoint,
        "split": done.split,
        "n": done.n,
        "mistakes": done.wrong,
        "looked": len(done.looked),
        "causes": [
            {
                "cause": one.name,
                "count": one.count,
                "share": round(one.share, 6),
                "low": round(one.interval.low, 6),
                "high": round(one.interval.high, 6),
                "gain": round(one.gain, 6),
            }
            for one in done.causes
        ],
        "agreement": [
            {"with": who, "n": n, "kappa": {name: value if value is None else round(value, 4) for name, value in pairs}}
            for who, n, pairs in done.agreement
        ],
    }
    write_text(folder / TABLE, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    write_text(folder / "report.md", render(done))
    if bad:
        write_text(folder / WRONG_LABELS, "".join(f"{m.item.path.removeprefix('data/raw/')}\n" for m in bad))
    decisions = {mistake.item.id: causes.joined(mistake.causes) for mistake in done.looked}
    unsure = sum(mistake.causes == (UNSURE,) for mistake in done.looked)
    keep(
        project,
        received,
        result(received, decisions, unsure=unsure, open=done.open, outdated=len(done.outdated), table=done.folder),
    )


def _looked(received: Received, now: dict[str, Prediction]) -> tuple[tuple[Mistake, ...], tuple[str, ...]]:
    """The mistakes for which something was ticked, and the paths of those that are no such mistakes any more."""
    items = {item.id: item for item in received.asked.items}
    spelt = {name.casefold(): name for name in received.asked.options} | {UNTOLD: UNSURE}
    looked, outdated = [], []
    for answer in received.returned.answers:
        item = items[answer.item]
        ticked = causes.split(causes.joined([answer.decision, *answer.ticked]))
        names = tuple(dict.fromkeys(spelt.setdefault(name.casefold(), name) for name in ticked))
        if not names:
            continue
        row = now.get(item.predicted)
        if row is None or row.right or (row.label, row.prediction) != (item.label, item.prediction):
            outdated.append(item.predicted)
            continue
        told = tuple(name for name in names if name != UNSURE) or (UNSURE,)
        looked.append(Mistake(item, told, answer.remark))
    return tuple(looked), tuple(outdated)


def _items(project: Project, rows: Sequence[Prediction]) -> list[Item]:
    """Mistakes as they stand on a sheet: the picture as it was taken, not as the model gets it."""
    try:
        origins = {row.path: row.origin for row in data.processed(project)}
    except Missing:
        origins = {}
    digests = {row.path: row.digest for row in data.manifest(project)}
    found = []
    for row in rows:
        raw = origins.get(row.path, "")
        path = f"data/raw/{raw}" if raw else f"data/processed/{row.path}"
        found.append(Item("", path, digests.get(raw, ""), row.label, row.prediction, row.confidence, row.path))
    return found


def _names(given: Sequence[str]) -> list[str]:
    """Causes as a person named them, each once; raises for a name that is none."""
    found: dict[str, str] = {}
    for text in given:
        name = causes.plain(text)
        if not name:
            raise UsageError(f'"{text}" names no cause.', reference="no-such-cause", hint='For example --cause "blurry".')
        if name.casefold() not in (WRONG_LABEL, UNSURE, UNTOLD):
            found.setdefault(name.casefold(), name)
    return list(found.values())


def _before(project: Project) -> list[str]:
    """The causes that were ticked before, the most frequent first; a table that cannot be read is for a check to tell."""
    try:
        known = causes.read_all(project)
    except Broken:
        return []
    counted = Counter[str]()
    for table in known:
        counted.update({one.name: one.count for one in table.causes})
    return [name for name, _ in counted.most_common()]


def _agreement(
    project: Project, folder: str, looked: Sequence[Mistake]
) -> tuple[tuple[str, int, tuple[tuple[str, float | None], ...]], ...]:
    """With each person who answered before: how many mistakes both looked at, and kappa for each cause."""
    mine = {mistake.item.id: mistake.causes for mistake in looked}
    found = []
    for path in project.glob(f"{folder}/result-*.json"):
        other = project.read(read_json, path)
        theirs = {one.text("item"): causes.split(one.text("decision")) for one in other.tables("decisions")}
        if both := mine.keys() & theirs.keys():
            found.append((other.text("by"), len(both), agreement(mine, theirs)))
    return tuple(found)


def _newer(project: Project, asked: Asked) -> str:
    """The checkpoint that is the project's model now, where it is another one than the sheet was made for."""
    try:
        now = chain.model(project).checkpoint
    except Missing:
        return ""
    return now if now != asked.checkpoint else ""
