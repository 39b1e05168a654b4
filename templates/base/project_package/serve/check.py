"""Try the service: start it, ask it over HTTP, stop it, and write reports/deployment/service.json."""

import http.client
import io
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from project_package import paths, pipeline, records
from project_package.errors import ProjectError
from project_package.serve.engine import load_engine
from project_package.serve.log import read_log
from project_package.serve.originals import try_originals
from project_package.serve.settings import Settings

MOST = 1000  # pictures asked about
SAME = 0.99  # share of answers that must be those of the export's own table
GREY = 1.0  # grey levels by which two decoders may differ
PATIENCE = 60  # seconds until the service must be up


def request(port: int, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
    """Send one request and return status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body or None, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def send(port: int, content: bytes, name: str = "picture.png", field: str = "file") -> tuple[int, Any]:
    """Send a file as a form, as a browser does."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + f"\r\n--{mark}--\r\n".encode()
    status, answer = request(port, "POST", "/predict", body, f"multipart/form-data; boundary={mark}")
    try:
        return status, json.loads(answer)
    except ValueError:
        return status, None


@contextmanager
def running(log: Path, review: Path) -> Iterator[int]:
    """Start the service in a process of its own on a free port, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        __package__,
        "--port",
        str(port),
        "--log",
        str(log),
        "--review",
        str(review),
    ]
    with tempfile.TemporaryFile("w+") as output:
        service = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            until = time.monotonic() + PATIENCE
            while True:
                if service.poll() is not None:
                    output.seek(0)
                    said = output.read().strip().splitlines() or ["it said nothing"]
                    raise ProjectError(f"the service did not start: {said[-1].removeprefix('error: ')}")
                try:
                    request(port, "GET", "/health")
                    break
                except OSError:
                    if time.monotonic() > until:
                        raise ProjectError(f"the service was not up after {PATIENCE} s") from None
                    time.sleep(0.1)
            yield port
        finally:
            service.terminate()
            try:
                service.wait(10)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()


def bad_inputs() -> dict[str, bytes]:
    """Return what a service must refuse: kind → content."""
    wide = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(wide, "PNG")  # 400 million pixels in 50 kB
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 64).save(whole, "PNG")
    return {
        "text": b"this is no picture\n",
        "empty": b"",
        "truncated": whole.getvalue()[: len(whole.getvalue()) // 2],
        "too many pixels": wide.getvalue(),
        "too many bytes": bytes(11_000_000),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n",
    }


def try_bad_inputs(port: int) -> dict[str, int]:
    """Return the status code for each kind of bad input."""
    rejected = {}
    for kind, content in bad_inputs().items():
        try:
            rejected[kind] = send(port, content)[0]
        except OSError:  # the service may hang up on a body that it refuses to read
            rejected[kind] = 413 if kind == "too many bytes" and request(port, "GET", "/health")[0] == 200 else 0
    rejected["wrong field"] = send(port, b"x", field="other")[0]
    rejected["wrong type"] = request(port, "POST", "/predict", b'{"file": 1}', "application/json")[0]
    return rejected


def ask_all(port: int, wanted: list[records.Prediction]) -> tuple[float, float, list[float], str]:
    """Return agreement, largest difference of a probability, times in ms and the model digest of the answers."""
    same, largest, taken, digest = 0, 0.0, [], ""
    for row in wanted:
        content = (paths.inside(paths.PROCESSED, row.path)).read_bytes()
        start = time.perf_counter()
        status, answer = send(port, content)
        taken.append((time.perf_counter() - start) * 1000)
        if status != 200 or answer is None:
            raise ProjectError(f"the service answered {status} for {row.path}")
        same += answer["label"] == row.prediction
        difference = np.abs(np.array(list(answer["probabilities"].values())) - np.array(row.probabilities)).max()
        largest, digest = max(largest, float(difference)), answer["model"]["digest"]
    return same / len(wanted), largest, taken, digest


def check_service(settings: Settings) -> int:
    """Try the service as its users would; 1 where it does not hold."""
    folder = paths.EXPORTS / settings.target
    card, table = records.read_json(folder / "card.json"), folder / "predictions.csv"
    answers = records.read_predictions(table)[0]
    wanted = [row for row in answers if paths.inside(paths.PROCESSED, row.path).is_file()]
    if not wanted:
        raise ProjectError(f"no picture that {paths.shown(table)} names is on this machine")
    wanted = wanted[:: -(-len(wanted) // MOST)]  # evenly over the table, which may be sorted by class
    engine = load_engine(settings)
    with tempfile.TemporaryDirectory() as temporary:
        log = Path(temporary, "requests.sqlite")
        with running(log, Path(temporary, "review")) as port:
            health, body = request(port, "GET", "/health")
            page = request(port, "GET", "/")[1].decode()
            agreement, difference, taken, digest = ask_all(port, wanted)
            rows = len(read_log(log, digest=digest, last=10 * MOST))
            originals = try_originals(engine, answers, partial(send, port))
            rejected = try_bad_inputs(port)
            after = request(port, "GET", "/health")[0]
            metrics = request(port, "GET", "/metrics")[1].decode()
    found = {
        "schema": 1,
        "export": {"target": settings.target, "digest": card["digest"]},
        "when": records.now(),
        "health": health if after == 200 else after,
        "model_version": json.loads(body)["model"]["digest"],
        "compared": len(wanted),
        "agreement": agreement,
        "max_difference": difference,
        "originals": originals,
        "pipeline": pipeline.pipeline_digest(paths.PIPELINE),
        "rejected": rejected,
        "latency": dict(
            zip(("p50_ms", "p95_ms"), (round(float(x), 3) for x in np.percentile(taken, [50, 95])), strict=True)
        )
        | {"requests": len(taken)},
        "metrics": sorted(set(re.findall(r"^# TYPE (\S+)", metrics, re.MULTILINE))),
        "log_rows": rows,
        "classes": [unescape(name) for name in re.findall(r'<li class="class">(.*?)</li>', page)],
    }
    records.write_json(paths.REPORTS / "deployment" / "service.json", found)
    return say(found, card)


def say(found: dict[str, Any], card: dict[str, Any]) -> int:
    """Print what was found and return the exit code."""
    latency, wrong = found["latency"], []
    print(f"health {found['health']}, model {found['model_version'][:12]}")
    print(
        f"{found['compared']} test images over HTTP: {found['agreement']:.2%} the same answer"
        f" as exports/{card['target']}/predictions.csv"
    )
    print(
        f"p50 {latency['p50_ms']:.1f} ms, p95 {latency['p95_ms']:.1f} ms; {found['log_rows']} rows in the request log"
    )
    came = found["originals"]
    if came["compared"]:
        print(
            f"{came['compared']} originals as they come: {came['agreement']:.2%} the same answer as prepared,"
            f" {came['grey_levels']:.2f} grey levels apart on average"
        )
        if came["grey_levels"] > GREY:
            wrong.append("the service prepares pictures in another way than training did")
    print("refused: " + ", ".join(f"{kind} {status}" for kind, status in found["rejected"].items()))
    if found["health"] != 200:
        wrong.append(f"/health answers {found['health']}")
    if found["agreement"] < SAME:
        wrong.append(f"only {found['agreement']:.2%} of the answers are those of the export")
    if found["model_version"] != card["digest"]:
        wrong.append(f"the service answers with {found['model_version'][:12]}…, the card names {card['digest'][:12]}…")
    if found["classes"] != card["classes"]:
        wrong.append("the page shows other classes than the card")
    if found["log_rows"] != found["compared"]:
        wrong.append(f"{found['log_rows']} of {found['compared']} answers are in the request log")
    wrong += [f"{kind} is answered with {code}" for kind, code in found["rejected"].items() if not 400 <= code < 500]
    for what in wrong:
        print(f"error: {what}", file=sys.stderr)
    print("Written: reports/deployment/service.json")
    return 1 if wrong else 0
