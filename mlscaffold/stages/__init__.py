"""The ten stages, each declared by one TOML file in this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mlscaffold.errors import UsageError
from mlscaffold.model import Deliverable, Question, Stage


@cache
def all_stages() -> tuple[Stage, ...]:
    """The stages in their order."""
    return tuple(_load(path) for path in sorted(Path(__file__).parent.glob("[0-9][0-9]_*.toml")))


def find_stage(name: str) -> Stage:
    """A stage by slug, by number or by the beginning of its slug; raises `UsageError`."""
    wanted = name.strip().lower().replace("_", "-")
    for stage in all_stages():
        if wanted in (stage.slug, str(stage.number), f"{stage.number:02d}", f"{stage.number:02d}-{stage.slug}"):
            return stage
    starting = [s for s in all_stages() if wanted and s.slug.startswith(wanted)]
    if len(starting) == 1:
        return starting[0]
    known = ", ".join(f"{s.number} {s.slug}" for s in all_stages())
    raise UsageError(f"No stage {name!r}", reference="no-such-stage", hint=f"The stages are: {known}")


def _load(path: Path) -> Stage:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    number, _, slug = path.stem.partition("_")
    return Stage(
        number=int(number),
        slug=slug,
        title=raw["title"],
        goal=raw["goal"],
        roles=tuple(raw["roles"]),
        deliverables=tuple(Deliverable(d["id"], d["title"]) for d in raw["deliverables"]),
        evidence=tuple(raw["evidence"]),
        inputs=tuple(raw["inputs"]),
        checklist=tuple(Question(q["id"], q["text"]) for q in raw["checklist"]),
        guidance=" ".join(raw["guidance"].split()),
        next_command=raw["next"],
    )
