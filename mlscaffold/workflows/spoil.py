"""Apply a sin to the finished project that the tool brings along, commit it as somebody would, and see what `check` says; take it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mlscaffold import git
from mlscaffold.demo import finished
from mlscaffold.demo.sins import Sin
from mlscaffold.errors import UsageError
from mlscaffold.evidence import acceptance, chain
from mlscaffold.model import Effect, Finding, State, Status
from mlscaffold.project import Project, open_project
from mlscaffold.workflows.check import check_project
from mlscaffold.writing import write_text

NOTICEABLE = 0.0005  # three digits are shown
STALE = "project.stale"
NOTE = "mlscaffold-sin.json"  # in .git: which commit is a sin, and which files that git ignores came with it


@dataclass(frozen=True)
class Spoiled:
    """A sin that was committed: the commit, how many tracked files it changed and how many ignored ones it brought."""

    sin: Sin
    commit: str
    changed: int
    added: int


@dataclass(frozen=True)
class _Note:
    """The last sin: its name, its commit, and the files that came with it although git ignores them."""

    sin: str
    commit: str
    added: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What `check` says against the spoiled project: the findings that name the sin, further checks that fail, fallen signatures, the number."""

    told: tuple[Finding, ...]
    also: tuple[str, ...]
    stale: tuple[str, ...]
    number: str
    summary: str


def is_finished_demo(root: Path) -> bool:
    """Whether a folder is the finished project, however it moved on: nothing else is ever spoiled."""
    if not (root / ".git").is_dir():
        return False
    return git.run_git(["merge-base", "--is-ancestor", finished.read().head, "HEAD"], root, check=False).code == 0


def spoil(root: Path, sin: Sin) -> Spoiled:
    """Apply a sin to an unpacked demo and commit it; a sin that was committed before is taken back first."""
    _need_demo(root)
    if _note(root):
        mend(root)
    _need_clean(root)
    ignored, untracked = _others(root, "--ignored"), _others(root)
    try:
        sin.spoil(root)
    except BaseException:
        git.run_git(["reset", "--quiet", "--hard", "HEAD"], root)
        _restore(root, (_others(root, "--ignored") - ignored) | (_others(root) - untracked))
        raise
    added = sorted(_others(root, "--ignored") - ignored)
    git.run_git(["add", "--update"], root)
    if new := sorted(_others(root) - untracked):  # what the user has lying about is not the sin's
        git.run_git(["add", "--", *new], root)
    changed = len(git.staged_paths(root))
    git.run_git(["commit", "--quiet", "--no-verify", "--message", sin.message], root)
    commit = git.head(root)
    write_text(root / ".git" / NOTE, json.dumps({"sin": sin.name, "commit": commit, "added": added}) + "\n")
    return Spoiled(sin, commit, changed, len(added))


def mend(root: Path) -> str:
    """Take the last sin back: its commit goes, and the files that git ignores are as they were; returns its name."""
    _need_demo(root)
    note = _note(root)
    if not note:
        raise UsageError("No sin to take back here", reference="no-sin", hint="mlscaffold demo --break")
    _need_clean(root)
    if git.head(root) != note.commit:
        raise UsageError(
            f"There are commits after {note.sin}", reference="commits-after-sin", hint=f"git revert {note.commit[:7]}"
        )
    git.run_git(["reset", "--quiet", "--hard", "HEAD~1"], root)
    _restore(root, set(note.added))
    (root / ".git" / NOTE).unlink()
    return note.sin


def judge(root: Path, sin: Sin) -> Verdict:
    """Check the spoiled project; the findings of the sin's own stage, and those that touch a number, are told in full."""
    project = open_project(root)
    report = check_project(project)
    failed = [f for f in report.findings if f.status in (Status.FAIL, Status.ERROR) and not f.waiver and f.check != STALE]
    told = tuple(f for f in failed if f.effect or sin.stage in (f.stage or "project", f.check.split(".")[0])) or tuple(failed)
    also = sorted({f.check for f in failed} - {f.check for f in told})
    stale = tuple(s.stage.slug for s in report.stages if s.state is State.STALE)
    passed = len({f.check for f in report.findings if f.status is Status.PASS})
    fell = len({f.check for f in failed}) + bool(stale)
    summary = f"{report.checks} checks: {passed} passed, {fell} failed in {report.seconds:.1f} s"
    return Verdict(told, tuple(also), stale, told_number(project, told), summary)


def told_number(project: Project, findings: tuple[Finding, ...]) -> str:
    """What the sin did to a reported number: as the findings say, else as the report said before; or that it moved none."""
    touched: dict[str, tuple[Effect, str]] = {}
    for finding in findings:
        effect = finding.effect
        if effect and abs(effect.reported - effect.corrected) >= NOTICEABLE:
            touched.setdefault(effect.metric, (effect, finding.check))
    if touched:
        return "\n".join(
            f"{e.metric} {e.reported:.3f} reported, {e.corrected:.3f} true ({check})" for e, check in touched.values()
        )
    name = project.read(acceptance.read, "acceptance.toml").optimise
    told = ""
    for evaluation in chain.evaluations(project):
        path = f"{evaluation.folder}/metrics.json"
        now, before = _value(project.content(path), name), _value(git.show(f"HEAD~1:{path}", project.root), name)
        if now is not None and before is not None:
            if abs(now - before) >= NOTICEABLE:
                return f"{name} {now:.3f} reported, {before:.3f} before"
            told = f"{name} stays {now:.3f}"
    return f"not touched; {told}" if told else "none is left to compare"


def _value(record: bytes | None, metric: str) -> float | None:
    try:
        return float(json.loads(record or b"")["metrics"][metric]["value"])
    except (ValueError, KeyError, TypeError):
        return None


def _need_demo(root: Path) -> None:
    if not is_finished_demo(root):
        raise UsageError(
            f"{root} is not the finished demo, and nothing else is ever spoiled",
            reference="not-the-demo",
            hint="mlscaffold demo --finished OTHER-NAME --break",
        )


def _need_clean(root: Path) -> None:
    if changed := {path for path, letters in git.status(root).items() if letters != "??"}:
        raise UsageError(
            f"{len(changed)} changed file{'s' * (len(changed) > 1)} not committed, first {min(changed)}",
            reference="uncommitted",
            hint="git commit, or git restore, then again",
        )


def _note(root: Path) -> _Note | None:
    """The note of the last sin, if its commit is still part of the history."""
    try:
        found = json.loads((root / ".git" / NOTE).read_text(encoding="utf-8"))
        note = _Note(str(found["sin"]), str(found["commit"]), tuple(str(path) for path in found["added"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return note if git.run_git(["merge-base", "--is-ancestor", note.commit, "HEAD"], root, check=False).code == 0 else None


def _others(root: Path, *which: str) -> set[str]:
    """The files that git does not track; with `--ignored`, those that it ignores."""
    listing = git.run_git(["ls-files", "--others", *which, "--exclude-standard", "-z"], root).text
    return {path for path in listing.split("\0") if path and not path.startswith(".mlscaffold/cache")}


def _restore(root: Path, added: set[str]) -> None:
    """Bring the files that git ignores back: what came goes, what was changed or lost is written anew."""
    for path in added:
        (root / path).unlink(missing_ok=True)
    kept = finished.read().files
    finished.write_files(root, {path: content for path, content in kept.items() if not _is(root / path, content)})


def _is(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
