"""problem.section-missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlscaffold.checks import at, check, fail, unknown, warn
from mlscaffold.evidence import guidance, sections, titles
from mlscaffold.evidence.sections import Gap, Owed
from mlscaffold.evidence.wording import announces, count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project

NAME = "01-problem"


@check(proves="problem-document", reads=("docs/01-problem.*", "mlscaffold.toml"))
def section_missing(project: Project) -> Iterator[Finding]:
    """Every section of the problem document is written.

    ## Why
    Every heading with nothing under it is a problem that nobody has understood yet; what is built then solves another one.

    ## Evidence
    Own text of each section of `docs/01-problem.*`, compared with what was generated; guidance is no text, also where its marks
    were taken away, and a sentence counts once. A section of which half the sentences speak of the section ("here we describe"), without
    a number, is a warning. Sections are found by their `section` comment, Word bookmark or heading in any language we ship. Setting
    `words`: fewer make a warning (default 25).

    ## Fix
    Write the section. A heading that is not recognised is named in `mlscaffold.toml`: `[documents.01-problem]`, then `anchor =
    "Heading"`."""
    yield from judge(project, NAME, titles.ANCHORS[NAME], least=project.option("problem.section-missing", "words", 25))


def judge(project: Project, name: str, anchors: tuple[str, ...], *, least: int) -> Iterator[Finding]:
    """The findings about a document's sections: one for what is absent, one for what is thin, one for what cannot be told."""
    path = sections.document(project, name).path
    owed = [_known(o, name) for o in sections.owed(project, name, anchors, least=least)]
    said = {
        Gap.MISSING: "are missing",
        Gap.EMPTY: "are empty",
        Gap.PLACEHOLDER: "hold a placeholder only",
        Gap.UNCHANGED: "are unchanged since generation",
        Gap.REPEATED: "are the same words over and over",
    }
    for gap, words in said.items():
        bad = [o for o in owed if o.gap is gap]
        if bad:
            verb = words if len(bad) != 1 else words.replace("are", "is", 1).replace("hold", "holds", 1)
            places: list[Evidence] = [at(path, o.section.line if o.section else None) for o in bad[:3]]
            message = f"{len(bad)} of {count(len(owed), 'section')} {verb}: {few([o.title for o in bad], 7)}"
            yield fail(message, *places, fix=f"edit {path}")
    # The owner's section is judged by whom it names, not by its length.
    thin = [o for o in owed if o.gap is Gap.THIN and o.section and (o.anchor != "owner" or o.section.words < 2)]
    if thin:
        lengths = few([f"{o.title} ({count(o.section.words if o.section else 0, 'word')})" for o in thin], 7)
        said_little = [o for o in thin if o.section and o.section.words < min(6, least)]
        judge_as = fail if said_little else warn
        places = [at(path, o.section.line if o.section else None) for o in thin[:3]]
        yield judge_as(f"{count(len(thin), 'section')} of fewer than {least} words: {lengths}", *places, fix=f"edit {path}")
    promised = [o for o in owed if o.gap in (None, Gap.THIN) and o.section and announces(o.section.text)]
    if promised:
        places = [at(path, o.section.line if o.section else None) for o in promised[:3]]
        what = (
            f"{count(len(promised), 'section')} announce what they will say, and no more"
            if len(promised) > 1
            else "1 section announces what it will say, and no more"
        )
        yield warn(f"{what}: {few([o.title for o in promised], 7)}", *places, fix=f"edit {path}")
    lost = [o.anchor for o in owed if o.gap is Gap.UNMATCHED]
    if lost:
        line = f'[documents.{name}] and below it {lost[0]} = "the heading in your document"'
        yield unknown(f"no heading is recognised as {few(lost, 7)}", path, fix=f"add to mlscaffold.toml: {line}")


def _known(owed: Owed, name: str) -> Owed:
    """What is owed, with guidance that stands there as if somebody had written it told as what it is."""
    if owed.section is not None and owed.gap in (None, Gap.THIN) and guidance.repeats(owed.section, name, owed.anchor):
        return replace(owed, gap=Gap.UNCHANGED)
    return owed
