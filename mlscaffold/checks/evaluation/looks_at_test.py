"""Each test set was looked at twice at most, and nothing was decided on it."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import chain, decisions, judged, runs, testsets
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.comparison import peeking
from mlscaffold.project import Project
from mlscaffold.splitnames import is_test

EXPECTED = 2
READS = (
    "reports/evaluation",
    "reports/training/chosen.toml",
    "reports/tuning/chosen.toml",
    "data/splits/tests",
    "data/processed/*/annotations.csv",
    ".mlscaffold/releases",
)


@check(proves="test-predictions", reads=READS)
def looks_at_test(project: Project) -> Iterator[Finding]:
    """Each test set was looked at twice at most, and nothing was decided on it.

    ## Why
    The best of twenty looks is better than the truth, by about sigma times the root of 2 ln 20: three points at 500 pictures.

    ## Evidence
    Distinct checkpoints in the evaluations on each test set (one for stage 7 and one for stage 8 are expected), and the split of every
    decision that the evaluations record. Looks at an older version of a set do not count, nor does a released model that was evaluated
    anew on a newer one.

    ## Fix
    Choose on validation; report the corrected number, or `mlscaffold data split --replace test`.
    """
    for each in judged.judged(project):
        file = f"{each.folder}/provenance.json"
        for decision in project.read(runs.read_provenance, file).decisions:
            if is_test(decision.split):
                yield fail(
                    f"{decision.what} was chosen on {decision.split}{f' by {decision.by}' if decision.by else ''}; choose it on validation",
                    file, fix=judged.command(project, each.metrics), stage=each.stage,
                )  # fmt: skip
    for newest in (judged.newest(project), *judged.named(project, judged.newest(project))):
        looks = _looks(project, newest)
        if len(looks) <= EXPECTED:
            continue
        table = judged.table(project, newest.predictions)
        excess = peeking(table.accuracy, len(table.rows), len(looks))
        corrected = max(0.0, table.accuracy - excess)
        version = testsets.newest(project, newest.split)
        what = version.name if version and version.number > 1 else newest.split
        yield warn(
            f"{len(looks)} checkpoints were evaluated on {what}: the best of so many exceeds the truth by up to {excess:.3f};"
            f" count on {corrected:.3f}, not {table.accuracy:.3f}",
            "reports/evaluation", effect=Effect("accuracy", table.accuracy, corrected),
        )  # fmt: skip


def _looks(project: Project, one: judged.Judged) -> set[str]:
    """The checkpoints that were evaluated on this version of a test set, without releases that were tried anew on it."""
    known = {e.run: e for e in chain.evaluations(project)}
    mine = known[one.run]
    looks = {e.checkpoint for e in known.values() if e.checkpoint and mine.saw(e, one.split)}
    # Nothing is chosen among released models: they are evaluated on a new version so that it can be compared with the old one.
    followed = {
        r.model for r in decisions.releases(project) if r.evaluation in known and not mine.saw(known[r.evaluation], one.split)
    }
    return looks - (followed - {one.checkpoint})
