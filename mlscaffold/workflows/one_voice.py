"""One broken file is told once: by the check that it belongs to; whoever else needs it waits for that, and proves nothing meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from mlscaffold.checks import Spec
from mlscaffold.model import Finding, Status
from mlscaffold.stages import all_stages

BROKEN = "broken"
"""Marks a finding of evidence that cannot be read, until it is known who tells it."""


def one_voice(findings: Sequence[Finding], broken: Iterable[int], specs: Mapping[str, Spec]) -> list[Finding]:
    """The findings, with one failure for each file that cannot be read; `broken` are the places of those that say so.

    It speaks whose stage the file belongs to, first of all the check that declares it (`tells`), never one that is waived while
    another is not. The others become `unknown` and name it. The failure counts if any of them did.
    """
    told = list(findings)
    by_file: dict[str, list[int]] = defaultdict(list)
    for place in broken:
        by_file[findings[place].evidence[0].path].append(place)
    for path, places in by_file.items():
        speaker = min(places, key=lambda place: _rank(findings[place], specs, path))
        told[speaker] = replace(findings[speaker], counts=any(findings[place].counts for place in places))
        for place in places:
            if place != speaker:
                told[place] = _waiting(findings[place], told[speaker])
    return told


def home(path: str) -> str:
    """The slug of the stage whose evidence a file is; empty for none."""
    for stage in all_stages():
        for name in stage.evidence:
            pattern = name.partition("#")[0]
            if path == pattern or path.startswith(f"{pattern}/") or fnmatchcase(path, pattern):
                return stage.slug
    return ""


def _rank(finding: Finding, specs: Mapping[str, Spec], path: str) -> tuple[bool, bool, bool, bool, str]:
    spec = specs[finding.check]
    tells = any(fnmatchcase(path, pattern) for pattern in spec.tells)
    return bool(finding.waiver), not tells, spec.stage != home(path), spec.deep, finding.check


def _waiting(finding: Finding, speaker: Finding) -> Finding:
    path = speaker.evidence[0].path
    return replace(
        finding,
        status=Status.UNKNOWN,
        message=f"not run to the end: {path} cannot be read",
        fix=speaker.fix,
        effect=None,
        because=speaker.check,
    )
