"""A generated project on handwritten digits, made once a session: the layers laid over each other, real pictures, real splits."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlscaffold.templating.answers import resolve
from mlscaffold.workflows.new import new
from tests.generated.small_project import make_project, run

PACKAGE = "digit_reader"
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SHARES = (("train", 0.5), ("validation", 0.65), ("eyeball", 0.7), ("test", 1.0))


@dataclass(frozen=True)
class Generated:
    """A generated project on disk, and how its scripts are run."""

    root: Path

    def run(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one script of the project as its owner does."""
        command = [sys.executable, "-m", f"{PACKAGE}.{verb}", *arguments]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(self.root)}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=600)

    def ok(self, verb: str, *arguments: str) -> str:
        """Run a script that must succeed; return what it prints."""
        done = self.run(verb, *arguments)
        assert done.returncode == 0, f"{verb}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def refused(self, verb: str, *arguments: str) -> str:
        """Run a script that must refuse; return its one line."""
        done = self.run(verb, *arguments)
        assert done.returncode == 1, f"{verb}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr
        lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, done.stderr
        return lines[0]

    def copy(self, to: Path) -> "Generated":
        """Return a copy that a test may spoil."""
        shutil.copytree(self.root, to)
        return Generated(to)


def add_digits(root: Path, count: int) -> None:
    """Write scikit-learn's digits as pictures of 32 pixels, with splits, classes and acceptance."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    digits, rows = load_digits(), []
    for n, (pixels, target) in enumerate(zip(digits.images[:count], digits.target[:count], strict=True)):
        image = Image.fromarray(np.clip(pixels * 16, 0, 255).astype(np.uint8)).resize((32, 32), Image.Resampling.BICUBIC)
        path = root / "data" / "raw" / "digits" / NAMES[target] / f"{n:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append((path.relative_to(root / "data" / "raw").as_posix(), digest, NAMES[target]))
    random.Random(1).shuffle(rows)
    lines = ["path,digest,label,group,split"]
    for k, (name, digest, label) in enumerate(rows):
        split = next(split for split, until in SHARES if k / len(rows) < until)
        lines.append(f"{name},{digest},{label},,{split}")
    (root / "data" / "splits").mkdir(parents=True, exist_ok=True)
    (root / "data" / "splits" / "digits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    quoted = ", ".join(f'"{name}"' for name in NAMES)
    (root / "data" / "schema.toml").write_text(f"classes = [{quoted}]\n", encoding="utf-8")
    acceptance = '[metric]\noptimise = "accuracy"\n\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.95\n'
    (root / "acceptance.toml").write_text(acceptance + '\n[baseline]\nrule = "logistic-regression"\n', encoding="utf-8")


def set_digits_up(root: Path) -> None:
    """Set small grey pictures and the small network."""
    for name, changes in (
        ("prepare.toml", {"[96, 96]": "[32, 32]", '"RGB" ': '"L" ', "flip_horizontal = true": "flip_horizontal = false"}),
        ("train.yaml", {"backbone: small_resnet": "backbone: small_cnn"}),
    ):
        path = root / "configs" / name
        text = path.read_text(encoding="utf-8")
        for old, wanted in changes.items():
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, wanted)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """A project on digits that is prepared, trained and chosen."""
    root = new(resolve({"name": "digit-reader"}), tmp_path_factory.mktemp("generated")).root
    add_digits(root, 1797)
    set_digits_up(root)
    project = Generated(root)
    project.ok("prepare")
    project.ok("train", "--trainer.max_epochs", "12")
    return project


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that tells bright from dark pictures, converted for all four targets."""
    root = make_project(tmp_path_factory.mktemp("converted"))
    (root / "mlscaffold.toml").write_text('schema = 1\nname = "light"\n[mobile]\ntargets = ["coreml", "executorch", "litert"]\n')
    done = run(root, "-m", "project_package.convert", "all")
    assert done.returncode == 0, done.stderr
    return root
