"""Raw pictures that are odd beside the others: the rules of `data scan`, on what is known of them already."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mlscaffold.evidence import data, media
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.project import Missing, Project, Unknown

if TYPE_CHECKING:
    from mlscaffold.datasets.inspection import Found
    from mlscaffold.datasets.inventory import Inventory

_SEEN: WeakKeyDictionary[Project, tuple[dict[str, str], Inventory]] = WeakKeyDictionary()  # four checks ask for the same


def inventory(project: Project) -> Inventory:
    """The raw pictures that are here, in columns; nothing is decoded twice."""
    from mlscaffold.datasets.inventory import Inventory

    here = data.raw_media(project)
    if project in _SEEN and _SEEN[project][0] == here:
        return _SEEN[project][1]
    facts = media.facts(project, here, base=RAW)
    seen = Inventory()
    for path in sorted(facts):
        seen.add(path, facts[path])
    if len(seen) or any(not fact.pointer for fact in facts.values()):
        _SEEN[project] = here, seen
        return seen
    if not here and not data.manifest(project):
        raise Missing("data/raw holds no pictures", path=RAW, fix="mlscaffold data import FOLDER")
    raise Unknown("how the pictures look was not judged: they are not on this machine", path=RAW)


def told(found: Found, total: int, what: str) -> str:
    """A finding in words: how many of how many, what they are, and the first few of them."""
    verb = "is" if found.count == 1 else "are"
    share = "; a property of this set" if 2 * found.count > total else ""
    first = few([f"{item.paths[0]} ({item.words})" for item in found.items])
    return f"{found.count} of {count(total, 'picture')} {verb} {what}{share}: {first}"


def places(found: Found) -> list[str]:
    """Every picture of a finding, relative to the project."""
    return [f"{RAW}/{path}" for item in found.items for path in item.paths]
