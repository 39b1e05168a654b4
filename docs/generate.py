"""Print the reference pages from the code: `python docs/generate.py` writes them, `--check` fails where one has drifted."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Printed from the code by docs/generate.py; change it there. -->"
FLAGS = (
    ("always", "Counts at every stage: what it finds is wrong for ever."),
    ("deep", "Deep: runs the project's own code, in the project's environment (`mlscaffold check --deep`)."),
    ("volatile", "Looks at history, clock or environment, so its answer is never kept."),
)


def main() -> int:
    """Write the pages, or compare them with those on disk."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    written = pages()
    if "--check" in sys.argv[1:]:
        drifted = drift(written)
        for name in drifted:
            sys.stderr.write(f"{name} has drifted from the code: python docs/generate.py\n")
        return int(bool(drifted))
    for name in drift(written):
        path = REFERENCE / name
        if name in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written[name], encoding="utf-8")
            print(f"wrote docs/reference/{name}")
        else:
            path.unlink()
            print(f"removed docs/reference/{name}")
    return 0


def pages() -> dict[str, str]:
    """Name below docs/reference → text, of every page that code can print."""
    found = {"commands.md": commands(), "stages.md": stages(), "formats.md": formats(), **checks()}
    return {name: text.rstrip("\n") + "\n" for name, text in found.items()}


def drift(written: dict[str, str]) -> list[str]:
    """Pages that are absent, differ, or belong to a stage without checks."""
    left = {f"checks/{p.name}" for p in (REFERENCE / "checks").glob("*.md")} - set(written)
    return sorted(left | {name for name, text in written.items() if _on_disk(name) != text})


def _on_disk(name: str) -> str:
    path = REFERENCE / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def commands() -> str:
    """The help of every command, as a terminal of 80 columns shows it."""
    parts = [
        "# Commands",
        "",
        NOTE,
        "",
        "Exit codes: 0 fine, 1 findings or a refused request, 2 usage, 3 a bug of ours, 130 interrupted.",
        "",
    ]
    for words in command_names():
        parts += [f"## {' '.join(['mlscaffold', *words])}", "", "```text", help_of(words).rstrip("\n"), "```", ""]
    parts += [
        "## mlscaffold-hook",
        "",
        "The pre-commit entry. It takes no options: it judges what is staged, and `gate` in `mlscaffold.toml` says what it refuses.",
    ]
    return "\n".join(parts)


def command_names() -> Iterator[tuple[str, ...]]:
    """The words of every command, groups followed by their commands; the first is the tool itself."""
    from mlscaffold.cli import COMMANDS

    yield ()
    for name, (module, _) in COMMANDS.items():
        yield (name,)
        yield from _inner((name,), import_module(module).app)


def _inner(words: tuple[str, ...], app: object) -> Iterator[tuple[str, ...]]:
    """The commands of a group, and those of the groups within it."""
    commands, groups = app.registered_commands, app.registered_groups  # type: ignore[attr-defined]
    if len(commands) > 1 or app.registered_callback:  # type: ignore[attr-defined]
        yield from ((*words, str(c.name or c.callback.__name__)) for c in commands)
    for group in groups:
        yield (*words, group.name)
        yield from _inner((*words, group.name), group.typer_instance)


def help_of(words: tuple[str, ...]) -> str:
    """What `mlscaffold WORDS --help` prints."""
    from mlscaffold.cli import app

    printed = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            app(args=[*words, "--help"], prog_name="mlscaffold", standalone_mode=True)
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return printed.getvalue()


def stages() -> str:
    """The ten stages, as their TOML files declare them."""
    from mlscaffold.checks import all_checks
    from mlscaffold.stages import all_stages

    proofs: dict[tuple[str, str], list[str]] = {}
    for spec in all_checks():
        proofs.setdefault((spec.stage, spec.proves), []).append(spec.id)
    parts = [
        "# Stages",
        "",
        NOTE,
        "",
        "A `#` selects a part of a file or folder. What an input is, and what makes it move: evidence.md.",
        "",
    ]
    for stage in all_stages():
        parts += [f"## {stage.number} {stage.slug}", "", stage.goal, "", stage.guidance, ""]
        parts += ["| deliverable | what it is | proved by |", "|---|---|---|"]
        for deliverable in stage.deliverables:
            by = ", ".join(f"[{c}](checks/{stage.slug}.md#{_anchor(c)})" for c in proofs.get((stage.slug, deliverable.id), []))
            parts.append(f"| {deliverable.id} | {deliverable.title} | {by} |")
        parts += ["", f"- Signed by: {', '.join(stage.roles)}"]
        parts += [
            f"- Evidence: {_codes(stage.evidence)}",
            f"- Stale when one of these moves: {_codes(stage.inputs) or 'nothing before it'}",
        ]
        parts += ["- The signer answers:", *(f"    - {q.text} (`{q.id}`)" for q in stage.checklist)]
        parts += [f"- Next: `{stage.next_command.replace('PACKAGE', '<package>')}`", ""]
    return "\n".join(parts)


def checks() -> dict[str, str]:
    """A page for each stage that has checks: their docstrings."""
    from mlscaffold.checks import Spec, all_checks, documentation

    by_stage: dict[str, list[Spec]] = {}
    for spec in all_checks():
        by_stage.setdefault(spec.stage, []).append(spec)
    found = {}
    for stage, specs in by_stage.items():
        parts = [f"# Checks: {stage}", "", NOTE, ""]
        for spec in specs:
            body = documentation(spec).split("\n", 1)
            parts += [f"## {spec.id}", "", body[0], ""]
            parts += [f"*{text}*\n" for flag, text in FLAGS if getattr(spec, flag)]
            parts += [(body[1] if len(body) > 1 else "").strip().replace("## ", "### "), ""]
            parts += [f"Reads {_codes(spec.reads)}." + (f" Proves `{spec.proves}`." if spec.proves else ""), ""]
        found[f"checks/{stage}.md"] = "\n".join(parts)
    return found


def formats() -> str:
    """What `data import` reads, what `data export` writes, and what `report` and `check` write."""
    import mlscaffold.reports
    from mlscaffold.datasets.formats import formats as layouts
    from mlscaffold.datasets.holding import KINDS

    parts = ["# Formats", "", NOTE, "", "## Data sets", ""]
    parts += [
        "Read by `mlscaffold data import` and `data export`, written by `data export`. Name one with `--from`, or let it be recognised.",
        "",
    ]
    parts += ["| format | what it is |", "|---|---|"]
    parts += [f"| [{name}](#{_anchor(name)}) | {_first_line(module)} |" for name, module in sorted(layouts().items())]
    for name, module in sorted(layouts().items()):
        held = ", ".join(kind for kind in KINDS if kind in module.HOLDS)
        parts += ["", f"### {name}", "", f"{_first_line(module)}", ""]
        parts += [f"- Recognised by: {_first_line(module.sniff)}", f"- Read: {_first_line(module.read)}"]
        parts += [f"- Written: {_first_line(module.write)} {_first_line(module.place)}", f"- Holds: {held}."]
    parts += [
        "",
        "### What can be held",
        "",
        "| kind | what it is |",
        "|---|---|",
        *(f"| {kind} | {words} |" for kind, words in KINDS.items()),
    ]
    parts += ["", "## Written by `mlscaffold report`, `check` and `status`", "", "| format | what it is |", "|---|---|"]
    for found in iter_modules(mlscaffold.reports.__path__):
        module = import_module(f"mlscaffold.reports.{found.name}")
        if hasattr(module, "render"):
            parts.append(f"| {found.name} | {_first_line(module)} |")
    return "\n".join(parts)


def _first_line(module: object) -> str:
    return (module.__doc__ or "").strip().split("\n", 1)[0].replace("|", "\\|")


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def _anchor(heading: str) -> str:
    return "".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c in "-_")


if __name__ == "__main__":
    sys.exit(main())
