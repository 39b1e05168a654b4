import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pexpect

PACKAGE = Path(__file__).resolve().parents[2]
DOWN, ENTER = "\x1b[B", "\r"


def _terminal(place: Path, *args: str) -> Any:  # noqa: ANN401 - pexpect has no types
    env = os.environ | {"PYTHONPATH": str(PACKAGE), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    command = ["-c", "from mlscaffold.cli import main; main()", "new", *args]
    return pexpect.spawn(sys.executable, command, cwd=place, env=env, encoding="utf-8", timeout=20, dimensions=(40, 200))


def test_answers_are_checked_as_they_are_typed_and_asked_again(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/x").write_text("")
    child = _terminal(tmp_path)
    child.expect("Name of the project")
    child.send("Flower Sorter" + ENTER)
    child.expect("flower-sorter would do")
    child.send("\x15taken" + ENTER)
    child.expect("taken exists")
    child.send("\x15flower-sorter" + ENTER)
    child.expect("one sentence")
    child.send("Florists sort by hand." + ENTER)
    child.expect("What shall the model do")
    child.send(ENTER)
    child.expect("Classes")
    child.send("rose" + ENTER)
    child.expect("at least two")
    child.send(", tulip" + ENTER)
    child.expect("Team")
    child.send("Ada Byron: data scientist" + ENTER)
    child.expect("Where must")
    child.send(" " + ENTER)  # unmarks the first
    child.expect("Continuous integration")
    child.send(DOWN + ENTER)
    child.expect("pictures")
    child.send(ENTER)
    child.expect("Next: cd flower-sorter")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    settings = tomllib.loads((tmp_path / "flower-sorter/mlscaffold.toml").read_text("utf-8"))
    assert settings["problem"] == "Florists sort by hand."
    assert settings["team"] == {"data scientist": ["Ada Byron"]}
    assert settings["mobile"]["targets"] == ["executorch", "litert", "onnx"]
    assert not (tmp_path / "flower-sorter/.github").exists()


def test_an_interrupt_leaves_nothing_and_exits_130(tmp_path: Path) -> None:
    child = _terminal(tmp_path, "flower-sorter")
    child.expect("one sentence")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert list(tmp_path.iterdir()) == []


def test_advanced_asks_the_rest_and_given_answers_are_not_asked(tmp_path: Path) -> None:
    given = ["problem=x", "classes=", "team=", "mobile_targets=onnx", "ci=none", "pictures=none", "task=image-classification"]
    child = _terminal(tmp_path, "f", "--advanced", *[part for pair in given for part in ("--set", pair)])
    child.expect("Python package")
    child.send("torch" + ENTER)
    child.expect("would hide")
    child.send("\x15flowers" + ENTER)
    for text in ("installs the packages", "Python", "Licence", "hook refuse"):
        child.expect(text)
        child.send(ENTER)
    child.expect("Next: cd f")
    child.expect(pexpect.EOF)
    child.close()
    assert tomllib.loads((tmp_path / "f/mlscaffold.toml").read_text("utf-8"))["package"] == "flowers"
