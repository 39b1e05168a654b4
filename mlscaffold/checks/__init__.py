"""Checks: code that proves deliverables. One check, one file; the file is its registration.

A check is a generator of findings. It reads evidence through the project only, raises `Missing` where evidence is absent, still
as generated or older than its inputs, and `Unknown` where this machine cannot judge it. It yields nothing when all is well.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mlscaffold.model import Effect, Evidence, Finding, Status
from mlscaffold.project import Project

Check = Callable[[Project], Iterator[Finding]]
MISSING = "missing"
"""Marks a finding of absent evidence, which the state of its stage makes `todo` or `fail`."""

HEADINGS = ("## Why", "## Evidence", "## Fix")


@dataclass(frozen=True)
class Spec:
    """What is known of a check without running it."""

    id: str
    stage: str
    module: str
    function: str
    title: str
    proves: str
    reads: tuple[str, ...]
    always: bool = False
    deep: bool = False
    volatile: bool = False
    tells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """What the decorator was told."""

    proves: str
    reads: tuple[str, ...]
    always: bool
    deep: bool
    volatile: bool
    tells: tuple[str, ...]


def check(
    *,
    proves: str,
    reads: tuple[str, ...],
    always: bool = False,
    deep: bool = False,
    volatile: bool = False,
    tells: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Declare a check: the deliverable it proves, the paths whose change concerns it, and its flags.

    `always`: what it finds is wrong for ever, whatever the stage. `deep`: needs the project's own environment.
    `volatile`: looks at history, the day or the settings of git, so that its answer is not kept by itself. What else it looks at
    it names with `Project.look_outside`. `tells`: the files (patterns) of which it is this check that says that they cannot be read,
    when several stumble over one.
    """

    def declare(function: Check) -> Check:
        function.declaration = Declaration(proves, reads, always, deep, volatile, tells)  # type: ignore[attr-defined]
        return function

    return declare


def at(path: str, line: int | None = None) -> Evidence:
    """A place that a finding points at."""
    return Evidence(path, line)


def fail(
    message: str,
    *evidence: Evidence | str,
    fix: str = "",
    effect: Effect | None = None,
    stage: str = "",
    items: Iterable[Evidence | str] = (),
) -> Finding:
    """A later number is wrong, or a claim is false. `items` are all places, where `evidence` names the first few."""
    return _finding(Status.FAIL, message, evidence, fix=fix, effect=effect, stage=stage, items=items)


def warn(
    message: str,
    *evidence: Evidence | str,
    fix: str = "",
    effect: Effect | None = None,
    stage: str = "",
    items: Iterable[Evidence | str] = (),
) -> Finding:
    """A person has to look; it may be fine. `items` as of `fail`."""
    return _finding(Status.WARN, message, evidence, fix=fix, effect=effect, stage=stage, items=items)


def unknown(message: str, *evidence: Evidence | str, fix: str = "", stage: str = "") -> Finding:
    """A part of the evidence cannot be judged on this machine."""
    return _finding(Status.UNKNOWN, message, evidence, fix=fix, effect=None, stage=stage)


def todo(message: str, *evidence: Evidence | str, fix: str = "", stage: str = "") -> Finding:
    """Evidence is absent or as generated: `todo`, and `fail` where its stage is signed. `Missing` for several of them."""
    found = _finding(Status.TODO, message, evidence, fix=fix, effect=None, stage=stage)
    return replace(found, check=MISSING)


def all_checks() -> tuple[Spec, ...]:
    """Every check, by stage and name: imports them all."""
    specs = []
    for path in check_files():
        module = f"mlscaffold.checks.{path.parent.name}.{path.stem}"
        function = check_function(module)
        declared: Declaration = function.declaration  # type: ignore[attr-defined]
        stage = path.parent.name
        specs.append(
            Spec(
                id=f"{stage}.{path.stem.replace('_', '-')}",
                stage=stage,
                module=module,
                function=function.__name__,
                title=(inspect.getdoc(function) or "").split("\n", 1)[0].strip(),
                proves=declared.proves,
                reads=declared.reads,
                always=declared.always,
                deep=declared.deep,
                volatile=declared.volatile,
                tells=declared.tells,
            )
        )
    return tuple(specs)


def check_files() -> list[Path]:
    """The files that hold checks."""
    return sorted(p for p in Path(__file__).parent.glob("*/*.py") if p.stem != "__init__")


def check_function(module: str) -> Check:
    """The one declared check of a module."""
    loaded = importlib.import_module(module)
    name = module.rsplit(".", 1)[1]
    function = getattr(loaded, name, None)
    if function is None or not hasattr(function, "declaration"):
        raise TypeError(f"{module} declares no check named {name}")
    checked: Check = function
    return checked


def documentation(spec: Spec) -> str:
    """The docstring of a check, as Markdown."""
    return inspect.getdoc(check_function(spec.module)) or ""


def section(documented: str, heading: str) -> str:
    """One section of a check's documentation, without its heading."""
    match = re.search(rf"^{heading}\n(.*?)(?=^## |\Z)", documented, re.MULTILINE | re.DOTALL)
    return match.group(1).strip() if match else ""


def _finding(
    status: Status,
    message: str,
    evidence: Iterable[Evidence | str],
    *,
    fix: str,
    effect: Effect | None,
    stage: str,
    items: Iterable[Evidence | str] = (),
) -> Finding:
    return Finding(status, message, _places(evidence), fix=fix, effect=effect, stage=stage, items=_places(items))


def _places(named: Iterable[Evidence | str]) -> tuple[Evidence, ...]:
    return tuple(place if isinstance(place, Evidence) else Evidence(place) for place in named)
