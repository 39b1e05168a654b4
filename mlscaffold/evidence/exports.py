"""`card.json`: what a converted model is, what it was made from, and how it was measured; what calibrated it, what a device measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlscaffold.evidence import tables
from mlscaffold.evidence.fields import Fields, canonical, read_json
from mlscaffold.settings import TARGETS

QUANTISATIONS = ("fp32", "fp16", "int8", "dynamic-int8")


@dataclass(frozen=True)
class Tensor:
    """An input or output of the export."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    layout: str = ""


@dataclass(frozen=True)
class Measured:
    """The rows on which an export was evaluated or calibrated."""

    split: str
    data: str
    n: int
    pipeline: str = ""


@dataclass(frozen=True)
class Latency:
    """Time of one answer, and under what conditions."""

    p50_ms: float
    p95_ms: float
    runs: int
    warmup: int = 0
    threads: int | None = None
    machine: str = ""


@dataclass(frozen=True)
class Device:
    """What a real device measured of one export (`device/<name>.json`)."""

    path: str
    device: str
    digest: str
    latency: Latency


@dataclass(frozen=True)
class Calibrated:
    """A picture that the calibration of an integer export saw; `path` is relative to `data/processed`, `digest` of pixels."""

    line: int
    path: str
    digest: str


@dataclass(frozen=True)
class Card:
    """The card of one export."""

    path: str
    target: str
    file: str
    digest: str
    bytes: int
    quantisation: str
    checkpoint: str
    run: str
    classes: tuple[str, ...]
    pipeline: str
    input: Tensor
    output: Tensor
    evaluation: Measured | None
    calibration: Measured | None
    agreement: float | None
    max_difference: float | None
    accuracy: float | None
    accuracy_source: float | None
    latency: Latency | None
    verified_by: tuple[str, ...]
    versions: dict[str, str] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


def read(data: bytes, path: str) -> Card:
    """Parse `card.json`."""
    top = read_json(data, path)
    source, accuracy = top.table("source"), top.optional("accuracy")
    return Card(
        path,
        target=top.choice("target", TARGETS),
        file=_file(top),
        digest=top.digest("digest"),
        bytes=top.count("bytes"),
        quantisation=top.text("quantisation", ""),
        checkpoint=source.digest("checkpoint"),
        run=source.text("run", ""),
        classes=top.texts("classes"),
        pipeline=top.digest("pipeline"),
        input=_tensor(top.table("input")),
        output=_tensor(top.table("output")),
        evaluation=_measured(top, "evaluation"),
        calibration=_measured(top, "calibration"),
        agreement=top.maybe("agreement", low=0, high=1),
        max_difference=top.maybe("max_difference", low=0),
        accuracy=accuracy.maybe("export", low=0, high=1),
        accuracy_source=accuracy.maybe("source", low=0, high=1),
        latency=_latency(top.table("latency")) if top.has("latency") else None,
        verified_by=top.texts("verified_by", []),
        versions={key: str(value) for key, value in top.optional("versions").values.items()},
        options=dict(top.optional("options").values),
        raw=top.values,
    )


def read_device(data: bytes, path: str) -> Device:
    """Parse `device/<name>.json`; half of the answers cannot take longer than 95 of 100."""
    top = read_json(data, path)
    latency = _latency(top.table("latency"))
    if latency.p50_ms > latency.p95_ms:
        top.broken("latency", f"has p50_ms {latency.p50_ms:g} above p95_ms {latency.p95_ms:g}")
    return Device(path, top.text("device"), top.digest("digest"), latency)


def read_calibration(data: bytes, path: str) -> tuple[Calibrated, ...]:
    """Parse `calibration.csv`: a row for every picture that came out of the loader, in its order."""
    table = tables.read(data, path)
    table.need("path", "digest")
    return tuple(Calibrated(row.line, row["path"].removeprefix("data/processed/"), row["digest"].lower()) for row in table.rows)


def meaning(card: Card, select: str = "") -> object:
    """The parsed card in canonical form; `digest` selects the export alone."""
    return canonical(card.raw, select)


def _file(top: Fields) -> str:
    name = top.text("file")
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        top.broken("file", f'is "{name}"; the name of a file beside the card is wanted')
    return name


def _tensor(fields: Fields) -> Tensor:
    shape = tuple(int(size) for size in fields.numbers("shape"))
    return Tensor(fields.text("name", ""), shape, fields.text("dtype"), fields.text("layout", ""))


def _measured(top: Fields, key: str) -> Measured | None:
    if not top.has(key):
        return None
    fields = top.table(key)
    return Measured(fields.split("split"), fields.text("data", ""), fields.count("n"), fields.digest("pipeline", ""))


def _latency(fields: Fields) -> Latency:
    threads = fields.count("threads") if fields.has("threads") else None
    p50, p95 = fields.number("p50_ms", low=0), fields.number("p95_ms", low=0)
    return Latency(p50, p95, fields.count("runs"), fields.count("warmup", 0), threads, fields.text("machine", ""))
