"""How the answer of `mlscaffold data export` reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mlscaffold.cli.data_answers import defect_lines, note_lines, recognised

if TYPE_CHECKING:
    from mlscaffold.workflows.export_data import Exported


def export_text(done: Exported) -> Iterable[str]:
    """What an export did, for people."""
    yield f"{done.path} ({done.source}): {done.read} read + {len(done.refused)} refused = {done.total}"
    yield from recognised(done.reason, done.others)
    yield ""
    yield f"  written as {done.format} to {done.output}: {done.records} records, {done.objects} objects; read back: the same"
    if done.renamed:
        yield f"  {done.renamed} pictures have another name there: two had the same, or a sign that not every system takes"
    for kind, count in done.lost.items():
        yield f"  {done.format} cannot hold: {count} {kind}"
    if not done.lost:
        yield "  nothing was lost"
    yield from defect_lines(done.refused, done.told, listed="--json")
    yield from note_lines(done.ignored, done.notes)


def export_json(done: Exported) -> dict[str, Any]:
    """What an export did, for machines."""
    from dataclasses import asdict

    return {"schema": 1, **asdict(done)}
