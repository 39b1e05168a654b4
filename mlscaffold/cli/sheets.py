"""The sheet of a stage: written for a signer, and read when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlscaffold.cli.console import say
from mlscaffold.errors import UsageError

FORMATS = ("html", "docx")


def write(stage: str, *, format_: str, output: Path | None) -> None:
    """Write the form of a stage, and say how it comes back."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.sheet import make_sheet
    from mlscaffold.writing import write_bytes

    if format_ not in FORMATS:
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint=f"--format {' or '.join(FORMATS)}")
    project = open_project()
    sheet = make_sheet(project, stage)
    if format_ == "html":
        from mlscaffold.reports import sheet as page

        data = page.render(sheet).encode()
    else:
        from mlscaffold.reports import sheet_docx

        data = sheet_docx.render(sheet)
    target = output or Path(f"{sheet.name}.{format_}")
    write_bytes(target, data)
    answers = f"{sheet.name}-answers.json" if format_ == "html" else str(target)
    say(f"Wrote {target}: the form of stage {sheet.stage.number}, {sheet.stage.slug}, for one of: {', '.join(sheet.stage.roles)}")
    say("It holds for the evidence of this moment; when that changes, a new one is needed.")
    say(f"Next: when it comes back, mlscaffold stage next --from {answers}")


def record(file: Path, transcribed_by: str, *, others: Sequence[str]) -> None:
    """Sign a stage with a returned sheet; who, stage and answers stand on it, so other options are refused."""
    from mlscaffold.cli.signing import open_next
    from mlscaffold.project import open_project
    from mlscaffold.workflows.sheet import record_sheet

    if others:
        raise UsageError(
            f"{others[0]} does not go with --from: the sheet says it", reference="usage", hint=f"Leave {others[0]} out."
        )
    project = open_project()
    done = record_sheet(project, file.read_bytes(), file.name, transcribed_by=transcribed_by)
    say(f"Signed on paper by {done.who}, {done.role}; transcribed by {done.transcribed_by}")
    say(f"  {done.signoff}\n  {done.sheet} (commit both with your work)")
    project.save()
    open_next(open_project())
