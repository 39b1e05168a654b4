"""project.team-empty."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence.fields import nearest
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.places import FILE
from mlscaffold.project import Project
from mlscaffold.stages import all_stages


@check(proves="", reads=(FILE,))
def team_empty(project: Project) -> Iterator[Finding]:
    """The team is named, and every stage has somebody who may sign it.

    ## Why
    A sign-off is a person's word. With an empty team anybody may give it, and nobody is asked.

    ## Evidence
    `[team]` of `mlscaffold.toml` against the roles of the ten stages. One person may hold several roles, and one role several
    people.

    ## Fix
    Add a line to `[team]`: `"data scientist" = ["Ada Byron"]`.
    """
    team = project.settings.team
    if not project.settings.people:
        line = '[team] and below it "data scientist" = ["Ada Byron"]'
        yield warn("[team] names nobody: anyone may sign any stage", FILE, fix=f"add to {FILE}: {line}")
        return
    known = {role for stage in all_stages() for role in stage.roles}
    near = {role: nearest(role.casefold(), known) for role in team if role.casefold() not in {r.casefold() for r in known}}
    typos = [f'"{role}" (is "{name}" meant?)' for role, name in near.items() if name]
    if typos:
        yield warn(f"[team] has roles that no stage knows: {few(typos)}", FILE, fix=f"edit [team] in {FILE}")
        return
    held = {role.casefold() for role, people in team.items() if people}
    orphans = [s for s in all_stages() if not held & {r.casefold() for r in s.roles}]
    if orphans:
        named = few([f"{s.number} {s.slug}" for s in orphans], 4)
        role = orphans[0].roles[0]
        yield warn(
            f"nobody in [team] may sign {named}",
            FILE,
            fix=f'add to [team] in {FILE}: "{role}" = ["{next(iter(project.settings.people))}"]',
        )
