"""Every command that the tool tells somebody to type exists, has these options, and is not short of what it requires."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

ROOT = Path(__file__).resolve().parent.parent
TYPED = ("fix", "hint")
"""Arguments whose texts are typed by those who read them."""
CALL = re.compile(r"(?:^|(?<=[\s`(:]))mlscaffold (-?-?[a-z-]+(?: [^`\n]*)?)")
SCRIPT = re.compile(r"python -m (?:§|PACKAGE|<package>)\.([a-z_]+)((?: (?!and )[^`\n,;()]*?)?)(?= and |[`\n,;()\"]|$)")
ENDS = ".,:;)"
VALUE = re.compile(r"§|[A-Z][A-Z_/=-]*|[\w.-]*[./§][\w./§-]*|\d+|…|\"[^\"]*\"")


def texts(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Every text of a module with its line and whether it is a fix or hint; what is put into it later stands as §."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for k in call.keywords
        if k.arg in TYPED
        for part in ast.walk(k)
    }
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    pieces = {id(part) for node in joined for part in node.values}
    for one in joined:
        yield one.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "§" for v in one.values), id(one) in typed
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.lineno, node.value, id(node) in typed


def spoken() -> Iterator[tuple[str, str, bool]]:
    """Where, the text, and whether it is typed: of every module, and of what the stages say comes next."""
    for path in sorted((ROOT / "mlscaffold").rglob("*.py")):
        for line, text, typed in texts(path):
            yield f"{path.relative_to(ROOT).as_posix()}:{line}", text, typed
    for path in sorted((ROOT / "mlscaffold/stages").glob("*.toml")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), True


def is_command(match: re.Match[str], *, typed: bool) -> bool:
    """Whether a line names a command, known or meant as one, and is no sentence about the tool."""
    from mlscaffold.cli import COMMANDS

    return (
        re.split(r"\W", match[1])[0] in COMMANDS
        or match.string[match.start() - 1 : match.start()] == "`"
        or (typed and not match.start())
    )


CALLS = sorted(
    {
        (m[1], place, typed and not m.start())
        for place, text, typed in spoken()
        for m in CALL.finditer(text)
        if is_command(m, typed=typed)
    }
)
SCRIPTS = sorted({(match[1], match[2], place) for place, text, _ in spoken() for match in SCRIPT.finditer(text)})


@cache
def tool() -> Any:  # noqa: ANN401 - typer carries its own click, whose types it does not export
    """The whole command line, as click sees it."""
    from mlscaffold.cli import app

    return typer.main.get_command(app)


def find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the first words name, and the words after it; a mark of a sentence ends it."""
    command = tool()
    context = command.make_context("mlscaffold", ["--help"], resilient_parsing=True)
    for place, word in enumerate(words):
        inner = command.get_command(context, word.rstrip(ENDS)) if hasattr(command, "get_command") else None
        if inner is None:
            return command, words[place:]
        command = inner
        if word[-1] in ENDS:
            break
    else:
        return command, []
    return command, []


def wrong_with(line: str, *, typed: bool = False) -> str:
    """What is wrong with a command, or nothing; it ends where a sentence goes on.

    A sentence may name a command without what it requires; what is `typed`, or has options or values, may not.
    """
    command, words = find(re.findall(r"\"[^\"]*\"|\S+", line))
    if hasattr(command, "get_command"):
        return "no such command" if command is tool() or (words and not words[0][0].isupper()) else ""
    options = {name: p for p in command.params if p.param_type_name == "option" for name in (*p.opts, *p.secondary_opts)}
    given, values = set(), 0
    while words:
        word = words.pop(0)
        bare = word.rstrip(ENDS)
        name, _, inline = bare.split("§")[0].partition("=")
        if name == "--help":
            return ""
        if name.startswith("--"):
            if name not in options:
                return f"no option {name}"
            given.add(options[name].name)
            words = words if options[name].is_flag or inline or word != bare else words[1:]
        elif not VALUE.fullmatch(bare):
            break
        else:
            values += 1
        if word != bare:
            break
    return lacks(command, given, values) if given or values or typed else ""


def lacks(command: Any, given: set[str], values: int) -> str:  # noqa: ANN401 - as above
    """What a command requires and was not given, or that it was given too much."""
    wanted = [p.opts[0] for p in command.params if p.param_type_name == "option" and p.required and p.name not in given]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    if all(p.nargs == 1 for p in arguments) and values > len(arguments):
        return f"takes {len(arguments)} arguments"
    wanted += ["an argument"] if sum(p.required for p in arguments) > values else []
    return f"wants {', '.join(wanted)}" if wanted else ""


@pytest.mark.parametrize(("line", "place", "typed"), CALLS)
def test_a_command_that_is_told_can_be_typed(line: str, place: str, typed: bool) -> None:
    assert wrong_with(line, typed=typed) == "", f"{place}: mlscaffold {line}"


@pytest.mark.parametrize(("verb", "rest", "place"), SCRIPTS)
def test_a_script_that_is_told_is_in_the_project(verb: str, rest: str, place: str) -> None:
    found = list((ROOT / "templates").rglob(f"project_package/{verb}.py*")) + list(
        (ROOT / "templates").rglob(f"project_package/{verb}/__main__.py*")
    )
    assert found, f"{place}: python -m PACKAGE.{verb}"
    source = "\n".join(path.read_text(encoding="utf-8") for path in found)
    lightning = ("--trainer.", "--model.", "--data.", "--seed_everything")
    unknown = [w for w in re.findall(r"--[a-z][\w.-]*", rest) if w.rstrip(".") not in source and not w.startswith(lightning)]
    assert not unknown, f"{place}: python -m PACKAGE.{verb}{rest}"


def test_wrong_commands_are_seen() -> None:
    assert wrong_with("data splt") and wrong_with("data split --agin") and wrong_with("frobnicate") and wrong_with("waive CHECK")
    assert (
        not wrong_with("data split --again")
        and not wrong_with("stage next (stage §)")
        and not wrong_with("waive CHECK --reason WHY --until §")
    )
