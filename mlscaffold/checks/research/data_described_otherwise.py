"""research.data-described-otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import jsonfile, quantities, sections
from mlscaffold.model import Finding
from mlscaffold.project import Project

NAME, FILE = "02-research", "reports/collection/statistics.json"
NEAR = 0.25  # a plan of 400 pictures and a collection of 330 are the same story


@check(proves="research-document", reads=("docs/02-research.*", FILE))
def data_described_otherwise(project: Project) -> Iterator[Finding]:
    """The data are those that the research document describes.

    ## Why
    Architecture, resolution and hardware were chosen for the data of the document. If other data came in, nobody has chosen.

    ## Evidence
    Numbers of classes and pictures, and sizes in pixels, in the section on data of `docs/02-research.*`, against
    `reports/collection/statistics.json`. Any number that agrees will do, parts of the data and other people's are left out, and
    a number of pictures may be a quarter off.

    ## Fix
    Correct the document; if the data are other than planned, look at the choices made for them again.
    """
    document = sections.document(project, NAME)
    section = sections.find(project, document, NAME, anchor="data-sources")
    if section is None or not project.exists(FILE):
        return  # before the collection a plan is all there is
    told, counted = quantities.read(section.text), project.read(jsonfile.read, FILE)
    wrong = [*_classes(told, counted), *_pictures(told, counted), *_sizes(told, counted)]
    if wrong:
        yield warn(
            f"the document describes other data: {'; '.join(wrong)}",
            at(document.path, section.line),
            FILE,
            fix=f"edit {document.path}",
        )


def _classes(told: quantities.Quantities, counted: dict[str, Any]) -> Iterator[str]:
    held = len(counted.get("classes") or ())
    claims = [n for n, whole in told.classes if whole or n > held]
    if held and claims and held not in [n for n, _ in told.classes]:
        yield f"{claims[0]} classes there, {held} in the data"


def _pictures(told: quantities.Quantities, counted: dict[str, Any]) -> Iterator[str]:
    total = counted.get("images") or 0
    parts = [n for key in ("sources", "classes") for n in (counted.get(key) or {}).values()]
    known = [n for n in (total, *parts) if isinstance(n, int)]
    if total and told.pictures and not any(abs(claim - n) <= NEAR * n for claim in told.pictures for n in known):
        yield f"{max(told.pictures)} pictures there, {total} in the data"


def _sizes(told: quantities.Quantities, counted: dict[str, Any]) -> Iterator[str]:
    wide, high = (counted.get(key) or {} for key in ("widths", "heights"))
    if not (wide and high and told.sizes):
        return

    def held(width: int, height: int) -> bool:
        return bool(wide["min"] <= width <= wide["max"] and high["min"] <= height <= high["max"])

    if not any(held(w, h) or held(h, w) for w, h in told.sizes):
        width, height = told.sizes[0]
        yield f"{width} x {height} pixels there, {_span(wide)} x {_span(high)} in the data"


def _span(spread: dict[str, float]) -> str:
    return f"{spread['min']:g}" if spread["min"] == spread["max"] else f"{spread['min']:g}–{spread['max']:g}"
