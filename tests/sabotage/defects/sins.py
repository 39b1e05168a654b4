"""The sins of `mlscaffold demo --break`, which the wheel carries: rows like any other, with the same functions."""

from __future__ import annotations

from mlscaffold.demo.sins import Sin, all_sins
from tests.demo.caught import CAUGHT
from tests.sabotage.corpus import Words, defect
from tests.sabotage.target import Target


def _register(sin: Sin) -> None:
    check, words = CAUGHT[sin.name]

    def spoil(project: Target) -> Words:
        sin.spoil(project.root)
        project.commit(sin.message)
        return (words,)

    spoil.__doc__ = f"{sin.title} (`demo --break {sin.name}`)"
    defect(f"{sin.defect}sin", check)(spoil)


# They want a tuned model of its own, which only the demo has: tests/demo tries them there.
ON_THE_DEMO = ("borrowed-evaluation", "best-of-seeds")

for _sin in all_sins():
    if _sin.name not in ON_THE_DEMO:
        _register(_sin)
