"""research.licence-forbids-use."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import Broken, data, licences, sections, sources
from mlscaffold.evidence.documents import Document, Section
from mlscaffold.evidence.wording import few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Missing, Project

PROBLEM, RESEARCH = "01-problem", "02-research"


@check(proves="research-document", reads=("docs/01-problem.*", "docs/02-research.*", f"{data.RAW}/**/source.toml"))
def licence_forbids_use(project: Project) -> Iterator[Finding]:
    """The licences of data and weights allow what the problem document wants.

    ## Why
    A model made of pictures for research only cannot be sold. This is found out when the product is ready, and the pictures are
    in every version of it.

    ## Evidence
    `licence` in every `source.toml`, and what `docs/02-research.*` says of the weights, where it is for non-commercial use or for
    research only; against a sentence of `docs/01-problem.*` that tells of something sold.

    ## Fix
    Take other data or other weights, ask for a licence, or write down why the use is allowed.
    """
    problem = sections.document(project, PROBLEM)
    place, sale = _sale(problem)
    if not place:
        return
    bound = [*_sources(project), *_weights(project)]
    if bound:
        yield warn(
            f"{few([what for what, _ in bound])}, and the problem document tells of a use for gain: "
            f"“{sale[:100]}{'…' if len(sale) > 100 else ''}”",
            *(where for _, where in bound[:3]),
            place,
            fix="take other data or weights, or ask for a licence",
        )


def _sale(problem: Document) -> tuple[Evidence | None, str]:
    """Where the problem document tells of something sold, and the sentence."""
    for section in problem.sections:
        sentence = licences.sold(section.text)
        if sentence:
            return at(problem.path, section.line), sentence
    return None, ""


def _sources(project: Project) -> Iterator[tuple[str, Evidence]]:
    for path in project.glob(f"{data.RAW}/*/source.toml"):
        try:
            found = project.read(sources.read, path)
        except Broken:  # collection.provenance-missing tells it
            continue
        if licences.forbids_sale(found.licence):
            yield f'source "{path.split("/")[-2]}" has the licence "{found.licence}"', at(path)


def _weights(project: Project) -> Iterator[tuple[str, Evidence]]:
    try:
        research = sections.document(project, RESEARCH)
    except Missing:
        return
    told: list[Section | None] = [
        sections.find(project, research, RESEARCH, anchor=a) for a in ("architecture", "algorithms", "software")
    ]
    for section in told:
        sentence = licences.weights_not_sold(section.text) if section else ""
        if section and sentence:
            yield (
                f"of the weights it is said “{sentence[:80]}{'…' if len(sentence) > 80 else ''}”",
                at(research.path, section.line),
            )
            return
