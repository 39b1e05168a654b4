"""Who may import whom, and what a start of the tool must not load."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Sandbox

PACKAGE = Path(__file__).resolve().parent.parent / "mlscaffold"

# DESIGN: errors ← model ← {settings, writing, git, history, cache, project} ← {evidence, datasets, …} ← checks ← workflows ← {cli, hook}.
# A module may import from its own layer and from those before it.
LAYERS = (
    ("errors", "keys", "places", "splitnames"),
    ("model",),
    ("settings", "writing", "git", "history", "cache", "trees", "kept", "project"),
    ("evidence", "datasets", "stages", "practice", "templating", "reports", "prose", "demo"),
    ("checks",),
    ("workflows",),
    ("cli", "hook", "__main__"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

# They belong to generated projects.
FRAMEWORKS = {
    "torch", "torchvision", "torchmetrics", "tensorflow", "coremltools", "lightning", "pytorch_lightning", "executorch", "litert_torch",
    "ai_edge_litert", "onnx", "onnxruntime", "onnxscript", "optuna", "fastapi", "uvicorn", "tensorboard",
}  # fmt: skip

# What a start must not pay for (multiples of a bare Python start stand in DESIGN's table of costs).
HEAVY = (
    "numpy",
    "PIL",
    "docx",
    "pypdf",
    "cookiecutter",
    "questionary",
    "git",
    "matplotlib",
    "rich",
    "click",
    "pydantic",
    "jinja2",
    "sklearn",
    "markdown_it",
    "tomlkit",
    "bibtexparser",
    "rispy",
)


@dataclass(frozen=True)
class Import:
    """One import: who, what, where, and whether it happens when the module is loaded."""

    module: str
    target: str
    line: int
    at_load: bool


def modules() -> dict[str, Path]:
    """Dotted name → file, of every module of the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if "_templates" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(module: str) -> Iterator[Import]:
    """Every import of a module; those for the type checker only are left out."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    skipped = {id(n) for node in ast.walk(tree) if _is_for_types(node) for n in ast.walk(node)}
    inner = {id(n) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        at_load = id(node) not in inner
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield Import(module, inside if inside in MODULES else str(node.module), node.lineno, at_load)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_layer_and_those_below(module: str) -> None:
    if not _part(module):
        assert not [i for i in imports(module) if i.target.startswith("mlscaffold.")]
        return
    assert _part(module) in RANK, f"{module} stands in no layer: give it one in LAYERS, and in the design"
    upwards = [
        f"{module}:{found.line} imports {found.target}"
        for found in imports(module)
        if found.target.startswith("mlscaffold.") and RANK[_part(found.target)] > RANK[_part(module)]
    ]
    assert not upwards


def test_no_module_needs_itself_to_be_loaded() -> None:
    needs = {m: {i.target for i in imports(m) if i.at_load and i.target in MODULES and i.target != m} for m in MODULES}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, f"a circle of imports: {' → '.join([*trail[trail.index(module) :], module])}"
        if module not in done:
            for target in sorted(needs[module]):
                visit(target, (*trail, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_the_tool_imports_no_framework() -> None:
    found = [
        f"{i.module}:{i.line} imports {i.target}" for m in MODULES for i in imports(m) if i.target.split(".")[0] in FRAMEWORKS
    ]
    assert not found


def test_nothing_heavy_is_imported_when_a_module_is_loaded() -> None:
    found = [
        f"{i.module}:{i.line} imports {i.target}"
        for m in MODULES
        for i in imports(m)
        if i.at_load and i.target.split(".")[0] in HEAVY
    ]
    assert not found, "import it inside the function that needs it"


def loaded_by(code: str, cwd: Path, *arguments: str, status: int = 0) -> set[str]:
    """The modules that a fresh interpreter holds after it ran `code`; what it printed is ignored."""
    wrapped = (
        "import sys\ntry:\n    exec(sys.argv.pop(1))\nexcept SystemExit as end:\n    code = end.code or 0\nelse:\n    code = 0\n"
        "names = sorted(sys.modules)\nimport json\nsys.stderr.write('\\n' + json.dumps([code, names]))"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("COV")} | {"PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-c", wrapped, code, *arguments]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True)
    code_, names = json.loads(done.stderr.splitlines()[-1])
    assert code_ == status, f"{done.stdout}\n{done.stderr}"
    return set(names)


RUN = "from mlscaffold.cli import main; main()"


def heavy_ones(names: set[str]) -> set[str]:
    """Those of the loaded modules that a start must not pay for."""
    return {n for n in names if n in HEAVY or n in FRAMEWORKS}


@pytest.mark.parametrize(
    ("code", "arguments"), [("import mlscaffold.cli", ()), (RUN, ("--help",)), (RUN, ("--version",)), (RUN, ("check", "--help"))]
)
def test_a_start_loads_nothing_heavy(code: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    names = loaded_by(code, tmp_path, *arguments)
    assert not heavy_ones(names)
    assert not {n for n in names if n.startswith(("mlscaffold.workflows", "mlscaffold.checks.", "mlscaffold.evidence"))}


def test_help_loads_no_command(tmp_path: Path) -> None:
    names = {n for n in loaded_by(RUN, tmp_path, "--help") if n.startswith("mlscaffold")}
    assert names <= {"mlscaffold", "mlscaffold.cli", "mlscaffold.cli.console", "mlscaffold.errors"}


def test_a_warm_check_loads_neither_libraries_nor_checks(project: Sandbox) -> None:
    arguments = ("check",)
    code = f"import sys; sys.argv = ['mlscaffold', *sys.argv[1:]]; {RUN}"
    first = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=project.root,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert first.returncode in (0, 1), first.stderr
    names = loaded_by(code, project.root, *arguments, status=first.returncode)
    assert not heavy_ones(names)
    volatile = {n for n in names if n.startswith("mlscaffold.checks.") and n.count(".") == 3}
    assert all("volatile=True" in MODULES[n].read_text(encoding="utf-8") for n in volatile)


def test_new_loads_no_tags_that_our_templates_do_not_use(tmp_path: Path) -> None:
    names = loaded_by(RUN, tmp_path, "new", "sorter", "--no-input")
    assert (tmp_path / "sorter/mlscaffold.toml").is_file()
    assert not names & {"arrow", "slugify", "requests", "sqlite3"}


def test_a_hook_with_nothing_relevant_loads_nothing_of_the_tool(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write({"mlscaffold.toml": "", "notes.txt": "nothing for us\n"})
    sandbox.commit()
    sandbox.write({"notes.txt": "still nothing\n"})
    sandbox.git("add", "-A")
    names = loaded_by("import mlscaffold.hook; mlscaffold.hook.main()", tmp_path)
    assert {n for n in names if n.startswith("mlscaffold")} == {"mlscaffold", "mlscaffold.hook", "mlscaffold.keys"}
    assert not heavy_ones(names)
    assert not names & {"dataclasses", "inspect", "tomllib", "typer", "sqlite3", "argparse", "hashlib"}
