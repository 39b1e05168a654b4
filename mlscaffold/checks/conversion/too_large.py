"""Each export is within the size that stage 1 allows."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.checks.conversion.digest_differs import on_disk
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.evidence import acceptance
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="small-and-fast", reads=("exports", "acceptance.toml"))
def too_large(project: Project) -> Iterator[Finding]:
    """Each export is within the size that stage 1 allows.

    ## Why
    An app that is too large is not installed.

    ## Evidence
    Bytes of the file where it is here (a package is the sum of its files), else of the card, against thresholds on `size_bytes`.
    A threshold that names a target concerns that one, else all.

    ## Fix
    Convert with a smaller data type (`--dtype fp16`), or choose a smaller backbone.
    """
    found = cards(project)
    limits = project.read(acceptance.read, "acceptance.toml").thresholds if project.exists("acceptance.toml") else ()
    for card in found:
        size = on_disk(project, card)[1] or card.bytes
        if card.bytes <= 0:
            yield fail(f"the card of {card.target} gives no size", card.path, fix=command(project, card))
        for limit in limits:
            if limit.metric == "size_bytes" and limit.target in ("", card.target) and not limit.holds(size):
                bound = limit.max or 0.0
                told = f" (the card says {card.bytes / 1e6:.1f} MB)" if card.bytes != size else ""
                yield fail(
                    f"{card.target} is {size / 1e6:.1f} MB{told}, the limit is {bound / 1e6:.1f} MB", card.path, "acceptance.toml",
                    fix=command(project, card),
                )  # fmt: skip
