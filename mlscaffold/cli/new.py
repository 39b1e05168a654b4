"""`mlscaffold new`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlscaffold.cli.console import is_terminal, say
from mlscaffold.errors import UsageError

if TYPE_CHECKING:
    from mlscaffold.workflows.new import NewProject

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the project, or a path that ends in it.")] = "",
    *,
    task: Annotated[str, typer.Option("--task", help="What the model shall do (default: image-classification).")] = "",
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing: what is not given has its default.")] = False,
    advanced: Annotated[bool, typer.Option("--advanced", help="Ask everything, not just the first eight questions.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Give an answer; can be repeated.")
    ] = None,
    answers: Annotated[Path | None, typer.Option("--answers", metavar="FILE", help="Give answers in a TOML file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files and write nothing.")] = False,
    hooks: Annotated[bool, typer.Option("--hooks", help="Check each commit of the project (installs its git hook).")] = False,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="FOLDER", help="Use a cookiecutter template of your own.")
    ] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Let that template run its hooks, which are code.")] = False,
) -> None:
    """Start a project: a few questions, a repository, the first commit."""
    from mlscaffold.templating.lineage import identity
    from mlscaffold.workflows.new import new as create
    from mlscaffold.workflows.new import new_outside

    parent, name = (Path(name).expanduser().parent, Path(name).name) if name else (Path(), "")
    who = identity(parent if parent.is_dir() else Path())  # without git nothing is asked and nothing is written
    given = _read_answers(answers) | _settings(settings or [])
    if trust and not template:
        raise UsageError("--trust goes with --template", reference="trust-without-template")
    if template:
        variables = _outside_answers(template, given, name=name, no_input=no_input)
        made = new_outside(template, variables, parent, trust=trust, dry_run=dry_run, hooks=hooks)
    else:
        given |= ({"name": name} if name else {}) | ({"task": task} if task else {})
        resolved = _answers(given, parent, identity=who.name, no_input=no_input, advanced=advanced)
        made = create(resolved, parent, who=who, dry_run=dry_run, hooks=hooks)
    _show(made)


def _answers(given: Mapping[str, object], parent: Path, *, identity: str, no_input: bool, advanced: bool) -> Any:  # noqa: ANN401 - typed where it is made
    from mlscaffold.templating.answers import checked, resolve
    from mlscaffold.templating.render import refuse_occupied

    if "name" not in given and no_input:
        raise UsageError("the project has no name", reference="no-name", hint="mlscaffold new NAME --no-input")
    checked(given)  # what was given is refused before the first question, not after the last
    if "name" in given:
        refuse_occupied(parent / str(given["name"]).strip())
    if not no_input:
        _need_terminal()
        from mlscaffold.cli.prompts import ask_answers

        given = ask_answers(given, advanced=advanced, taken=lambda name: _taken(parent / name))
    return resolve(given, identity=identity)


def _outside_answers(template: Path, given: Mapping[str, Any], *, name: str, no_input: bool) -> dict[str, str]:
    from mlscaffold.templating.answers import nearest
    from mlscaffold.templating.render import outside_questions

    variables = outside_questions(template)
    unknown = [key for key in given if key not in variables]
    if unknown:
        problems = [f"{key}: the template has no such variable{nearest(key, tuple(variables))}" for key in unknown]
        raise UsageError("; ".join(problems), reference="bad-answers", hint=f"Its variables are {', '.join(variables)}.")
    values = {key: str(value) for key, value in given.items()}
    if name:
        place = next((key for key in ("name", "project_slug", "repo_name", "project_name") if key in variables), None)
        if not place:
            raise UsageError(
                "the template has no variable for the name", reference="bad-answers", hint="Use --set VARIABLE=VALUE."
            )
        values[place] = name
    if no_input:
        return values
    _need_terminal()
    from mlscaffold.cli.prompts import ask_variables

    return ask_variables(variables, values)


def _need_terminal() -> None:
    if not is_terminal():
        raise UsageError(
            "there are questions to answer, and no terminal to ask them in",
            reference="no-terminal",
            hint="mlscaffold new NAME --no-input (with --set KEY=VALUE or --answers FILE)",
        )


def _taken(target: Path) -> str:
    from mlscaffold.templating.render import refuse_occupied

    try:
        refuse_occupied(target)
    except UsageError as reason:
        return reason.message
    return ""


def _read_answers(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as missing:
        raise UsageError(f"{file} cannot be read: {missing.strerror}", reference="no-answers") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise UsageError(f"{file} is not valid TOML: {broken}", reference="broken-answers") from broken


def _settings(pairs: Iterable[str]) -> dict[str, object]:
    bare = [pair for pair in pairs if "=" not in pair]
    if bare:
        raise UsageError(f"--set {bare[0]}: KEY=VALUE is wanted", reference="bad-answers", hint="as in --set ci=none")
    return {key.strip(): value for key, _, value in (pair.partition("=") for pair in pairs)}


def _show(made: NewProject) -> None:
    if made.dry_run:
        say("\n".join(_tree(f"{made.name}/", made.files)))
        say(f"{len(made.files)} files; nothing was written.")
        return
    first = f", first commit {made.commit[:7]}" if made.commit else ""
    say(f"{made.root}: {len(made.files)} files{first}.")
    for note in made.notes:
        say(f"  {note}")
    place = f"'{made.root}'" if " " in str(made.root) else str(made.root)
    say(f"Next: cd {place} && mlscaffold status" if "mlscaffold.toml" in made.files else f"Next: cd {place}")


def _tree(root: str, files: Iterable[str]) -> list[str]:
    """The files as an indented tree, folders named once."""
    lines = [root]
    open_folders: list[str] = []
    for path in sorted(files, key=lambda p: [(i < p.count("/"), part) for i, part in enumerate(p.split("/"))]):
        *folders, file = path.split("/")
        shared = next(
            (i for i, (a, b) in enumerate(zip(folders, open_folders, strict=False)) if a != b),
            min(len(folders), len(open_folders)),
        )
        for depth in range(shared, len(folders)):
            lines.append(f"{'  ' * (depth + 1)}{folders[depth]}/")
        lines.append(f"{'  ' * (len(folders) + 1)}{file}")
        open_folders = folders
    return lines
