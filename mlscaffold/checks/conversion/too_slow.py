"""Each export answers within the time that stage 1 allows, measured where it will run."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import acceptance, exports
from mlscaffold.evidence.acceptance import Threshold
from mlscaffold.evidence.exports import Card, Device, Latency
from mlscaffold.model import Finding
from mlscaffold.project import Project

RUNS = 30


@check(proves="small-and-fast", reads=("exports", "acceptance.toml"))
def too_slow(project: Project) -> Iterator[Finding]:
    """Each export answers within the time that stage 1 allows, measured where it will run.

    ## Why
    One run without warm-up on the build machine says nothing about a phone.

    ## Evidence
    p95 on the card, and in `exports/<target>/device/<name>.json`, against thresholds on `latency_p95_ms`; number of runs (at
    least 30, or a p95 is the slowest of a few) and warm-up of both. A threshold that names a device counts there only: where
    nobody measured on it, or measured another export, that is a warning.

    ## Fix
    Measure on the device and write what it found beside the card, or convert with a smaller data type.
    """
    found = cards(project)
    limits = project.read(acceptance.read, "acceptance.toml").thresholds if project.exists("acceptance.toml") else ()
    for card in found:
        mine = [limit for limit in limits if limit.metric == "latency_p95_ms" and limit.target in ("", card.target)]
        devices = [project.read(exports.read_device, path) for path in project.glob(f"{folder_of(card)}/device/*.json")]
        measured = [device for device in devices if device.digest == card.digest]
        if card.latency is not None:
            yield from _few(card.latency, f"{card.target}: latency", card.path, fix=command(project, card))
        elif not measured:
            yield unknown(f"the speed of {card.target} was measured nowhere yet (no runtime for it here)", card.path)
            continue
        for device in devices:
            if device.digest != card.digest:
                yield warn(
                    f"{card.target}: {device.device} measured {device.digest[:12]}, the export is {card.digest[:12]}",
                    device.path, card.path, fix=f"measure it again and write {device.path}",
                )  # fmt: skip
            else:
                yield from _few(device.latency, f"{card.target}: latency on {device.device}", device.path, fix="measure it again")
        for limit in mine:
            yield from _judge(project, card, limit, measured)


def _few(latency: Latency, what: str, path: str, *, fix: str) -> Iterator[Finding]:
    if latency.p95_ms < latency.p50_ms or latency.p95_ms <= 0:
        yield fail(
            f"{what}: p95 is {latency.p95_ms:g} ms, half of the answers take {latency.p50_ms:g} ms: that was not measured",
            path,
            fix=fix,
        )
    if latency.runs < RUNS or latency.warmup < 1:
        where = "" if path.rsplit("/", 1)[-1] != "card.json" else f" on {latency.machine or 'an unnamed machine'}"
        yield warn(
            f"{what} of {latency.runs} runs after {latency.warmup} for warming up{where}; at least {RUNS} and 1 are wanted",
            path, fix=fix,
        )  # fmt: skip


def _judge(project: Project, card: Card, limit: Threshold, measured: list[Device]) -> Iterator[Finding]:
    if limit.device:
        wanted = [device for device in measured if limit.device.casefold() in device.device.casefold()]
        if wanted:
            slowest = max(wanted, key=lambda device: device.latency.p95_ms)
            yield from _held(project, card, limit, slowest.latency.p95_ms, where=slowest.device, path=slowest.path)
            return
        seen = (
            f"it was measured on {card.latency.machine or 'an unnamed machine'}" if card.latency else "it was measured elsewhere"
        )
        slow = f" ({card.latency.p95_ms:.1f} ms)" if card.latency else ""
        file = f"{folder_of(card)}/device/{limit.device.lower().replace(' ', '-')}.json"
        yield warn(
            f'{card.target}: device "{limit.device}" is wanted, {seen}{slow}', card.path, "acceptance.toml",
            fix=f"measure it there and write {file}",
        )  # fmt: skip
    if card.latency is not None:
        where = card.latency.machine or "an unnamed machine"
        yield from _held(project, card, limit, card.latency.p95_ms, where=where, path=card.path)
    elif not limit.device:
        slowest = max(measured, key=lambda device: device.latency.p95_ms)
        yield from _held(project, card, limit, slowest.latency.p95_ms, where=slowest.device, path=slowest.path)


def _held(project: Project, card: Card, limit: Threshold, value: float, *, where: str, path: str) -> Iterator[Finding]:
    if not limit.holds(value):
        bound = limit.max or 0.0
        yield fail(
            f"{card.target}: p95 is {value:.1f} ms on {where}, the limit is {bound:g} ms", path, "acceptance.toml",
            fix=command(project, card),
        )  # fmt: skip
