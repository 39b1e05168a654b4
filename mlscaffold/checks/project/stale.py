"""project.stale."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding, State
from mlscaffold.project import Project
from mlscaffold.stages.state import stage_states


@check(
    proves="",
    reads=("docs", "acceptance.toml", "data", "pipeline.json", "reports", "exports", "deploy.toml", ".mlscaffold"),
    volatile=True,
)
def stale(project: Project) -> Iterator[Finding]:
    """What was signed is what is there.

    ## Why
    An annotation corrected after the sign-off makes the number that was signed the number of other data.

    ## Evidence
    Fingerprints of evidence and inputs in the sign-offs of this round against those of today; a change of layout, order or line
    ends moves none. The files at the root are found by comparing tables, and with git.

    ## Fix
    Do the stage again as far as it is concerned, then sign it: `mlscaffold stage next`. `mlscaffold status --why` tells the
    chain."""
    for status in stage_states(project):
        if status.state is not State.STALE or status.signoff is None:
            continue
        stage, signed = status.stage, status.signoff
        only_text = all(name.startswith("docs/0") for name in status.stale_because)
        judge_as = warn if only_text else fail
        yield judge_as(
            f"stage {stage.number} ({stage.slug}) was signed by {signed.who} on {signed.when[:10]}; changed since: "
            f"{few(status.culprits or status.stale_because)}",
            *(status.culprits[:3] or status.stale_because[:3]),
            fix=f"mlscaffold stage next --stage {stage.slug}",
            stage=stage.slug,
        )
