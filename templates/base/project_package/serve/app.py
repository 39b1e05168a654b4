"""The web application: a page, `POST /predict`, `/health` and `/metrics`."""

import html
import io
import secrets
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse
from PIL import Image
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from project_package import paths, pipeline, records
from project_package.errors import ProjectError
from project_package.serve.engine import Answer, Engine
from project_package.serve.log import Entry, RequestLog, keep_private
from project_package.serve.settings import Settings

MAX_BYTES = 10_000_000
MAX_KEPT = 5_000  # pictures in the review folder; a full disk would stop the service
PAGE = Path(__file__).with_name("page.html")
ARM = "champion"  # of an A/B test; a second model is a second service behind the same share of requests


class Metrics:
    """What /metrics tells; a registry of its own, so that two applications can live in one process."""

    def __init__(self, engine: Engine) -> None:
        disable_created_metrics()  # a time of creation beside each counter is noise
        self.registry = CollectorRegistry()
        self.predictions = Counter("predictions", "Answers given", ["label", "arm"], registry=self.registry)
        self.rejected = Counter("rejected", "Requests refused", ["status"], registry=self.registry)
        self.queued = Counter("queued", "Unsure answers, for a person to look at", registry=self.registry)
        self.unlogged = Counter("unlogged", "Answers that could not be logged", registry=self.registry)
        self.seconds = Histogram("prediction_seconds", "Time of an answer", registry=self.registry)
        shares = [step / 20 for step in range(1, 21)]
        self.confidence = Histogram(
            "prediction_confidence", "Largest probability", buckets=shares, registry=self.registry
        )
        model = Gauge("model_info", "The model that answers", ["target", "digest"], registry=self.registry)
        model.labels(engine.target, engine.digest).set(1)


def create_app(engine: Engine, settings: Settings, *, log: Path, name: str) -> FastAPI:
    """Return the application; `log` is the request log, `name` the title of the page."""
    requests, metrics = RequestLog(log), Metrics(engine)
    version = {"target": engine.target, "digest": engine.digest}

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        requests.close()

    # The ready-made documentation pages load scripts from other hosts, so they are off; /openapi.json stays.
    app = FastAPI(title=name, docs_url=None, redoc_url=None, lifespan=life)

    @app.middleware("http")
    async def limit_body(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        """Refuse what is too large before a byte of it is read."""
        length = request.headers.get("content-length", "")
        if request.method == "POST" and not length.isdigit():
            return refuse(411, "the request must say its length")
        if request.method == "POST" and int(length) > MAX_BYTES:
            return refuse(413, f"the picture is larger than {MAX_BYTES // 1_000_000} MB")
        return await call(request)

    def refuse(status: int, why: str) -> JSONResponse:
        metrics.rejected.labels(str(status)).inc()
        return JSONResponse({"detail": why}, status_code=status)

    @app.exception_handler(HTTPException)
    def on_refusal(_: Request, error: HTTPException) -> JSONResponse:
        return refuse(error.status_code, str(error.detail))

    @app.get("/", response_class=HTMLResponse)
    def page() -> HTMLResponse:
        """The page for people."""
        return render_page(engine, name)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Whether the service can answer, and with which model."""
        return {"status": "ok", "model": version}

    @app.get("/metrics")
    def show_metrics() -> Response:
        """Numbers for Prometheus."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.post("/predict")
    def predict(file: UploadFile) -> dict[str, Any]:
        """Answer for one picture, sent as the form field `file`."""
        start, request = time.perf_counter(), uuid.uuid4().hex
        content = file.file.read()
        if not content:
            raise HTTPException(400, "the file is empty")
        try:
            image = pipeline.open_image(content)
        except ProjectError as error:
            raise HTTPException(400, str(error).partition(" (")[0]) from None  # without the decoder's own words
        answer = engine.answer(image)
        unsure = settings.confidence_below is not None and answer.confidence < settings.confidence_below
        if unsure:
            metrics.queued.inc()
            keep_for_review(settings.review, request, content)
        taken = time.perf_counter() - start
        metrics.predictions.labels(answer.label, ARM).inc()
        metrics.seconds.observe(taken)
        metrics.confidence.observe(answer.confidence)
        try:
            requests.write(entry(request, engine, answer, taken, unsure=unsure))
        except sqlite3.Error:  # a full disk must not take the answers away; the counter tells
            metrics.unlogged.inc()
        return {
            "label": answer.label,
            "confidence": answer.confidence,
            "margin": answer.margin,
            "probabilities": answer.probabilities,
            "unsure": unsure,
            "model": version,
            "request_id": request,
        }

    return app


def entry(request: str, engine: Engine, answer: Answer, taken: float, *, unsure: bool) -> Entry:
    """Return the row of the request log."""
    return Entry(
        time=records.now(),
        request=request,
        digest=engine.digest,
        arm=ARM,
        label=answer.label,
        confidence=answer.confidence,
        margin=answer.margin,
        latency_ms=taken * 1000,
        mean=answer.mean,
        std=answer.std,
        width=answer.width,
        height=answer.height,
        queued=int(unsure),
    )


def keep_for_review(folder: Path | None, request: str, content: bytes) -> None:
    """Keep an unsure picture as it came, under the id of its request; what cannot be kept is let go."""
    if folder is None:
        return
    try:
        keep_private(folder)
        if sum(1 for _ in folder.iterdir()) <= MAX_KEPT:
            with Image.open(io.BytesIO(content)) as image:
                kind = (image.format or "image").lower()
            (folder / f"{request}.{kind}").write_bytes(content)
    except OSError:
        return


def render_page(engine: Engine, name: str) -> HTMLResponse:
    """Return the page; it loads nothing from elsewhere, and the browser is told to allow nothing else."""
    nonce = secrets.token_urlsafe(16)
    shown = "".join(f'<li class="class">{html.escape(label)}</li>' for label in engine.classes)
    text = PAGE.read_text(encoding="utf-8")
    for key, value in {
        "nonce": nonce,
        "name": html.escape(name),
        "classes": shown,
        "model": f"{html.escape(engine.target)} {engine.digest[:12]}",
    }.items():
        text = text.replace(f"[[{key}]]", value)
    own = f"'nonce-{nonce}'"
    policy = f"default-src 'none'; style-src {own}; script-src {own}; img-src blob: data:; connect-src 'self'"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"})


def project_name() -> str:
    """Return the project's name for people."""
    settings = paths.ROOT / "mlscaffold.toml"
    found = records.read_toml(settings).get("name") if settings.is_file() else None
    return str(found or "project_package")
