"""All ten stages on scikit-learn's handwritten digits, for real: documents, a network, exports, a service, ten signatures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import chain
from mlscaffold.project import open_project
from mlscaffold.stages import all_stages, find_stage
from mlscaffold.workflows import advance
from mlscaffold.writing import write_text

NAME = "digits-demo"
PERSON = "Dana Demo"
NEEDED = (
    "torch",
    "torchvision",
    "pytorch_lightning",
    "sklearn",
    "optuna",
    "onnx",
    "onnxruntime",
    "onnxscript",
    "fastapi",
    "uvicorn",
)
TARGETS = {"coreml": "coremltools", "executorch": "executorch", "litert": "litert_torch", "onnx": "onnxruntime"}
SHARES = {"train": 0.45, "validation": 0.15, "eyeball": 0.1, "test": 0.3}
DEMO = Path(__file__).parent.parent / "demo"


@dataclass
class Demo:
    """The project that is being led, and how the time was spent (stage slug → seconds)."""

    root: Path
    fast: bool
    say: Callable[[str], None]
    show: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    log: Path = Path()

    @property
    def package(self) -> str:
        """The generated package."""
        return self.root.name.replace("-", "_")


class DemoFailed(ScaffoldError):
    """A step of the demo did not succeed; the project is left as it is, to look at."""


def demo(
    target: Path,
    *,
    fast: bool = False,
    say: Callable[[str], None] = print,
    show: Callable[[str], None] = lambda line: None,
    targets: tuple[str, ...] = (),
) -> Demo:
    """Create `target` and lead it through all ten stages; returns where and how long.

    `fast` trains and searches less. `show` gets what a long step is at, once a second, and "" when the step is over.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise DemoFailed(
            f"The demo trains for real, and this environment lacks: {', '.join(missing)}",
            reference="demo-environment",
            hint='pip install "mlscaffold[demo]" (about 8 GB with the ordinary torch wheels)',
        )
    targets = targets or tuple(t for t, module in TARGETS.items() if find_spec(module))
    run = Demo(target, fast, say, show)
    with tempfile.TemporaryDirectory(prefix="mlscaffold-demo-") as folder:
        _create(run, targets)
        for slug, lead in (
            ("problem", lambda: _problem(run, Path(folder))),
            ("research", lambda: _research(run)),
            ("collection", lambda: _collection(run, Path(folder))),
            ("preparation", lambda: _preparation(run)),
            ("model", lambda: _script(run, "train", "--overfit-batch")),
            ("training", lambda: _training(run)),
            ("evaluation", lambda: _evaluation(run)),
            ("tuning", lambda: _tuning(run, Path(folder))),
            ("conversion", lambda: _script(run, "convert", "all")),
            ("deployment", lambda: _deployment(run)),
        ):
            _stage(run, slug, lead)
    return run


def _create(run: Demo, targets: tuple[str, ...]) -> None:
    from mlscaffold.templating.answers import resolve
    from mlscaffold.workflows.new import new

    given = {
        "name": run.root.name,
        "problem": "Read handwritten digits on paper forms, so that nobody has to type them off.",
        "classes": [str(i) for i in range(10)],
        "mobile_targets": list(targets),
        "ci": "github",
        "pictures": "embed",
    }
    new(resolve(given, identity=_who(run.root.parent)), run.root.parent)
    run.log = run.root / "runs" / "demo.log"
    run.log.parent.mkdir(exist_ok=True)
    run.say(f"Created {run.root}")


def _stage(run: Demo, slug: str, lead: Callable[[], object]) -> None:
    stage = find_stage(slug)
    started = time.perf_counter()
    run.say(f"\n{stage.number:>2} {slug}  {stage.goal}")
    lead()
    project = open_project(run.root)
    wanted = advance.candidate(project, slug)
    if wanted.blocking:
        told = "\n  ".join(f"{f.status} {f.check}: {f.message}" for f in wanted.blocking)
        raise DemoFailed(
            f"Stage {slug} is not proved:\n  {told}",
            reference="demo-stage",
            hint=f"Look at it: cd {run.root} && mlscaffold check",
        )
    for finding in wanted.warnings:
        run.say(f"     warn  {finding.check}: {finding.message}")
    for finding in wanted.unknown:
        run.say(f"     unknown  {finding.check}: {finding.message}")
    who, role = advance.signer(project, stage, who=_who(run.root))
    answers = advance.Answers(who, role, {q.id: "yes" for q in wanted.questions}, [f.check for f in wanted.unknown])
    advance.sign(project, wanted, answers)
    project.save()
    _commit(run, f"Stage {stage.number}, {slug}: proved and signed")
    run.seconds[slug] = time.perf_counter() - started
    rounded = {done: round(spent, 1) for done, spent in run.seconds.items()}
    write_text(run.root / "runs" / "demo.json", json.dumps({"schema": 1, "seconds": rounded}, indent=1) + "\n")
    proved = sum(f.stage == slug and f.status == "pass" for f in wanted.report.findings)
    run.say(f"     {proved} checks passed; signed as {role} by {who} ({run.seconds[slug]:.0f} s)")


def _problem(run: Demo, folder: Path) -> None:
    from mlscaffold.demo.digits import write_digits

    digits = write_digits(folder)
    run.answers = digits.answers
    _document(run, "docs/01-problem.md", {"owner": _who(run.root)})
    shutil.copyfile(DEMO / "acceptance.toml", run.root / "acceptance.toml")
    examples = sorted(digits.answers)[:10]
    for name in examples:
        shutil.copyfile(digits.field / name, run.root / "docs/examples" / name)
    rows = "".join(f"{name},{digits.answers[name]},{_who(run.root)}\n" for name in examples)
    (run.root / "docs/examples/answers.csv").write_text("path,answer,by\n" + rows, encoding="utf-8")
    (run.root / "docs/examples/README.md").write_text(
        "# Examples\n\nTen boxes from the scanner, and what the reading desk would have typed: answers.csv.\n", encoding="utf-8"
    )
    (run.root / "README.md").write_text(_readme(run), encoding="utf-8")


def _research(run: Demo) -> None:
    _document(run, "docs/02-research.md", {})


def _collection(run: Demo, folder: Path) -> None:
    from mlscaffold.workflows.data_stats import data_stats
    from mlscaffold.workflows.import_data import import_data

    fields = {
        "licence": "CC BY 4.0",
        "origin": "scikit-learn's load_digits: UCI Optical Recognition of Handwritten Digits, test part",
        "collected": "1998",
        "collected_by": "E. Alpaydin, C. Kaynak, Bogazici University",
        "method": "download",
    }
    done = import_data(run.root, folder / "optdigits", source="optdigits", fields=fields)
    run.say(f"     {done.read} pictures imported, {len(done.refused)} refused")
    data_stats(run.root)


def _preparation(run: Demo) -> None:
    from mlscaffold.workflows.split_data import split_data

    split_data(run.root, shares=SHARES)
    for name in ("prepare.toml", "train.yaml"):
        text = (DEMO / name).read_text(encoding="utf-8").replace("{package}", run.package)
        (run.root / "configs" / name).write_text(text, encoding="utf-8")
    _script(run, "prepare")


def _training(run: Demo) -> None:
    _script(run, "train", *(["--trainer.max_epochs", "8"] if run.fast else []))


def _evaluation(run: Demo) -> None:
    _script(run, "evaluate", "--of", "training")
    project = open_project(run.root)
    evaluated = chain.evaluation_of(project, "training")
    measured = json.loads((run.root / evaluated.folder / "metrics.json").read_text(encoding="utf-8"))
    accuracy = measured["metrics"]["accuracy"]
    cases = _mistakes(run.root / evaluated.folder / "eyeball.csv")
    none = "- None of them, so there is no pattern to be found in this split; more pictures for it would show the rare ones."
    values = {
        "n": str(measured["n"]),
        **{key: f"{accuracy[name]:.3f}" for key, name in (("accuracy", "value"), ("low", "low"), ("high", "high"))},
        "majority": f"{measured['majority']['accuracy']:.3f}",
        "baseline": f"{measured['baseline']['accuracy']:.3f}",
        "p": f"{measured['comparison']['p']:.2g}",
        "run": evaluated.run,
        "eyeball": str(cases[0]),
        "wrong": str(len(cases[1])),
        "cases": "\n".join(cases[1]) or none,
    }
    _document(run, "docs/07-evaluation.md", values)


def _mistakes(path: Path) -> tuple[int, list[str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [r for r in rows if r["label"] != r["prediction"]]
    lines = [
        f"- {r['path']}: a {r['label']} taken for a {r['prediction']}, with confidence {float(r['p:' + r['prediction']]):.2f}"
        for r in wrong
    ]
    return len(rows), lines[:10]


def _tuning(run: Demo, folder: Path) -> None:
    _script(run, "tune", "--trials", "3" if run.fast else "6")
    target = run.root / "data/field"
    target.mkdir(parents=True, exist_ok=True)
    for name in run.answers:
        shutil.copyfile(folder / "field" / name, target / name)
    _script(run, "infer", "data/field")
    project = open_project(run.root)
    choice = chain.chosen(project, "tuning")
    _judge(run, run.root / choice.folder / "inference.csv")


def _judge(run: Demo, path: Path) -> None:
    """Fill in the verdicts: the labels that came with the held-back pictures are the person's answers here."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["verdict"] = (
            "right" if run.answers[Path(row["path"]).name] == row["prediction"] else run.answers[Path(row["path"]).name]
        )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _deployment(run: Demo) -> None:
    card = json.loads((run.root / "exports/onnx/card.json").read_text(encoding="utf-8"))
    text = (DEMO / "deploy.toml").read_text(encoding="utf-8")
    (run.root / "deploy.toml").write_text(
        text.replace("{digest}", card["digest"]).replace("{owner}", _who(run.root)), encoding="utf-8"
    )
    _script(run, "serve", "--check")
    _script(run, "monitor", "--drill")


def _document(run: Demo, path: str, values: dict[str, str]) -> None:
    text = (DEMO / path).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    (run.root / path).write_text(text, encoding="utf-8")


def _readme(run: Demo) -> str:
    return (
        f"# {run.root.name}\n\nReads handwritten digits on paper forms. Made by `mlscaffold demo` from scikit-learn's digits: the documents tell "
        "a made-up story, the data, the network, the numbers and the exports are real.\n\n"
        "The pictures are scikit-learn's copy of the test part of *Optical Recognition of Handwritten Digits* (E. Alpaydin, C. Kaynak, "
        "1998, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49), licence CC BY 4.0; they were saved as PNG, "
        "the values 0 to 16 stretched to 0 to 255.\n\n"
        "```\nmlscaffold status\nmlscaffold check\nmlscaffold report\n"
        f"python -m {run.package}.serve\n```\n"
    )


def _script(run: Demo, verb: str, *arguments: str) -> None:
    """Run a script of the project; its output goes to a log, and its last lines are told when it fails."""
    command = [sys.executable, "-m", f"{run.package}.{verb}", *arguments]
    run.say(f"     python -m {run.package}.{' '.join([verb, *arguments])}")
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "MPLBACKEND": "Agg"}
    with run.log.open("ab") as log:
        start = log.tell()
        code = _follow(
            run, subprocess.Popen(command, cwd=run.root, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        )
    if code:
        tail = run.log.read_bytes()[start:].decode("utf-8", "replace").strip().splitlines()[-12:]
        how = signal.Signals(-code).name if code < 0 else f"exit {code}"
        raise DemoFailed(
            f"{verb} failed ({how})", reference="demo-script", context="\n  ".join(tail), hint=f"The whole output: {run.log}"
        )


def _follow(run: Demo, process: subprocess.Popen[bytes]) -> int:
    """Wait for a script and return its exit code; every second its time and the last line of the log are shown."""
    started = time.perf_counter()
    with process:
        try:
            while True:
                try:
                    return process.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    run.show(f"     {time.perf_counter() - started:4.0f} s  {_last_line(run.log)}")
        except BaseException:
            process.kill()
            raise
        finally:
            run.show("")


def _last_line(path: Path) -> str:
    """The last line of a log that says something; only its end is read."""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 2000))
        lines = log.read().decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _commit(run: Demo, message: str) -> None:
    git.run_git(["add", "--all"], run.root)
    who = _who(run.root)
    identity = {
        "GIT_AUTHOR_NAME": who,
        "GIT_COMMITTER_NAME": who,
        "GIT_AUTHOR_EMAIL": "demo@localhost",
        "GIT_COMMITTER_EMAIL": "demo@localhost",
    }
    git.run_git(["commit", "--quiet", "--message", message], run.root, env=identity)


def _who(folder: Path) -> str:
    """The git user, else a made-up person: the demo needs somebody to sign."""
    return git.identity(folder) or PERSON


def summary(run: Demo) -> str:
    """How the time was spent, and where to go on."""
    total = sum(run.seconds.values())
    shares = ", ".join(f"{s.slug} {run.seconds[s.slug]:.0f}" for s in all_stages() if s.slug in run.seconds)
    return f"All ten stages are signed, in {total:.0f} s ({shares})."
