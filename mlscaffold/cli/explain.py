"""`mlscaffold explain`."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say
from mlscaffold.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def explain(
    check: str = typer.Argument("", help="The check, for instance preparation.split-leakage; without it, all are listed."),
) -> None:
    """Say why a check exists, what it reads and how to mend what it finds."""
    from mlscaffold.checks import all_checks, documentation

    specs = all_checks()
    if not check:
        width = max((len(s.id) for s in specs), default=0)
        for spec in specs:
            say(f"{spec.id:{width}}  {spec.title}")
        return
    found = [s for s in specs if s.id == check] or [s for s in specs if s.id.split(".", 1)[1] == check]
    if len(found) != 1:
        import difflib

        near = difflib.get_close_matches(check, [s.id for s in specs], n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}?" if near else "mlscaffold explain lists them."
        raise UsageError(f"No check {check!r}", reference="no-such-check", hint=hint)
    spec = found[0]
    flags = [word for word, on in (("always counts", spec.always), ("deep", spec.deep), ("volatile", spec.volatile)) if on]
    say(f"{spec.id}{'  (' + ', '.join(flags) + ')' if flags else ''}\n\n{documentation(spec)}")
    say(f"\nReads: {', '.join(spec.reads)}")
