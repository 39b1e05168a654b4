"""A project is green the moment it is made, whatever its name and its answers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlscaffold.templating.answers import resolve
from mlscaffold.workflows.new import new

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("minute-zero")]

REPOSITORY = Path(__file__).resolve().parents[2]
LONGEST = "a-project-with-the-longest-name-possible"
# Every value of every answer, and every pair of the values that decide which files and lines there are.
CASES = (
    {"name": "ab", "env_manager": "uv", "ci": "github", "pictures": "embed", "classes": ["b", "ä and ö", 'say "no"']},
    {"name": "zz9", "env_manager": "pip", "ci": "none", "pictures": "none", "mobile_targets": ["litert"], "licence": "mit"},
    {"name": "flower-sorter", "env_manager": "uv", "ci": "none", "pictures": "link", "mobile_targets": [], "gate": "advise"},
    {"name": "x-" + "y" * 24, "env_manager": "pip", "ci": "github", "pictures": "link", "classes": ["a", "b"], "gate": "strict"},
    {"name": LONGEST, "env_manager": "pip", "ci": "github", "pictures": "none", "python_version": "3.13", "licence": "mit"},
)
SAY = "from mlscaffold.cli import main; main()"
HOOK = "from mlscaffold.hook import main; main()"


def ok(root: Path, *command: str) -> str:
    """Run a command in the project that must succeed; return what it prints."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.parametrize("answers", CASES, ids=lambda answers: str(answers["name"])[:12])
def test_whatever_the_answers_code_and_checks_are_green(answers: dict[str, object], tmp_path: Path) -> None:
    root = new(resolve(answers), tmp_path).root
    ok(root, sys.executable, "-m", "ruff", "check", ".")
    ok(root, sys.executable, "-m", "ruff", "format", "--check", ".")
    for words in (["check"], ["status"], ["check", "--staged"]):
        ok(root, sys.executable, "-c", SAY, *words)
    assert not ok(root, "git", "status", "--porcelain")


@pytest.fixture(scope="module")
def longest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(resolve({"name": LONGEST}, identity="Ada Byron"), tmp_path_factory.mktemp("minute-zero")).root


def test_types_and_tests_are_green(longest: Path) -> None:
    ok(longest, sys.executable, "-m", "mypy", ".")
    ok(longest, sys.executable, "-m", "pytest", "-p", "no:anyio")
    assert not ok(longest, "git", "status", "--porcelain")


def test_the_hook_lets_a_commit_pass(longest: Path) -> None:
    (longest / "docs" / "note.md").write_text("A thought.\n", encoding="utf-8")
    ok(longest, "git", "add", "-A")
    ok(longest, sys.executable, "-c", HOOK)
    ok(longest, "git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "A note")


def test_the_folders_of_the_data_survive_a_clone(longest: Path, tmp_path: Path) -> None:
    ok(tmp_path, "git", "clone", "-q", str(longest), "copy")
    for folder in ("data/raw", "data/manifest", "data/splits", "data/processed", "data/field", "reports", "docs/examples"):
        assert (tmp_path / "copy" / folder).is_dir(), folder


def test_every_check_says_what_is_to_do_and_none_fails(longest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real catalogue, over all stages: nothing is wrong with a project on which nobody has worked."""
    monkeypatch.delenv("CI", raising=False)  # in CI nobody is asked for a hook
    ok(tmp_path, "git", "clone", "-q", str(longest), "copy")  # no other test has written into it
    report = json.loads(ok(tmp_path / "copy", sys.executable, "-c", SAY, "check", "--all", "--format", "json"))
    told = [f for f in report["findings"] if f["status"] not in ("pass", "todo")]

    assert {f["check"]: f["status"] for f in told} == {"project.hook-missing": "warn"}, told
    assert {s["state"] for s in report["stages"]} == {"open", "waiting"}
    states = {d["id"]: d["state"] for s in report["stages"] for d in s["deliverables"]}
    assert {name: state for name, state in states.items() if state != "todo"} == {
        "redeployment": "proved"
    }  # its workflow is there
    unsaid = [f["check"] for f in report["findings"] if f["status"] == "todo" and not f["fix"]]
    assert not unsaid


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("prepare", "data/splits has no table; run `mlscaffold data split` first"),
        ("train", "at least 2 different classes are needed"),
        ("evaluate", ".train` first"),
        ("tune", ".train` first"),
        ("folds", "data/splits has no folds; run `mlscaffold data split --folds 5`"),
        ("infer", ".tune` first"),
        ("choose nothing", "there is no run 'nothing'"),
        ("convert all", ".train` first"),
        ("serve", ".convert onnx` first"),
        ("monitor", ".convert onnx` first"),
    ],
)
def test_without_data_every_script_names_what_comes_first(longest: Path, verb: str, words: str) -> None:
    script, *more = verb.split()
    command = [sys.executable, "-m", f"{LONGEST.replace('-', '_')}.{script}", *more]
    done = subprocess.run(command, cwd=longest, capture_output=True, text=True, check=False)
    (line,) = (line for line in done.stderr.splitlines() if line.strip())
    assert (done.returncode, line.startswith("error: ")) == (1, True)
    assert words in line
