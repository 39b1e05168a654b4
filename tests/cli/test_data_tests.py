"""`mlscaffold data split --named | --extend | --replace`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest
from typer.testing import CliRunner

from mlscaffold.cli.data import app
from mlscaffold.errors import UsageError
from tests.datasets.pictures import put

RUN = CliRunner()
PACKAGE = Path(__file__).resolve().parents[2]
DOWN, ENTER = "\x1b[B", "\r"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for i in range(40):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    lines = ["path,label,light"]
    for i in range(30):
        put(tmp_path / f"phone/{i:02}.png", 1000 + i)
        lines.append(f"{i:02}.png,{'hat' if i % 2 else 'shoe'},{'night' if i % 3 == 0 else 'day'}")
    (tmp_path / "phone/labels.csv").write_text("\n".join(lines) + "\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "mlscaffold.toml").write_text('package = "shop_sorter"\n')
    monkeypatch.chdir(root)
    say("import", str(tmp_path / "shop"))
    say("split")
    say("import", str(tmp_path / "phone"))
    return root


def say(*words: str) -> str:
    result = RUN.invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_first_split_tells_the_version_of_test(project: Path) -> None:
    (project / "data/splits/tests").rename(project / "gone")
    assert "\n  version 1 of test, dealt: 8 pictures\n" in say("split")
    assert "version" not in say("split")


def test_a_set_is_named(project: Path) -> None:
    lines = say("split", "--named", "night", "--where", "light=night", "--as", "Ada Byron").splitlines()
    assert lines[0] == "version 1 of test-night, named: 10 pictures with light=night (new: 10 that no split held)"
    assert '  a threshold of its own, in acceptance.toml: split = "test-night"' in lines
    assert "  in no split yet: 20 (mlscaffold data split)" in lines
    assert lines[-2:] == ["", "Next: python -m shop_sorter.prepare"]
    assert "test-night" in say("split").splitlines()[2]


def test_a_change_in_json(project: Path) -> None:
    found = json.loads(say("split", "--extend", "test", "--reason", "distribution", "--count", "5", "--format", "json"))
    assert (found["set"], found["how"], found["rows"], found["new"], found["unassigned"]) == (
        "test",
        "extended",
        13,
        {"no split": 5},
        25,
    )
    (version,) = found["versions"]
    assert (version["number"], version["reason"]) == (2, "Real inputs look otherwise than the pictures of this set.")
    assert (project / version["path"]).is_file()


def test_a_replaced_set_is_told_with_the_model_to_evaluate_first(project: Path) -> None:
    digest = "a" * 64
    (project / "reports/training").mkdir(parents=True)
    (project / "reports/training/chosen.toml").write_text(f'run = "r"\ncheckpoint = "{digest}"\n')
    text = say("split", "--replace", "test", "--reason", "overfitted", "--no-input")
    assert "\n  the 8 pictures of the old set are in test-v1\n" in text
    assert text.endswith(
        "Next: python -m shop_sorter.prepare && python -m shop_sorter.evaluate --of training   (before anything is compared)\n"
    )
    (project / ".mlscaffold/releases").mkdir(parents=True)
    (project / ".mlscaffold/releases/3.toml").write_text(
        f'round = 1\nwho = "Ada"\nwhen = "2026-11-03T14:00:00+00:00"\n[digests]\nmodel = "{digest}"\n'
        '[result]\nevaluation = "e"\nmetric = "accuracy"\nvalue = 0.9\nlow = 0.8\nhigh = 0.95\nn = 8\n'
    )
    text = say("split", "--extend", "test", "--reason", "metric", "--no-input")
    assert "python -m shop_sorter.evaluate --release 3   (before" in text
    assert "  the metric: change [metric] in acceptance.toml too, then: mlscaffold acceptance change --reason WHY\n" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--named", "night"), "What is the set made of"),
        (("--named", "night", "--where", "light=night", "--extend", "test"), "--named and --extend: one at a time"),
        (("--where", "light=night"), "--where needs --named, --extend or --replace"),
        (("--count", "3"), "--count needs --named"),
        (("--extend", "test", "--old", "train"), "needs --replace"),
        (("--extend", "test", "--again"), "--again deals all splits: it does not go with --extend"),
        (("--extend", "test", "--no-input"), "test is changed for a reason only"),
        (("--replace", "test", "--from", "train", "--reason", "metric"), "A test set is not made of train: it was trained on"),
    ],
)
def test_options_that_do_not_go_together(project: Path, options: tuple[str, ...], words: str) -> None:
    before = (project / "data/splits/shop.csv").read_bytes()
    with pytest.raises(UsageError, match=words):
        say("split", *options)
    assert (project / "data/splits/shop.csv").read_bytes() == before


def test_on_a_terminal_the_good_reasons_are_offered(project: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PACKAGE), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}

    def ask(*keys: str) -> str:
        command = ["-c", "from mlscaffold.cli import main; main()", "data", "split", "--extend", "test", "--count", "2"]
        child = pexpect.spawn(
            sys.executable, command, cwd=project, env=environment, encoding="utf-8", timeout=20, dimensions=(40, 200)
        )
        child.expect("Why is test changed")
        child.expect("Another reason")
        for key in keys:
            child.send(key)
        child.expect("Next: ")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        newest = max((project / "data/splits/tests").glob("test-*.toml"), key=lambda path: path.stat().st_mtime_ns)
        return newest.read_text(encoding="utf-8")

    assert "looked at so often" in ask(DOWN, ENTER)
    assert "The lamps were changed." in ask(DOWN, DOWN, DOWN, ENTER, "The lamps were changed." + ENTER)
