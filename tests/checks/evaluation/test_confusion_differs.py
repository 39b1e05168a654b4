from __future__ import annotations

from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import CLASSES, csv_bytes, rows_of

CHECK = "evaluation.confusion-differs"
FILE = f"{FIRST}/confusion.csv"


def test_a_matrix_that_counts_the_predictions(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_transposed_matrix(project: Sandbox) -> None:
    rows = {row["label"]: row for row in rows_of((project.root / FILE).read_bytes())}
    project.write({FILE: csv_bytes([{"label": t, **{p: rows[p][t] for p in CLASSES}} for t in CLASSES])})
    says(project, CHECK, "50 test pictures are", "transposed?")


def test_transposed_where_as_many_are_called_it_as_are_it(project: Sandbox) -> None:
    rows = rows_of((project.root / f"{FIRST}/predictions.csv").read_bytes())
    for i, name in enumerate(CLASSES):  # each class loses two pictures to the next one: the sums stay
        mine = [row for row in rows if row["label"] == name]
        for j, row in enumerate(mine):
            row["prediction"] = CLASSES[(i + 1) % 3] if j < 2 else name
    project.write({f"{FIRST}/predictions.csv": csv_bytes(rows)})
    counts = {t: {p: sum(r["label"] == t and r["prediction"] == p for r in rows) for p in CLASSES} for t in CLASSES}
    project.write({FILE: csv_bytes([{"label": t, **{p: counts[p][t] for p in CLASSES}} for t in CLASSES])})
    says(project, CHECK, "rows and columns have changed places: transposed?")


def test_a_matrix_of_another_run(project: Sandbox) -> None:
    project.write({FILE: project.read(f"{SECOND}/confusion.csv")})
    says(project, CHECK, "cells differ from predictions.csv", "recomputed")


def test_classes_in_another_order_do_no_harm(project: Sandbox) -> None:
    rows = rows_of((project.root / FILE).read_bytes())
    names = ["label", *reversed(CLASSES)]
    project.write({FILE: csv_bytes([{name: row[name] for name in names} for row in reversed(rows)])})
    passes(project, CHECK)


def test_without_a_matrix(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "confusion.csv is missing")
