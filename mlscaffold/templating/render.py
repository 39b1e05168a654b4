"""Render a template with cookiecutter into a hidden sibling folder, which one rename makes the project."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlscaffold.errors import ScaffoldError, UsageError

_LEFTOVER = re.compile(r"\..+\.mlscaffold-(?P<pid>\d+)-[0-9a-f]{8}")
HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")


def refuse_occupied(target: Path) -> None:
    """Raise `UsageError` unless `target` is free, or an empty folder."""
    if target.is_dir() and not target.is_symlink():
        if any(target.iterdir()):
            raise UsageError(
                f"{target} exists and is not empty",
                reference="folder-not-empty",
                hint="Choose another name, or move that folder away.",
            )
    elif target.exists() or target.is_symlink():
        raise UsageError(f"{target} exists and is no folder", reference="folder-not-empty", hint="Choose another name.")


@contextmanager
def workshop(parent: Path, name: str) -> Iterator[Path]:
    """A hidden folder `.NAME.mlscaffold-…` beside the project to be; gone afterwards, and swept by the next run after a kill."""
    sweep(parent)
    folder = parent / f".{name}.mlscaffold-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        folder.mkdir()
    except OSError as refused:
        raise ScaffoldError(
            f"cannot write in {parent}: {refused.strerror}",
            reference="cannot-write",
            hint="Run it in a folder that you may write to.",
        ) from refused
    try:
        yield folder
    except OSError as failed:
        raise ScaffoldError(
            f"cannot write the project in {parent}: {failed.strerror or failed}",
            reference="cannot-write",
            context="Nothing was left behind.",
        ) from failed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> list[Path]:
    """Remove what killed runs left in `parent`; returns the folders. A run that is still alive keeps its own."""
    swept = []
    for entry in parent.iterdir() if parent.is_dir() else ():
        left = _LEFTOVER.fullmatch(entry.name)
        if left and entry.is_dir() and not entry.is_symlink() and not _alive(int(left["pid"]), entry):
            shutil.rmtree(entry, ignore_errors=True)
            swept.append(entry)
    return swept


def _alive(pid: int, folder: Path) -> bool:
    if sys.platform == "win32":  # signal 0 would end the process there
        return time.time() - folder.stat().st_mtime < 3600
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def move_into_place(rendered: Path, target: Path) -> None:
    """Make the finished folder the project, in one rename."""
    try:
        if sys.platform == "win32" and target.is_dir():
            target.rmdir()
        rendered.rename(target)
    except OSError as refused:
        raise UsageError(
            f"{target} came into being meanwhile: {refused.strerror}", reference="folder-not-empty", hint="Choose another name."
        ) from refused


def render(tree: Path, into: Path, *, context: Mapping[str, Any], copied: list[str]) -> Path:
    """Render a composed tree (`compose`) below `into`; an undefined variable is an error. Returns the rendered folder."""
    variables = {
        "cookiecutter": {
            **context,
            "_copy_without_render": copied,
            "_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True},
        },
        "toml": to_toml,
        **context,
    }
    with _without_extensions():
        return _generate(tree, into, variables, hooks=False)


def to_toml(value: object) -> str:
    """A text, number or list of texts as TOML writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(to_toml(item) for item in value)}]"
    return json.dumps(
        value if isinstance(value, str | int | float) else str(value), ensure_ascii=False
    )  # str: an undefined one raises


def outside_questions(template: Path) -> dict[str, Any]:
    """The variables of a cookiecutter template in a folder, with their defaults; raises `UsageError` if it is none."""
    settings = template / "cookiecutter.json"
    try:
        raw = json.loads(settings.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise UsageError(
            f"{template} holds no cookiecutter.json", reference="no-template", hint="Name the folder of a cookiecutter template."
        ) from missing
    except (ValueError, OSError) as broken:
        raise UsageError(f"{settings} cannot be read: {broken}", reference="broken-template") from broken
    if not isinstance(raw, dict):
        raise UsageError(f"{settings} is no JSON object", reference="broken-template")
    return raw


def outside_code(template: Path) -> list[str]:
    """What an outside template would execute: its hooks and its Jinja extensions."""
    found = [f"hooks/{f.name}" for f in sorted((template / "hooks").glob("*")) if f.stem in HOOKS and not f.name.endswith("~")]
    return found + [f"extension {name}" for name in outside_questions(template).get("_extensions", [])]


def render_outside(template: Path, into: Path, *, given: Mapping[str, str], trust: bool) -> Path:
    """Render an outside cookiecutter template below `into`, its defaults overlaid by `given`; hooks run only with `trust`."""
    from cookiecutter.generate import generate_context
    from cookiecutter.hooks import run_pre_prompt_hook
    from cookiecutter.prompt import prompt_for_config

    folder = Path(run_pre_prompt_hook(template)) if trust else template
    context = generate_context(context_file=str(folder / "cookiecutter.json"), extra_context=dict(given))
    context["cookiecutter"] = prompt_for_config(context, no_input=True)
    context["cookiecutter"]["_template"] = template.name
    return _generate(folder, into, context, hooks=trust)


@contextmanager
def _without_extensions() -> Iterator[None]:
    """Let cookiecutter render without its own tags (`{% now %}`, `slugify`): our templates use none, and loading them is a tenth of it all.

    Where a later cookiecutter makes its environment otherwise, this changes nothing.
    """
    from cookiecutter import generate
    from jinja2 import Environment, StrictUndefined

    def plain(context: Mapping[str, Any]) -> Environment:
        settings = context["cookiecutter"]["_jinja2_env_vars"]
        return Environment(undefined=StrictUndefined, keep_trailing_newline=True, **settings)

    name = "create_env_with_context"
    own = getattr(generate, name, None)
    setattr(generate, name, plain)
    try:
        yield
    finally:
        setattr(generate, name, own)


def _generate(template: Path, into: Path, context: Mapping[str, Any], *, hooks: bool) -> Path:
    from cookiecutter.exceptions import CookiecutterException, UndefinedVariableInTemplate
    from cookiecutter.generate import generate_files
    from jinja2 import TemplateError

    into.mkdir(parents=True, exist_ok=True)
    try:
        return Path(generate_files(repo_dir=str(template), context=dict(context), output_dir=str(into), accept_hooks=hooks))
    except UndefinedVariableInTemplate as unknown:
        raise ScaffoldError(
            f"the template uses an unknown variable: {unknown.message} {unknown.error.message}", reference="broken-template"
        ) from unknown
    except (CookiecutterException, TemplateError) as broken:
        raise ScaffoldError(
            f"the template cannot be rendered: {broken or type(broken).__name__}", reference="broken-template"
        ) from broken
