"""Facts about the pictures of a project: decoded once for each content, kept in the cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlscaffold.project import Project
from mlscaffold.trees import on_disk

if TYPE_CHECKING:
    from mlscaffold.datasets.images import Facts


def facts(project: Project, media: Mapping[str, str], *, base: str) -> dict[str, Facts]:
    """Facts about pictures (path below `base` → digest of the file); what the cache knows is not decoded again."""
    from mlscaffold.datasets.images import READER, Facts

    known = project.cache.facts(set(media.values()), READER)
    fresh = {path: digest for path, digest in media.items() if digest not in known}
    if fresh:
        from mlscaffold.datasets.scan import scan

        first = {digest: path for path, digest in fresh.items()}
        places = {path: on_disk(project.root / base / path) for path in first.values()}
        scanned = scan(list(places.values()))
        learned = {d: list(_same(project, f"{base}/{path}", d, scanned[places[path]]).to_row()) for d, path in first.items()}
        project.cache.remember_facts(learned, READER)
        known |= learned
    return {path: Facts.from_row(tuple(known[digest])) for path, digest in media.items() if digest in known}


def _same(project: Project, path: str, digest: str, seen: Facts) -> Facts:
    """The facts of the content that was asked for: what is staged may differ from what lies on disk."""
    from mlscaffold.datasets.images import facts_of

    return seen if seen.digest == digest or seen.pointer or not seen.digest else facts_of(project.content(path))
