"""project.signoff-unsound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mlscaffold import git
from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import jsonfile, records, toml
from mlscaffold.evidence.fingerprints import files_of, fingerprint
from mlscaffold.evidence.sheets import YES
from mlscaffold.evidence.wording import few
from mlscaffold.history import RevisionTree
from mlscaffold.model import Finding, Signoff, Stage
from mlscaffold.project import Project
from mlscaffold.stages import all_stages
from mlscaffold.stages.state import moved_names

FOLDER = ".mlscaffold/signoffs"
DAY = timedelta(days=1)


@check(proves="", reads=(".mlscaffold", "mlscaffold.toml"), volatile=True)
def signoff_unsound(project: Project) -> Iterator[Finding]:
    """Every sign-off is the word of somebody who may give it, on the evidence of that stage.

    ## Why
    A sign-off that was copied, typed or given by a stranger proves nothing, and all that follows stands on it.

    ## Evidence
    `.mlscaffold/signoffs/`: stage and round against the path, who (a person, no bot) and role against the team and the stage, names and form of
    fingerprints, time against now, the runs it signs and the history of its evidence, answers of the checklist against waivers.
    A fingerprint that moved is looked up in the tree of the commit that signed it.

    ## Fix
    `mlscaffold stage next --stage STAGE` records a new one.
    """
    stages = {f"{stage.number:02d}-{stage.slug}": stage for stage in all_stages()}
    counting = {s.path for stage in all_stages() if (s := _counting(project, stage))}
    for path in project.glob(f"{FOLDER}/**"):
        found = re.fullmatch(rf"{re.escape(FOLDER)}/(\d\d)/([\w-]+)\.toml", path)
        stage = stages.get(found[2]) if found else None
        if found is None or stage is None:
            yield fail(f"{path} is the sign-off of no stage", path, fix=f"delete {path}")
            continue
        signed = records.read_signoff(project.read(toml.read, path), path)
        problems = [*_place(signed, stage, int(found[1])), *_names(signed, stage), *_time(project, signed, stage)]
        problems += list(_checklist(project, signed, stage))
        if path in counting:
            problems += list(_person(project, signed, stage))
        again = f"mlscaffold stage next --stage {stage.slug}"
        if problems:
            yield fail(
                f"sign-off of stage {stage.number} ({stage.slug}): {'; '.join(problems)}", path, fix=again, stage=stage.slug
            )
        elif path in counting:
            left_out = [n for n in stage.evidence if n not in signed.evidence] + [
                n for n in stage.inputs if n not in signed.inputs
            ]
            if left_out:
                yield warn(
                    f"sign-off of stage {stage.number} ({stage.slug}) leaves out {few(left_out)}",
                    path,
                    fix=again,
                    stage=stage.slug,
                )
            yield from _history(project, signed, stage)


def _counting(project: Project, stage: Stage) -> Signoff | None:
    try:
        return records.signoff(project, stage.number, stage.slug)
    except ScaffoldError:
        return None


def _place(signed: Signoff, stage: Stage, turn: int) -> Iterator[str]:
    if signed.stage != stage.slug:
        yield f'it says that it is of stage "{signed.stage}"'
    if signed.round != turn:
        yield f"it says round {signed.round} and lies in round {turn}"


def _names(signed: Signoff, stage: Stage) -> Iterator[str]:
    strange = [n for n in signed.evidence if n not in stage.evidence] + [n for n in signed.inputs if n not in stage.inputs]
    if strange:
        owner = next((s for s in all_stages() if s.slug != stage.slug and strange[0] in s.evidence), None)
        yield f"it lists what is no evidence of this stage: {few(strange)}" + (f" (of stage {owner.number})" if owner else "")
    bad = [f'{n} "{v[:40]}"' for n, v in (signed.evidence | signed.inputs).items() if not records.FINGERPRINT.fullmatch(v)]
    if bad:
        yield f"no fingerprint (m1: and 32 hex characters): {few(bad, 2)}"
    if signed.evidence and all(v == "absent" for v in signed.evidence.values()):
        yield "all that it signs was absent"


NO_PERSON = re.compile(
    r".*\[bot\]|(?:the )?(?:ci|cd|ci/cd|bot|robot|root|runner|jenkins|github(?:[- ]actions)?|gitlab(?:[- ]ci)?|dependabot|renovate|automation|"
    r"auto|script|pipeline|workflow|service[- ]account|admin|nobody|mlscaffold)(?:[- ]bot)?",
    re.I,
)


def _person(project: Project, signed: Signoff, stage: Stage) -> Iterator[str]:
    if NO_PERSON.fullmatch(signed.who.strip()):
        yield f'signed by "{signed.who}", which is no person'
        return
    people = {name.casefold(): roles for name, roles in project.settings.people.items()}
    if not people:
        return
    name = signed.who if signed.who.casefold() in people else git.canonical_name(signed.who, project.root)
    roles = people.get(name.casefold())
    wanted = {role.casefold() for role in stage.roles}
    if roles is None:
        yield f'signed by "{signed.who}", who is not in [team]'
    elif signed.role.casefold() not in wanted:
        yield f'signed by "{signed.who}" as {signed.role}; {few(stage.roles, 2)} is wanted'
    elif signed.role.casefold() not in {role.casefold() for role in roles}:
        yield f'signed by "{signed.who}" as {signed.role}; [team] gives them {few(roles)}'


def _checklist(project: Project, signed: Signoff, stage: Stage) -> Iterator[str]:
    texts = {q.id: q.text for q in stage.checklist}
    said_no = [q for q in texts if signed.checklist.get(q, "").strip().casefold() not in YES]
    waived = any(w.check == "project.signoff-unsound" and w.holds(project.today) for w in _waivers(project))
    if said_no and not waived:
        yield f"{len(said_no)} of {len(texts)} checklist items not answered with yes: {few([texts[q] for q in said_no], 2)}"


def _waivers(project: Project) -> list[records.Waiver]:
    try:
        return records.waivers(project)
    except ScaffoldError:
        return []


def _time(project: Project, signed: Signoff, stage: Stage) -> Iterator[str]:
    when = _moment(signed.when)
    if when is None:
        yield f'"{signed.when}" is no time'
        return
    if when.astimezone(UTC).date() > datetime.now(UTC).date() + DAY:  # by days: an answer holds for one
        yield f"signed on {signed.when[:10]}, which is still to come"
    for name in signed.evidence:
        for path in files_of(project, name):
            end = _moment(str(project.read(jsonfile.read, path).get("end", ""))) if path.endswith("/provenance.json") else None
            if end and when + DAY < end and signed.evidence[name] == fingerprint(project, name, like=signed.evidence[name]):
                yield f"signed on {signed.when[:10]}, before {path} was made ({end.date()})"
                return
    yield from _before_its_evidence(project, signed, stage, when)


def _before_its_evidence(project: Project, signed: Signoff, stage: Stage, when: datetime) -> Iterator[str]:
    """Whether the evidence came into the repository later than it was signed, in a commit of its own (a squash joins them)."""
    if _is_shallow(project):
        return
    known = project.memo("git:firsts", lambda: _firsts(project), volatile=True)
    firsts = [known[path] for path in _sample(project, stage) if path in known]
    mine = known.get(signed.path)
    if not firsts or mine is None:
        return
    commit, earliest = min(firsts, key=lambda item: item[1])
    if when + DAY < earliest and commit != mine[0]:
        yield f"signed on {signed.when[:10]}; its evidence was first committed on {earliest.date()}"


def _sample(project: Project, stage: Stage) -> list[str]:
    """Some of a stage's evidence: one file in twenty."""
    files = [path for name in stage.evidence for path in files_of(project, name)]
    return files[:200:20] or files[:1]


def _firsts(project: Project) -> dict[str, tuple[str, datetime]]:
    """File → the commit that brought it, and its author's time; of all sign-offs and their evidence, in one process."""
    wanted = [*project.glob(f"{FOLDER}/**"), *(path for stage in all_stages() for path in _sample(project, stage))]
    log = git.run_git(
        [
            *("--literal-pathspecs", "log", "--diff-filter=A", "--no-renames", "--name-only", "--relative", "-z"),
            *("--format=%x01%H %aI", "--", *dict.fromkeys(wanted)),
        ],
        project.root,
        check=False,
    )
    firsts: dict[str, tuple[str, datetime]] = {}
    commit, moment = "", None
    for record in log.stdout.decode("utf-8", "surrogateescape").split("\0"):
        text = record.lstrip("\n")
        if text.startswith("\x01"):
            commit, _, time = text[1:].partition(" ")
            moment = _moment(time)
        elif text and moment:
            firsts[text] = (commit, moment)  # from the youngest to the oldest
    return firsts


def _is_shallow(project: Project) -> bool:
    return project.memo("git:shallow", lambda: git.is_shallow(project.root), volatile=True)


def _history(project: Project, signed: Signoff, stage: Stage) -> Iterator[Finding]:
    """A fingerprint that is not today's: did this evidence ever have it?"""
    moved = [name for name in moved_names(project, signed) if name in signed.evidence]
    commit = git.last_commit_of(signed.path, project.root) if moved else ""
    if not commit:
        return
    then = Project(project.root, tree=RevisionTree(project.root, commit))
    never = [
        n
        for n in moved
        if (was := fingerprint(then, n, like=signed.evidence[n])) is not None
        and was != signed.evidence[n]
        and not n.startswith("data/processed")
    ]
    if never and _is_shallow(project):
        yield unknown(
            f"the history of {few(never)} is cut off in this clone", signed.path, fix="git fetch --unshallow", stage=stage.slug
        )
    elif never:
        yield warn(
            f"sign-off of stage {stage.number} ({stage.slug}): {few(never)} never matched in history (squashed, or typed)",
            signed.path,
            fix=f"mlscaffold stage next --stage {stage.slug}",
            stage=stage.slug,
        )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
