"""problem.target-moved."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.evidence import acceptance, decisions
from mlscaffold.evidence.targets import FILE, Targets, easier, first_result, targets_at, targets_of
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="acceptance", reads=(FILE, ".mlscaffold/acceptance", ".mlscaffold/rounds"), volatile=True)
def target_moved(project: Project) -> Iterator[Finding]:
    """A target that was made easier after the test result was known has a record.

    ## Why
    A target that moves to where the result already is measures nothing. It may move for a good reason: then the reason is written
    down, and every report shows it.

    ## Evidence
    `acceptance.toml` of today against the one in the commit that brought the first evaluation of this round, and the records in
    `.mlscaffold/acceptance/`. A target that became stricter is no finding, nor is a change before there was a result.

    ## Fix
    `mlscaffold acceptance change --reason WHY` records it; or put the old target back.
    """
    now = targets_of(project.read(acceptance.read, FILE))
    recorded = decisions.changes(project)
    if recorded:
        agreed, since = Targets(recorded[-1].after), f"the record {recorded[-1].path}"
    else:
        commit = first_result(project)
        known = targets_at(project, commit)
        if known is None:
            return
        agreed, since = known, f"the evaluation of commit {commit[:12]}"
    moved = easier(agreed, now)
    if moved:
        yield fail(
            f"{len(moved)} target{'s' * (len(moved) > 1)} made easier after {since}, without a record: {'; '.join(moved[:3])}",
            at(FILE),
            fix="mlscaffold acceptance change --reason WHY",
        )
    elif not recorded and git.is_shallow(project.root):
        yield unknown("the history is cut off in this clone: whether a target moved cannot be seen", FILE)
