"""Run the checks and judge what they say."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from mlscaffold import git
from mlscaffold.checks import Spec, all_checks, check_files, check_function
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import media, records
from mlscaffold.model import Effect, Evidence, Finding, Report, StageStatus, State, Status
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.stages.state import current_stage, stage_states
from mlscaffold.workflows.one_voice import BROKEN, one_voice

MISSING = "missing"  # kept in the cache; becomes `todo` or `fail` by the state of the stage


@dataclass(frozen=True)
class Options:
    """What to check."""

    stage: str = ""
    everything: bool = False
    deep: bool = False
    deep_stage: str = ""
    paths: tuple[str, ...] | None = None
    only_always: bool = False


def check_project(project: Project, options: Options | None = None) -> Report:
    """Run the checks that the options choose; returns every finding, each marked whether it counts."""
    options = options or Options()
    started = time.perf_counter()
    if options.paths is None:
        media.learn(project)
    states = stage_states(project)
    index = check_index(project)
    chosen = [s for s in index if _wanted(s, options)]
    raw, not_run = _run(project, chosen, options)
    findings = _settle(project, raw, chosen, states=states, options=options)
    project.save()
    changed = git.status(project.root)
    ran = {spec.id for spec, _ in raw}
    owed = {s.proves for s in index if s.id not in ran}
    return Report(
        name=project.settings.name,
        task=project.settings.task,
        commit=git.head(project.root),
        dirty=any(letters != "??" for letters in changed.values()),
        round=records.current_round(project),
        current=_slug(current_stage(states)),
        stages=tuple(_told(s, findings, package=project.settings.package, changed=changed, owed=owed) for s in states),
        findings=tuple(findings),
        deep_not_run=not_run,
        checks=len(chosen) - not_run,
        seconds=time.perf_counter() - started,
    )


def check_index(project: Project) -> tuple[Spec, ...]:
    """Every check's declaration; kept in the cache, so that a warm run imports only what must run again."""
    stamp = ";".join(f"{p.parent.name}/{p.name}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in check_files())
    kept = project.cache.memo("checks", project.version)
    if kept and kept[0].get("files") == stamp:
        return tuple(Spec(**{**row, "reads": tuple(row["reads"]), "tells": tuple(row["tells"])}) for row in kept[1])
    specs = all_checks()
    project.cache.remember_memo("checks", project.version, trace={"files": stamp}, value=[asdict(s) for s in specs])
    return specs


def run_check(project: Project, spec: Spec) -> list[Finding]:
    """The findings of one check, from the cache where all that it read is unchanged; an empty list is a pass."""
    rows = project.memo(f"check:{spec.id}", lambda: [_to_row(f) for f in _outcome(project, spec)], volatile=spec.volatile)
    return [_from_row(row) for row in rows]


def is_ok(report: Report, *, strict: bool = False) -> bool:
    """Whether nothing that counts has failed; `strict` wants neither unknown nor warnings."""
    bad = {Status.FAIL, Status.ERROR} | ({Status.UNKNOWN, Status.WARN} if strict else set())
    return not any(f.counts and not f.waiver and f.status in bad for f in report.findings)


def concerns(spec: Spec, paths: Iterable[str]) -> bool:
    """Whether a change of one of the paths concerns a check."""
    return any(_touches(pattern, path) for pattern in spec.reads for path in paths)


def _outcome(project: Project, spec: Spec) -> Iterator[Finding]:
    try:
        yield from check_function(spec.module)(project)
    except Missing as missing:
        yield Finding(
            Status.TODO, missing.what, (Evidence(missing.path),) if missing.path else (), fix=missing.fix, check=MISSING
        )
    except Unknown as reason:
        yield Finding(Status.UNKNOWN, reason.reason, (Evidence(reason.path),) if reason.path else (), fix=reason.fix)
    except ScaffoldError as broken:  # evidence that cannot be read proves nothing
        path = getattr(broken, "path", "")
        yield Finding(
            Status.FAIL,
            broken.message,
            (Evidence(path, getattr(broken, "line", None)),) if path else (),
            fix=_mend(path, broken.hint),
            check=BROKEN if path else "",
        )
    except Exception as bug:  # a check that breaks never passes
        where = _origin(bug)
        yield Finding(Status.ERROR, f"the check itself broke: {type(bug).__name__}: {bug} ({where})", fix="report this as a bug")


def _mend(path: str, hint: str) -> str:
    """What to do about broken evidence: a hint that is a question, or tells what is known, names no file."""
    if path and (not hint or hint.endswith("?") or hint.startswith("Known")):
        return f"mend {path}: {hint}" if hint else f"mend {path}"
    return hint


def _run(project: Project, specs: Sequence[Spec], options: Options) -> tuple[list[tuple[Spec, list[Finding]]], int]:
    ran, not_run = [], 0
    for spec in specs:
        if spec.deep and not (options.deep or options.deep_stage == spec.stage) and not project.holds_memo(f"check:{spec.id}"):
            not_run += 1
            continue
        ran.append((spec, run_check(project, spec)))
    return ran, not_run


def _settle(
    project: Project,
    raw: list[tuple[Spec, list[Finding]]],
    specs: Sequence[Spec],
    *,
    states: tuple[StageStatus, ...],
    options: Options,
) -> list[Finding]:
    by_slug = {s.stage.slug: s for s in states}
    current = _slug(current_stage(states))
    waived = _waivers(project)
    settled: list[Finding] = []
    broken: list[int] = []
    for spec, found in raw:
        for finding in found or [Finding(Status.PASS, spec.title)]:
            slug = finding.stage or (spec.stage if spec.stage in by_slug else "")
            if options.stage and slug not in ("", options.stage):  # what a check of the whole project says of other stages
                continue
            state = by_slug[slug].state if slug else None
            status = finding.status
            if finding.check == MISSING and state in (State.SIGNED, State.STALE):
                status = Status.FAIL
            if state is State.SKIPPED and not spec.always:
                continue
            wrong = spec.always and status not in (Status.TODO, Status.UNKNOWN)  # what is wrong for ever; what is absent is not
            counts = wrong or not slug or options.everything or slug == current or state in (State.SIGNED, State.STALE)
            broken += [len(settled)] if finding.check == BROKEN else []
            settled.append(
                replace(
                    finding,
                    status=status,
                    check=spec.id,
                    stage=slug,
                    deliverable=finding.deliverable or spec.proves,
                    counts=counts,
                    waiver=waived.get(spec.id) if status in (Status.FAIL, Status.WARN, Status.UNKNOWN) else None,
                    deep=spec.deep,
                )
            )
    settled = one_voice(settled, broken, {spec.id: spec for spec in specs})
    order = {s.stage.slug: s.stage.number for s in states}
    severity = [Status.ERROR, Status.FAIL, Status.WARN, Status.UNKNOWN, Status.TODO, Status.PASS]
    return sorted(settled, key=lambda f: (not f.counts, severity.index(f.status), order.get(f.stage, 0), f.check))


def _wanted(spec: Spec, options: Options) -> bool:
    if options.stage and spec.stage not in (options.stage, "project"):
        return False
    if options.only_always and not spec.always:
        return False
    return options.paths is None or concerns(spec, options.paths)


def _touches(pattern: str, path: str) -> bool:
    if pattern.endswith("/**"):
        pattern = pattern[:-3]
    return path == pattern or path.startswith(f"{pattern}/") or fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*")


def _waivers(project: Project) -> dict[str, str]:
    try:
        return {w.check: f"{w.reason} ({w.owner}, until {w.until})" for w in records.waivers(project) if w.holds(project.today)}
    except ScaffoldError:
        return {}


def _told(status: StageStatus, findings: list[Finding], *, package: str, changed: dict[str, str], owed: set[str]) -> StageStatus:
    stage = replace(status.stage, next_command=status.stage.next_command.replace("PACKAGE", package))
    path = status.signoff.path if status.signoff else ""
    uncommitted = bool(path) and any(path == p or not p or (p.endswith("/") and path.startswith(p)) for p in changed)
    return replace(status, stage=stage, deliverables=_deliverables(status, findings, owed=owed), uncommitted=uncommitted)


def _deliverables(status: StageStatus, findings: list[Finding], *, owed: set[str]) -> dict[str, str]:
    """Deliverable → state; `owed` are those with a check that was not run, so that silence proves nothing of them."""
    states = {}
    for deliverable in status.stage.deliverables:
        mine = [f for f in findings if f.deliverable == deliverable.id and f.stage == status.stage.slug]
        states[deliverable.id] = _judge(mine, absent="unknown" if deliverable.id in owed else "todo")
    return states


def _judge(findings: list[Finding], *, absent: str) -> str:
    if not findings:
        return absent
    bad = [f for f in findings if f.status in (Status.FAIL, Status.ERROR)]
    if any(not f.waiver for f in bad):
        return "failed"
    statuses = {f.status for f in findings if not f.waiver}
    if Status.TODO in statuses:
        return "todo"
    if Status.UNKNOWN in statuses:
        return "unknown"
    return "waived" if any(f.waiver for f in findings) else "proved"


def _slug(status: StageStatus | None) -> str:
    return status.stage.slug if status else ""


def _to_row(finding: Finding) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(json.dumps(asdict(finding)))
    return row


def _from_row(row: dict[str, Any]) -> Finding:
    places = {name: tuple(Evidence(**e) for e in row[name]) for name in ("evidence", "items")}
    effect = Effect(**row["effect"]) if row["effect"] else None
    return Finding(**{**row, **places, "status": Status(row["status"]), "effect": effect})


def _origin(bug: BaseException) -> str:
    trace = bug.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "unknown place"
