"""Forms on which people judge pictures: a page that works offline, and a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlscaffold.evidence.judgements import RIGHT, UNSURE, Asked
from mlscaffold.practice.causes import WRONG_LABEL

TAKEN = frozenset("nrsuw")
"""Letters that mean something else on the page: a new cause, remark, save, unsure, wrong label."""
SIGNS = (*"123456789", *(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in TAKEN))
"""The keys of choices, in their order."""
Picture = Callable[[str], bytes]
"""The path of a medium (from the project's root) → a small JPEG of it; empty where there is none."""
Link = Callable[[str], str]
"""The path of a medium → its address, seen from where the form lies; empty where there is none."""


@dataclass(frozen=True)
class Form:
    """A sheet and the words around it. `shown` tells whether the label that a picture has is shown: never where people judge blind.

    `several`: more than one choice may be ticked, and new ones may be written.
    """

    asked: Asked
    title: str
    question: str
    choices: tuple[tuple[str, str], ...]  # value, what stands on the button
    shown: bool
    several: bool = False

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return f"{self.asked.kind}-{self.asked.digest[:8]}"


def keys(choices: Sequence[str]) -> list[str]:
    """The key of each choice: Enter for "right", u for "unsure", w for "wrong label", for classes their one sign or 1 to 9, then letters."""
    fixed = {RIGHT: "Enter", UNSURE: "u", WRONG_LABEL: "w"}
    classes = [choice for choice in choices if choice not in fixed]
    signs = [name.lower() for name in classes]
    if not (
        all(len(sign) == 1 and sign.isalnum() for sign in signs) and len(set(signs)) == len(signs) and not TAKEN & set(signs)
    ):
        signs = list(SIGNS)
    own = dict(zip(classes, signs, strict=False))
    return [fixed.get(choice, own.get(choice, "")) for choice in choices]
