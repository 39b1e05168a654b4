"""Each export answers within the time that stage 1 allows, measured where it will run."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import acceptance, jsonfile
from mlscaffold.evidence.acceptance import Threshold
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import Project

RUNS = 30


@check(proves="small-and-fast", reads=("exports", "acceptance.toml"))
def too_slow(project: Project) -> Iterator[Finding]:
    """Each export answers within the time that stage 1 allows, measured where it will run.

    ## Why
    One run without warm-up on the build machine says nothing about a phone.

    ## Evidence
    p95 on the card (or in `exports/<target>/device/<name>.json`) against thresholds on `latency_p95_ms`; number of runs (at
    least 30,
    or a p95 is the slowest of a few) and warm-up. Where the threshold names a device that nobody measured on, that is a warning.

    ## Fix
    Measure on the device, or convert with a smaller data type.
    """
    found = cards(project)
    limits = project.read(acceptance.read, "acceptance.toml").thresholds if project.exists("acceptance.toml") else ()
    for card in found:
        mine = [limit for limit in limits if limit.metric == "latency_p95_ms" and limit.target in ("", card.target)]
        if card.latency is None:
            if not _devices(project, card):
                yield unknown(f"the speed of {card.target} was measured nowhere yet (no runtime for it here)", card.path)
                continue
        elif card.latency.runs < RUNS or card.latency.warmup < 1:
            yield warn(
                f"{card.target}: latency of {card.latency.runs} runs after {card.latency.warmup} for warming up on"
                f" {card.latency.machine or 'an unnamed machine'}; at least {RUNS} and 1 are wanted",
                card.path, fix=command(project, card),
            )  # fmt: skip
        for limit in mine:
            yield from _judge(project, card, limit)


def _judge(project: Project, card: Card, limit: Threshold) -> Iterator[Finding]:
    measured = dict(_devices(project, card))
    desktop = (card.latency.p95_ms, card.latency.machine) if card.latency else None
    name = next((key for key in measured if limit.device and limit.device.casefold() in key.casefold()), "")
    if limit.device and not name:
        where = f"it was measured on {desktop[1] or 'an unnamed machine'}" if desktop else "it was measured nowhere"
        slow = f" ({desktop[0]:.1f} ms)" if desktop else ""
        yield warn(f'{card.target}: device "{limit.device}" is wanted, {where}{slow}', card.path, "acceptance.toml",
                   fix=f"measure it there and write {folder_of(card)}/device/{limit.device.lower().replace(' ', '-')}.json")  # fmt: skip
        if desktop is None or limit.holds(desktop[0]):
            return
    value = measured[name] if name else desktop[0] if desktop else max(measured.values())
    if not limit.holds(value):
        bound = limit.max or 0.0
        where = name or (desktop[1] if desktop else "the slowest device")
        yield fail(
            f"{card.target}: p95 is {value:.1f} ms on {where}, the limit is {bound:g} ms", card.path, "acceptance.toml",
            fix=command(project, card),
        )  # fmt: skip


def _devices(project: Project, card: Card) -> list[tuple[str, float]]:
    """Device → p95 of the export, from files that a real device wrote for exactly this export."""
    found = []
    for path in project.glob(f"{folder_of(card)}/device/*.json"):
        value = project.read(jsonfile.read, path)
        told = value.get("latency")
        latency = told if isinstance(told, dict) else value
        p95, digest = latency.get("p95_ms"), value.get("digest", card.digest)
        if isinstance(p95, (int, float)) and digest == card.digest:
            found.append((str(value.get("device") or path.rsplit("/", 1)[1][:-5].replace("-", " ")), float(p95)))
    return found
