"""The documentation tells the truth: pages printed from the code have not drifted, commands exist, the tutorial runs."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROSE = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/guide").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(mlscaffold [^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]+\]\(([^)#\s]+)(?:#[^)]*)?\)")


def generator() -> ModuleType:
    """docs/generate.py, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs/generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_pages_are_what_the_code_prints() -> None:
    made = generator()
    drifted = made.drift(made.pages())
    assert not drifted, "python docs/generate.py"


def command_lines(path: Path) -> list[str]:
    """Every line of a page that calls the tool: in blocks of commands (continued lines joined), and in the text."""
    text = path.read_text(encoding="utf-8")
    found = []
    for language, block in FENCE.findall(text):
        if language not in ("sh", "console"):
            continue
        joined = re.sub(r"\\\n\s*", "", block)
        for line in joined.splitlines():
            line = line.removeprefix("$ ")  # noqa: PLW2901 - the prompt is no part of the line
            found += [part.strip() for part in re.split(r"&&|;", line) if re.match(r"\s*(\S*/)?mlscaffold\s", part)]
    found += INLINE.findall(FENCE.sub("", text))
    return [re.sub(r"^\S*mlscaffold\b", "mlscaffold", line).split(" # ")[0].strip() for line in found]


LINES = sorted({(line, path.relative_to(ROOT).as_posix()) for path in PROSE for line in command_lines(path)})


@cache
def help_of(words: tuple[str, ...]) -> str:
    """What the command prints of itself."""
    printed: str = generator().help_of(words)
    return printed


@pytest.mark.parametrize(("line", "page"), LINES)
def test_every_command_line_exists(line: str, page: str) -> None:
    known = set(generator().command_names())
    words = shlex.split(line.replace("…", "").replace("[", "").replace("]", ""))[1:]
    command = max((k for k in known if tuple(words[: len(k)]) == k), key=len)
    rest = words[len(command) :]
    groups = {k[:length] for k in known for length in range(1, len(k))}
    if command in groups or not command:
        assert not [w for w in rest if not w.startswith("-")], f"{page}: {line}: no such command"
    printed = help_of(command) + (help_of(()) if not command else "")
    options = set(re.findall(r"--?[a-z][a-z-]*", printed))
    unknown = [w.split("=")[0] for w in rest if re.match(r"--?[a-z]", w) and w.split("=")[0] not in options]
    assert not unknown, f"{page}: {line}: {unknown}"


@pytest.mark.parametrize(
    "path", [*PROSE, *sorted((ROOT / "docs/reference").rglob("*.md"))], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    dead = [target for target in LINK.findall(text) if "://" not in target and not (path.parent / target).exists()]
    assert not dead


def test_the_readme_installs_by_these_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert 'python3 -m venv .venv && .venv/bin/pip install -c constraints.txt ".[demo]" && .venv/bin/mlscaffold demo' in text
    assert "python3 tests/run.py" in text
    assert (ROOT / "constraints.txt").is_file() and (ROOT / "tests/run.py").is_file()


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """The environment of a reader: `mlscaffold` and `python` on the path, a git identity, nothing else of the machine."""
    scripts = tmp_path / "bin"
    scripts.mkdir()
    for name, arguments in (
        ("python", ""),
        ("mlscaffold", " -c \"import sys; sys.argv[0] = 'mlscaffold'; from mlscaffold.cli import main; main()\""),
    ):
        script = scripts / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada Byron\n\temail = ada@workshop.example\n", encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON"))}
    path = f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"
    return kept | {"HOME": str(tmp_path), "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.story
def test_the_tutorial_runs_as_it_stands(tmp_path: Path, shell: dict[str, str]) -> None:
    blocks = [
        block for language, block in FENCE.findall((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")) if language == "sh"
    ]
    state = tmp_path / "where"
    place = tmp_path / "desk"
    place.mkdir()
    printed = []
    for block in blocks:
        script = f"set -e\n{block}\npwd > '{state}'\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=place, env=shell, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        printed.append(done.stdout)
        assert done.returncode == 0, f"{block[:400]}\n---\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        place = Path(state.read_text(encoding="utf-8").strip())
    spoiled, mended = printed[-2], printed[-1]
    assert "data/raw/belt/disc/annotations.csv" in spoiled
    assert re.search(r"3 collection,.* is stale", spoiled) and re.search(r"4 preparation,.* is stale", spoiled)
    assert "stale" not in mended
    assert len(list((place / ".mlscaffold/signoffs/01").glob("*.toml"))) == 4
