"""Where each stage stands: derived from sign-offs and fingerprints, never stored."""

from __future__ import annotations

from mlscaffold import git
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data, media, records
from mlscaffold.evidence.fingerprints import files_of, fingerprint, prepared
from mlscaffold.model import Signoff, Stage, StageStatus, State
from mlscaffold.project import Missing, Project
from mlscaffold.stages import all_stages


def stage_states(project: Project) -> tuple[StageStatus, ...]:
    """The ten stages, each with its state; a broken sign-off counts as none (a check reports it)."""
    return project.memo("stages", lambda: _states(project), volatile=True)


def _states(project: Project) -> tuple[StageStatus, ...]:
    turn = records.current_round(project)
    skipped = {s.stage: s.reason for s in _readable_skips(project) if s.holds(project.today)}
    found: list[StageStatus] = []
    current = False
    for stage in all_stages():
        signoff = _readable_signoff(project, stage)
        moved = moved_names(project, signoff) if signoff else ()
        if stage.slug in skipped:
            found.append(StageStatus(stage, State.SKIPPED, signoff, reason=skipped[stage.slug]))
            continue
        if signoff and not moved:
            found.append(StageStatus(stage, State.SIGNED, signoff))
            continue
        if signoff and signoff.round == turn:
            found.append(
                StageStatus(stage, State.STALE, signoff, stale_because=moved, culprits=culprits(project, signoff, moved))
            )
            current = True
            continue
        state = State.AHEAD if has_evidence(project, stage) else State.WAITING
        found.append(StageStatus(stage, state if current else State.OPEN, None, stale_because=moved))
        current = True
    return tuple(found)


def current_stage(states: tuple[StageStatus, ...]) -> StageStatus | None:
    """The first stage that is stale, or neither signed nor skipped; None when all is done."""
    return next((s for s in states if s.state not in (State.SIGNED, State.SKIPPED)), None)


def moved_names(project: Project, signoff: Signoff) -> tuple[str, ...]:
    """The names in a sign-off whose fingerprints are no longer what was signed."""
    moved = []
    for names, as_input in ((signoff.evidence, False), (signoff.inputs, True)):
        for name, signed in names.items():
            now = fingerprint(project, name, as_input=as_input, like=signed)
            if now is not None and now != signed:
                moved.append(name)
    return tuple(dict.fromkeys(moved))


def has_evidence(project: Project, stage: Stage) -> bool:
    """Whether somebody has begun: evidence that is there and not as generated."""
    for name in stage.evidence:
        for path in files_of(project, name):
            try:
                if not project.is_pristine(path):
                    return True
            except Missing:
                continue
    return False


def culprits(project: Project, signoff: Signoff, moved: tuple[str, ...]) -> tuple[str, ...]:
    """The files that made a stage stale: by comparing tables with pictures, and git's tree at the sign-off with today's files."""
    found: list[str] = []
    commit = git.last_commit_of(signoff.path, project.root)
    changed = set(git.changed_since(commit, project.root)) if commit else set()
    for name in moved:
        files = files_of(project, name)
        named = _pictures(project, name) if name.startswith("data/processed") else []
        named += [f for f in _candidates(project, name, files) if f in changed]
        base = name.partition("#")[0]
        found += named or [files[0] if len(files) == 1 else base]
    return tuple(dict.fromkeys(found))


def _candidates(project: Project, name: str, files: list[str]) -> list[str]:
    base = name.partition("#")[0]
    if base in ("reports/training", "reports/tuning"):
        return [f"{base}/chosen.toml", *files]
    if base == "data/raw":
        return [*files, *project.glob("data/manifest/*.csv")]
    return files


def _pictures(project: Project, name: str) -> list[str]:
    named = []
    for split in prepared(project, name.partition("#")[2]):
        here = data.processed_media(project, split)
        if not here:
            continue
        try:
            listed = {p.path: p.digest for p in data.processed(project, split)}
        except (Missing, ScaffoldError):
            listed = {}
        seen = media.exact(project, here, base="data/processed")
        named += [p for p, f in seen.items() if not f.pointer and listed.get(p) != f.pixels]
        named += [p for p in listed if p not in here]
    return [f"data/processed/{p}" for p in named]


def _readable_signoff(project: Project, stage: Stage) -> Signoff | None:
    try:
        return records.signoff(project, stage.number, stage.slug)
    except ScaffoldError:
        return None


def _readable_skips(project: Project) -> list[records.Skip]:
    try:
        return records.skips(project)
    except ScaffoldError:
        return []
