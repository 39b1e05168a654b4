"""Convert the chosen model: `python -m project_package.convert TARGET|all [--dtype …]`.

Each target is converted in a process of its own (their libraries crash one another), read back with its own runtime,
and compared with the source model on every test image. What was found stands in exports/<target>/card.json.

`python -m project_package.convert TARGET --predict LIST.csv --output OUT.csv` asks the existing export instead.
"""

import argparse
import io
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from project_package import choose, paths, pipeline, records
from project_package.errors import ProjectError, run_script
from project_package.export import TARGETS, Run, Target, UnknownOpError, load_target, run_all

WARMUP, RUNS = 10, 100
FLAT = 1e-3  # logits that vary less over the test images say nothing: any two models would agree


@dataclass(frozen=True)
class Source:
    """The model that is converted, and what it answers for the test images."""

    network: Any
    checkpoint: str
    run: str
    classes: list[str]
    rows: list[records.Row]
    images: np.ndarray  # (N, C, H, W) float32, normalised
    logits: np.ndarray  # (N, K)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image: (1, C, H, W)."""
        return (1, *self.images.shape[1:])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities (N, K) of logits (N, K)."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def load_images(files: list[Path]) -> np.ndarray:
    """Return prepared images as one array (N, C, H, W), through the one pipeline of this project."""
    steps = pipeline.load_pipeline(paths.PIPELINE)
    arrays = [pipeline.to_array(pipeline.prepare_image(pipeline.open_image(file), steps), steps) for file in files]
    return np.stack(arrays).astype(np.float32)


def load_source() -> Source:
    """Load the chosen checkpoint and let it answer for every test image, on one thread."""
    import torch
    import torchvision  # noqa: F401  (before tensorflow or coremltools, or the process dies)

    from project_package.model import load_classifier

    torch.set_num_threads(1)
    choice = choose.current()
    model = load_classifier(choose.find_checkpoint(choice.checkpoint, choice.run))
    classes = records.classes()
    if (own := list(model.hparams["classes"])) != classes:
        raise ProjectError(f"the model was trained for the classes {own}, data/schema.toml says {classes}; train again")

    class Network(torch.nn.Module):
        """The plain network, whose input is named `image`."""

        def __init__(self) -> None:
            super().__init__()
            self.network = getattr(model, "network", model)

        def forward(self, image: Any) -> Any:
            """Return logits."""
            return self.network(image)

    rows = records.read_split("test")
    images = load_images([row.file for row in rows])
    network = Network().eval()
    with torch.no_grad():
        logits = np.concatenate(
            [network(torch.from_numpy(part)).numpy() for part in np.array_split(images, -(-len(images) // 32))]
        )
    return Source(network, choice.checkpoint, choice.run, classes, rows, images, logits)


# One target, in its own process


def digest_of(file: Path) -> str:
    """Return the digest of an export: a file's, or a folder's."""
    return records.folder_digest(file) if file.is_dir() else records.file_digest(file)


def still_valid(folder: Path, target: Target, source: Source, dtype: str) -> bool:
    """Say whether the export there was made from this source in this way, and is still the file that the card names."""
    file, card = folder / target.FILE, folder / "card.json"
    if not file.exists() or not card.is_file():
        return False
    found = records.read_json(card)
    made = (found.get("source", {}).get("checkpoint"), found.get("quantisation"), found.get("classes"))
    same_input = found.get("input", {}).get("shape") == list(source.shape)
    return made == (source.checkpoint, dtype, source.classes) and same_input and found.get("digest") == digest_of(file)


def convert_anew(folder: Path, target: Target, source: Source, dtype: str) -> None:
    """Write the export beside its place, then move it there, so that a crash leaves the old one."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".convert-") as temporary:
        made, place = Path(temporary, target.FILE), folder / target.FILE
        with redirect_stdout(io.StringIO()):  # converters tell every pass they make
            target.convert(source.network, source.shape, made, dtype=dtype, classes=source.classes)
        (folder / "card.json").unlink(missing_ok=True)  # the old card is not about the new file
        if place.is_dir():
            shutil.rmtree(place)
        made.replace(place)


def measure_latency(run: Run, images: np.ndarray) -> dict[str, Any]:
    """Return p50 and p95 of single images on one thread, on this machine."""
    taken = []
    for i in range(WARMUP + RUNS):
        start = time.perf_counter()
        run(images[i % len(images)][None])
        taken.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(taken[WARMUP:], [50, 95])
    where = f"{platform.machine()} {platform.system()}"
    return {
        "p50_ms": round(p50, 4),
        "p95_ms": round(p95, 4),
        "runs": RUNS,
        "warmup": WARMUP,
        "threads": 1,
        "machine": where,
    }


def compare(source: Source, logits: np.ndarray) -> dict[str, Any]:
    """Return how the export's logits agree with the source's, and whether that means anything."""
    wanted, answered = source.logits.argmax(axis=1), logits.argmax(axis=1)
    labels = np.array([source.classes.index(row.label) for row in source.rows])
    vacuous = bool(source.logits.std(axis=0).max() <= FLAT or len(set(wanted.tolist())) < 2)
    return {
        "agreement": float((wanted == answered).mean()),
        "max_difference": float(np.abs(source.logits - logits).max()),
        "accuracy": {"export": float((answered == labels).mean()), "source": float((wanted == labels).mean())},
        "vacuous": vacuous,
    }


def read_back(name: str, target: Target, file: Path, source: Source) -> dict[str, Any]:
    """Return what the card says of the export's answers, and its `logits`; an unknown operation is said, not guessed."""
    try:
        run = target.read(file)
    except UnknownOpError as error:
        nothing = {
            "agreement": None,
            "max_difference": None,
            "accuracy": {"export": None, "source": None},
            "vacuous": False,
        }
        print(f"{name}: unknown, its answers could not be computed here: no reader for {error}", file=sys.stderr)
        return {**nothing, "latency": None, "verified_by": [], "unknown_ops": str(error).split(", "), "logits": None}
    logits = run_all(run, source.images)
    if not np.isfinite(logits).all():
        raise ProjectError(f"{name}: the export answers numbers that are not finite")
    found = {**compare(source, logits), "verified_by": [target.READER], "unknown_ops": [], "logits": logits}
    # Our own interpreter is no runtime that anybody uses; its time says nothing.
    found["latency"] = None if target.READER == "mil-interpreter" else measure_latency(run, source.images)
    again = target.read_again(file, source.images) if hasattr(target, "read_again") else None
    if again is not None:
        second = {
            "difference": float(np.abs(again - logits).max()),
            "agreement": float((again.argmax(1) == logits.argmax(1)).mean()),
        }
        found |= {"verified_by": [target.READER, target.SECOND_READER], "readers": second}  # type: ignore[attr-defined]
    return found


def versions(target: Target) -> dict[str, str]:
    """Return the versions of what made and read the export."""
    names = [*target.PACKAGES, *(["tensorflow-cpu", "tensorflow"] if hasattr(target, "read_again") else [])]
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def convert_here(name: str, dtype: str | None) -> None:
    """Convert one target in this process, measure it, and write its card and predictions."""
    target, folder = load_target(name), paths.EXPORTS / name
    dtype = dtype or target.DTYPES[0]
    if dtype not in target.DTYPES:
        raise ProjectError(f"{name} is converted as {', '.join(target.DTYPES)}, not as {dtype}")
    source = load_source()
    kept = still_valid(folder, target, source, dtype)
    started = time.monotonic()
    if not kept:
        convert_anew(folder, target, source, dtype)
    seconds = time.monotonic() - started
    file = folder / target.FILE
    found = read_back(name, target, file, source)
    logits = found.pop("logits")
    files = [path for path in file.rglob("*") if path.is_file()] if file.is_dir() else [file]
    card = {
        "schema": 1,
        "target": name,
        "file": target.FILE,
        "digest": digest_of(file),
        "bytes": sum(path.stat().st_size for path in files),
        "quantisation": dtype,
        "source": {"checkpoint": source.checkpoint, "run": source.run},
        "classes": source.classes,
        "pipeline": pipeline.pipeline_digest(paths.PIPELINE),
        "input": {"name": "image", "shape": list(source.shape), "dtype": "float32", "layout": "NCHW"},
        "output": {"name": "logits", "shape": [1, len(source.classes)], "dtype": "float32"},
        "evaluation": {"split": "test", "data": records.data_digest("test"), "n": len(source.rows)},
        "calibration": None,
        **found,
        "versions": versions(target),
        "options": {"dtype": dtype},
    }
    if logits is not None:
        write_answers(
            folder / "predictions.csv", [(row.name, row.label) for row in source.rows], logits, source.classes
        )
    else:
        (folder / "predictions.csv").unlink(missing_ok=True)
    records.write_json(folder / "card.json", card)
    say(card, source, logits, "kept, measured anew" if kept else f"converted in {seconds:.1f} s")


def write_answers(path: Path, named: list[tuple[str, str]], logits: np.ndarray, classes: list[str]) -> None:
    """Write the export's answers as a table of predictions."""
    probabilities = softmax(logits)
    rows = [
        records.Prediction(name, label, classes[int(values.argmax())], tuple(float(value) for value in values))
        for (name, label), values in zip(named, probabilities, strict=True)
    ]
    records.write_predictions(path, rows, classes)


def say(card: dict[str, Any], source: Source, logits: np.ndarray | None, how: str) -> None:
    """Print what was found, in a few lines."""
    print(f"{card['target']}: {how}, {card['quantisation']}, {card['bytes'] / 1000:.0f} kB")
    if logits is None:
        return
    accuracy, latency = card["accuracy"], card["latency"]
    print(
        f"  agrees with the model on {card['agreement']:.2%} of {len(source.rows)} test images"
        f" by {', '.join(card['verified_by'])}"
    )
    print(
        f"  largest difference of a logit {card['max_difference']:.2g};"
        f" accuracy {accuracy['export']:.4f}, source {accuracy['source']:.4f}"
    )
    print(
        f"  p95 {latency['p95_ms']:.2f} ms on this machine"
        if latency
        else "  latency not measured: its runtime is not on this machine"
    )
    for i in np.flatnonzero(source.logits.argmax(1) != logits.argmax(1))[:5]:
        print(f"  differs: {source.rows[i].name}")
    if card["vacuous"]:
        print(
            f"{card['target']}: VACUOUS: the model answers nearly the same for every test image, so its agreement "
            "proves nothing; train it first",
            file=sys.stderr,
        )


def predict_here(name: str, table: Path, output: Path) -> None:
    """Ask the existing export about the images of a table (column `path`, optional `label`)."""
    target, folder = load_target(name), paths.EXPORTS / name
    card = records.read_json(folder / "card.json")
    file = folder / target.FILE
    if not file.exists():
        raise ProjectError(
            f"{paths.shown(file)} is not on this machine; run `python -m project_package.convert {name}`"
        )
    rows = records.read_table(table, ("path",))
    if not rows:
        raise ProjectError(f"{paths.shown(table)} names no image")
    if name != "onnx":
        import torch
        import torchvision  # noqa: F401  (before tensorflow or coremltools, or the process dies)

        torch.set_num_threads(1)
    try:
        run = target.read(file)
    except UnknownOpError as error:
        raise ProjectError(f"{name} cannot be computed on this machine: no reader for {error}") from None
    logits = run_all(run, load_images([find_image(row["path"], table) for row in rows]))
    write_answers(output, [(row["path"], row.get("label", "")) for row in rows], logits, card["classes"])
    print(f"{len(rows)} images answered by {name}: {output}")


def find_image(name: str, table: Path) -> Path:
    """Return the image that a table names: under data/processed, the project, or beside the table."""
    for base in (paths.PROCESSED, paths.ROOT, table.parent):
        if (base / name).is_file():
            return base / name
    raise ProjectError(f"{paths.shown(table)} names {name}, which is not there")


# All targets, each in a process of its own


def asked_targets() -> list[str]:
    """Return what `all` means: the mobile targets of mlscaffold.toml, and onnx for the service."""
    settings = paths.ROOT / "mlscaffold.toml"
    mobile = records.read_toml(settings).get("mobile", {}).get("targets") if settings.is_file() else None
    wanted = set(TARGETS if mobile is None else mobile) | {"onnx"}
    if unknown := wanted - set(TARGETS):
        raise ProjectError(
            f"mlscaffold.toml [mobile] names {', '.join(sorted(unknown))}; known are {', '.join(TARGETS)}"
        )
    return [name for name in TARGETS if name in wanted]


def in_own_process(name: str, more: list[str]) -> bool:
    """Run this script for one target in a new process and say whether it worked; a crash is called a crash."""
    lacking = [p for p in load_target(name).PACKAGES if find_spec(p.replace("-", "_")) is None]
    if lacking:
        print(f"error: {name}: not installed here: {', '.join(lacking)}", file=sys.stderr)
        return False
    search = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": search}
    command = [sys.executable, "-m", "project_package.convert", name, "--here", *more]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as noise:
        done = subprocess.run(command, env=environment, stderr=noise, check=False)
        noise.seek(0)
        said = [line for line in noise.read().splitlines() if line.strip()]
    # Converters are talkative; what we say ourselves begins with "error:" or the target's name.
    ours = [line for line in said if line.startswith(("error:", f"{name}:"))]
    print("\n".join(ours), file=sys.stderr, end="\n" if ours else "")
    if done.returncode < 0:
        kind = signal.Signals(-done.returncode).name
        print(
            f"error: {name}: converter crashed (signal {-done.returncode}, {kind}); the model may be fine",
            file=sys.stderr,
        )
    elif done.returncode and not ours:
        print(f"error: {name}: converter failed: {said[-1] if said else 'it said nothing'}", file=sys.stderr)
    return done.returncode == 0


def main() -> int:
    """Convert, or ask an export, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m project_package.convert", description="Convert the chosen model.")
    parser.add_argument("target", choices=(*TARGETS, "all"))
    parser.add_argument("--dtype", help="how weights are stored: fp32, fp16, int8-weights; each target has its default")
    parser.add_argument("--predict", type=Path, metavar="LIST.csv", help="ask the existing export about these images")
    parser.add_argument("--output", type=Path, metavar="OUT.csv", help="where the answers of --predict go")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if (given.predict is None) != (given.output is None) or (given.predict and given.target == "all"):
        parser.error("--predict needs one target and --output")
    more = ["--dtype", given.dtype] if given.dtype else []
    if given.predict:
        more = ["--predict", str(given.predict), "--output", str(given.output)]
    if not given.here:
        if not given.predict:
            choose.current_checkpoint()  # one clear error instead of one a target
        wanted = asked_targets() if given.target == "all" else [given.target]
        worked = [in_own_process(name, more) for name in wanted]  # one that fails does not stop the others
        return 0 if all(worked) else 1
    warnings.simplefilter("ignore")  # the converters' own, in this process only
    if given.predict:
        predict_here(given.target, given.predict, given.output)
    else:
        convert_here(given.target, given.dtype)
    return 0


if __name__ == "__main__":
    run_script(main)
