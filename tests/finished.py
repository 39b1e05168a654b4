"""A sound, finished image-classification project as a table of files, written by hand: every check passes on it, so a test spoils one thing.

420 pictures of 16 x 16 random pixels in three classes; predictions, metrics and records agree with each other to the last digit.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
from functools import cache
from typing import Any

import tomli_w

CLASSES = ["daisy", "rose", "tulip"]
SIZES = {"train": 180, "validation": 60, "eyeball": 30, "test": 150}
RUN, TUNED, EVALUATED, RETESTED, MODEL = (
    "20261101T100000Z-ada-abc",
    "20261102T100000Z-ada-def",
    "20261101T120000Z-ada-ghi",
    "20261102T120000Z-ada-jkl",
    "20261101T090000Z-ada-mno",
)
PACKAGE = "flower_sorter"
SOME_COMMIT = "4f1c" * 10  # replaced by a commit that exists, where there is a repository
Files = dict[str, bytes]


@cache
def finished() -> Files:
    """Path → content of every file of the finished project (without `.git` and without sign-offs)."""
    files = _settings() | _documents()
    rows = _pictures(files)
    classes_digest = _sha("\n".join(CLASSES).encode())
    pipeline = _pipeline(files)
    checkpoints = {s: _sha(f"checkpoint of {s}".encode()) for s in ("training", "tuning")}
    for stage, run, accuracy in (("training", RUN, 0.86), ("tuning", TUNED, 0.98)):
        _run(files, rows, stage, run=run, accuracy=accuracy, checkpoint=checkpoints[stage], digests=(classes_digest, pipeline))
    for of, run, accuracy in (("training", EVALUATED, 0.86), ("tuning", RETESTED, 0.94)):
        _evaluation(files, rows, of, run=run, accuracy=accuracy, checkpoint=checkpoints[of], digests=(classes_digest, pipeline))
    _model(files, rows, classes_digest)
    _search(files)
    _exports(files, rows, checkpoints["tuning"], pipeline)
    _deployment(files)
    return files


def predictions(rows: list[dict[str, str]], accuracy: float, *, seed: int) -> list[dict[str, str]]:
    """Predictions with exactly this accuracy (rounded to whole rows); the mistakes are spread over the classes."""
    chance = random.Random(seed)
    wrong = set(chance.sample(range(len(rows)), round(len(rows) * (1 - accuracy))))
    table = []
    for i, row in enumerate(rows):
        answer = row["label"] if i not in wrong else CLASSES[(CLASSES.index(row["label"]) + 1 + i % 2) % 3]
        top = round(chance.uniform(0.55, 0.75) if i in wrong else chance.uniform(0.85, 0.99), 7)
        rest = round((1 - top) / 2, 7)
        shares = {c: (top if c == answer else rest) for c in CLASSES}
        table.append(
            {"path": row["path"], "label": row["label"], "prediction": answer} | {f"p:{c}": f"{shares[c]:.7f}" for c in CLASSES}
        )
    return table


def csv_bytes(rows: list[dict[str, Any]]) -> bytes:
    """Rows as CSV."""
    lines = [",".join(rows[0])] + [",".join(str(v) for v in row.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def rows_of(data: bytes) -> list[dict[str, str]]:
    """CSV as rows; the opposite of `csv_bytes`."""
    header, *lines = data.decode().splitlines()
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]


def _settings() -> Files:
    roles = [
        "business analyst", "ML researcher", "data scientist", "data analyst", "AI researcher",
        "ML engineer", "CV engineer", "NLP engineer", "AI engineer", "data engineer",
    ]  # fmt: skip
    settings = {
        "schema": 1, "name": "flower-sorter", "package": PACKAGE, "task": "image-classification", "gate": "protect", "pictures": "embed",
        "problem": "Tell three kinds of flowers apart at the sorting belt.", "team": {role: ["Ada Byron"] for role in roles},
        "mobile": {"targets": ["onnx"]},
    }  # fmt: skip
    acceptance = {
        "schema": 1,
        "metric": {"optimise": "accuracy"},
        "thresholds": [{"metric": "accuracy", "min": 0.85}, {"metric": "recall", "class": "rose", "min": 0.75}],
        "tolerable": {"error": 0.06, "drop": 0.01},
        "baseline": {"rule": "logistic-regression", "why": "A linear model on small pictures is what we could ship tomorrow."},
        "human": {"metric": "accuracy", "value": 0.98, "n": 200, "by": "Grace Hopper"},
    }
    return {
        "mlscaffold.toml": tomli_w.dumps(settings).encode(),
        "acceptance.toml": tomli_w.dumps(acceptance).encode(),
        "data/schema.toml": tomli_w.dumps({"schema": 1, "classes": CLASSES}).encode(),
        ".gitignore": b"runs/\ndata/raw/**/*.png\ndata/processed/**/*.png\ndata/field/\n.mlscaffold/cache.sqlite*\nexports/*/model*\n",
        ".mlscaffold/requirement.txt": b"mlscaffold==0.1.0\n",
        ".pre-commit-config.yaml": b"repos:\n  - repo: local\n    hooks:\n      - {id: mlscaffold, name: mlscaffold, entry: mlscaffold-hook, language: system}\n",
        ".github/workflows/ci.yml": _CI.encode(),
        ".github/workflows/redeploy.yml": _REDEPLOY.encode(),
    }


_CI = """name: ci
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - run: pip install -r .mlscaffold/requirement.txt
      - run: mlscaffold check
"""
_REDEPLOY = """name: redeploy
on:
  push:
    tags: ["v*"]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r .mlscaffold/requirement.txt
      - run: mlscaffold check --all
  deploy:
    needs: check
    environment: production
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: docker build -t flower-sorter .
"""


def _documents() -> Files:
    """Documents whose every section says something of its own, in about eighty words."""
    problem = {
        "owner": "The problem belongs to Grace Hopper, shift lead at the Delft auction hall (grace.hopper@flowers.example). She pays for it, and she decides.",
        "problem-statement": "At the belt a worker reads the kind of every bunch from memory and presses one of three buttons. On the night shift of 3 November 412 of 9 800 bunches went to the wrong cart; each costs about two euros, because florists send it back the next morning. The belt cannot slow down: the auction clock starts at six, and new people need three weeks before they know the kinds by sight.",
        "ideal-solution": "A camera above the belt names the kind before the bunch reaches the fork, in less time than a worker needs, and the fork turns by itself. Bunches that it is unsure about go to the middle lane where a worker looks at them. Nobody types anything; once a week the shift lead sees how many went through the middle lane and how many were sent back by florists.",
        "understanding": "- On 3 November at two in the morning Grace watched Tomas sort tulips that had not opened yet: he waited for the label on the box, the belt ran on, and eleven bunches passed unsorted.\n- On 5 November the lamps over lane two failed; in yellow light daisies looked like roses to two of three workers, and one cart of daisies came back.\n- Grace says that nobody minds a bunch in the middle lane, but a rose among tulips makes the florist call her.",
        "technical-requirements": "| requirement | number |\n|---|---|\n| accuracy on the test set | 0.85 |\n| recall of rose | 0.75 |\n| answer | 50 ms on the belt's computer |\n\nThe camera gives sixteen by sixteen pixels a bunch after the crop; the computer at the belt has no graphics card and no connection to the internet. Pictures stay in the hall. The model has to be replaced without stopping the belt for longer than one minute.",
    }
    research = {
        "data-sources": "The hall's own camera takes two pictures a second; 420 bunches were photographed on four days in October under both lamps. Each picture belongs to one bunch and was labelled by the worker who sorted it, then read again by Grace. There is no public set of these kinds on a belt, and scraped garden photographs would show other backgrounds. Sixteen by sixteen pixels are what the crop leaves.",
        "solution-form": "We weighed two forms. A chain that first finds the flower heads and then names them needs boxes, which nobody has drawn, and its first module would fail on closed tulips. End to end from the crop to the kind needs labels only, and the crop is already made by the light barrier. With 180 training pictures a small network end to end is the simpler one, so we begin with it.",
        "architecture": "A small convolutional network, small_cnn, of about one hundred thousand parameters: four blocks of convolution, normalisation and activation, then an average over the picture and one linear layer with three outputs. ResNet-18 was tried on paper: eleven million parameters for three classes of sixteen pixels are more than the data can fill, and the belt's computer would need four times as long.",
        "algorithms": "Cross entropy with a little label smoothing, AdamW with a cosine schedule after a short warm-up, early stopping on validation loss. Rotation by up to fifteen degrees and horizontal flips, because bunches lie in any direction on the belt; no colour changes, since colour tells the kinds apart. The alternative, a support vector machine on colour histograms, is close to what the baseline does already.",
        "hardware": "Training: one laptop, 4 cores, 16 GB of memory, about 2 minutes a run. Inference: the belt's computer, 2 cores at 2.0 GHz, 4 GB of memory, no graphics card. The model file may take 2 MB.",
        "software": "Python 3.11, torch 2.14.1 and torchvision 0.29.2 for training, onnxruntime 1.31.1 and fastapi on the belt's computer. Versions are pinned in constraints.txt; nothing else is installed there.",
        "literature": "\n".join(
            f"- {who}, {title}, {year}, {where}"
            for who, title, year, where in (
                ("He, Zhang, Ren, Sun", "Deep residual learning for image recognition", 2016, "arXiv:1512.03385"),
                ("Howard et al.", "Searching for MobileNetV3", 2019, "arXiv:1905.02244"),
                ("Loshchilov, Hutter", "Decoupled weight decay regularization", 2019, "arXiv:1711.05101"),
                ("Müller, Kornblith, Hinton", "When does label smoothing help?", 2019, "arXiv:1906.02629"),
                ("Barz, Denzler", "Do we train on test data?", 2020, "doi:10.3390/jimaging6060041"),
            )
        ),
    }
    evaluation = {
        "results": "On 150 test pictures that nobody had looked at, the chosen run reaches accuracy 0.86 with a 95 % interval from 0.80 to 0.91. Always answering the most frequent class gives a third of that, and logistic regression on small pictures stays far below on the same pictures. The rose is found often enough for the threshold; the daisy is the class that is taken for another one most often.",
        "failure-cases": "Four pictures of the eyeball split were answered wrongly. In two of them the flower was closed and only green is to be seen; in one the bunch lay at the edge of the crop; one has a label that Grace called wrong when she saw it again. Closed flowers are half of all mistakes, so curing them could raise the number by seven points at most.",
        "remedies": "- Closed flowers: photograph two hundred more closed bunches in November, and let the light barrier take a second picture.\n- Cut crops: move the camera by four centimetres, and train with wider crops.\n- Wrong labels: one in thirty is below the five per cent at which relabelling everything would pay, so only that one is corrected.",
    }
    titles = {
        "docs/01-problem.md": ("The problem", problem),
        "docs/02-research.md": ("Research", research),
        "docs/07-evaluation.md": ("Evaluation", evaluation),
    }
    files = {}
    for path, (title, sections) in titles.items():
        body = "\n\n".join(
            f"## {anchor.replace('-', ' ').capitalize()}\n<!-- section: {anchor} -->\n\n{text}"
            for anchor, text in sections.items()
        )
        files[path] = f"# {title}\n\n{body}\n".encode()
    return files | {
        "docs/examples/README.md": b"Five bunches from the belt, with the answers that Grace wants.\n",
        "docs/examples/answers.csv": csv_bytes(
            [{"path": f"bunch-{i}.png", "answer": CLASSES[i % 3], "by": "Grace Hopper"} for i in range(1, 6)]
        ),
        **{f"docs/examples/bunch-{i}.png": _png(90000 + i) for i in range(1, 6)},
        "README.md": b"# flower-sorter\n\nTells three kinds of flowers apart at the sorting belt of the Delft auction hall.\n",
    }


def _png(seed: int, *, tint: int = 0) -> bytes:
    from PIL import Image

    chance = random.Random(seed)
    picture = Image.frombytes(
        "RGB", (16, 16), bytes(min(255, chance.randrange(226) + (30 if i % 3 == tint else 0)) for i in range(768))
    )
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _pictures(files: Files) -> dict[str, list[dict[str, str]]]:
    from PIL import Image

    raw: dict[str, list[dict[str, str]]] = {c: [] for c in CLASSES}
    manifest, split_rows = [], []
    rows: dict[str, list[dict[str, str]]] = {s: [] for s in SIZES}
    seed = 0
    for split, size in SIZES.items():
        for i in range(size):
            seed += 1
            label = CLASSES[i % 3]
            data = _png(seed, tint=i % 3)
            path = f"belt/{label}/img{seed:04d}.png"
            files[f"data/raw/{path}"] = data
            raw[label].append({"path": f"img{seed:04d}.png", "label": label})
            manifest.append({"path": path, "bytes": len(data), "digest": _sha(data)})
            split_rows.append({"path": path, "digest": _sha(data), "label": label, "group": "", "split": split})
            files[f"data/processed/{split}/{path}"] = data
            pixels = _sha(b"RGB:16x16:" + Image.open(io.BytesIO(data)).tobytes())
            rows[split].append({"path": f"{split}/{path}", "label": label, "digest": pixels, "origin": path})
    for label, annotated in raw.items():
        files[f"data/raw/belt/{label}/annotations.csv"] = csv_bytes(annotated)
    for split in SIZES:
        listed = [
            {"path": r["path"].removeprefix(f"{split}/"), "digest": r["digest"], "label": r["label"], "origin": r["origin"]}
            for r in rows[split]
        ]
        files[f"data/processed/{split}/annotations.csv"] = csv_bytes(listed)
    files["data/manifest/belt.csv"] = csv_bytes(manifest)
    files["data/splits/belt.csv"] = csv_bytes(split_rows)
    files["data/raw/belt/source.toml"] = tomli_w.dumps(
        {
            "schema": 1, "name": "belt", "origin": "camera over lane two, Delft auction hall", "licence": "own pictures, internal use",
            "collected": "from 2026-10-05 to 2026-10-08", "collected_by": "Ada Byron", "method": "own", "policy": "", "notes": "",
        }
    ).encode()  # fmt: skip
    n = sum(SIZES.values())
    files["reports/collection/statistics.json"] = _json(
        {
            "schema": 1, "images": n, "bytes": sum(int(str(m["bytes"])) for m in manifest), "classes": dict.fromkeys(CLASSES, n // 3),
            "sources": {"belt": n}, "widths": {"min": 16, "median": 16, "max": 16}, "heights": {"min": 16, "median": 16, "max": 16},
            "modes": {"RGB": n}, "formats": {"PNG": n}, "duplicates": {"exact_groups": 0, "near_groups": 0},
            "manifest": _sha("".join(sorted(f"{m['digest']}\n" for m in manifest)).encode()), "figures": [],
        }
    )  # fmt: skip
    return rows


def _pipeline(files: Files) -> str:
    """Pipeline with the mean and deviation of train, recomputed from the pictures."""
    import numpy as np
    from PIL import Image

    train = [files[p] for p in files if p.startswith("data/processed/train/") and p.endswith(".png")]
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(d)), dtype=np.float64) for d in train]) / 255
    value = {
        "schema": 1, "colour": "RGB", "range": [0.0, 1.0], "size": [16, 16], "resize": {"method": "pad", "filter": "bilinear"},
        "mean": [round(float(m), 6) for m in pixels.mean(axis=(0, 1, 2))], "std": [round(float(s), 6) for s in pixels.std(axis=(0, 1, 2))],
        "statistics_of": "train", "statistics_n": len(train),
        "splits": {
            "train": [
                {"op": "rotate", "degrees": 15, "random": True, "at": "load"},
                {"op": "flip_horizontal", "probability": 0.5, "random": True, "at": "load"},
            ],
            "validation": [], "eyeball": [], "test": [],
        },
    }  # fmt: skip
    files["pipeline.json"] = _json(value)
    return _sha(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def split_digest(rows: list[dict[str, str]]) -> str:
    """The digest of a split's data, as evidence.md defines it."""
    return _sha("".join(sorted(f"{r['digest']},{r['label']}\n" for r in rows)).encode())


def _provenance(
    rows: dict[str, list[dict[str, str]]],
    stage: str,
    *,
    run: str,
    splits: tuple[str, ...],
    checkpoint: str,
    digests: tuple[str, str],
) -> dict[str, Any]:
    day = f"{run[:4]}-{run[4:6]}-{run[6:8]}T{run[9:11]}"
    return {
        "schema": 1, "run": run, "stage": stage, "command": ["python", "-m", f"{PACKAGE}.{stage}"], "commit": SOME_COMMIT, "dirty": False,
        "data": {s: {"digest": split_digest(rows[s]), "samples": len(rows[s])} for s in splits},
        "classes": digests[0], "pipeline": digests[1],
        "checkpoint": {"digest": checkpoint, "epoch": 7, "monitor": "val_loss", "mode": "min"},
        "parent": None, "resumed": False, "start": f"{day}:00:00+00:00", "end": f"{day}:05:00+00:00", "seed": 7, "threads": 1, "workers": 0,
        "packages": {"torch": "2.14.1", "torchvision": "0.29.2"}, "hardware": {"machine": "x86_64", "system": "Linux", "accelerator": "cpu"},
        "limits": {"max_epochs": 10, "epochs": 10, "stopped": "max_epochs", "limit_train_batches": 1.0},
        "decisions": [{"what": "checkpoint", "by": "val_loss", "split": "validation"}],
    }  # fmt: skip


def _run(
    files: Files,
    rows: dict[str, list[dict[str, str]]],
    stage: str,
    *,
    run: str,
    accuracy: float,
    checkpoint: str,
    digests: tuple[str, str],
) -> None:
    folder = f"reports/{stage}/{run}"
    epochs = []
    for epoch in range(10):
        share = min(1.0, (epoch + 1) / 8)
        epochs.append(
            {
                "epoch": epoch,
                "train_loss": round(1.1 - 0.85 * share + 0.003 * epoch, 6),
                "train_acc": round(0.35 + (accuracy + 0.02 - 0.35) * share, 6),
                "val_loss": round(1.12 - 0.72 * share + (0.01 * (epoch - 7) if epoch > 7 else 0), 6),
                "val_acc": round(round(60 * (0.34 + (accuracy - 0.34) * share)) / 60, 6),
                "lr": round(0.001 * (1 - epoch / 10), 6),
            }
        )
    files[f"{folder}/metrics.csv"] = csv_bytes(epochs)
    files[f"{folder}/validation.csv"] = csv_bytes(
        predictions(rows["validation"], accuracy, seed=11 if stage == "training" else 12)
    )
    files[f"{folder}/baseline.csv"] = csv_bytes(predictions(rows["validation"], 0.5, seed=13))
    files[f"{folder}/pipeline.json"] = files["pipeline.json"]
    lr = "0.001" if stage == "training" else "0.002"
    files[f"{folder}/params.yaml"] = (
        f"seed_everything: 7\nmodel:\n  backbone: small_cnn\n  weights: null\n  classes: [daisy, rose, tulip]\n  channels: 3\n  lr: {lr}\n"
        "data:\n  batch_size: 32\ntrainer:\n  max_epochs: 10\n"
    ).encode()
    files[f"{folder}/provenance.json"] = _json(
        _provenance(rows, stage, run=run, splits=("train", "validation"), checkpoint=checkpoint, digests=digests)
    )
    files[f"{folder}/curves.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n'
    files[f"runs/{run}/checkpoints/best.ckpt"] = f"checkpoint of {stage}".encode()
    files[f"reports/{stage}/chosen.toml"] = tomli_w.dumps(
        {
            "schema": 1, "run": run, "checkpoint": checkpoint, "epoch": 7, "split": "validation", "metric": "accuracy",
            "value": round(round(60 * accuracy) / 60, 6), "reason": "the best epoch by validation loss", "when": "2026-11-01T10:06:00+00:00",
            "by": "Ada Byron",
        }
    ).encode()  # fmt: skip


def _evaluation(
    files: Files,
    rows: dict[str, list[dict[str, str]]],
    of: str,
    *,
    run: str,
    accuracy: float,
    checkpoint: str,
    digests: tuple[str, str],
) -> None:
    folder = f"reports/evaluation/{run}"
    table = predictions(rows["test"], accuracy, seed=21 if of == "training" else 22)
    baseline = predictions(rows["test"], 0.5, seed=23)
    files[f"{folder}/predictions.csv"] = csv_bytes(table)
    files[f"{folder}/baseline.csv"] = csv_bytes(baseline)
    files[f"{folder}/eyeball.csv"] = csv_bytes(predictions(rows["eyeball"], 26 / 30, seed=24))
    files[f"{folder}/confusion.csv"] = csv_bytes(confusion(table))
    found = numbers(table, baseline)
    files[f"{folder}/metrics.json"] = _json({"schema": 1, "of": of, "split": "test", **found})
    files[f"{folder}/provenance.json"] = _json(
        _provenance(rows, "evaluation", run=run, splits=("test", "eyeball"), checkpoint=checkpoint, digests=digests)
    )
    files[f"{folder}/report.md"] = (
        f"# Evaluation of {of}\n\nAccuracy {found['metrics']['accuracy']['value']:.3f} on {found['n']} test pictures.\n".encode()
    )


def confusion(table: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The rows of `confusion.csv`."""
    counts = {(t, p): sum(r["label"] == t and r["prediction"] == p for r in table) for t in CLASSES for p in CLASSES}
    return [{"label": t} | {p: counts[t, p] for p in CLASSES} for t in CLASSES]


def numbers(table: list[dict[str, str]], baseline: list[dict[str, str]]) -> dict[str, Any]:
    """What `metrics.json` says of predictions on one test set."""
    from mlscaffold.practice import comparison, intervals, metrics

    matrix = metrics.confusion([(r["label"], r["prediction"]) for r in table], CLASSES)
    n, right = len(table), sum(matrix[i][i] for i in range(3))
    low, high = intervals.wilson(right, n)
    classes: dict[str, Any] = {}
    for i, c in enumerate(CLASSES):
        support, predicted, hit = sum(matrix[i]), sum(row[i] for row in matrix), matrix[i][i]
        f1 = 2 * hit / (support + predicted)
        classes[c] = {
            "precision": _with_interval(hit, predicted), "recall": _with_interval(hit, support),
            "f1": {"value": f1, "low": max(0.0, f1 - 0.1), "high": min(1.0, f1 + 0.1)}, "support": support,
        }  # fmt: skip
    f1_macro = sum(v["f1"]["value"] for v in classes.values()) / 3
    half = 0.05 if n >= 150 else 0.12
    mine = [r["label"] == r["prediction"] for r in table]
    theirs = [r["label"] == r["prediction"] for r in baseline]
    only_model = sum(a and not b for a, b in zip(mine, theirs, strict=True))
    only_baseline = sum(b and not a for a, b in zip(mine, theirs, strict=True))
    return {
        "n": n,
        "metrics": {
            "accuracy": {"value": right / n, "low": low, "high": high},
            "f1_macro": {"value": f1_macro, "low": f1_macro - half, "high": min(1.0, f1_macro + half)},
            "recall_macro": {"value": sum(v["recall"]["value"] for v in classes.values()) / 3, "low": low, "high": high},
        },
        "classes": classes, "majority": {"class": "daisy", "accuracy": sum(r["label"] == "daisy" for r in table) / n},
        "baseline": {"rule": "logistic-regression", "accuracy": sum(theirs) / n},
        "comparison": {
            "only_model": only_model, "only_baseline": only_baseline, "p": comparison.mcnemar(only_model, only_baseline)
        },
    }  # fmt: skip


def _with_interval(hits: int, n: int) -> dict[str, float]:
    from mlscaffold.practice import intervals

    low, high = intervals.wilson(hits, n)
    return {"value": hits / n, "low": low, "high": high}


def _model(files: Files, rows: dict[str, list[dict[str, str]]], classes: str) -> None:
    steps = 60
    files[f"reports/model/{MODEL}/overfit.json"] = _json(
        {
            "schema": 1, "run": MODEL, "backbone": "small_cnn", "weights": None, "pretrained": {"matched": 0, "total": 34},
            "parameters": 98531, "trainable": 98531, "outputs": 3, "classes": classes, "input": [3, 16, 16],
            "batch": [{"path": r["path"], "label": r["label"]} for r in rows["train"][:12]],
            "losses": [round(1.09 * 0.92**i, 6) for i in range(steps)],
            "accuracies": [round(min(1.0, 0.3 + i / 40), 6) for i in range(steps)], "initial_loss": 1.09,
            "step": {
                "given": {"mean": 0.01, "std": 0.99}, "input": {"mean": 0.01, "std": 0.99, "layer": "network.0.0"},
                "loss": {"outputs": 3, "least": -0.71, "sums": [-0.4, 0.6]},
                "parameters": {"trainable": 98531, "optimised": 98531, "moved": 98531},
                "batch_norm": {"layers": 5, "frozen": 0, "frozen_moved": 0},
            },
        }
    )  # fmt: skip


def _search(files: Files, *, run: str = TUNED) -> None:
    chance = random.Random(31)
    trials = [
        {"trial": i, "state": "COMPLETE", "value": round(0.84 + 0.01 * i, 4), "metric": "accuracy", "split": "validation",
         "lr": round(chance.uniform(0.0005, 0.003), 6)}
        for i in range(11)
    ]  # fmt: skip
    trials[10]["lr"] = 0.002
    files[f"reports/tuning/{run}/study.csv"] = csv_bytes(trials)
    rows = []
    for i in range(60):
        data = _png(70000 + i, tint=i % 3)
        files[f"data/field/belt-{i:02d}.png"] = data
        confidence = 0.92 if i % 10 else 0.48
        rows.append(
            {"path": f"belt-{i:02d}.png", "digest": _sha(data), "prediction": CLASSES[i % 3], "confidence": confidence,
             "margin": round(confidence - (1 - confidence) / 2, 4), "unsure": int(confidence < 0.6), "verdict": "right" if i % 12 else "wrong"}
        )  # fmt: skip
    files[f"reports/tuning/{run}/inference.csv"] = csv_bytes(rows)


def _exports(
    files: Files,
    rows: dict[str, list[dict[str, str]]],
    checkpoint: str,
    pipeline: str,
    *,
    run: str = TUNED,
    tested: str = RETESTED,
) -> None:
    model = b"\x08\x08\x12\x07pytorch" + bytes.fromhex(checkpoint) + bytes(400_000)
    files["exports/onnx/model.onnx"] = model
    files["exports/onnx/predictions.csv"] = files[f"reports/evaluation/{tested}/predictions.csv"]
    n = len(rows["test"])
    accuracy = json.loads(files[f"reports/evaluation/{tested}/metrics.json"])["metrics"]["accuracy"]["value"]
    files["exports/onnx/card.json"] = _json(
        {
            "schema": 1, "target": "onnx", "file": "model.onnx", "digest": _sha(model), "bytes": len(model), "quantisation": "fp32",
            "source": {"checkpoint": checkpoint, "run": run}, "classes": CLASSES, "pipeline": pipeline,
            "input": {"name": "image", "shape": [1, 3, 16, 16], "dtype": "float32", "layout": "NCHW"},
            "output": {"name": "logits", "shape": [1, 3], "dtype": "float32"},
            "evaluation": {"split": "test", "data": split_digest(rows["test"]), "n": n}, "calibration": None,
            "agreement": 1.0, "max_difference": 2.1e-05, "accuracy": {"export": accuracy, "source": accuracy},
            "latency": {"p50_ms": 0.4, "p95_ms": 0.6, "runs": 100, "warmup": 10, "threads": 1, "machine": "x86_64 Linux"},
            "verified_by": ["onnxruntime"], "versions": {"onnxruntime": "1.31.1"}, "options": {},
        }
    )  # fmt: skip


def _deployment(files: Files, *, tested: str = RETESTED) -> None:
    digest = json.loads(files["exports/onnx/card.json"])["digest"]
    files["deploy.toml"] = tomli_w.dumps(
        {
            "schema": 1,
            "service": {"export": "onnx", "digest": digest},
            "alarms": {"psi": 0.25, "confidence_drop": 0.1, "p95_ms": 50, "window": 500},
            "queue": {"confidence_below": 0.6, "folder": "data/review"},
            "rollback": {
                "plan": "Workers sort by hand, as they did before; the fork is switched to manual.",
                "how": "turn the key at lane two",
            },
            "ab": {"share": 0.1, "smallest_effect": 0.05, "power": 0.8, "requests_per_day": 9800},
            "retraining": {"every_days": 60, "triggers": ["psi above 0.25", "300 verdicts in the queue"], "owner": "Ada Byron"},
            "owner": {"name": "Ada Byron", "contact": "ada@flowers.example"},
        }
    ).encode()
    files["reports/deployment/service.json"] = _json(
        {
            "schema": 1, "export": {"target": "onnx", "digest": digest}, "when": f"{tested[:4]}-{tested[4:6]}-{int(tested[6:8]) + 1:02}T10:00:00+00:00", "health": 200,
            "model_version": digest, "compared": 150, "agreement": 1.0,
            "originals": {"compared": 19, "agreement": 1.0, "max_difference": 0.0, "grey_levels": 0.0},
            "pipeline": json.loads(files["exports/onnx/card.json"])["pipeline"],
            "rejected": {"text": 400, "empty": 400, "too many pixels": 413, "wrong type": 415, "too large": 413},
            "latency": {"p50_ms": 4.0, "p95_ms": 7.0, "requests": 150},
            "metrics": ["requests_total", "latency_seconds", "model_info", "prediction_confidence"], "log_rows": 150, "classes": CLASSES,
        }
    )  # fmt: skip
    calm = {"n": 150, "psi": 0.04, "psi_floor": 0.05, "confidence": {"reference": 0.91, "window": 0.91}, "verdict": "ok"}
    files["reports/deployment/monitoring.json"] = _json(
        {
            "schema": 1, "reference": {"run": tested, "n": 150}, "window": {"n": 150}, "psi": 0.04, "psi_floor": 0.05,
            "confidence": {"reference": 0.91, "window": 0.91}, "verdict": "ok",
            "drill": {"clean": calm, "shifted": {**calm, "psi": 1.9, "confidence": {"reference": 0.91, "window": 0.55}, "verdict": "alarm"}},
        }
    )  # fmt: skip
    files["Dockerfile"] = b"FROM python:3.11-slim\nCOPY . .\nRUN pip install -r requirements-serve.txt\nUSER 1000\n"
    files["requirements-serve.txt"] = b"fastapi==0.120.0\nonnxruntime==1.31.1\npillow==13.0.0\nnumpy==2.4.6\n"


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
