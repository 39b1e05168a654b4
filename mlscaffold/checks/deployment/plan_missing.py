"""The model is trained again at a known time, by a known person, and somebody answers for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import people
from mlscaffold.evidence.deployed import read
from mlscaffold.evidence.deployment import Deploy
from mlscaffold.evidence.wording import is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

SHORTEST, LONGEST = 1 / 24, 2 * 366
# A number that says what something is called, not how much of it there is.
NAMES = re.compile(
    r"\b(?:v|ver\.?|version|round|model|release|stage|phase|runde|stufe)\s*\.?\d[\d.]*|\b(?:19|20)\d\d\b", re.IGNORECASE
)


@check(proves="plan", reads=("deploy.toml", "mlscaffold.toml"), tells=("deploy.toml",))
def plan_missing(project: Project) -> Iterator[Finding]:
    """The model is trained again at a known time, by a known person, and somebody answers for it.

    ## Why
    "When needed" means never: models drift for years and nobody looks.

    ## Evidence
    `[retraining]` in `deploy.toml`: an interval in days (an hour to two years) or a trigger with a number, and an owner; `[owner]`: a name and a way
    to reach
    them. People are looked for in the team of `mlscaffold.toml`.

    ## Fix
    Edit `deploy.toml`.
    """
    deploy, fix = read(project), "edit deploy.toml"
    deploy = _without_placeholders(deploy)
    lacking = []
    if not deploy.retrain_every_days and not any(_measurable(trigger) for trigger in deploy.retrain_triggers):
        lacking.append("no interval" if not deploy.retrain_triggers else "no interval and no trigger with a number")
        if not deploy.retrain_triggers:
            lacking.append("no trigger")
    if not deploy.retrain_owner:
        lacking.append("no owner")
    if len(lacking) == 3 and not deploy.owner and not deploy.contact:
        raise Missing("deploy.toml has no plan for retraining and no owner", path="deploy.toml", fix=fix)
    if lacking:
        yield fail(f"the retraining plan has {', '.join(lacking)}", "deploy.toml", fix=fix)
    if not deploy.owner or not deploy.contact:
        what = " and ".join(name for name, value in (("name", deploy.owner), ("contact", deploy.contact)) if not value)
        yield fail(f"the owner has no {what}: who is called when it breaks, and how?", "deploy.toml", fix=fix)
    if deploy.retrain_every_days and not SHORTEST <= deploy.retrain_every_days <= LONGEST:
        yield warn(
            f"the model is to be trained again every {deploy.retrain_every_days:g} days; between {SHORTEST} and {LONGEST} somebody will do it",
            "deploy.toml",
            fix=fix,
        )
    team = people.names(project)
    strangers = {name for name in (deploy.retrain_owner, deploy.owner) if name and name.casefold() not in team}
    if team and strangers:
        yield warn(
            f"{', '.join(sorted(strangers))} is not in the team of mlscaffold.toml",
            "deploy.toml",
            "mlscaffold.toml",
            fix="add them to [team]",
        )


def _measurable(trigger: str) -> bool:
    """Whether a trigger holds a number that something can be compared with."""
    return bool(re.search(r"\d", NAMES.sub("", trigger)))


def _without_placeholders(deploy: Deploy) -> Deploy:
    """The plan, without what only stands where an answer should be."""
    owner, named, contact = (
        "" if is_placeholder(text) else text for text in (deploy.retrain_owner, deploy.owner, deploy.contact)
    )
    return replace(deploy, retrain_owner=owner, owner=named, contact=contact)
