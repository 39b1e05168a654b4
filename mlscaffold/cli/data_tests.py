"""How `mlscaffold data split` makes, extends and replaces test sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlscaffold.cli.console import counter, is_terminal

if TYPE_CHECKING:
    from mlscaffold.evidence.testsets import Version
    from mlscaffold.workflows.change_tests import TestsChanged


@dataclass(frozen=True)
class Wish:
    """What the options of `data split` ask of a test set."""

    named: str = ""
    extend: str = ""
    replace: str = ""
    where: str = ""
    sources: tuple[str, ...] = ()
    count: int | None = None
    old: str = ""
    reason: str = ""
    who: str = ""
    seed: int = 0

    @property
    def concerns(self) -> str:
        """The option that asks for a change, or nothing; raises `UsageError` where the options do not go together."""
        from mlscaffold.errors import UsageError

        asked = [f"--{name}" for name in ("named", "extend", "replace") if getattr(self, name)]
        if len(asked) > 1:
            raise UsageError(f"{asked[0]} and {asked[1]}: one at a time.", reference="options-conflict")
        given = {"--where": self.where, "--from": self.sources, "--count": self.count is not None, "--old": self.old}
        lonely = [name for name, value in given.items() if value]
        if lonely and not asked:
            raise UsageError(f"{lonely[0]} needs --named, --extend or --replace.", reference="options-conflict")
        if self.old and not self.replace:
            raise UsageError("--old says where a replaced set goes: it needs --replace.", reference="options-conflict")
        if self.named and not self.where:
            raise UsageError(
                "What is the set made of?", reference="no-selection", hint=f"--named {self.named} --where COLUMN=VALUE"
            )
        return asked[0] if asked else ""


def change(root: Path, wish: Wish, *, share: float | None = None, ask: bool = False) -> TestsChanged:
    """Do what the options ask; the reason is asked for on a terminal, where it is needed and was not given."""
    from mlscaffold.workflows.change_tests import extend_tests, name_tests, replace_tests, set_name

    progress = counter("read")
    if wish.named:
        return name_tests(
            root, wish.named, wish.where, sources=wish.sources, count=wish.count, reason=wish.reason, who=wish.who, seed=wish.seed,
            progress=progress,
        )  # fmt: skip
    name = wish.extend or wish.replace
    reason = wish.reason or (_asked_reason(set_name(name)) if ask and is_terminal() else "")
    if wish.extend:
        more = {} if share is None else {"share": share}
        return extend_tests(
            root, name, reason=reason, where=wish.where, sources=wish.sources, count=wish.count, who=wish.who, seed=wish.seed,
            progress=progress, **more,
        )  # fmt: skip
    return replace_tests(
        root, name, reason=reason, where=wish.where, sources=wish.sources, count=wish.count, old=wish.old or "keep", who=wish.who,
        seed=wish.seed, progress=progress,
    )  # fmt: skip


def _asked_reason(name: str) -> str:
    from mlscaffold.cli.prompts import ask_choice, ask_text
    from mlscaffold.workflows.change_tests import REASONS

    answer = ask_choice(
        f"Why is {name} changed?", {**{sentence: sentence for sentence in REASONS.values()}, "": "Another reason"}
    )
    return answer or ask_text("Why, in a sentence?")


def text(done: TestsChanged, package: str, then: str) -> Iterable[str]:
    """What became of a test set, for people; `then` is the option of `evaluate` that comes next, or nothing."""
    from mlscaffold.workflows.change_tests import REASONS

    mine = next(version for version in done.versions if version.set == done.set)
    what = f" with {mine.where}" if mine.where else ""
    came = ", ".join(f"{n} {f'of {split}' if split else 'that no split held'}" for split, n in sorted(done.moved.items()))
    yield f"{mine.name}, {done.how}: {done.rows} pictures{what} (new: {came})"
    yield from version_lines(done.adopted)
    yield from version_lines(version for version in done.versions if version.set != done.set)
    for split, n in done.old.items():
        yield f"  the {n} pictures of the old set are in {split}"
    for reason, paths in done.left.items():
        yield f"  left where they are: {len(paths)} {reason}"
    yield f"  a share of {done.expected:g} on these {done.rows} pictures will be known to ±{done.half_width:.3f}"
    if done.how == "named":
        yield f'  a threshold of its own, in acceptance.toml: split = "{done.set}"'
    if mine.reason == REASONS["metric"]:
        yield "  the metric: change [metric] in acceptance.toml too, then: mlscaffold acceptance change --reason WHY"
    if done.unassigned:
        yield f"  in no split yet: {done.unassigned} (mlscaffold data split)"
        if done.bound:
            yield f"  warn: {done.bound} of these belong together with pictures of test sets: they can be tested on, and never learned from"
    yield f"  written: {', '.join([*done.written, *(version.path for version in (*done.adopted, *done.versions))])}"
    yield ""
    yield f"Next: {next_step(package, then)}"


def version_lines(versions: Iterable[Version]) -> Iterable[str]:
    """A line for each version that was recorded."""
    for version in versions:
        yield f"  {version.name}, {version.said}: {version.rows} pictures"


def then(root: Path) -> str:
    """The option of `evaluate` for the model that later ones are compared with: of the release, else of the choice; or nothing."""
    from mlscaffold.errors import ScaffoldError
    from mlscaffold.evidence import chain, decisions
    from mlscaffold.project import Missing, Project

    project = Project(root)
    try:
        released = decisions.releases(project)
        return f"--release {released[-1].number}" if released else f"--of {chain.model(project).stage}"
    except (Missing, ScaffoldError):  # a record that cannot be read is for a check to tell: the tables are written by now
        return ""


def next_step(package: str, then: str) -> str:
    """The command that comes next: prepare, and where a model is compared later, its evaluation on the new set."""
    first = f"python -m {package}.prepare"
    return f"{first} && python -m {package}.evaluate {then}   (before anything is compared)" if then else first


def as_json(done: TestsChanged, package: str, then: str) -> dict[str, Any]:
    """What became of a test set, for machines."""
    return {
        "schema": 1,
        "set": done.set,
        "how": done.how,
        "rows": done.rows,
        "new": {split or "no split": n for split, n in sorted(done.moved.items())},
        "left": {reason: list(paths) for reason, paths in done.left.items()},
        "old": done.old,
        "unassigned": done.unassigned,
        "half_width": round(done.half_width, 4),
        "versions": versions_json((*done.adopted, *done.versions)),
        "written": list(done.written),
        "next": next_step(package, then),
    }


def versions_json(versions: Sequence[Version]) -> list[dict[str, Any]]:
    """Versions as plain values."""
    return [dict(vars(version)) for version in versions]
