"""A project in the middle of its way, with everything that a report can show and names that try to break it."""

from __future__ import annotations

import io

from mlscaffold.model import (
    Deliverable,
    Effect,
    Evidence,
    Finding,
    Report,
    Signoff,
    Stage,
    StageStatus,
    State,
    Status,
)
from mlscaffold.reports.content import AcceptanceRow, ConfusionTable, Content, MetricRow, WaiverRow

SLUGS = [
    "problem",
    "research",
    "collection",
    "preparation",
    "model",
    "training",
    "evaluation",
    "tuning",
    "conversion",
    "deployment",
]
EVIL = "<script>alert(1)</script>"


def stage(number: int, slug: str) -> Stage:
    owed = tuple(Deliverable(f"{slug}-{n}", f"Deliverable {n}") for n in range(1, 5))
    return Stage(
        number, slug, slug.capitalize(), "", ("data scientist",), owed, (), (), (), "", "python -m flower_sorter.prepare"
    )


def signoff(number: int, slug: str) -> Signoff:
    path = f".mlscaffold/signoffs/01/{number:02}-{slug}.toml"
    over = ("preparation.scan",) if number == 2 else ()
    return Signoff(path, slug, 1, "Ada Byron", "analyst", f"2026-11-0{number}T09:12:44+00:00", {}, {}, {}, unproved=over)


def statuses() -> tuple[StageStatus, ...]:
    states = [State.SIGNED, State.SIGNED, State.STALE, State.OPEN, State.AHEAD, *[State.WAITING] * 4, State.SKIPPED]
    found = []
    for number, (slug, state) in enumerate(zip(SLUGS, states, strict=True), start=1):
        made = stage(number, slug)
        proved = {State.SIGNED: 4, State.STALE: 4, State.OPEN: 3, State.AHEAD: 1}.get(state, 0)
        held = {d.id: "proved" if n < proved else "todo" for n, d in enumerate(made.deliverables)}
        signed = signoff(number, slug) if number <= 3 else None
        why = ("data/manifest/shop-b.csv: 214 images added since it was signed",) if state is State.STALE else ()
        reason = "no production planned" if state is State.SKIPPED else ""
        found.append(StageStatus(made, state, signed, why, why, held, reason, uncommitted=number == 2))
    return tuple(found)


def report() -> Report:
    lines = tuple(Evidence("data/splits/shop-a.csv", line) for line in (12, 40, 311))
    findings = (
        Finding(Status.PASS, "ok", check="problem.sections", stage="problem", counts=True),
        Finding(
            Status.WARN,
            "test has 57 images: accuracy is known to ±0.09 only; you tolerate 0.02",
            check="preparation.split-size",
            stage="preparation",
            counts=True,
        ),
        Finding(
            Status.FAIL,
            "3 of 57 test images are in train too (2 of them saved again)",
            lines,
            "mlscaffold data split",
            Effect("accuracy", 0.89, 0.87),
            "preparation.split-leakage",
            "preparation",
            "preparation-1",
            True,
        ),
        Finding(
            Status.FAIL,
            f"class {EVIL}\x1b[31m has 2 images",
            (Evidence("data/raw/shop-a/rose\x07.png"),),
            check="collection.class-size",
            stage="collection",
            counts=True,
            waiver="too rare to find more; Ada Byron until 2026-12-31",
        ),
        Finding(Status.TODO, "no run is chosen yet", check="training.chosen", stage="training"),
    )
    args = ("flower-sorter", "image-classification", "4f1c2d3e4f5a6b7c8d9e0f", True, 1, "preparation")
    return Report(*args, statuses(), findings, deep_not_run=4, checks=38, seconds=0.31)


def content() -> Content:
    names = ("rose", "tulip", EVIL, "向日葵")
    counts = ((52, 3, 0, 1), (4, 47, 2, 0), (1, 5, 30, 9), (0, 0, 2, 61))
    return Content(
        report(),
        "2026-11-09 10:12 UTC",
        problem="Sort the flowers on the belt, so that nobody has to stand there at night.",
        tool_version="0.1.0",
        production="nothing yet",
        acceptance=(
            AcceptanceRow("accuracy on test", "≥ 0.900", 0.872, 0.82, 0.91, False),
            AcceptanceRow("recall of rose on test", "≥ 0.900", 0.928, 0.83, 0.97, True),
            AcceptanceRow("latency_p95_ms of onnx", "≤ 50"),
        ),
        metrics=(MetricRow("accuracy", 0.872, 0.82, 0.91, 0.31, 0.96), MetricRow("f1_macro", 0.861, 0.81, 0.9, 0.12)),
        evaluated="Run 20261103T091244Z-ada-kfq on 217 test images, evaluated once.",
        curves_svg=curves(),
        confusion=ConfusionTable(names, counts),
        mistakes=tuple((f"{EVIL if n == 1 else 'rose'} taken for tulip, {0.9 - n / 20:.2f}", picture(n)) for n in range(5)),
        signoffs=tuple(signoff(n, s) for n, s in enumerate(SLUGS[:3], start=1)),
        waivers=(WaiverRow("collection.class-size", "too rare to find more", "Ada Byron", "2026-12-31"),),
    )


def curves() -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.2))
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for key, gap in (("train", 0.8), ("validation", 1.1)):
            steps = [gap / (epoch + 1) + 0.1 for epoch in range(20)]
            axes.plot(steps if name == "loss" else [1 - step / 2 for step in steps], label=key)
        axes.set_title(name)
        axes.legend()
    stream = io.BytesIO()
    figure.savefig(stream, format="svg")
    return stream.getvalue()


def picture(number: int) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.linear_gradient("L").rotate(number * 37).save(stream, "PNG")
    return stream.getvalue()
