"""What a run leaves: provenance, parameters, the choice made of it, and the proof that a model fits one batch."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from mlscaffold.evidence.fields import Fields, canonical, read_json, read_toml, read_yaml


@dataclass(frozen=True)
class SplitUsed:
    """A split as a run saw it; `version` of a test set, where one was recorded."""

    digest: str
    samples: int
    version: int | None = None


@dataclass(frozen=True)
class Decision:
    """Something decided on numbers, and the split that it was decided on."""

    what: str
    by: str = ""
    split: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """Weights by digest, with the epoch they are of and what was monitored."""

    digest: str
    epoch: int | None = None
    monitor: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where a run comes from: code, data, class map, pipeline, checkpoint, machine and time."""

    path: str
    run: str
    stage: str
    start: str
    end: str
    commit: str = ""
    dirty: bool | None = None
    data: dict[str, SplitUsed] = field(default_factory=dict)
    classes: str = ""
    pipeline: str = ""
    checkpoint: Checkpoint | None = None
    parent: str = ""
    resumed: bool = False
    seed: int | None = None
    threads: int | None = None
    workers: int | None = None
    command: tuple[str, ...] = ()
    packages: dict[str, str] = field(default_factory=dict)
    hardware: dict[str, str] = field(default_factory=dict)
    limits: dict[str, object] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def stopped(self) -> str:
        """Why training ended: `max_epochs`, `early stopping`, `interrupted`, or empty."""
        return str(self.limits.get("stopped") or "")


@dataclass(frozen=True)
class Params:
    """`params.yaml`: what LightningCLI ran with."""

    path: str
    seed: int | None
    model: dict[str, object]
    trainer: dict[str, object]
    data: dict[str, object]
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a tensor."""

    mean: float
    std: float


@dataclass(frozen=True)
class Step:
    """What one watched step of training did: what the loader gave, what reached the first layer, what cross entropy took (number of
    outputs, least value, least and greatest sum of a picture), parameters and layers of batch norm that moved."""

    given: Spread | None = None
    input: Spread | None = None
    outputs: int | None = None
    least: float = 0.0
    sums: tuple[float, ...] = ()
    trainable: int | None = None
    optimised: int | None = None
    moved: int | None = None
    norms: int = 0
    frozen: int = 0
    frozen_moved: int = 0


@dataclass(frozen=True)
class Overfit:
    """The one batch that a model was made to learn by heart, and how its loss fell."""

    path: str
    run: str
    backbone: str
    weights: str
    matched: int | None
    total: int | None
    parameters: int
    trainable: int
    outputs: int
    classes: str
    input: tuple[int, ...]
    batch: tuple[tuple[str, str], ...]
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    initial_loss: float
    step: Step | None = None
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Chosen:
    """`chosen.toml`: the run that counts, its checkpoint, and the split on which it was decided."""

    path: str
    run: str
    checkpoint: str
    split: str
    metric: str = ""
    value: float | None = None
    epoch: int | None = None
    reason: str = ""
    when: str = ""
    by: str = ""
    keep: str = ""
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


def read_provenance(data: bytes, path: str) -> Provenance:
    """Parse `provenance.json`."""
    top = read_json(data, path)
    used, weights = top.optional("data"), top.optional("weights")
    return Provenance(
        path,
        run=top.text("run"),
        stage=top.text("stage"),
        start=time_of(top, "start"),
        end=time_of(top, "end", ""),
        commit=top.text("commit", ""),
        dirty=top.flag("dirty") if top.has("dirty") else None,
        data={split: _used(used.table(split)) for split in used.values},
        classes=top.digest("classes", ""),
        pipeline=top.digest("pipeline", ""),
        checkpoint=_checkpoint(top.table("checkpoint")) if top.has("checkpoint") else None,
        parent=top.text("parent", ""),
        resumed=top.flag("resumed", False),
        seed=_maybe_count(top, "seed"),
        threads=_maybe_count(top, "threads"),
        workers=_maybe_count(top, "workers"),
        command=top.texts("command", []),
        packages={key: str(value) for key, value in top.optional("packages").values.items()},
        hardware={key: str(value) for key, value in top.optional("hardware").values.items()},
        limits=dict(top.optional("limits").values),
        weights={name: weights.number(name, low=0, high=1) for name in weights.values},
        decisions=tuple(Decision(d.text("what"), d.text("by", ""), d.text("split", "")) for d in top.tables("decisions")),
        raw=top.values,
    )


def read_params(data: bytes, path: str) -> Params:
    """Parse `params.yaml`."""
    top = read_yaml(data, path)
    seed = top.values.get("seed_everything")
    number = seed if isinstance(seed, int) and not isinstance(seed, bool) else None
    model, trainer, used = (dict(top.optional(key).values) for key in ("model", "trainer", "data"))
    return Params(path, number, model, trainer, used, raw=top.values)


def read_overfit(data: bytes, path: str) -> Overfit:
    """Parse `overfit.json`."""
    top = read_json(data, path)
    pretrained = top.optional("pretrained")
    return Overfit(
        path,
        run=top.text("run"),
        backbone=top.text("backbone"),
        weights=top.text("weights", ""),
        matched=_maybe_count(pretrained, "matched"),
        total=_maybe_count(pretrained, "total"),
        parameters=top.count("parameters"),
        trainable=top.count("trainable"),
        outputs=top.count("outputs"),
        classes=top.digest("classes"),
        input=tuple(int(size) for size in top.numbers("input", length=3)),
        batch=tuple((item.text("path"), item.text("label")) for item in top.tables("batch")),
        losses=top.numbers("losses"),
        accuracies=top.numbers("accuracies", []),
        initial_loss=top.number("initial_loss"),
        step=_step(top.table("step")) if top.has("step") else None,
        raw=top.values,
    )


def read_step(data: bytes, path: str) -> Step:
    """Parse what `train --probe` wrote."""
    return _step(read_json(data, path))


def read_chosen(data: bytes, path: str) -> Chosen:
    """Parse `chosen.toml`."""
    top = read_toml(data, path)
    return Chosen(
        path,
        run=top.text("run"),
        checkpoint=top.digest("checkpoint"),
        split=top.split("split"),
        metric=top.text("metric", ""),
        value=top.maybe("value"),
        epoch=_maybe_count(top, "epoch"),
        reason=top.text("reason", ""),
        when=top.text("when", ""),
        by=top.text("by", ""),
        keep=top.choice("keep", ("training",), ""),
        raw=top.values,
    )


def meaning(record: Provenance | Params | Overfit | Chosen, select: str = "") -> object:
    """The parsed record in canonical form; `select` names keys."""
    return canonical(record.raw, select)


def time_of(fields: Fields, key: str, default: object = None) -> str:
    """An ISO 8601 time with its zone; a time without one cannot be ordered and is broken."""
    text = fields.text(key) if default is None else fields.text(key, default)
    if not text:
        return text
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        fields.broken(key, f'is "{text}"; a time such as 2026-11-03T09:12:44+00:00 is wanted')
    if when.tzinfo is None:
        fields.broken(key, f'is "{text}"; the zone is missing (+00:00 is UTC)')
    return text


def _used(fields: Fields) -> SplitUsed:
    return SplitUsed(fields.digest("digest"), fields.count("samples"), _maybe_count(fields, "version"))


def _checkpoint(fields: Fields) -> Checkpoint:
    epoch = _maybe_count(fields, "epoch")
    return Checkpoint(fields.digest("digest"), epoch, fields.text("monitor", ""), fields.text("mode", ""))


def _step(top: Fields) -> Step:
    loss, parameters, norms = (top.optional(key) for key in ("loss", "parameters", "batch_norm"))
    return Step(
        given=_spread(top.table("given")) if top.has("given") else None,
        input=_spread(top.table("input")) if top.has("input") else None,
        outputs=_maybe_count(loss, "outputs"),
        least=loss.number("least", 0.0),
        sums=loss.numbers("sums", []),
        trainable=_maybe_count(parameters, "trainable"),
        optimised=_maybe_count(parameters, "optimised"),
        moved=_maybe_count(parameters, "moved"),
        norms=norms.count("layers", 0),
        frozen=norms.count("frozen", 0),
        frozen_moved=norms.count("frozen_moved", 0),
    )


def _spread(fields: Fields) -> Spread:
    return Spread(fields.number("mean"), fields.number("std"))


def _maybe_count(fields: Fields, key: str) -> int | None:
    return fields.count(key) if fields.has(key) else None
