"""training.test-touched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, pipelines, trained
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import is_test

TEST = re.compile(r"(^|[^a-z])test([^a-z]|$)", re.I)
READS = ("reports/training", "data/processed/*/annotations.csv")


@check(proves="recorded-run", reads=READS)
def test_touched(project: Project) -> Iterator[Finding]:
    """Nothing in training was decided on test, or measured on it.

    ## Why
    A test set that chose the checkpoint is a validation set, and there is no test set any more.

    ## Evidence
    The chosen run: what was monitored, the splits of every decision, the data it used, columns of `metrics.csv` and the settings named
    after test, rows of `validation.csv`, and the digest of validation, which must not be that of test.

    ## Fix
    Monitor validation, train again; and collect a new test set if the old one was used.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about what a run touched of test, of training or of tuning."""
    record = trained.provenance(project, run)
    fix = f"{trained.command(project, run)}, monitored on validation"
    told = []
    if record.checkpoint and TEST.search(record.checkpoint.monitor):
        told.append(f"the checkpoint was monitored on {record.checkpoint.monitor}")
    told += [f"{d.what} was decided on {_test_or(d.split)}" for d in record.decisions if is_test(d.split) or TEST.search(d.by)]
    if is_test(run.split):
        told.append(f"the run was chosen on {run.split}")
    told += [f"{used.samples} pictures of {name} were used" for name, used in record.data.items() if is_test(name)]
    used = record.data.get("validation")
    same = [name for name in data.prepared_splits(project) if used and is_test(name) and _digest(project, name) == used.digest]
    if same:
        told.append(f"validation was {'the test set' if same == ['test'] else same[0]} (the same digest)")
    try:
        log = trained.metrics(project, run).table
        columns = [c for c in log.header if TEST.search(c)] if log else []
        told += [f"metrics.csv has {few(columns)}"] if columns else []
        monitors = [m for m in _monitors(trained.params(project, run).raw) if TEST.search(m)]
        told += [f"params.yaml monitors {few(sorted(set(monitors)))}"] if monitors else []
        rows = [r.path for r in trained.table(project, run, "validation.csv").rows if is_test(r.path.split("/")[0])]
        told += [f"{len(rows)} rows of validation.csv are of {rows[0].split('/')[0]}"] if rows else []
    except Missing:
        pass  # what is missing is what other checks say
    if told:
        yield fail("; ".join(told), record.path, run.file, fix=fix)
    elif run.split == "eyeball" or any(d.split == "eyeball" for d in record.decisions):
        yield warn(
            "a decision was made on eyeball, whose mistakes people look at; validation is meant for it", record.path, fix=fix
        )


def _monitors(value: object) -> Iterator[str]:
    """Every `monitor` in the settings, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "monitor" and isinstance(inner, str):
                yield inner
            yield from _monitors(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _monitors(inner)


def _test_or(split: str) -> str:
    return split if is_test(split) else "test"


def _digest(project: Project, split: str) -> str:
    try:
        return pipelines.data_digest(project, split)
    except Missing:
        return ""
