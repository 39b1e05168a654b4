"""The search ran to its end."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.tuning.scored_on_test import read
from mlscaffold.evidence import chain, runs
from mlscaffold.model import Finding
from mlscaffold.project import Project

LEAST = 5
PLANNED = ("trials", "n_trials", "planned_trials")


@check(proves="search", reads=("reports/tuning",))
def trials_incomplete(project: Project) -> Iterator[Finding]:
    """The search ran to its end.

    ## Why
    The best of one trial is not the best of fifty.

    ## Evidence
    The states of the trials in `study.csv`, against the number planned (`limits.trials` in `provenance.json`, where it stands).
    Pruned trials count: they were looked at. Fewer than half of the plan, or than five, is a warning; none complete is a failure.

    ## Fix
    Run the search again; it resumes.
    """
    choice = chain.chosen(project, "tuning")
    study = read(project, choice)
    fix = f"python -m {project.settings.package}.tune"
    file = f"{choice.folder}/provenance.json"
    limits = project.read(runs.read_provenance, file).limits if project.exists(file) else {}
    numbers = [value for key in PLANNED if isinstance(value := limits.get(key), int)]
    planned = max([len(study.trials), *numbers])
    complete = sum(trial.state == "COMPLETE" for trial in study.trials)
    done = complete + sum(trial.state == "PRUNED" for trial in study.trials)
    failed = sum(trial.state == "FAIL" for trial in study.trials)
    told = f"{complete} of {planned} trials {'is' if complete == 1 else 'are'} complete" + (
        f", {failed} failed" if failed else ""
    )
    tried = {tuple(sorted(trial.params.items())) for trial in study.trials if trial.state in ("COMPLETE", "PRUNED")}
    if done >= LEAST and len(tried) < LEAST and study.trials[0].params:
        yield warn(
            f"{done} trials tried {len(tried)} different parameters; at least {LEAST} say something about the best",
            study.path, fix=fix,
        )  # fmt: skip
    if not complete:
        yield fail(told, study.path, fix=fix)
    elif done < planned / 2 or done < LEAST:
        yield warn(f"{told}; at least {max(LEAST, -(-planned // 2))} say something about the best", study.path, fix=fix)
