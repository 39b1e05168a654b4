"""The refined model was trained with the parameters of the best trial."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.tuning.scored_on_test import read
from mlscaffold.evidence import chain, runs
from mlscaffold.evidence.fields import flat
from mlscaffold.evidence.studies import Trial
from mlscaffold.evidence.wording import says_nothing
from mlscaffold.model import Finding
from mlscaffold.project import Project

ROUNDING = 1e-3
LOWER_IS_BETTER = ("loss", "error")


@check(proves="search", reads=("reports/tuning",))
def best_trial_differs(project: Project) -> Iterator[Finding]:
    """The refined model was trained with the parameters of the best trial.

    ## Why
    Parameters typed by hand lose a digit, and then the search was for nothing.

    ## Evidence
    The best complete trial in `study.csv` (lowest for a loss, highest otherwise) against `params.yaml` of the chosen run;
    numbers may
    be rounded to three digits. Parameters of another trial are a warning if `chosen.toml` gives a reason. A kept stage 6 is
    exempt.

    ## Fix
    Train with the best trial's parameters.
    """
    choice = chain.chosen(project, "tuning")
    study = read(project, choice)
    complete = [trial for trial in study.trials if trial.state == "COMPLETE" and trial.value is not None]
    file = f"{choice.folder}/params.yaml"
    if choice.keep or not complete or not project.exists(file):
        return
    params = flat(project.read(runs.read_params, file).raw)
    sign = -1 if any(word in complete[0].metric.lower() for word in LOWER_IS_BETTER) else 1
    ranked = sorted(complete, key=lambda trial: -sign * (trial.value or 0.0))
    top = [trial for trial in ranked if trial.value == ranked[0].value]
    if any(not _differences(trial, params) for trial in top):
        return
    name, wanted, used = _differences(top[0], params)[0]
    message = f"the best trial ({top[0].number}) has {name} {wanted}, run {choice.run} used {used}"
    places = (at(study.path, top[0].line), at(file))
    fix = f"python -m {project.settings.package}.tune"
    taken = next((trial for trial in ranked if not _differences(trial, params)), None)
    if taken is not None and not says_nothing(str(choice.table.get("reason", ""))):
        yield warn(f"{message}: those of trial {taken.number} with {taken.value:g}, not {top[0].value:g}", *places, fix=fix)
    else:
        yield fail(message, *places, fix=fix)


def _differences(trial: Trial, params: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Parameters of a trial that the run used otherwise: name, wanted, used. One that it does not name says nothing."""
    found = []
    for name, wanted in trial.params.items():
        keys = [key for key in params if wanted and (key == name or key.endswith(f".{name}"))]
        if keys and not any(_same(wanted, params[key]) for key in keys):
            found.append((name, wanted, str(params[keys[0]])))
    return found


def _same(text: str, value: object) -> bool:
    try:
        number = float(text)
        other = float(value) if isinstance(value, (int, float, str)) else math.nan
    except ValueError:
        return str(value).strip().lower() == text.strip().lower()
    return math.isclose(number, other, rel_tol=ROUNDING)
