"""The wheel, built from a clone and by way of the sdist, holds every template file, and what is installed from it works."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.story, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed; returns what it printed."""
    env = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV") and not k.startswith("GIT_")
    }
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, target: Path, kind: str) -> Path:
    """Build `wheel` or `sdist` without network, by the build backend that is installed."""
    code = f"import os, sys; from hatchling import build; os.chdir(sys.argv[1]); print(build.build_{kind}(sys.argv[2]))"
    target.mkdir(parents=True, exist_ok=True)
    name = run(sys.executable, "-c", code, source, target, cwd=source).splitlines()[-1]
    return target / name


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone: what is not committed does not reach a user."""
    folder = tmp_path_factory.mktemp("clone") / "mlscaffold"
    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, folder, cwd=folder.parent)
    return folder


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the clone."""
    return build(clone, tmp_path_factory.mktemp("wheel"), "wheel")


def names(wheel: Path) -> set[str]:
    """The files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {n for n in archive.namelist() if not n.endswith("/")}


def test_the_wheel_holds_every_tracked_template_file(wheel: Path, clone: Path) -> None:
    prefix = "mlscaffold/_templates/"
    inside = {n.removeprefix(prefix) for n in names(wheel) if n.startswith(prefix)}
    committed = {p.relative_to(clone / "templates").as_posix() for p in (clone / "templates").rglob("*") if p.is_file()}
    assert inside == committed | {"constraints.txt"}
    assert {
        "base/_gitignore",
        "base/.github/workflows/ci.yml",
        "base/data/raw/.gitkeep",
        "base/.pre-commit-config.yaml",
    } <= inside


def test_the_wheel_holds_the_package_and_its_data(wheel: Path, clone: Path) -> None:
    package = clone / "mlscaffold"
    committed = {f"mlscaffold/{p.relative_to(package).as_posix()}" for p in package.rglob("*") if p.is_file()}
    inside = {n for n in names(wheel) if n.startswith("mlscaffold/") and not n.startswith("mlscaffold/_templates/")}
    assert inside == committed
    assert len([n for n in inside if n.startswith("mlscaffold/stages/") and n.endswith(".toml")]) == 10
    assert {"mlscaffold/reports/report.css", "mlscaffold/reports/report.html.jinja", "mlscaffold/demo/acceptance.toml"} <= inside


def test_a_wheel_built_by_way_of_the_sdist_is_the_same(wheel: Path, clone: Path, tmp_path: Path) -> None:
    packed = build(clone, tmp_path / "sdist", "sdist")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    unpacked = next((tmp_path / "source").iterdir())
    assert names(build(unpacked, tmp_path / "wheel", "wheel")) == names(wheel)


@pytest.mark.slow
def test_an_installed_wheel_starts_a_project(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True, symlinks=os.name != "nt")
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    site = Path(run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    # What it depends on is taken from the environment of the tests (no network); of the tool itself only the wheel's copy.
    library = run(sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip()
    (site / "dependencies.pth").write_text(library + "\n", encoding="utf-8")
    where = run(scripts / "python", "-P", "-c", "import mlscaffold; print(mlscaffold.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(environment)
    run(scripts / "mlscaffold", "new", "--no-input", "sorter", cwd=tmp_path)
    assert (tmp_path / "sorter/.gitignore").is_file()
    assert (tmp_path / "sorter/.github/workflows/ci.yml").is_file()
    assert run("git", "status", "--porcelain", cwd=tmp_path / "sorter") == ""
    assert "problem" in run(scripts / "mlscaffold", "status", cwd=tmp_path / "sorter")
    assert "all ten stages signed" in run(scripts / "mlscaffold", "demo", "--finished", cwd=tmp_path)
