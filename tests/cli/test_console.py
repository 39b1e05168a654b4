"""Whatever surrounds a command: one clear error with the mend, the right exit code, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlscaffold.cli import console
from mlscaffold.errors import ScaffoldError, UsageError
from tests.cli.command import PACKAGE, one_error, run, snapshot, surroundings
from tests.conftest import Sandbox

pytestmark = pytest.mark.story

# Every command that wants a project, so that it does something.
COMMANDS = [
    ("status",),
    ("check",),
    ("stage", "next", "--yes", "--as", "Ada Byron"),
    ("stage", "show"),
    ("stage", "skip", "9", "--reason", "It stays on our server.", "--owner", "Ada Byron"),
    ("waive", "problem.owner-unnamed", "--reason", "She starts in January.", "--until", "2999-01-01", "--owner", "Ada Byron"),
    ("report",),
]
WRITERS = [*COMMANDS[2:3], *COMMANDS[4:]]
FULL = """
import errno, os
def full(*args): raise OSError(errno.ENOSPC, "No space left on device")
os.fsync = full
"""
FORBIDDEN = """
import errno, tempfile
def no(*args, **more): raise PermissionError(errno.EACCES, "Permission denied", "x")
tempfile.mkstemp = no
"""


def ids(command: tuple[str, ...]) -> str:
    return " ".join(command[:2])


def test_each_way_out_has_its_code(tmp_path: Path) -> None:
    assert run(tmp_path, "--help").returncode == 0
    assert run(tmp_path, "--version").stdout.startswith("mlscaffold ")
    assert run(tmp_path, "nonsense").returncode == 2
    assert run(tmp_path, "check", "--nonsense").returncode == 2


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (
            "ScaffoldError('the belt is torn', reference='x', context='worn', hint='sew it')",
            1,
            ["Error: the belt is torn", "worn", "Next: sew it"],
        ),
        ("UsageError('no such belt', reference='x')", 2, ["Error: no such belt"]),
        ("Unknown('a.csv cannot be read', path='a.csv')", 1, ["Error: a.csv cannot be read", "permissions"]),
        ("Missing('a.csv is missing', fix='make it')", 1, ["Error: a.csv is missing", "Next: make it"]),
        ("PermissionError(13, 'Permission denied', 'a.csv')", 1, ["Error: Cannot use a.csv", "no permission"]),
        ("OSError(28, 'No space left on device')", 1, ["Error: Cannot go on: the disk is full"]),
        ("ZeroDivisionError('1/0')", 3, ["mlscaffold broke: ZeroDivisionError", "--debug"]),
        ("KeyboardInterrupt()", 130, ["Interrupted; nothing was left half done."]),
    ],
)
def test_what_is_raised_deep_becomes_words_and_a_code(tmp_path: Path, raised: str, code: int, says: list[str]) -> None:
    program = f"""
from mlscaffold.cli.console import run
from mlscaffold.cli import console
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.project import Missing, Unknown
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
@app.command()
def break_(debug: bool = False) -> None:
    raise {raised}
import sys; run(app, sys.argv[1:])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert all(word in done.stderr for word in says), done.stderr
    assert "Traceback" not in done.stderr
    if code in (1, 3):
        shown = subprocess.run(
            [sys.executable, "-c", program, "--debug"],
            cwd=tmp_path,
            env=surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" in shown.stderr


def test_errors_carry_their_exit_codes() -> None:
    assert (ScaffoldError("x", reference="x").exit_code, UsageError("x", reference="x").exit_code) == (1, 2)


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_a_folder_that_is_no_project(tmp_path: Path, command: tuple[str, ...]) -> None:
    one_error(run(tmp_path, *command), "No project here", "mlscaffold new")
    assert list(tmp_path.iterdir()) == []


SETTINGS = {
    "broken": ('name = "x\n', "not valid TOML"),
    "newer": ('schema = 9\nname = "x"\n', "has schema 9; this mlscaffold knows schema 1"),
    "conflict": ("<<<<<<< HEAD\n", "not valid TOML"),
    "gate": ('name = "x"\npackage = "x"\ntask = "image-classification"\ngate = "loose"\n', "one of advise, protect, strict"),
    "empty": ("", "`name` is missing"),
}
SOME = [(command, "newer") for command in COMMANDS] + [(("check",), kind) for kind in SETTINGS]


@pytest.mark.parametrize(("command", "kind"), SOME, ids=lambda value: value if isinstance(value, str) else ids(value))
def test_settings_that_cannot_be_used(empty: Sandbox, command: tuple[str, ...], kind: str) -> None:
    settings, says = SETTINGS[kind]
    empty.write({"mlscaffold.toml": settings})
    before = snapshot(empty.root)
    done = run(empty.root, *command)
    one_error(done, "mlscaffold.toml", says, "Next:")
    assert snapshot(empty.root) == before


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_without_git_one_line_says_so(project: Sandbox, command: tuple[str, ...]) -> None:
    before = snapshot(project.root)
    done = run(project.root, *command, PATH="/nowhere")
    if command[0] == "waive" or command[1:2] == ("skip",):  # they need nothing of git when the owner is named
        assert done.returncode == 0
        return
    one_error(done, "git is not installed", "Install git")
    assert snapshot(project.root) == before


@pytest.mark.parametrize("command", WRITERS, ids=ids)
@pytest.mark.parametrize(
    ("before", "says"), [(FULL, "the disk is full"), (FORBIDDEN, "no permission")], ids=["disk full", "forbidden"]
)
def test_what_cannot_be_written_leaves_all_as_it_was(project: Sandbox, command: tuple[str, ...], before: str, says: str) -> None:
    held = snapshot(project.root)
    done = run(project.root, *command, before=before)
    one_error(done, "Cannot write", says, "Next:")
    assert snapshot(project.root) == held


def test_a_disk_that_fills_while_printing_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mlscaffold", "explain"],
            env=surroundings(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mlscaffold", "explain"],
        env=surroundings(),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_control_characters_of_names_are_shown_and_not_obeyed(empty: Sandbox) -> None:
    done = run(empty.root, "explain", "\x1b[31mred")
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred" in done.stderr


def test_evidence_that_is_damaged_is_a_finding_and_never_a_crash(project: Sandbox) -> None:
    project.write(
        {
            "acceptance.toml": "[metric\n",
            "docs/01-problem.md": b"\xff\xfe\x00\x01",
            "docs/02-research.docx": b"no word file",
            "data/manifest/belt.csv": "",
            "data/splits/belt.csv": "",
            "data/schema.toml": "schema = 9\n",
            "data/raw/belt/daisy/img0001.png": b"\x89PNG\r\n\x1a\nbroken",
            "reports/training/chosen.toml": "run = 5\n",
            ".mlscaffold/signoffs/01/01-problem.toml": "<<<<<<< HEAD\n",
            ".mlscaffold/waivers/problem.owner-unnamed.toml": "until = 5\n",
            ".mlscaffold/skips/conversion.toml": "stage = \n",
            ".mlscaffold/rounds/02.toml": "",
            ".mlscaffold/template.toml": "files = [",
        }
    )
    project.remove("docs/02-research.md")
    before = snapshot(project.root)
    for command in (
        ("status",),
        ("status", "--why"),
        ("check", "--all"),
        ("check", "--format", "json"),
        ("stage", "show", "1"),
        ("report", "--format", "json"),
    ):
        done = run(project.root, *command)
        assert done.returncode in (0, 1), done.stderr
        assert done.stderr == ""
        assert "the check itself broke" not in done.stdout
    assert snapshot(project.root) == before
    done = run(project.root, "check")
    assert done.returncode == 1
    assert "acceptance.toml" in done.stdout


def test_the_module_runs_as_the_script_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mlscaffold", "--version"], cwd=PACKAGE, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("mlscaffold ")


def test_json_loses_nothing_where_the_terminal_knows_ascii_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import json

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console.say(json.dumps({"message": "0.99 → 1, für 数 😀"}, ensure_ascii=False), colour=True)
    console.say("0.99 → 1")
    sys.stdout.flush()
    told, shown = raw.getvalue().decode("ascii").splitlines()
    assert json.loads(told)["message"] == "0.99 → 1, für 数 😀"
    assert shown == "0.99 ? 1"
