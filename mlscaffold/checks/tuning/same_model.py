"""The refined model is another one than stage 6's, or stage 6's is kept with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import chain, predictions, scored
from mlscaffold.evidence.wording import says_nothing
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="refined-model", reads=("reports/tuning", "reports/training", "reports/evaluation"))
def same_model(project: Project) -> Iterator[Finding]:
    """The refined model is another one than stage 6's, or stage 6's is kept with a reason.

    ## Why
    The copying step ran and the training did not: a gain that never was.

    ## Evidence
    The digests of both checkpoints; the probabilities of both models on validation and on test, to the last digit. A kept stage 6
    says so in `chosen.toml` (`keep = "training"`, and why).

    ## Fix
    `python -m <package>.tune`, or `python -m <package>.choose RUN --for tuning --keep-training --reason …`.
    """
    before, after = chain.chosen(project, "training"), chain.chosen(project, "tuning")
    package = project.settings.package
    if after.keep:
        if says_nothing(str(after.table.get("reason", ""))):
            keep = f"python -m {package}.choose {after.run} --for tuning --keep-training --reason …"
            raise Missing("stage 6's model is kept without a reason", path=after.file, fix=keep)
        if after.checkpoint != before.checkpoint:
            yield fail(
                f"stage 6's model is kept, but {after.file} names checkpoint {after.checkpoint[:12]},"
                f" not {before.checkpoint[:12]}",
                after.file, fix=f"python -m {package}.tune",
            )  # fmt: skip
        return
    if after.checkpoint == before.checkpoint:
        yield fail(
            f'the tuned checkpoint is stage 6\'s ({before.checkpoint[:12]}), and {after.file} does not say keep = "training"',
            after.file, before.file, fix=f"python -m {package}.tune",
        )  # fmt: skip
        return
    for what, mine, theirs in _tables(project, before, after):
        if project.exists(mine) and project.exists(theirs):
            one, other = (scored.by_path(project.read(predictions.read, path)) for path in (mine, theirs))
            both = one.keys() & other.keys()
            equal = sum(one[path].probabilities == other[path].probabilities for path in both)
            if both and equal == len(both):
                yield fail(
                    f"all {equal} probabilities on {what} equal those of stage 6: a copied file, or the same weights",
                    mine, theirs, fix=f"python -m {package}.tune",
                )  # fmt: skip


def _tables(project: Project, before: chain.Chosen, after: chain.Chosen) -> Iterator[tuple[str, str, str]]:
    yield "validation", f"{after.folder}/validation.csv", f"{before.folder}/validation.csv"
    try:
        mine, theirs = chain.evaluation_of(project, "tuning").folder, chain.evaluation_of(project, "training").folder
    except Missing:
        return
    yield "test", f"{mine}/predictions.csv", f"{theirs}/predictions.csv"
