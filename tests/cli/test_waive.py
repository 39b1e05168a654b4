"""`waive`: an exception has a reason, an owner and an end."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from tests.cli.command import one_error, run
from tests.conftest import Sandbox

CHECK = "problem.section-missing"


def test_a_waiver_lets_pass_until_its_end_and_is_shown(project: Sandbox) -> None:
    project.write({"docs/01-problem.md": "# Problem\n"})
    project.sign("problem")
    assert run(project.root, "check").returncode == 1
    for check in {
        f.split()[2] for f in run(project.root, "check").stdout.splitlines() if f.startswith("problem") and " fail " in f
    }:
        done = run(
            project.root,
            "waive",
            f"problem.{check}",
            "--reason",
            "Grace writes it in January.",
            "--until",
            "2999-01-01",
            "--owner",
            "Ada",
        )
        assert done.returncode == 0, done.stderr
    table = tomllib.loads(project.read(f".mlscaffold/waivers/{CHECK}.toml"))
    assert (table["check"], table["owner"], table["until"]) == (CHECK, "Ada", date(2999, 1, 1))
    done = run(project.root, "check")
    assert done.returncode == 0, done.stdout
    assert "waived" in done.stdout
    assert "Grace writes it in January." in done.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (
            ("problem.sektion-missing", "--reason", "Grace writes it.", "--until", "2999-01-01"),
            "Did you mean problem.section-missing?",
        ),
        ((CHECK, "--reason", "later", "--until", "2999-01-01"), "too short"),
        ((CHECK, "--reason", "asdfghjklqwertz", "--until", "2999-01-01"), "too short"),
        ((CHECK, "--reason", "because because because", "--until", "2999-01-01"), "says nothing"),
        ((CHECK, "--reason", "Grace writes it.", "--owner", "TBD", "--until", "2999-01-01"), "Nobody is named as the owner"),
        ((CHECK, "--reason", "Grace writes it.", "--until", "soon"), "no date"),
        ((CHECK, "--reason", "Grace writes it.", "--until", "2020-01-01"), "has passed"),
        ((CHECK, "--reason", "Grace writes it.", "--until", "2999-01-01"), "Nobody is named as the owner"),
        (("project.waiver-invalid", "--reason", "It is in the way.", "--until", "2999-01-01"), "cannot be waived"),
    ],
)
def test_what_is_no_waiver_is_refused(project: Sandbox, args: tuple[str, ...], says: str) -> None:
    one_error(run(project.root, "waive", *args), says, code=2)
    assert not (project.root / ".mlscaffold/waivers").exists()


def test_what_is_written_holds(project: Sandbox) -> None:
    for reason in ("现场数据不足。", "Grace writes it."):
        done = run(project.root, "waive", CHECK, "--reason", reason, "--until", "2999-01-01", "--owner", "ada  BYRON")
        assert done.returncode == 0, done.stderr
        assert [f.status for f in project.check("project.waiver-invalid")] == [
            "warn"
        ]  # it lasts long, and has a reason and an owner
    assert tomllib.loads(project.read(f".mlscaffold/waivers/{CHECK}.toml"))["owner"] == "Ada Byron"
