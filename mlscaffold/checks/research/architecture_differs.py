"""research.architecture-differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import chain, networks, runs, sections
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

NAME = "02-research"
# How people tell of a network of their own, which has no name that could be compared.
OWN = re.compile(
    r"\b(?:small|own|simple|plain|tiny)\W+(?:\w+\W+){0,2}?(?:cnn|convnet|network|convolution\w*)|\b(?:our|my) own\b|\bfrom scratch\b|\bcnn\b|"
    r"(?:klein|eigen|einfach)\w*\s+(?:\w+\s+){0,2}?(?:\w*netz\w*|cnn)|faltungsnetz|卷积|自(?:己|建|定义)|小(?:型)?网络",
    re.I,
)


@check(proves="research-document", reads=("docs/02-research.*", "reports/training", "reports/tuning"))
def architecture_differs(project: Project) -> Iterator[Finding]:
    """The network that the document describes is the one that was trained.

    ## Why
    Whoever reads why EfficientNet was chosen, and gets the numbers of a ResNet, believes reasons that were given for another network.

    ## Evidence
    Names of networks in the section on architecture of `docs/02-research.*`, however they are written, against `backbone` in
    `params.yaml` of the chosen runs. A document that names the trained one among others, or none at all, is left alone.

    ## Fix
    Write into the document what was trained and why, or train what the document says.
    """
    document = sections.document(project, NAME)
    section = sections.find(project, document, NAME, anchor="architecture")
    told = networks.read(section.text) if section else []
    trained = _trained(project)
    if section is None or not told or not trained:
        return
    if any(_is_told(backbone, told, section.text) for _, backbone, _ in trained):
        return
    run, backbone, path = trained[0]
    yield warn(
        f"the document names {few([name.text for name in told])}, run {run} trained {backbone}",
        at(document.path, section.line),
        path,
        fix=f"edit {document.path}: what was trained, and why",
    )


def _trained(project: Project) -> list[tuple[str, str, str]]:
    """Run, backbone and `params.yaml` of what training chose, and tuning after it; nothing where nothing was trained yet."""
    found = []
    for stage in ("training", "tuning"):
        try:
            choice = chain.chosen(project, stage)
        except Missing:
            continue
        path = f"{choice.folder}/params.yaml"
        backbone = project.read(runs.read_params, path).model.get("backbone") if project.exists(path) else None
        if isinstance(backbone, str) and backbone:
            found.append((choice.run, backbone, path))
    return found


def _is_told(backbone: str, told: list[networks.Named], text: str) -> bool:
    """Whether a text speaks of this backbone: by its name, by one that may be its, or, of an unknown one, as of a network of one's own."""
    if _bare(backbone) in _bare(text):
        return True
    known = networks.read(backbone)
    return any(name.may_be(mine) for name in told for mine in known) if known else OWN.search(text) is not None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
