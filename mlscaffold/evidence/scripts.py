"""The project's own Python files: which of them a script imports, and what they mean. Nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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


def meaning(data: bytes, path: str) -> str:
    """A file without comments, docstrings and layout; of one that does not parse, its text."""
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
    return ast.dump(tree)


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
