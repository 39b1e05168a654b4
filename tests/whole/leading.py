"""Leads a project from `new` to a signed stage ten by the real commands and scripts, as a team of one would."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.whole.command import mlscaffold

PERSON = "Ada Byron"


@dataclass(frozen=True)
class Recipe:
    """What a person brings to a project: its documents, its data and the answers of those who know."""

    name: str
    files: Path  # documents, acceptance.toml, deploy.toml, configs: copied over the generated ones
    owner: str
    sources: Callable[[Path], dict[str, Path]]  # writes or copies the data into a folder; source → what `data import` is given
    told: dict[str, str]  # options of `data import`: licence, origin, …
    field: Callable[[Path], dict[str, str]]  # writes the pictures of the real world into a folder; name → what is on it
    shares: str
    targets: str
    train: tuple[str, ...] = ()
    reason: str = ""  # why honest failures are waived
    waivable: frozenset[str] = frozenset()

    @property
    def package(self) -> str:
        """The generated package."""
        return self.name.replace("-", "_")


def lead(recipe: Recipe, parent: Path) -> Path:
    """Make the project in `parent` and sign all ten stages; returns its folder."""
    roles = f"team={PERSON}: business analyst, ML researcher, data scientist, data engineer"
    mlscaffold(parent, "new", recipe.name, "--no-input", "--set", roles, "--set", f"mobile_targets={recipe.targets}")
    folder, scratch = parent / recipe.name, parent / f"{recipe.name}-given"
    shutil.copytree(recipe.files, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    answers = recipe.field(scratch / "field")
    for name in sorted(answers)[:6]:
        shutil.copyfile(scratch / "field" / name, folder / "docs/examples" / name)
    rows = "".join(f"{name},{answers[name]},{recipe.owner}\n" for name in sorted(answers)[:6])
    (folder / "docs/examples/answers.csv").write_text("path,answer,by\n" + rows, encoding="utf-8")
    sign(recipe, folder, 1)
    sign(recipe, folder, 2)
    told = [part for key, value in recipe.told.items() for part in (f"--{key}", value)]
    for source, path in recipe.sources(scratch).items():
        mlscaffold(folder, "data", "import", str(path), "--source", source, *told)
    mlscaffold(folder, "data", "stats")
    sign(recipe, folder, 3)
    mlscaffold(folder, "data", "split", "--shares", recipe.shares)
    script(recipe, folder, "prepare")
    sign(recipe, folder, 4)
    script(recipe, folder, "train", "--overfit-batch")
    sign(recipe, folder, 5)
    script(recipe, folder, "train", *recipe.train)
    sign(recipe, folder, 6)
    script(recipe, folder, "evaluate")
    _tell(folder)
    sign(recipe, folder, 7)
    script(recipe, folder, "tune", "--trials", "2")
    shutil.copytree(scratch / "field", folder / "data/field", dirs_exist_ok=True)
    script(recipe, folder, "infer", "data/field")
    _judge(next((folder / "reports/tuning").glob("*/inference.csv")), answers)
    sign(recipe, folder, 8)
    script(recipe, folder, "convert", "all")
    sign(recipe, folder, 9)
    card = json.loads((folder / "exports/onnx/card.json").read_text(encoding="utf-8"))
    deploy = (folder / "deploy.toml").read_text(encoding="utf-8").replace("{digest}", card["digest"])
    (folder / "deploy.toml").write_text(deploy, encoding="utf-8")
    script(recipe, folder, "serve", "--check")
    script(recipe, folder, "monitor", "--drill")
    sign(recipe, folder, 10)
    shutil.rmtree(scratch)
    return folder


def script(recipe: Recipe, folder: Path, verb: str, *arguments: str) -> str:
    """Run a script of the project."""
    command = [sys.executable, "-m", f"{recipe.package}.{verb}", *arguments]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, f"{verb} gave {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def sign(recipe: Recipe, folder: Path, stage: int) -> str:
    """Sign a stage and commit; a finding that is honest and stands in the way is waived with a reason, as a team would."""
    asked = ["stage", "next", "--stage", str(stage), "--as", PERSON, "--yes"]
    told = mlscaffold(folder, *asked, *_accepted(folder, stage), code=None)
    if "is not proved yet" in told:
        report = json.loads(mlscaffold(folder, "check", "--all", "--format", "json", code=None))
        slug = report["stages"][stage - 1]["slug"]
        blocking = {
            f["check"]
            for f in report["findings"]
            if f["stage"] == slug and f["status"] in ("fail", "todo", "error") and not f["waiver"]
        }
        assert blocking <= recipe.waivable, told
        until = str(date.today() + timedelta(days=180))
        for check in sorted(blocking):
            mlscaffold(folder, "waive", check, "--reason", recipe.reason, "--owner", PERSON, "--until", until)
        told = mlscaffold(folder, *asked, *_accepted(folder, stage))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", f"Stage {stage} signed")
    return told


def git(folder: Path, *arguments: str) -> None:
    """Run git as the person."""
    identity = ["-c", f"user.name={PERSON}", "-c", "user.email=ada@sorting.example"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def _accepted(folder: Path, stage: int) -> list[str]:
    """The unknown checks of a stage, named one by one."""
    report = json.loads(mlscaffold(folder, "check", "--all", "--deep", "--format", "json", code=None))
    slug = report["stages"][stage - 1]["slug"]
    return [
        a for f in report["findings"] if f["stage"] == slug and f["status"] == "unknown" for a in ("--accept-unknown", f["check"])
    ]


def _tell(folder: Path) -> None:
    """Write the numbers and the mistakes of the evaluation into its document."""
    evaluated = next((folder / "reports/evaluation").glob("*/metrics.json"))
    accuracy = json.loads(evaluated.read_text(encoding="utf-8"))["metrics"]["accuracy"]
    with (evaluated.parent / "eyeball.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["label"] != r["prediction"]]
    cases = "\n".join(f"- {r['path']}: a {r['label']} taken for a {r['prediction']}" for r in rows[:10])
    none = "- None of them, so there is no pattern to be found in this split; more pictures for it would show the rare ones."
    path = folder / "docs/07-evaluation.md"
    text = path.read_text(encoding="utf-8").replace("{cases}", cases or none)
    for key in ("value", "low", "high"):
        text = text.replace(f"{{{key}}}", f"{accuracy[key]:.3f}")
    path.write_text(text, encoding="utf-8")


def _judge(path: Path, answers: dict[str, str]) -> None:
    """Fill in a person's verdicts: who brought the pictures knows what is on them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        truth = answers[Path(row["path"]).name]
        row["verdict"] = "right" if truth == row["prediction"] else truth
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
