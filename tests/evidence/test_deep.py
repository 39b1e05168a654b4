"""The project's verbs in a process of their own: interpreter, checkpoint, bad ends."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlscaffold.evidence import deep
from mlscaffold.project import Unknown
from tests.conftest import Sandbox

PREDICT = """import argparse, csv
parser = argparse.ArgumentParser()
for name in ("checkpoint", "images", "output"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
paths = [row["path"] for row in csv.DictReader(open(given.images))]
with open(given.output, "w") as out:
    print("path,label,prediction,p:a,p:b", file=out)
    for path in paths:
        print(f'"{path}",,a,0.75,0.25', file=out)
"""


@pytest.fixture
def able(empty: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A project whose environment is this Python, taken to have torch, with a predict that always says a."""
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    empty.write({"flower_sorter/__init__.py": "", "flower_sorter/predict.py": PREDICT})
    return empty


def script(body: str) -> dict[str, str | bytes]:
    return {"flower_sorter/act.py": body}


def test_asks_the_project_in_its_own_words(able: Sandbox) -> None:
    answers = deep.predict(able.open(), Path("some.ckpt"), ["data/processed/test/a, b.png", "data/processed/test/ü.png"])
    assert answers.classes == ("a", "b")
    assert answers.rows["data/processed/test/a, b.png"] == deep.Answer("a", (0.75, 0.25))
    assert len(answers.rows) == 2


def test_names_the_picture_without_an_answer(able: Sandbox) -> None:
    able.replace("flower_sorter/predict.py", "for path in paths:", "for path in paths[1:]:")
    with pytest.raises(deep.VerbFailed, match=r"answered 1 of 2 pictures; the first without an answer is one\.png"):
        deep.predict(able.open(), Path("some.ckpt"), ["one.png", "two.png"])


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("import sys; sys.exit('the classes differ')", deep.VerbFailed, "act ended with 1: the classes differ"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", deep.VerbFailed, "act died of SIGSEGV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Unknown, "killed by the system"),
        ("import no_such_runtime", Unknown, "lacks no_such_runtime"),
        ("import flower_sorter.gone", deep.VerbFailed, "No module named 'flower_sorter.gone'"),
    ],
)
def test_says_how_a_verb_ended(able: Sandbox, body: str, error: type[Exception], words: str) -> None:
    able.write(script(body))
    with pytest.raises(error, match=words):
        deep.run_verb(able.open(), "act")


def test_a_verb_that_never_ends_is_unknown(able: Sandbox) -> None:
    able.write(script("import time; time.sleep(60)"))
    with pytest.raises(Unknown, match=r"did not end within 0\.5 s"):
        deep.run_verb(able.open(), "act", timeout=0.5)


def test_secrets_and_an_outer_git_stay_outside(able: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "secret")
    monkeypatch.setenv("GIT_DIR", "/somewhere")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    able.write(script("import os; print(sorted(k for k in os.environ if k in ('CLOUD_TOKEN', 'GIT_DIR', 'PYTHONPATH', 'PATH')))"))
    assert deep.run_verb(able.open(), "act").last_line == "['PATH']"


def test_without_torch_the_reason_is_told(empty: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep, "_finds_torch", lambda python: False)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    with pytest.raises(Unknown, match=r"there is no \.venv, and this Python does not find torch"):
        deep.interpreter(empty.open())


def test_the_interpreter_of_the_settings_comes_first(empty: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    empty.write({"mlscaffold.toml": empty.read("mlscaffold.toml") + '\n[environment]\npython = "envs/none/bin/python"\n'})
    with pytest.raises(Unknown, match="envs/none/bin/python, which is not on this machine"):
        deep.interpreter(empty.open())
    empty.replace("mlscaffold.toml", "envs/none/bin/python", sys.executable)
    assert deep.interpreter(empty.open()) == Path(sys.executable)


@pytest.mark.parametrize(
    "place", [lambda root: "runs", lambda root: "../shared/runs", lambda root: str(root.parent / "elsewhere")]
)
def test_finds_a_checkpoint_by_its_digest(empty: Sandbox, place: Callable[[Path], str]) -> None:
    runs = place(empty.root)
    empty.write({"mlscaffold.toml": empty.read("mlscaffold.toml") + f'\n[paths]\nruns = "{runs}"\n'})
    digest = hashlib.sha256(b"best").hexdigest()
    with pytest.raises(Unknown, match=f"checkpoint {digest[:12]} is not on this machine: 0 checkpoints"):
        deep.find_checkpoint(empty.open(), digest)
    for name, content in (("a/checkpoints/best.ckpt", b"other"), ("b/checkpoints/best.ckpt", b"best")):
        target = empty.root / runs / name
        target.parent.mkdir(parents=True)
        target.write_bytes(content)
    assert (
        deep.find_checkpoint(empty.open(), digest, run="b").resolve() == (empty.root / runs / "b/checkpoints/best.ckpt").resolve()
    )
