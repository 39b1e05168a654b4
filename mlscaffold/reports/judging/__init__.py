"""Forms on which people judge pictures: a page that works offline, and a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlscaffold.evidence.judgements import RIGHT, UNSURE, Asked

TAKEN = frozenset("rsu")
"""Letters that mean something else on the page: remark, save, unsure."""
Picture = Callable[[str], bytes]
"""The path of a medium (from the project's root) → a small JPEG of it; empty where there is none."""


@dataclass(frozen=True)
class Form:
    """A sheet and the words around it. `shown` tells whether the label that a picture has is shown: never where people judge blind."""

    asked: Asked
    title: str
    question: str
    choices: tuple[tuple[str, str], ...]  # value, what stands on the button
    shown: bool

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return f"{self.asked.kind}-{self.asked.digest[:8]}"


def keys(choices: Sequence[str]) -> list[str]:
    """The key of each choice: Enter for "right", u for "unsure"; classes of one sign have that sign, others 1 to 9, then letters."""
    classes = [choice for choice in choices if choice not in (RIGHT, UNSURE)]
    signs = [name.lower() for name in classes]
    if not (
        all(len(sign) == 1 and sign.isalnum() for sign in signs) and len(set(signs)) == len(signs) and not TAKEN & set(signs)
    ):
        signs = [*"123456789", *(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in TAKEN)]
    own = dict(zip(classes, signs, strict=False))
    return ["Enter" if choice == RIGHT else "u" if choice == UNSURE else own.get(choice, "") for choice in choices]
