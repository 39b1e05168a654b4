"""What stage 10 promises (`deploy.toml`) and what was tried (`service.json`, `monitoring.json`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlscaffold.evidence.fields import Fields, canonical, read_json, read_toml
from mlscaffold.evidence.runs import time_of
from mlscaffold.settings import TARGETS

VERDICTS = ("ok", "watch", "alarm", "too few")


@dataclass(frozen=True)
class Deploy:
    """`deploy.toml`; what nobody filled in is empty or None."""

    path: str
    export: str = ""
    digest: str = ""
    psi: float | None = None
    confidence_drop: float | None = None
    p95_ms: float | None = None
    window: int | None = None
    queue_below: float | None = None
    queue_folder: str = ""
    rollback_digest: str = ""
    rollback_plan: str = ""
    rollback_how: str = ""
    ab_share: float | None = None
    ab_smallest_effect: float | None = None
    ab_power: float = 0.8
    ab_requests_per_day: float | None = None
    retrain_every_days: float | None = None
    retrain_triggers: tuple[str, ...] = ()
    retrain_owner: str = ""
    owner: str = ""
    contact: str = ""
    unknown: tuple[str, ...] = ()
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Originals:
    """Pictures as they come, sent to the service: its answers and its pixels beside those of the prepared pictures."""

    compared: int
    agreement: float | None
    max_difference: float | None
    grey_levels: float | None


@dataclass(frozen=True)
class Service:
    """`service.json`: the running service, asked over HTTP."""

    path: str
    target: str
    digest: str
    when: str
    health: int
    model_version: str
    compared: int
    agreement: float | None
    rejected: dict[str, int]
    p50_ms: float | None
    p95_ms: float | None
    requests: int
    metrics: tuple[str, ...]
    log_rows: int
    classes: tuple[str, ...]
    pipeline: str = ""
    originals: Originals | None = None
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Watch:
    """A window of requests against the reference."""

    n: int
    psi: float | None
    psi_floor: float | None
    confidence_reference: float | None
    confidence_window: float | None
    verdict: str


@dataclass(frozen=True)
class Monitoring:
    """`monitoring.json`: the window that was looked at, and the drill that tried the alarm."""

    path: str
    reference_run: str
    reference_n: int
    watch: Watch
    clean: Watch | None
    shifted: Watch | None
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


def read(data: bytes, path: str) -> Deploy:
    """Parse `deploy.toml`."""
    top = read_toml(data, path)
    names = ("service", "alarms", "queue", "rollback", "ab", "retraining", "owner")
    service, alarms, queue, rollback, ab, retraining, owner = tables = tuple(top.optional(name) for name in names)
    return Deploy(
        path,
        export=service.choice("export", TARGETS, ""),
        digest=service.digest("digest", ""),
        psi=alarms.maybe("psi", low=0),
        confidence_drop=alarms.maybe("confidence_drop", low=0, high=1),
        p95_ms=alarms.maybe("p95_ms", low=0),
        window=alarms.count("window") if alarms.has("window") else None,
        queue_below=queue.maybe("confidence_below", low=0, high=1),
        queue_folder=queue.text("folder", ""),
        rollback_digest=rollback.digest("digest", ""),
        rollback_plan=rollback.text("plan", ""),
        rollback_how=rollback.text("how", ""),
        ab_share=ab.maybe("share", low=0, high=1),
        ab_smallest_effect=ab.maybe("smallest_effect", low=0, high=1),
        ab_power=ab.number("power", 0.8, low=0, high=1),
        ab_requests_per_day=ab.maybe("requests_per_day", low=0),
        retrain_every_days=retraining.maybe("every_days", low=0),
        retrain_triggers=retraining.texts("triggers", []),
        retrain_owner=retraining.text("owner", ""),
        owner=owner.text("name", ""),
        contact=owner.text("contact", ""),
        unknown=tuple(name for table in (top, *tables) for name in table.unknown()),
        raw=top.values,
    )


def read_service(data: bytes, path: str) -> Service:
    """Parse `service.json`."""
    top = read_json(data, path)
    export, latency, rejected = top.table("export"), top.optional("latency"), top.optional("rejected")
    return Service(
        path,
        target=export.text("target"),
        digest=export.digest("digest"),
        when=time_of(top, "when"),
        health=top.count("health"),
        model_version=top.text("model_version", ""),
        compared=top.count("compared", 0),
        agreement=top.maybe("agreement", low=0, high=1),
        rejected={kind: rejected.count(kind) for kind in rejected.values},
        p50_ms=latency.maybe("p50_ms", low=0),
        p95_ms=latency.maybe("p95_ms", low=0),
        requests=latency.count("requests", 0),
        metrics=top.texts("metrics", []),
        log_rows=top.count("log_rows", 0),
        classes=top.texts("classes", []),
        pipeline=top.digest("pipeline", ""),
        originals=_originals(top.table("originals")) if top.has("originals") else None,
        raw=top.values,
    )


def read_monitoring(data: bytes, path: str) -> Monitoring:
    """Parse `monitoring.json`."""
    top = read_json(data, path)
    reference, drill = top.table("reference"), top.optional("drill")
    clean, shifted = (_watch(drill.table(name)) if drill.has(name) else None for name in ("clean", "shifted"))
    return Monitoring(path, reference.text("run", ""), reference.count("n"), _watch(top), clean, shifted, raw=top.values)


def meaning(value: Deploy | Service | Monitoring, select: str = "") -> object:
    """The parsed file in canonical form; `select` names keys."""
    return canonical(value.raw, select)


def _originals(fields: Fields) -> Originals:
    agreement, apart = fields.maybe("agreement", low=0, high=1), fields.maybe("max_difference", low=0, high=1)
    return Originals(fields.count("compared", 0), agreement, apart, fields.maybe("grey_levels", low=0, high=255))


def _watch(fields: Fields) -> Watch:
    window = fields.values.get("window")
    n = fields.table("window").count("n") if isinstance(window, dict) else fields.count("n", 0)
    confidence = fields.optional("confidence")
    return Watch(
        n,
        psi=fields.maybe("psi", low=0),
        psi_floor=fields.maybe("psi_floor", low=0),
        confidence_reference=confidence.maybe("reference", low=0, high=1),
        confidence_window=confidence.maybe("window", low=0, high=1),
        verdict=fields.choice("verdict", VERDICTS),
    )
