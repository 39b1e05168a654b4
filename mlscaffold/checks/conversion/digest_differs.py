"""Each card is about the file that lies beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from mlscaffold.checks import check, fail, unknown
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import ABSENT, Project

_POINTER = re.compile(rb"version https://git-lfs\S*\s+oid sha256:([0-9a-f]{64})\s+size (\d+)")


@check(proves="converted-model", reads=("exports",))
def digest_differs(project: Project) -> Iterator[Finding]:
    """Each card is about the file that lies beside it.

    ## Why
    All that the card says (agreement, size, speed) was measured on another file, if the digest is another one.

    ## Evidence
    Digest and size of the exported file, or of all files of a package, against the card.

    ## Fix
    Convert again.
    """
    for card in cards(project):
        digest, size = on_disk(project, card)
        path = f"{folder_of(card)}/{card.file}"
        if not digest:
            yield unknown(f"{path} is not on this machine", path, fix=command(project, card))
        elif digest != card.digest:
            yield fail(f"the card is of {card.digest[:12]}, {path} is {digest[:12]}", card.path, path, fix=command(project, card))
        elif size != card.bytes:
            yield fail(f"the card says {card.bytes:,} bytes, {path} has {size:,}", card.path, path, fix=command(project, card))


def on_disk(project: Project, card: Card) -> tuple[str, int]:
    """Digest and size of an export that is here; an empty digest where it is not."""
    path = f"{folder_of(card)}/{card.file}"
    found = project.digest(path)
    if found != ABSENT:
        pointer = _POINTER.match(project.content(path)[:300])
        if pointer:  # Git LFS keeps the file elsewhere; the pointer knows its digest and size
            return pointer.group(1).decode(), int(pointer.group(2))
        return found, (project.root / path).stat().st_size
    inside = {p.removeprefix(f"{path}/"): d for p, d in project.digests(folder_of(card)).items() if p.startswith(f"{path}/")}
    if not inside:
        return "", 0
    lines = "".join(sorted(f"{name},{digest}\n" for name, digest in inside.items()))
    size = sum((project.root / path / name).stat().st_size for name in inside)
    return hashlib.sha256(lines.encode()).hexdigest(), size
