"""The project's own Python files: which of them a script imports, and what they mean. Nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from mlscaffold.project import Project

WORKING = frozenset(
    {
        "torch", "torchvision", "pytorch_lightning", "lightning", "timm", "transformers", "numpy", "PIL", "cv2", "skimage", "imageio",
        "albumentations", "kornia", "scipy", "sklearn", "pandas", "tensorflow", "keras", "jax", "flax",
    }
)  # fmt: skip
"""Libraries by which a file works on arrays, pictures or models."""
DRAWING = frozenset({"matplotlib", "seaborn", "plotly", "bokeh", "altair"})


def imported_by(project: Project, script: str) -> set[str]:
    """The files of the package that `script` is made of: itself and what it imports, as far as they work on data and draw nothing."""
    package = project.settings.package
    base = next((b for b in ("", "src/") if project.exists(f"{b}{package}/{script}.py")), None)
    if base is None:
        return set()
    pending, seen, found = [f"{base}{package}/{script}.py"], set[str](), set[str]()
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        tree = _parsed(project.content(path), path)
        if tree is None:
            found.add(path)
            continue
        modules = list(_modules(tree, path.removeprefix(base)))
        tops = {module.split(".", 1)[0] for module in modules}
        if tops & WORKING and not tops & DRAWING:
            found.add(path)
        for module in modules:
            stem = f"{base}{module.replace('.', '/')}"
            pending += [p for p in (f"{stem}.py", f"{stem}/__init__.py") if module.startswith(package) and project.exists(p)]
    return found


def meaning(data: bytes, path: str, *, ordered: bool = False) -> str:
    """A file without comments, docstrings, layout, order of imports (unless `ordered`) and types of functions.

    Of one that does not parse, its text.
    """
    tree = _parsed(data, path)
    if tree is None:
        return data.replace(b"\r\n", b"\n").decode("utf-8", "replace")
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and _is_text(body[0])
            and not isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try)
        ):
            node.body = body[1:]  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _forget_types(node)
    if ordered:
        return ast.dump(tree)
    tree.body = [*sorted(filter(_imports, tree.body), key=ast.dump), *(node for node in tree.body if not _imports(node))]
    for node in filter(_imports, tree.body):
        node.names.sort(key=lambda alias: alias.name)  # type: ignore[attr-defined]
    return ast.dump(tree)


def only_renamed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bool:
    """Whether the same files differ in names alone that they define themselves: every function, class or variable has a new name, everywhere.

    A new name that stood there before, or an old one that is left, makes it another program.
    """
    old, new = ({path: meaning(data, path, ordered=True) for path, data in files.items()} for files in (before, after))
    names: dict[str, str] = {}
    for path in old:
        ours, theirs = (_IDENTIFIER.split(text) for text in (old[path], new.get(path, "")))
        if ours[::3] != theirs[::3] or ours[1::3] != theirs[1::3]:
            return False
        for first, second in zip(ours[2::3], theirs[2::3], strict=True):
            if names.setdefault(first, second) != second:
                return False
    changed = {first: second for first, second in names.items() if first != second}
    defined, then = _defined(before), _defined(after)
    return (
        len(set(changed.values())) == len(changed)
        and not set(changed.values()) & names.keys()
        and all(first in defined and second in then for first, second in changed.items())
    )


_IDENTIFIER = re.compile(r"\b(id|name|attr|arg|asname)='(\w+)'")


def _defined(files: Mapping[str, bytes]) -> set[str]:
    """Names of functions, classes, arguments and variables that files define."""
    found: set[str] = set()
    for path, data in files.items():
        for node in ast.walk(_parsed(data, path) or ast.Module([], [])):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _forget_types(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Take the annotations of a function out; those of the arguments of `__init__` say how settings are read."""
    node.returns = None
    if node.name == "__init__":
        return
    known = node.args
    for argument in (*known.posonlyargs, *known.args, *known.kwonlyargs, known.vararg, known.kwarg):
        if argument is not None:
            argument.annotation = None


def _parsed(data: bytes, path: str) -> ast.Module | None:
    try:
        return ast.parse(data, path)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _modules(tree: ast.Module, path: str) -> Iterator[str]:
    """Modules that a file imports, by their full names; `from a import b` may name the module a.b."""
    parts = path.removesuffix(".py").split("/")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(parts[: len(parts) - node.level]) if node.level else ""
            module = ".".join(part for part in (above, node.module or "") if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
