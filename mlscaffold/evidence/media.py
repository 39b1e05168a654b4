"""Facts about the pictures of a project: decoded once for each content, kept in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mlscaffold.evidence.data import is_medium
from mlscaffold.project import Project
from mlscaffold.trees import WorkTree, on_disk

if TYPE_CHECKING:
    from mlscaffold.datasets.duplicates import Alike
    from mlscaffold.datasets.images import Facts
    from mlscaffold.places import Stamp

FOLDERS = ("data/raw", "data/processed", "data/field")
_SEEN: WeakKeyDictionary[Project, dict[str, Facts]] = WeakKeyDictionary()  # by digest: a dozen checks ask for the same pictures
_ALIKE: WeakKeyDictionary[Project, dict[frozenset[tuple[str, str]], list[Alike]]] = WeakKeyDictionary()


def facts(project: Project, media: Mapping[str, str], *, base: str, look: bool = True) -> dict[str, Facts]:
    """Facts about pictures (path below `base` → digest of the file); what the cache knows is not decoded again.

    Who needs no `look` (brightness, hashes, thumbnail) also takes what was read without one.
    """
    from mlscaffold.datasets.images import READER, Facts

    seen = _SEEN.setdefault(project, {})
    if wanted := {digest for digest in media.values() if digest not in seen}:
        seen |= {digest: Facts.from_row(row) for digest, row in project.cache.facts(wanted, READER).items()}
    fresh = {digest: path for path, digest in media.items() if digest not in seen or (look and not seen[digest].looked)}
    if fresh:
        from mlscaffold.datasets.scan import scan

        places = {path: on_disk(project.root / base / path) for path in fresh.values()}
        scanned = scan(list(places.values()))
        learned = {digest: _same(project, f"{base}/{path}", digest, scanned[places[path]]) for digest, path in fresh.items()}
        project.cache.remember_facts({digest: found.to_row() for digest, found in learned.items()}, READER)
        seen |= learned
    return {path: seen[digest] for path, digest in media.items()}


def exact(project: Project, media: Mapping[str, str], *, base: str) -> dict[str, Facts]:
    """The same, with the digest of all pixels for JPEGs too, as the annotations of processed pictures record it."""
    from dataclasses import replace

    from mlscaffold.datasets.images import JPEG, READER, pixel_digest

    found = facts(project, media, base=base, look=False)
    drafted = {path: f"{f.digest}:pixels" for path, f in found.items() if f.decode_ok and f.format in JPEG}
    known = project.cache.facts(set(drafted.values()), READER)
    fresh: dict[str, list[Any]] = {}
    for path, key in drafted.items():
        if key not in known and key not in fresh:
            fresh[key] = [pixel_digest(project.content(f"{base}/{path}")), None]
    project.cache.remember_facts(fresh, READER)
    return found | {path: replace(found[path], pixels=(fresh.get(key) or known[key])[0]) for path, key in drafted.items()}


def alike(project: Project, found: Mapping[str, Facts]) -> list[Alike]:
    """The near-duplicates among pictures (`near_pairs`), looked for once: three checks ask for them."""
    from mlscaffold.datasets.duplicates import near_pairs

    known = _ALIKE.setdefault(project, {})
    key = frozenset((path, fact.digest) for path, fact in found.items())
    if key not in known:
        known[key] = near_pairs(found) if len(found) > 1 else []
    return known[key]


def learn(project: Project, folders: Iterable[str] = FOLDERS) -> None:
    """Read the pictures that the cache does not know, on all cores, each file once for its digest and its facts.

    Where they are few, or may be copies of known ones, they are left to whoever asks for them: a copy is hashed and not decoded.
    """
    if not isinstance(project.tree, WorkTree):  # of what is staged only the changed rows are looked at
        return
    fresh: dict[str, tuple[str, Stamp]] = {}
    for folder in folders:
        for path, stamp in project.tree.walk(folder, deep=True):
            if is_medium(path) and project.cache.digest(path, stamp) is None:
                fresh[str(project.root / path)] = path, stamp
    if not fresh:
        return
    from mlscaffold.datasets.images import READER
    from mlscaffold.datasets.workers import POOL_FROM, read_all

    if len(fresh) < POOL_FROM:
        return

    sizes = project.cache.sizes(READER)
    # Prepared pictures are compared by their pixels; what people see is asked of the raw ones, where they are here.
    raw = any(path.startswith("data/raw/") for path, _ in fresh.values())
    plain = {place for place, (path, _) in fresh.items() if raw and path.startswith("data/processed/")}
    seen = _SEEN.setdefault(project, {})
    learned: dict[str, Any] = {}
    for place, found in read_all((place for place, (_, stamp) in fresh.items() if stamp[0] not in sizes), plain=plain):
        if found.digest and not found.pointer:
            path, stamp = fresh[place]
            project.vouch(path, stamp, found.digest)
            if found.looked or found.digest not in seen:
                seen[found.digest] = found
                learned[found.digest] = found.to_row()
        if len(learned) >= 500:
            project.cache.remember_facts(learned, READER)
            learned = {}
    project.cache.remember_facts(learned, READER)


def _same(project: Project, path: str, digest: str, seen: Facts) -> Facts:
    """The facts of the content that was asked for: what is staged may differ from what lies on disk."""
    from mlscaffold.datasets.images import facts_of

    return seen if seen.digest == digest or seen.pointer or not seen.digest else facts_of(project.content(path))
