"""Open the next turn of the loop."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions, records
from mlscaffold.evidence.wording import is_reason, short_of
from mlscaffold.project import Project
from mlscaffold.workflows.advance import Refused
from mlscaffold.writing import write_toml


def start_round(project: Project, because: str, *, who: str = "") -> str:
    """Write `.mlscaffold/rounds/<nn>.toml` and return its path; `because` is a sentence, or a file of the project that tells it.

    Raises `Refused` where nothing of the current round is signed yet, `UsageError` for a reason that is none.
    """
    turn = records.current_round(project)
    signed = project.glob(f"{records.FOLDER}/signoffs/{turn:02d}/*.toml")
    if not signed:
        raise Refused(
            f"Nothing of round {turn} is signed yet, so there is no next one to open",
            reference="round-open",
            hint="mlscaffold status",
        )
    person = git.canonical_name(who.strip() or git.identity(project.root), project.root)
    if not person:
        raise UsageError("Nobody is named who opens it", reference="no-owner", hint='--as "NAME"')
    path = f"{decisions.FOLDER}/rounds/{turn + 1:02d}.toml"
    when = datetime.now(UTC).isoformat(timespec="seconds")
    write_toml(project.root / path, {"schema": 1, "round": turn + 1, **_because(project, because), "who": person, "when": when})
    return path


def _because(project: Project, because: str) -> dict[str, str]:
    text = because.strip()
    file = Path(text)
    if text and "\n" not in text and len(text) < 500 and file.is_file():
        inside = file.resolve()
        if not inside.is_relative_to(project.root.resolve()):
            raise UsageError(
                f"{text} lies outside the project, so nobody could read it later",
                reference="outside",
                hint="Copy it into docs/, and name it there.",
            )
        name = inside.relative_to(project.root.resolve()).as_posix()
        return {"because": f"see {name}", "file": name, "digest": project.digest(name)}
    misspelt = len(text.split()) == 1 and ("/" in text or 1 < len(file.suffix) <= 6)
    if misspelt or not is_reason(text):
        missing = "no such file" if misspelt else f"no such file, and it {short_of(text)}"
        raise UsageError(
            f"--because {text!r}: {missing}", reference="no-reason", hint='--because "WHY, in a sentence", or a file'
        )
    return {"because": " ".join(text.split())}
