"""Convert the chosen model: `python -m project_package.convert TARGET|all [--dtype …]`.

Each target is converted in a process of its own (their libraries crash one another), read back with its own runtime,
and compared with the source model on every test image. What was found stands in exports/<target>/card.json.

    python -m project_package.convert TARGET --predict LIST.csv --output OUT.csv

asks the existing export instead.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path

from project_package import choose, paths, records
from project_package.errors import ProjectError, run_script
from project_package.export import TARGETS, load_target
from project_package.export.single import convert_here, measure_here, predict_here

AT_ONCE = 2  # conversions at the same time, where there are as many cores: each needs a gigabyte of memory or two


def asked_targets() -> list[str]:
    """Return what `all` means: the mobile targets of mlscaffold.toml, and onnx for the service."""
    settings = paths.ROOT / "mlscaffold.toml"
    mobile = records.read_toml(settings).get("mobile", {}).get("targets") if settings.is_file() else None
    wanted = set(TARGETS if mobile is None else mobile) | {"onnx"}
    if unknown := sorted(wanted - set(TARGETS)):
        raise ProjectError(f"mlscaffold.toml [mobile] names {', '.join(unknown)}; known are {', '.join(TARGETS)}")
    return [name for name in TARGETS if name in wanted]


def in_own_process(name: str, *more: str) -> tuple[bool, str, str]:
    """Do one thing with a target in a new process: whether it worked, what it says, and what went wrong."""
    lacking = [p for p in load_target(name).PACKAGES if find_spec(p.replace("-", "_")) is None]
    if lacking:
        install = f"pip install --constraint constraints.txt --group {name}"
        return False, "", f"error: {name}: not installed here: {', '.join(lacking)}; run `{install}`\n"
    search = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": search}
    command = [sys.executable, "-m", f"{__package__}.convert", name, "--here", *more]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as noise:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=noise, text=True, check=False)
        noise.seek(0)
        said = [line for line in noise.read().splitlines() if line.strip()]
    # Converters are talkative; what we say ourselves begins with "error:" or the target's name.
    wrong = [line for line in said if line.startswith(("error:", f"{name}:"))]
    if done.returncode < 0:
        kind = f"signal {-done.returncode}, {signal.Signals(-done.returncode).name}"
        wrong.append(f"error: {name}: converter crashed ({kind}); the model may be fine")
    elif done.returncode and not wrong:
        wrong.append(f"error: {name}: converter failed: {said[-1] if said else 'it said nothing'}")
    return done.returncode == 0, done.stdout, "".join(f"{line}\n" for line in wrong)


def run_target(name: str, *more: str) -> bool:
    """Do one thing with a target, print what it says as one block, and say whether it worked."""
    worked, said, wrong = in_own_process(name, *more)
    tell(said, wrong)
    return worked


def tell(said: str, wrong: str) -> None:
    """Print what a process said, each part where it belongs."""
    print(said, end="", flush=True)
    print(wrong, end="", file=sys.stderr, flush=True)


def convert_targets(names: list[str], *more: str) -> bool:
    """Convert and compare, two targets at a time; then measure the speed of each while nothing else runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    converted = set()
    with ThreadPoolExecutor(min(AT_ONCE, cores)) as pool:
        # The slowest first; one that fails does not stop the others.
        tasks = {pool.submit(in_own_process, name, *more): name for name in reversed(names)}
        for task in as_completed(tasks):
            worked, said, wrong = task.result()
            tell(said, wrong)
            if worked:
                converted.add(tasks[task])
    measured = [measure(name) for name in names if name in converted]
    return len(converted) == len(names) and all(measured)


def measure(name: str) -> bool:
    """Measure the speed of an export in the runtime of its users; ours for Core ML is none, its time says nothing."""
    if load_target(name).READER == "mil-interpreter":
        print(f"{name}: speed not measured, its runtime is not on this machine")
        return True
    return run_target(name, "--measure")


def main() -> int:
    """Convert, or ask an export, from the command line."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}.convert",
        description="Convert the chosen model, and compare each export with it on every test image.",
        epilog="What was found is written to exports/TARGET/card.json and predictions.csv: commit both.",
    )
    parser.add_argument("target", choices=(*TARGETS, "all"), help="all: what mlscaffold.toml [mobile] names, and onnx")
    parser.add_argument("--dtype", help="how weights are stored: fp32, fp16, int8-weights; each target has its default")
    parser.add_argument("--predict", type=Path, metavar="LIST.csv", help="ask the existing export about these images")
    parser.add_argument("--output", type=Path, metavar="OUT.csv", help="where the answers of --predict go")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if (given.predict is None) != (given.output is None) or (given.predict and given.target == "all"):
        parser.error("--predict needs one target and --output")
    if given.here:
        warnings.simplefilter("ignore")  # the converters' own, in this process only
        if given.predict:
            predict_here(given.target, given.predict, given.output)
        elif given.measure:
            measure_here(given.target)
        else:
            convert_here(given.target, given.dtype)
        return 0
    if given.predict:
        asked = ("--predict", str(given.predict), "--output", str(given.output))
        return 0 if run_target(given.target, *asked) else 1
    choose.current_checkpoint()  # one clear error instead of one a target
    names = asked_targets() if given.target == "all" else [given.target]
    return 0 if convert_targets(names, *(["--dtype", given.dtype] if given.dtype else [])) else 1


if __name__ == "__main__":
    run_script(main)
