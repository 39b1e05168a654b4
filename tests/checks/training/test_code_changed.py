from __future__ import annotations

import re
import subprocess

import pytest

from mlscaffold.evidence import scripts
from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.finished import PACKAGE, RUN, TUNED

CHECK = "training.code-changed"
TRAIN, DATA, LOOK = (f"{PACKAGE}/{name}.py" for name in ("train", "data", "look"))
CODE = {
    f"{PACKAGE}/__init__.py": '"""Flowers."""\n',
    TRAIN: f"import torch\nfrom {PACKAGE}.data import turn\nfrom . import look\n\n\ndef main():\n    return turn(torch.ones(2))\n",
    DATA: 'import numpy as np\n\n\ndef turn(x):\n    """Turn."""\n    return np.rot90(x)\n',
    LOOK: "import matplotlib\nimport numpy\n\nCOLOUR = 'red'\n",
    f"{PACKAGE}/serve.py": "import numpy\n\nPORT = 80\n",
}


@pytest.fixture
def trained(project: Sandbox) -> Sandbox:
    """The finished project with code, from whose commit both chosen runs were made."""
    project.write(dict(CODE))
    commit = project.commit("code")
    for stage, run in (("training", RUN), ("tuning", TUNED)):
        project.edit_json(f"reports/{stage}/{run}/provenance.json", lambda held: held.update(commit=commit))
    project.commit("runs")
    return project


def test_code_of_the_run_passes(trained: Sandbox) -> None:
    assert trained.check(CHECK) == []


def test_no_run_is_something_to_do(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_without_code_nothing_is_said(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_a_changed_transform_committed_or_not(trained: Sandbox) -> None:
    trained.replace(DATA, "np.rot90(x)", "np.rot90(x, 2)")
    said(trained.check(CHECK), "warn", DATA, RUN)
    trained.commit("fix typo")
    said(trained.check(CHECK), "warn", DATA, RUN)
    trained.replace(DATA, "np.rot90(x, 2)", "np.rot90(x)")
    assert trained.check(CHECK) == []


def test_only_the_tuned_run_is_older(trained: Sandbox) -> None:
    before = trained.git("rev-parse", "HEAD")
    trained.replace(TRAIN, "torch.ones(2)", "torch.ones(3)")
    now = trained.commit("three")
    trained.edit_json(f"reports/training/{RUN}/provenance.json", lambda held: held.update(commit=now))
    trained.edit_json(f"reports/tuning/{TUNED}/provenance.json", lambda held: held.update(commit=before))
    [found] = trained.check(CHECK)
    assert found.stage == "tuning" and TUNED in found.message and TRAIN in found.message


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (DATA, '    """Turn."""\n', "    # a quarter, to the left\n\n"),
        (DATA, "def turn(x):", "def turn(\n    x,\n):"),
        (DATA, "\n", "\r\n"),
        (LOOK, "red", "blue"),
        (f"{PACKAGE}/serve.py", "80", "8080"),
    ],
)
def test_layout_comments_figures_and_the_service_do_not_count(trained: Sandbox, path: str, old: str, new: str) -> None:
    trained.replace(path, old, new)
    assert trained.check(CHECK) == []


def test_a_commit_that_was_rewritten(trained: Sandbox) -> None:
    for stage, run in (("training", RUN), ("tuning", TUNED)):
        trained.edit_json(f"reports/{stage}/{run}/provenance.json", lambda held: held.update(commit="ab" * 20))
    trained.remove(".git")
    trained.commit("published")
    assert trained.check(CHECK) == []  # the report came in a commit in which the code was the same
    trained.replace(DATA, "np.rot90(x)", "np.rot90(x, 3)")
    said(trained.check(CHECK), "warn", DATA)


def test_a_shallow_clone_cannot_tell(trained: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = tmp_path_factory.mktemp("clone") / "project"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{trained.root}", str(there)], check=True)
    said(Sandbox(there).check(CHECK), "unknown", "the history of the code ends before the run")


def test_a_package_below_src_and_a_file_that_does_not_parse(project: Sandbox) -> None:
    project.write({f"src/{path}": text for path, text in CODE.items()})
    project.write({f"src/{DATA}": "def turn(:\n"})
    assert scripts.imported_by(project.open(), "train") == {f"src/{TRAIN}", f"src/{DATA}"}
    assert scripts.meaning(b"def turn(:\r\n", DATA) == "def turn(:\n"


def test_imports_in_another_order_and_other_types(trained: Sandbox) -> None:
    trained.write({DATA: "import math\nimport numpy as np\n\n\ndef turn(x):\n    return np.rot90(x)\n"})
    commit = trained.commit("code")
    for stage, run in (("training", RUN), ("tuning", TUNED)):
        trained.edit_json(f"reports/{stage}/{run}/provenance.json", lambda held: held.update(commit=commit))
    trained.write({DATA: "import numpy as np\nimport math\n\n\ndef turn(x: np.ndarray) -> np.ndarray:\n    return np.rot90(x)\n"})
    assert trained.check(CHECK) == []


def test_a_new_name_everywhere(trained: Sandbox) -> None:
    trained.replace(DATA, "def turn(x)", "def turn_by_a_quarter(x)")
    trained.write({TRAIN: re.sub(r"\bturn\b", "turn_by_a_quarter", trained.read(TRAIN))})
    assert trained.check(CHECK) == []
    trained.replace(DATA, "np.rot90(x)", "np.flip(x)")  # no name of ours
    said(trained.check(CHECK), "warn", DATA, RUN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(a, b):\n    return a - b\n", "def f(b, a):\n    return a - b\n"),  # the arguments have changed places
        ("def f(x):\n    return x\ndef g(x):\n    return 2 * x\n", "def g(x):\n    return x\ndef f(x):\n    return 2 * x\n"),
        ("def f(x):\n    return x.sum()\n", "def f(x):\n    return x.mean()\n"),
        ("def f(x):\n    y = x\n    return x\n", "def f(x):\n    y = x\n    return y\n"),
        ("A = 1\n", "A = 2\n"),
        ("A = 1\n", "A = 1\nB = 2\n"),
    ],
)
def test_what_is_no_new_name(before: str, after: str) -> None:
    assert not scripts.only_renamed({"a.py": before.encode()}, {"a.py": after.encode()})
