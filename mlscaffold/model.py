"""The frozen dataclasses that all layers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """What a finding says of the evidence."""

    PASS = "pass"
    TODO = "todo"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"


class State(StrEnum):
    """Where a stage stands; derived from the files, never stored."""

    SKIPPED = "skipped"
    STALE = "stale"
    SIGNED = "signed"
    OPEN = "open"
    AHEAD = "ahead"
    WAITING = "waiting"


@dataclass(frozen=True)
class Evidence:
    """A place that a finding points at: a path relative to the project and, where it helps, a line (from 1)."""

    path: str
    line: int | None = None


@dataclass(frozen=True)
class Effect:
    """What a finding does to a number: the reported value, and the value without what should not count."""

    metric: str
    reported: float
    corrected: float


@dataclass(frozen=True)
class Finding:
    """One thing that a check says: what was found, the number wanted, where, and the next command.

    `items` are all that it is about (pictures, rows), where `evidence` and the message name the first few. `because` is the check
    that tells of the broken file which this one waits for.
    """

    status: Status
    message: str
    evidence: tuple[Evidence, ...] = ()
    fix: str = ""
    effect: Effect | None = None
    check: str = ""
    stage: str = ""
    deliverable: str = ""
    counts: bool = False
    waiver: str | None = None
    deep: bool = False
    items: tuple[Evidence, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class Deliverable:
    """What a stage owes."""

    id: str
    title: str


@dataclass(frozen=True)
class Question:
    """An item of a stage's checklist, answered by the person who signs."""

    id: str
    text: str


@dataclass(frozen=True)
class Stage:
    """One of the ten stages, as its TOML file declares it."""

    number: int
    slug: str
    title: str
    goal: str
    roles: tuple[str, ...]
    deliverables: tuple[Deliverable, ...]
    evidence: tuple[str, ...]
    inputs: tuple[str, ...]
    checklist: tuple[Question, ...]
    guidance: str
    next_command: str


@dataclass(frozen=True)
class Signoff:
    """A person's recorded yes."""

    path: str
    stage: str
    round: int
    who: str
    role: str
    when: str
    evidence: dict[str, str]
    inputs: dict[str, str]
    checklist: dict[str, str]
    commit: str = ""
    over: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    transcribed_by: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class StageStatus:
    """A stage with its derived state, its deliverables and, if stale, the files at the root of it."""

    stage: Stage
    state: State
    signoff: Signoff | None = None
    stale_because: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()
    deliverables: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    uncommitted: bool = False


@dataclass(frozen=True)
class Report:
    """Everything that `check` found; the renderers read nothing else of the checks."""

    name: str
    task: str
    commit: str
    dirty: bool
    round: int
    current: str
    stages: tuple[StageStatus, ...]
    findings: tuple[Finding, ...]
    deep_not_run: int = 0
    checks: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether no counted finding is an unwaived failure or an error."""
        return not any(f.counts and not f.waiver and f.status in (Status.FAIL, Status.ERROR) for f in self.findings)
