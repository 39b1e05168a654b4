"""A table of causes was counted from mistakes of the chosen model, and its counts recompute."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import causes, chain, judged, scored
from mlscaffold.evidence.causes import Causes
from mlscaffold.evidence.predictions import Prediction
from mlscaffold.model import Finding
from mlscaffold.practice.causes import tally
from mlscaffold.project import Project

AGAIN = "mlscaffold data causes"
NEAR = 0.0006
"""Half a unit of the last digit that the document shows, and the dust of rounding."""


@check(
    proves="evaluation-document",
    reads=("reports/evaluation", "reports/training", "reports/tuning/chosen.toml"),
)
def causes_differ(project: Project) -> Iterator[Finding]:
    """A table of causes was counted from mistakes of the chosen model, and its counts recompute.

    ## Why
    The next weeks go into the cause that costs most: counted from another model's mistakes, or added up wrongly, it is the wrong one.

    ## Evidence
    `reports/evaluation/causes/*/`: `causes.json` against `mistakes.csv`, and both against the table of predictions that they name.
    It must be the `eyeball.csv` of an evaluation of the chosen checkpoint (of training, or of tuning), or the `validation.csv` of its
    run; every mistake in it must be one there, with that label and prediction. Without such a table there is nothing to prove: the
    document alone may tell the causes.

    ## Fix
    `mlscaffold data causes` draws mistakes of the chosen model, `mlscaffold apply` counts them.
    """
    tables = causes.read_all(project)
    if not tables:
        return
    chosen = judged.judged(project)
    mine = {one.checkpoint for one in chosen}
    current = [table for table in tables if table.checkpoint in mine]
    if not current:
        last = tables[-1]
        yield warn(
            f"the causes were counted from mistakes of checkpoint {last.checkpoint[:12]}; chosen is {chosen[0].checkpoint[:12]}",
            last.path, fix=AGAIN,
        )  # fmt: skip
    sources = _sources(project, mine)
    for table in current:
        if table.of not in sources:
            wanted = f"eyeball.csv or validation.csv of checkpoint {table.checkpoint[:12]}"
            yield fail(f"the mistakes were taken from {table.of or 'nowhere'}; {wanted} is wanted", table.path, fix=AGAIN)
            continue
        rows = scored.by_path(judged.table(project, table.of))
        yield from _foreign(table, rows) or _counts(table, rows)


def _sources(project: Project, checkpoints: set[str]) -> set[str]:
    """The tables whose mistakes may be looked at."""
    found = {f"{one.folder}/eyeball.csv" for one in chain.evaluations(project) if one.checkpoint in checkpoints}
    for stage in ("training", "tuning"):
        if project.exists(f"reports/{stage}/chosen.toml"):
            found.add(f"{chain.chosen(project, stage).folder}/validation.csv")
    return found


def _foreign(table: Causes, rows: dict[str, Prediction]) -> list[Finding]:
    """Rows that are no mistakes of that model."""
    odd = []
    for row in table.rows:
        known = rows.get(row.path)
        if known is None or known.right or (known.label, known.prediction) != (row.label, row.prediction):
            odd.append(row)
    if not odd:
        return []
    first = odd[0]
    return [
        fail(
            f"{len(odd)} of {len(table.rows)} rows are no mistakes of {table.of}, first {first.path}",
            at(table.list, first.line), fix=AGAIN,
        )
    ]  # fmt: skip


def _counts(table: Causes, rows: dict[str, Prediction]) -> list[Finding]:
    """Numbers of the table that its rows do not give."""
    wrong = sum(not row.right for row in rows.values())
    sizes = (
        ("n", table.n, len(rows), table.of),
        ("mistakes", table.mistakes, wrong, table.of),
        ("looked", table.looked, len(table.rows), table.list),
    )
    for name, written, counted, where in sizes:
        if written != counted:
            return [fail(f"{name} is {written}; {where} gives {counted}", table.path, fix=AGAIN)]
    again = {one.name: one for one in tally([row.causes for row in table.rows], mistakes=wrong, n=len(rows))}
    told = {one.name: one for one in table.causes}
    for name in sorted(again.keys() | told.keys()):
        said, found = told.get(name), again.get(name)
        if said is None or found is None or said.count != found.count:
            counts = f"{said.count if said else 0} mistakes; {table.list} gives {found.count if found else 0}"
            return [fail(f'"{name}" is said of {counts}', table.path, table.list, fix=AGAIN)]
        for word, value, wanted in (("gains", said.gain, found.gain), ("has the share", said.share, found.share)):
            if abs(value - wanted) > NEAR:
                return [fail(f'"{name}" {word} {value:.3f}; {wanted:.3f} is what {table.list} gives', table.path, fix=AGAIN)]
    return []
