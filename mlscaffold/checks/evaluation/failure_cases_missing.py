"""The document discusses the mistakes of the eyeball split, and a remedy for each pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import causes, data, documents, judged, scored
from mlscaffold.evidence.documents import Document
from mlscaffold.evidence.predictions import Prediction
from mlscaffold.evidence.sections import headings
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

SECTIONS = ("results", "failure-cases", "remedies")
DOCUMENT = "docs/07-evaluation.*"
FEW_WORDS = 15
MANY = 5
ENOUGH = 20
"""Mistakes that have to be sorted by cause, where there are as many, so that a pattern shows."""
FOLDERS = ("train/", "validation/", "eyeball/", "test/")
_DENIED = re.compile(
    r"\b(?:no|none|zero|without|hardly any|keine?[nrs]?|ohne)\b[^.;]{0,40}?\b(?:mistakes?|errors?|failures?|failure cases?|misclassifi\w+|fehler\w*|fehlklassif\w+|abweichung\w*)\b|"
    r"\bnone (?:worth|of note|to speak)\b|没有[^。；]{0,10}(?:错误|失败|误分类)|无[^。；]{0,6}(?:错误|失败)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"[\w./\-]+\.(?:jpe?g|png|webp|bmp|gif|tiff?|ppm|pgm|avif|heic)\b", re.IGNORECASE)


@check(
    proves="evaluation-document",
    reads=("docs", "reports/evaluation", "reports/training/chosen.toml", "data/processed/*/annotations.csv"),
)
def failure_cases_missing(project: Project) -> Iterator[Finding]:
    """The document discusses the mistakes of the eyeball split, and a remedy for each pattern.

    ## Why
    Twenty minutes with the mistakes save weeks on the wrong cure.

    ## Evidence
    The sections `results`, `failure-cases` and `remedies` of `docs/07-evaluation` against the mistakes in `eyeball.csv`;
    pictures that the text names must exist, must have been answered wrongly, and must not be test pictures. A text that denies mistakes
    which the table has is a failure. Of five mistakes and more the text must name something: a picture, one of their classes, or how
    many are of a kind. A table of causes that was counted from these mistakes (`reports/evaluation/causes`) says that too.

    ## Fix
    `mlscaffold data causes`: look at the mistakes of the eyeball split, group them by cause, write what would cure each.
    """
    document = read(project)
    own = headings(project, "07-evaluation")
    sections = {name: documents.find(document, name, own, among=SECTIONS) for name in SECTIONS}
    if all(section is None for section in sections.values()):
        raise Unknown(
            "none of its sections was found; name its headings in mlscaffold.toml", path=document.path,
            fix='add [documents."07-evaluation"] to mlscaffold.toml',
        )  # fmt: skip
    for name, section in sections.items():
        if section is None or section.words == 0:
            state = "is missing" if section is None else "is empty"
            yield fail(f"the section {name} {state}", document.path, fix=f"edit {document.path}")
    one = judged.judged(project)[0]
    table = judged.table(project, f"{one.folder}/eyeball.csv")
    wrong = [row for row in table.rows if not row.right]
    told = sections["failure-cases"]
    if _sorted(project, table.path, wrong):
        pass
    elif wrong and told is not None and 0 < told.words < FEW_WORDS:
        yield fail(
            f"{told.words} words about {len(wrong)} mistakes of the eyeball split; each pattern wants its cause and number",
            document.path, f"{one.folder}/eyeball.csv", fix=f"edit {document.path}",
        )  # fmt: skip
    elif wrong and told is not None and _DENIED.search(told.text) and not _discussed(told.text, wrong):
        yield fail(
            f"the text says that there are no mistakes worth a word; eyeball.csv has {len(wrong)}, first {wrong[0].path}",
            document.path, at(f"{one.folder}/eyeball.csv", wrong[0].line), fix=f"edit {document.path}",
        )  # fmt: skip
    elif len(wrong) >= MANY and told is not None and told.words and not _discussed(told.text, wrong):
        yield warn(
            f"0 of {len(wrong)} mistakes of the eyeball split are discussed: no picture, no class and no number stands there",
            document.path, f"{one.folder}/eyeball.csv", fix=f"edit {document.path}",
        )  # fmt: skip
    text = "\n".join(section.text for section in sections.values() if section)
    tested = tuple(row for each in (one, *judged.named(project, one)) for row in judged.table(project, each.predictions).rows)
    yield from _named(project, document, text, rows=scored.by_path(table), tested=tested)


def _sorted(project: Project, table: str, wrong: list[Prediction]) -> bool:
    """Whether somebody sorted these mistakes by cause: all of them, or enough to see a pattern."""
    mine = {row.path for row in wrong}
    looked = {row.path for one in causes.read_all(project) if one.of == table for row in one.rows if row.causes} & mine
    return len(looked) >= min(len(mine), ENOUGH) > 0


def _discussed(text: str, wrong: list[Prediction]) -> bool:
    """Whether a text says anything that could be about these mistakes: a number, one of their classes or pictures."""
    names = {name.casefold() for row in wrong for name in (row.label, row.prediction)}
    return bool(re.search(r"\d", text) or _PICTURE.search(text)) or any(name in text.casefold() for name in names)


def read(project: Project) -> Document:
    """The evaluation document; raises `Missing` while it is absent or as it was generated."""
    path = project.find(DOCUMENT, what="docs/07-evaluation (md, docx or pdf)")
    if project.is_pristine(path):
        raise Missing(f"{path} is still as generated", path=path, fix=f"edit {path}")
    own = headings(project, "07-evaluation")
    document = documents.read(project.content(path), path, titles=own) if own else project.read(documents.read, path)
    if not document.words:
        raise Missing(f"{path} is empty", path=path, fix=f"edit {path}")
    return document


def _named(
    project: Project, document: Document, text: str, *, rows: dict[str, Prediction], tested: tuple[Prediction, ...]
) -> Iterator[Finding]:
    names = {name.removeprefix("./").removeprefix("data/processed/") for name in _PICTURE.findall(text)}

    def meant(name: str, path: str) -> bool:
        return path == name or path.endswith(f"/{name}")

    right = sorted({n for n in names for p, row in rows.items() if meant(n, p) and row.right})
    wrong = {n for n in names for p, row in rows.items() if meant(n, p) and not row.right}
    right = [name for name in right if name not in wrong]  # one name in two folders: the mistake is meant
    if right:
        yield fail(
            f"{len(right)} named files were predicted correctly: {scored.some(right)}", document.path, fix=f"edit {document.path}"
        )
    known = _known(project)
    lost = sorted(n for n in names if n.startswith(FOLDERS) and known and n not in known and n not in rows)
    if lost:
        yield fail(f"{len(lost)} named files are in no split: {scored.some(lost)}", document.path, fix=f"edit {document.path}")
    seen = sorted({n for n in names - wrong - set(right) for row in tested if meant(n, row.path)})
    if seen:
        yield warn(
            f"{len(seen)} test pictures are discussed: {scored.some(seen)}; whoever looks at the mistakes of test tunes on it",
            document.path, fix="discuss mistakes of the eyeball split",
        )  # fmt: skip


def _known(project: Project) -> set[str]:
    """The paths of all prepared pictures; none where their tables are not here."""
    try:
        return {row.path for row in data.processed(project)}
    except Missing:
        return set()
