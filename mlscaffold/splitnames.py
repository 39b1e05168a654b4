"""The names of splits: four that every project has, `augmented` where there are extra data, and any number of named test sets.

`augmented` is held out of the data that a model learns from, extra sources included: it tells variance from a mismatch of data.
`test-<slug>` is a test set of its own (`test-night`): like `test` it is looked at once, and nothing is decided on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BASE = ("train", "validation", "eyeball", "test")
AUGMENTED = "augmented"
TEST = "test"
HINT = (
    f"Splits: {', '.join(BASE)}; {AUGMENTED}, held out where there are extra data; and test sets with a name, such as test-night."
)
_NAMED = re.compile(r"test-[a-z0-9]+(-[a-z0-9]+)*")
_PLAIN = ("set", "sets", "data", "split", "menge", "daten", "datensatz")  # `test-set` is how people write the test set
_ORDER = {name: place for place, name in enumerate(("train", AUGMENTED, "validation", "eyeball", "test"))}


def is_split(name: str) -> bool:
    """Whether this is the name of a split."""
    return name in _ORDER or is_named_test(name)


def is_test(name: str) -> bool:
    """Whether this is the test set or one of the named ones: nothing may be learned from it or decided on it."""
    return name == TEST or is_named_test(name)


def is_named_test(name: str) -> bool:
    """Whether this is a test set with a name of its own: `test-` and lower case letters, digits and hyphens."""
    return len(name) <= 64 and _NAMED.fullmatch(name) is not None


def order(name: str) -> tuple[int, str]:
    """The place of a split: train first, test sets last. What lies in two splits belongs to the later one."""
    return _ORDER.get(name, len(_ORDER)), name


def present(names: Iterable[str]) -> tuple[str, ...]:
    """The four splits that every project has, and which of these names are others; in their order, no name twice."""
    return tuple(sorted({*BASE, *(name for name in names if is_split(name))}, key=order))


def told(names: Iterable[str]) -> list[str]:
    """These splits in the order in which people compare numbers: train, validation, test, and what else there is."""
    first = ("train", AUGMENTED, "validation", "test")
    return sorted(set(names), key=lambda name: (first.index(name) if name in first else len(first), order(name)))


def selected(wanted: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The splits that a selection of a stage's inputs means: `augmented` counts with validation, a named test set stands for itself."""
    asked = set(wanted)
    held = {*asked, AUGMENTED} if "validation" in asked else asked
    return tuple(name for name in present(names) if name in held)


def first_named(text: str) -> str:
    """The split that a person's words name (`on the test set`, `test-night`), or nothing."""
    words = text.casefold()
    named = _NAMED.search(words)
    if named and named[0].split("-")[1] not in _PLAIN:
        return named[0]
    return next((name for name in (*BASE, AUGMENTED) if name in words), "")
