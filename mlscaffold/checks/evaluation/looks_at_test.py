"""The test set was looked at twice at most, and nothing was decided on it."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import chain, judged, runs
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.comparison import peeking
from mlscaffold.project import Project
from mlscaffold.splitnames import is_test

EXPECTED = 2


@check(proves="test-predictions", reads=("reports/evaluation", "reports/training/chosen.toml", "reports/tuning/chosen.toml"))
def looks_at_test(project: Project) -> Iterator[Finding]:
    """The test set was looked at twice at most, and nothing was decided on it.

    ## Why
    The best of twenty looks is better than the truth, by about sigma times the root of 2 ln 20: three points at 500 pictures.

    ## Evidence
    Distinct checkpoints in the evaluations on test of today's data (one for stage 7 and one for stage 8 are expected), and the
    split
    of every decision that the evaluations record.

    ## Fix
    Choose on validation; report the corrected number, or collect a new test set.
    """
    one = judged.judged(project)[0]
    for each in judged.judged(project):
        file = f"{each.folder}/provenance.json"
        for decision in project.read(runs.read_provenance, file).decisions:
            if is_test(decision.split):
                yield fail(
                    f"{decision.what} was chosen on {decision.split}{f' by {decision.by}' if decision.by else ''}; choose it on validation",
                    file, fix=judged.command(project, each.metrics), stage=each.stage,
                )  # fmt: skip
    current = _test_digest(project, one.folder)
    looks = {e.checkpoint for e in chain.evaluations(project) if e.checkpoint and _test_digest(project, e.folder) == current}
    if len(looks) > EXPECTED:
        table = judged.table(project, judged.newest(project).predictions)
        excess = peeking(table.accuracy, len(table.rows), len(looks))
        corrected = max(0.0, table.accuracy - excess)
        yield warn(
            f"{len(looks)} checkpoints were evaluated on test: the best of so many exceeds the truth by up to {excess:.3f};"
            f" count on {corrected:.3f}, not {table.accuracy:.3f}",
            "reports/evaluation", effect=Effect("accuracy", table.accuracy, corrected),
        )  # fmt: skip


def _test_digest(project: Project, folder: str) -> str:
    used = project.read(runs.read_provenance, f"{folder}/provenance.json").data.get("test")
    return used.digest if used else ""
