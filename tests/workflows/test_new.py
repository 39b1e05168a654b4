import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.git import blob_id
from mlscaffold.templating.answers import resolve
from mlscaffold.workflows.new import new, new_outside


def _git(root: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_a_project_is_a_clean_repository_whose_record_equals_its_files(tmp_path: Path) -> None:
    made = new(resolve({"name": "flower-sorter", "problem": 'It\'s "slow": 30 % é'}, identity="Ada Byron"), tmp_path)
    root = tmp_path / "flower-sorter"
    assert [p.name for p in tmp_path.iterdir()] == ["flower-sorter"]
    assert _git(root, "status", "--porcelain") == ""
    assert _git(root, "rev-list", "--count", "HEAD") == "1"
    assert tuple(_git(root, "ls-files").splitlines()) == made.files
    record = tomllib.loads((root / ".mlscaffold/template.toml").read_text("utf-8"))
    assert record["answers"]["problem"] == 'It\'s "slow": 30 % é'
    assert set(record["files"]) == set(made.files) - {".mlscaffold/template.toml"}
    assert all(entry["blob"] == blob_id((root / path).read_bytes()) for path, entry in record["files"].items())
    assert set(record["files"]["docs/01-problem.md"]["sections"]) >= {"owner", "problem-statement", "understanding"}


def test_every_toml_file_parses_and_nothing_of_the_template_is_left(tmp_path: Path) -> None:
    new(resolve({"name": "f-x", "classes": ["a b", "c"], "licence": "mit", "env_manager": "pip", "ci": "none"}), tmp_path)
    root = tmp_path / "f-x"
    files = [p for p in root.rglob("*") if p.is_file() and ".git" not in p.relative_to(root).parts]
    for file in files:
        if file.suffix == ".toml":
            tomllib.loads(file.read_text("utf-8"))
        if b"\0" not in file.read_bytes():
            text = file.read_text("utf-8")
            assert "project_package" not in text, file
            assert "{%" not in text, file
    assert not (root / ".github").exists()
    assert (root / "LICENSE").is_file()
    assert tomllib.loads((root / "data/schema.toml").read_text("utf-8"))["classes"] == ["a b", "c"]
    assert tomllib.loads((root / "mlscaffold.toml").read_text("utf-8"))["team"] == {}


def test_the_same_answers_give_the_same_tree(tmp_path: Path) -> None:
    trees = []
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        new(resolve({"name": "flower-sorter"}, identity="Ada"), tmp_path / place)
        trees.append(_git(tmp_path / place / "flower-sorter", "rev-parse", "HEAD^{tree}"))
    assert trees[0] == trees[1]


def test_a_dry_run_names_the_same_files_and_writes_nothing(tmp_path: Path) -> None:
    answers = resolve({"name": "flower-sorter"})
    dry = new(answers, tmp_path, dry_run=True)
    assert list(tmp_path.iterdir()) == []
    assert dry.files == new(answers, tmp_path).files


def test_a_place_that_is_taken_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f/mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        new(resolve({"name": "f"}), tmp_path)
    assert [p.name for p in (tmp_path / "f").iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="no folder"):
        new(resolve({"name": "f"}), tmp_path / "nowhere")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    new(resolve({"name": "f"}), tmp_path)
    assert (tmp_path / "f/mlscaffold.toml").is_file()


def test_without_git_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ScaffoldError, match="git is not installed"):
        new(resolve({"name": "f"}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_hook_is_installed_when_wanted(tmp_path: Path) -> None:
    new(resolve({"name": "f"}), tmp_path, hooks=True)
    hook = tmp_path / "f/.git/hooks/pre-commit"
    assert hook.stat().st_mode & 0o100
    (tmp_path / "f/x").write_text("")
    env = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null"}
    refused = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@a", "commit", "--allow-empty", "-m", "x"],
        cwd=tmp_path / "f", env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "mlscaffold-hook was not found" in refused.stderr


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "template"
    inner = folder / "{{ cookiecutter.repo_name }}"
    inner.mkdir(parents=True)
    (folder / "cookiecutter.json").write_text(
        json.dumps({"title": "My Thing", "repo_name": "{{ cookiecutter.title|lower|replace(' ', '-') }}"})
    )
    (inner / "README.md").write_text("{{ cookiecutter.title }}\n")
    return folder


def test_an_outside_template_works(tmp_path: Path, outside: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    assert new_outside(outside, {"title": "A B"}, place, dry_run=True).files == ("README.md",)
    assert list(place.iterdir()) == []
    made = new_outside(outside, {"title": "A B"}, place)
    assert made.root == place / "a-b"
    assert (made.root / "README.md").read_text() == "A B\n"
    assert _git(made.root, "status", "--porcelain") == ""


def test_hooks_of_an_outside_template_run_only_with_trust(tmp_path: Path, outside: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (outside / "hooks").mkdir()
    (outside / "hooks/post_gen_project.py").write_text("open('ran', 'w').close()\n")
    with pytest.raises(UsageError, match=r"hooks/post_gen_project\.py"):
        new_outside(outside, {}, place)
    assert list(place.iterdir()) == []
    assert (new_outside(outside, {}, place, trust=True).root / "ran").is_file()


def test_a_broken_outside_template_leaves_nothing(tmp_path: Path, outside: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (outside / "{{ cookiecutter.repo_name }}/bad.txt").write_text("{{ cookiecutter.nothing }}")
    with pytest.raises(ScaffoldError, match="unknown variable"):
        new_outside(outside, {}, place)
    (outside / "cookiecutter.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        new_outside(outside, {}, place)
    assert list(place.iterdir()) == []
