"""Names, sizes and habits of the house, judged over every tracked file."""

from __future__ import annotations

import ast
import re
import subprocess
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mlscaffold"
FORBIDDEN_NAMES = re.compile(r"^(utils?|helpers?|managers?|common|base|misc|stuff|tools?)$")
LARGEST = 450  # lines; no idea is that long
LONGER: dict[str, int] = {}
LOOK_TWICE = 300

# A path of somebody's machine, or a package registry by its host; either makes the repository work at one place only. The pieces are
# written apart, so that this file passes its own test.
LOCAL = re.compile(r"(?<![\w.$}])/(?:" + "|".join(("work", "root", "home", "Users")) + r")/[\w.-]+")
HOSTS = re.compile(
    "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.", "artifact" + "ory", r"\bnexus" + r"\.", "dev" + "pi", "npm" + r"js\."))
)

# Modules without a test file of their own, and where they are tested instead.
TESTED_ELSEWHERE = {
    "cli": "tests/test_docs parses every command line of the documentation; tests/cli runs them as processes",
    "demo": "tests/workflows: the demo, slow",
    "workflows.demo": "tests/workflows: the demo, slow",
    "evidence": "tests/evidence: test_readers, test_documents and test_damage are tables of all readers",
    "reports.pages": "tests/reports/test_renderers, through the HTML report",
    "workflows.advance": "tests/cli: `stage next` as a process",
    "workflows.waive": "tests/cli: `waive` and `stage skip` as processes",
    "practice.pairing": "tests/checks/evaluation and tests/checks/tuning, which pair predictions",
    "__main__": "one line; `python -m mlscaffold` is how the tests start the tool",
    "errors": "every test of bad input meets it",
    "hook": "tests/test_architecture, and tests/workflows on staged files",
}


def tracked(*patterns: str) -> list[Path]:
    """The files that git tracks or would track: in a checkout all that count, without what is generated."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / p for p in listing.stdout.decode().split("\0") if p and (ROOT / p).is_file()]


def sources(folder: str) -> list[Path]:
    """The Python files of a folder of the repository."""
    return [p for p in tracked(folder) if p.suffix == ".py"]


def name_of(path: Path) -> str:
    """A path as a test's id."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Public functions and methods of a module; those inside functions are nobody's business."""
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        for node in getattr(pending.pop(), "body", []):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if not node.name.startswith("_"):
                    yield node
            elif isinstance(node, ast.ClassDef | ast.If | ast.Try):
                pending.append(node)


MODULES = sources("mlscaffold")


def test_names_say_what_is_inside() -> None:
    bad = [name_of(p) for p in sources("mlscaffold") + sources("tests") + sources("benchmarks") if FORBIDDEN_NAMES.match(p.stem)]
    bad += [name_of(p) for p in MODULES if any(FORBIDDEN_NAMES.match(part) for part in p.relative_to(PACKAGE).parts[:-1])]
    assert not bad


def test_files_stay_small() -> None:
    lines = {name_of(p): p.read_text(encoding="utf-8").count("\n") for p in MODULES}
    too_long = {name: n for name, n in lines.items() if n > LONGER.get(name, LARGEST)}
    assert not too_long
    print("look twice:", {name: n for name, n in lines.items() if n > LOOK_TWICE} or "none")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_open_with_a_sentence(path: Path) -> None:
    bad = []
    for function in functions(path):
        if any(getattr(d, "attr", getattr(d, "id", "")) in ("overload", "setter") for d in function.decorator_list):
            continue
        documented = ast.get_docstring(function)
        first = (documented or "").split("\n", 1)[0].rstrip()
        if not first.endswith("."):
            bad.append(f"{name_of(path)}:{function.lineno} {function.name}: {first or 'no docstring'}")
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arguments_are_named_at_the_call(path: Path) -> None:
    """Two by position is the rule, three where they read as one phrase; a fourth is always named."""
    bad = []
    for function in functions(path):
        arguments = [a.arg for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")]
        if len(arguments) > 3 and not _is_command(function):
            bad.append(f"{name_of(path)}:{function.lineno} {function.name}({', '.join(arguments)})")
    assert not bad, "\n".join(bad)


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Typer reads the options from the arguments: `@app.command()`, `@app.callback()`."""
    return any(
        isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute) and d.func.attr in ("command", "callback")
        for d in function.decorator_list
    )


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name != "cli" and p.name != "hook.py"], ids=name_of)
def test_only_the_command_line_prints(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"
    ]
    assert not calls, f"{name_of(path)}: lines {calls}: return the text"


def test_every_test_folder_is_a_package() -> None:
    folders = {p.parent for p in sources("tests")}
    assert not [name_of(f) for f in folders if not (f / "__init__.py").is_file()]


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "__init__.py"], ids=name_of)
def test_every_module_has_its_tests(path: Path) -> None:
    """A test file of the same name, or a test that names the module (of a check: its id, in the tests of its stage), or a reason."""
    inner = path.relative_to(PACKAGE)
    dotted = ".".join(inner.with_suffix("").parts)
    if (ROOT / "tests" / inner.with_name(f"test_{inner.name}")).is_file():
        return
    if dotted.startswith("checks."):
        stories = "".join(p.read_text(encoding="utf-8") for p in sources(f"tests/checks/{inner.parts[1]}"))
        assert f'"{inner.parts[1]}.{inner.stem.replace("_", "-")}"' in stories, "no test runs this check"
        return
    known = any(dotted == name or dotted.startswith(f"{name}.") for name in TESTED_ELSEWHERE)
    assert known or _is_named_in_a_test(name_of(path)), "no test names it"


def _is_named_in_a_test(module: str) -> bool:
    """Whether some test imports the module, under whatever file name."""
    dotted = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parent, _, leaf = dotted.rpartition(".")
    wanted = re.compile(rf"\b{re.escape(dotted)}\b|from {re.escape(parent)} import [^\n]*\b{leaf}\b|\"{leaf.replace('_', '-')}\"")
    return wanted.search(_all_tests()) is not None


@cache
def _all_tests() -> str:
    """The text of every test, read once: four hundred modules ask for it."""
    return "\n".join(p.read_text(encoding="utf-8") for p in sources("tests"))


def test_nothing_tracked_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if LOCAL.search(line) or HOSTS.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_the_ignore_patterns_are_anchored() -> None:
    """A floating pattern such as `data/` would keep template files out of the repository, and so out of the wheel."""
    lines = [line for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    floating = [line for line in lines if not line.startswith("/") and line not in ("__pycache__/", "*.egg-info/")]
    assert not floating
    everything = {p for p in (ROOT / "templates").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    untracked = everything - set(tracked("templates"))
    if untracked:
        warnings.warn(f"ignored below templates/: {sorted(name_of(p) for p in untracked)}", stacklevel=1)


def test_the_same_tests_are_collected_at_any_moment() -> None:
    """A gzip file holds the second when it was made: in the id of a test it parts the workers of a run, now and then."""
    bad = [
        f"{name_of(p)}:{call.lineno}"
        for p in sources("tests")
        for function in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "gzip.compress" and "mtime=0" not in ast.unparse(call)
    ]
    assert not bad
