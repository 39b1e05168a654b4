import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from mlscaffold.cli import main; main()", "new"]
PACKAGE = Path(__file__).resolve().parents[2]


def _new(place: Path, *args: str, path: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(PACKAGE)} | ({"PATH": path} if path else {})
    return subprocess.run(
        [*COMMAND, *args], cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_a_project_without_questions_ends_with_the_next_command(tmp_path: Path) -> None:
    done = _new(tmp_path, "flower-sorter", "--no-input")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Next: cd flower-sorter && mlscaffold status"
    assert (tmp_path / "flower-sorter/mlscaffold.toml").is_file()


def test_a_name_may_be_a_path(tmp_path: Path) -> None:
    assert _new(tmp_path, str(tmp_path / "f"), "--no-input").returncode == 0
    missing = _new(tmp_path, "no/where", "--no-input")
    assert missing.returncode == 2
    assert "mkdir -p no" in missing.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--no-input"], "mlscaffold new NAME --no-input"),
        (["f"], "no terminal"),
        ([], "no terminal"),
        (["f", "--no-input", "--set", "cii=none"], "did you mean ci?"),
        (["f", "--no-input", "--set", "ci"], "KEY=VALUE"),
        (["f", "--no-input", "--answers", "missing.toml"], "missing.toml cannot be read"),
        (["Flower Sorter", "--no-input"], "flower-sorter would do"),
        (["torch", "--no-input"], "would hide"),
        (["f", "--no-input", "--task", "flying"], "image-classification"),
        (["f", "--no-input", "--trust"], "--template"),
        (["f", "--no-input", "--template", "."], "cookiecutter.json"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error_that_writes_nothing(tmp_path: Path, args: list[str], says: str) -> None:
    done = _new(tmp_path, *args)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_answers_come_from_a_file_and_settings_overrule_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('ci = "none"\npictures = "none"\nclasses = ["a", "b"]\n[team]\n"data scientist" = ["Ada"]\n')
    done = _new(tmp_path, "f", "--no-input", "--answers", "a.toml", "--set", "pictures=link")
    assert done.returncode == 0, done.stderr
    settings = (tmp_path / "f/mlscaffold.toml").read_text("utf-8")
    assert 'pictures = "link"' in settings
    assert '"data scientist" = ["Ada"]' in settings
    assert not (tmp_path / "f/.github").exists()


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('ci = "nome"\nlicens = "mit"\n')
    done = _new(tmp_path, "f", "--no-input", "--answers", "a.toml")
    assert done.returncode == 2
    assert "did you mean none?" in done.stderr
    assert "did you mean licence?" in done.stderr


def test_a_dry_run_prints_the_tree(tmp_path: Path) -> None:
    done = _new(tmp_path, "f", "--no-input", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith("f/\n")
    assert "  docs/\n    01-problem.md\n" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_without_git_one_line_says_so(tmp_path: Path) -> None:
    done = _new(tmp_path, "f", "--no-input", path="/nowhere")
    assert done.returncode == 1
    assert "git is not installed" in done.stderr
    assert list(tmp_path.iterdir()) == []
