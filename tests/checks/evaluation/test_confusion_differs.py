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
