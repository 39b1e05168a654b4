"""project.sheet-differs."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold import git
from mlscaffold.checks import at, check, fail
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import records, sheets, toml
from mlscaffold.evidence.people import spelled
from mlscaffold.model import Finding, Signoff
from mlscaffold.project import Project
from mlscaffold.stages import all_stages


@check(proves="", reads=(".mlscaffold/signoffs", ".mlscaffold/sheets", ".mailmap"))
def sheet_differs(project: Project) -> Iterator[Finding]:
    """A sign-off that was given on paper has its sheet, and says what stands on it.

    ## Why
    Somebody else typed it in. Without the returned sheet there is only their word for what the signer answered.

    ## Evidence
    Sign-offs that name who transcribed them, against the returned file in `.mlscaffold/sheets/`: its digest, the signer's name, the
    stage, the round and the fingerprints on it.

    ## Fix
    Put the returned file back (`git checkout` it), or sign again: `mlscaffold stage sheet`, then `mlscaffold stage next --from FILE`.
    """
    for stage in all_stages():
        try:
            signed = records.signoff(project, stage.number, stage.slug)
        except ScaffoldError:  # project.signoff-unsound tells it
            continue
        if signed is None or not (signed.transcribed_by or signed.sheet):
            continue
        paper = project.read(toml.read, signed.path).get("paper", {})
        kept = str(paper.get("file", "")) if isinstance(paper, dict) else ""
        problem = _problem(project, signed, kept)
        if problem:
            yield fail(
                f"sign-off of stage {stage.number} ({stage.slug}), on paper: {problem}",
                at(kept or signed.path),
                fix=f"mlscaffold stage sheet --stage {stage.slug}",
                stage=stage.slug,
            )


def _problem(project: Project, signed: Signoff, kept: str) -> str:
    if not kept.startswith(f"{records.FOLDER}/sheets/") or ".." in kept or not project.exists(kept):
        return f"the returned sheet is not here ({kept or 'no file is named'})"
    if project.digest(kept) != signed.sheet:
        return f"{kept} is not the file that was recorded (digest {project.digest(kept)[:12]}, recorded {signed.sheet[:12]})"
    if not signed.transcribed_by:
        return "nobody is named who transcribed it"
    try:
        said = project.read(sheets.read, kept)
    except ScaffoldError as broken:
        return broken.message
    if (said.stage, said.round) != (signed.stage, signed.round):
        return f"{kept} is of stage {said.stage}, round {said.round}"
    if said.evidence != signed.evidence or said.inputs != signed.inputs:
        return f"{kept} was written for other evidence"
    names = {git.canonical_name(name, project.root) for name in (spelled(said.name, (signed.who,)), signed.who)}
    if len(names) > 1:
        return f"{kept} is signed by {said.name}, the sign-off names {signed.who}"
    no = [item for item, answer in signed.checklist.items() if answer == "yes" and said.answers.get(item) != "yes"]
    return f"{kept} does not answer {no[0]} with yes" if no else ""
