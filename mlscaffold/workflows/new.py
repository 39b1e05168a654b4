"""Create a project: render it beside its place, commit it, move it there in one rename."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlscaffold import __version__
from mlscaffold.errors import UsageError
from mlscaffold.templating import catalog, lineage
from mlscaffold.templating import render as rendering
from mlscaffold.templating.answers import Answers
from mlscaffold.templating.compose import Source, compose, plan
from mlscaffold.templating.distribution import requirement

HOOK = """\
#!/bin/sh
# Written by `mlscaffold new --hooks`. The checks themselves are listed in .pre-commit-config.yaml.
if command -v pre-commit >/dev/null 2>&1; then exec pre-commit run; fi
if command -v mlscaffold-hook >/dev/null 2>&1; then exec mlscaffold-hook; fi
echo "mlscaffold-hook was not found: activate the project's environment (README.md), or commit with --no-verify." >&2
exit 1
"""


@dataclass(frozen=True)
class NewProject:
    """What `new` made, or with `dry_run` would make."""

    root: Path
    name: str
    files: tuple[str, ...]
    commit: str = ""
    dry_run: bool = False
    notes: tuple[str, ...] = ()


def new(
    answers: Answers, parent: Path, *, who: lineage.Identity | None = None, dry_run: bool = False, hooks: bool = False
) -> NewProject:
    """Create the project `parent/NAME`, committed by `who` (default: the git user); nothing is left behind if anything fails.

    Raises `UsageError` for a place that is taken, `GitError` without git, `ScaffoldError` where nothing can be written.
    """
    target = parent / answers.name
    _refuse_missing(parent)
    rendering.refuse_occupied(target)
    sources = _sources(answers)
    files = tuple(sorted([*sources, "constraints.txt", lineage.REQUIREMENT, lineage.RECORD]))
    if dry_run:
        return NewProject(target, answers.name, files, dry_run=True)
    who = who or lineage.identity(parent)
    with rendering.workshop(parent, answers.name) as shop:
        tree = shop / "template"
        copied = compose(sources, tree, package=answers.package, extra={"constraints.txt": catalog.constraints_file()})
        context = answers.context() | {"tool_version": __version__}
        root = rendering.render(tree, shop / "project", context=context, copied=copied)
        (root / lineage.REQUIREMENT).parent.mkdir(exist_ok=True)
        (root / lineage.REQUIREMENT).write_text(requirement() + "\n", "utf-8", newline="\n")
        lineage.write_record(root, tool=__version__, template=answers.task, answers=answers.context(), package=answers.package)
        commit = lineage.commit_pristine(root, tool=__version__, who=who)
        if hooks:
            _install_hook(root)
        rendering.move_into_place(root, target)
    return NewProject(target, answers.name, files, commit=commit, notes=_notes(answers, parent))


def new_outside(
    template: Path, given: Mapping[str, str], parent: Path, *, trust: bool = False, dry_run: bool = False, hooks: bool = False
) -> NewProject:
    """Create a project from a cookiecutter template in a folder; its hooks are code and run only with `trust`."""
    _refuse_missing(parent)
    code = rendering.outside_code(template)
    if code and not trust and not dry_run:
        raise UsageError(
            f"the template {template.name} would run code: {', '.join(code)}",
            reference="template-not-trusted",
            context="Nothing was run and nothing was written.",
            hint="Read these files; --trust runs them.",
        )
    if dry_run:
        return _preview(template, given, parent)
    who = lineage.identity(parent)
    with rendering.workshop(parent, template.resolve().name) as shop:
        root = rendering.render_outside(template.resolve(), shop / "project", given=given, trust=trust)
        target = parent / root.name
        rendering.refuse_occupied(target)
        if (root / "mlscaffold.toml").is_file():
            lineage.write_record(root, tool=__version__, template=template.resolve().name, answers=given, package="")
        files = _listed(root)
        commit = "" if (root / ".git").exists() else lineage.commit_pristine(root, tool=__version__, who=who)
        if hooks:
            _install_hook(root)
        rendering.move_into_place(root, target)
    return NewProject(target, target.name, files, commit=commit)


def _preview(template: Path, given: Mapping[str, str], parent: Path) -> NewProject:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        root = rendering.render_outside(template.resolve(), Path(folder), given=given, trust=False)
        rendering.refuse_occupied(parent / root.name)
        return NewProject(parent / root.name, root.name, _listed(root), dry_run=True)


def _sources(answers: Answers) -> dict[str, Source]:
    layers = catalog.task(answers.task).layers
    return plan(catalog.templates_root(), layers, answers.package, without=answers.left_out())


def _listed(root: Path) -> tuple[str, ...]:
    found = (p.relative_to(root) for p in root.rglob("*") if p.is_file())
    return tuple(sorted(p.as_posix() for p in found if p.parts[0] != ".git"))


def _refuse_missing(parent: Path) -> None:
    if not parent.is_dir():
        raise UsageError(f"there is no folder {parent}", reference="no-folder", hint=f"mkdir -p {parent}")


def _install_hook(root: Path) -> None:
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(HOOK, "utf-8", newline="\n")
    hook.chmod(0o755)


def _notes(answers: Answers, parent: Path) -> tuple[str, ...]:
    notes = []
    if not answers.team:
        notes.append("Nobody is in the team yet: anyone may sign a stage. Name people under [team] in mlscaffold.toml.")
    outer = next((folder for folder in (parent.resolve(), *parent.resolve().parents) if (folder / ".git").exists()), None)
    if outer:
        notes.append(f"{answers.name} is a repository of its own inside the repository {outer}.")
    return tuple(notes)
