"""How the stage documents are written: languages, formats, forms of headings."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import sign_again
from tests.sabotage.target import Target
from tests.sabotage.translating import Facts, chinese, facts, german
from tests.sabotage.writing import NUMBERS, Paper, body, markdown, page, paper, portable, word

STALE = ("project.stale",)


def write(project: Target, papers: dict[int, Paper], *, anchors: bool) -> None:
    """Write the documents in place of those that are there."""
    project.write({project.document(number): markdown(papers[number], anchors=anchors) for number in NUMBERS})


def translate(project: Target, language: Callable[[Facts], dict[int, Paper]], *, anchors: bool) -> None:
    """Write the documents in another language."""
    write(project, language(facts(project)), anchors=anchors)


@harmless("OK-01", allows=STALE)
def chinese_with_anchors(project: Target) -> None:
    """All stage documents in Chinese, with the template's anchors."""
    translate(project, chinese, anchors=True)


@harmless("OK-01b", allows=STALE)
def chinese_without_anchors(project: Target) -> None:
    """All stage documents in Chinese, found by Chinese titles."""
    translate(project, chinese, anchors=False)


@harmless("OK-02", allows=STALE)
def german_with_anchors(project: Target) -> None:
    """All stage documents in German, with long compounds, umlauts and decimal commas."""
    translate(project, german, anchors=True)


@harmless("OK-02b", allows=STALE)
def german_without_anchors(project: Target) -> None:
    """All stage documents in German, found by German titles."""
    translate(project, german, anchors=False)


@harmless("OK-03", allows=STALE)
def word_in_german(project: Target) -> None:
    """Word files in place of Markdown, with heading styles that a German Word names."""
    in_place(project, {number: word(paper(project, number)) for number in NUMBERS}, "docx")


@harmless("OK-03b", allows=STALE)
def word_by_libreoffice(project: Target) -> None:
    """Word files saved by LibreOffice."""
    in_place(project, by_libreoffice(project, "docx"), "docx")


@harmless("OK-04")
def portable_with_text(project: Target) -> None:
    """PDF with a text layer, in lines broken at a narrow page."""
    pytest.importorskip("reportlab", reason="writes the PDF")
    in_place(project, {number: portable(paper(project, number)) for number in NUMBERS}, "pdf")
    sign_again(project)


@harmless("OK-04b")
def portable_by_libreoffice(project: Target) -> None:
    """PDF exported by LibreOffice."""
    in_place(project, by_libreoffice(project, "pdf"), "pdf")
    sign_again(project)


@harmless("OK-05", allows=STALE)
def numbered_and_reordered(project: Target) -> None:
    """Headings numbered, one level deeper, in another order, without anchors."""
    papers = {}
    for number in NUMBERS:
        found = paper(project, number)
        parts = [replace(part, title=f"{number}.{k} {part.title}") for k, part in enumerate(reversed(found.parts), start=1)]
        papers[number] = replace(found, parts=tuple(parts))
    project.write({project.document(n): markdown(papers[n], anchors=False, level=3) for n in NUMBERS})


@harmless("OK-05b", allows=STALE)
def underlined_headings(project: Target) -> None:
    """Headings underlined in place of marked."""
    rewrite(project, lambda title: [title, "-" * len(title)])


@harmless("OK-05c", allows=STALE)
def bold_headings(project: Target) -> None:
    """Lines in bold in place of headings."""
    rewrite(project, lambda title: [f"**{title}**"])


@harmless("OK-05d", allows=STALE)
def headings_of_our_own(project: Target) -> None:
    """Headings that no list knows, named in the settings."""
    own = []
    for number in NUMBERS:
        found, stem = paper(project, number), Path(project.document(number)).stem
        titles = {part.anchor: f"Teil {chr(64 + k)} des Berichts" for k, part in enumerate(found.parts, start=1)}
        own += [f"[documents.{stem}]", *(f'{anchor} = "{title}"' for anchor, title in titles.items()), ""]
        parts = tuple(replace(part, title=titles[part.anchor]) for part in found.parts)
        project.write({project.document(number): markdown(replace(found, parts=parts), anchors=False)})
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + "\n" + "\n".join(own)})


@harmless("OK-06", allows=STALE)
def two_sections_in_one(project: Target) -> None:
    """Two sections merged into one, with both titles in the heading."""
    for number, (first, second) in {
        1: ("problem-statement", "ideal-solution"),
        2: ("hardware", "software"),
        7: ("failure-cases", "remedies"),
    }.items():
        found = paper(project, number)
        parts = {part.anchor: part for part in found.parts}
        one, other = parts[first], parts[second]
        merged = replace(one, title=f"{one.title} and {other.title}", blocks=(*one.blocks, *other.blocks))
        kept = tuple(merged if part is one else part for part in found.parts if part is not other)
        project.write({project.document(number): markdown(replace(found, parts=kept), anchors=False)})


def rewrite(project: Target, heading: Callable[[str], list[str]]) -> None:
    """Write the documents with headings of another form, without anchors."""
    for number in NUMBERS:
        found = paper(project, number)
        lines = [found.title, "=" * len(found.title), ""]
        for part in found.parts:
            lines += [*heading(part.title), "", *body(part), ""]
        project.write({project.document(number): "\n".join(lines)})


def in_place(project: Target, files: dict[int, bytes], ending: str) -> None:
    """Put files in place of the Markdown documents."""
    for number, content in files.items():
        path = project.document(number)
        project.remove(path)
        project.write({path.removesuffix("md") + ending: content})


def by_libreoffice(project: Target, ending: str) -> dict[int, bytes]:
    """The documents as LibreOffice saves them."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("needs LibreOffice")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number in NUMBERS:
            (folder / f"{number}.html").write_text(page(paper(project, number)), encoding="utf-8")
        kind = "docx:MS Word 2007 XML" if ending == "docx" else "pdf:writer_web_pdf_Export"
        command = [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            made,
        ]
        command += ["--infilter=HTML (StarWriter)"] if ending == "docx" else []
        subprocess.run([*command, *(f"{folder}/{n}.html" for n in NUMBERS)], check=True, capture_output=True, timeout=180)
        return {number: (folder / f"{number}.{ending}").read_bytes() for number in NUMBERS}


@harmless("OK-48", allows=("project.stale",))
def numbers_in_other_forms(project: Target) -> None:
    """The accuracy stands in the text in words, as a fraction, before its name and as a rate of errors."""
    rows = project.rows(f"{project.evaluation()}/predictions.csv")
    right, n = sum(row["label"] == row["prediction"] for row in rows), len(rows)
    wrong = 100 * (n - right) / n
    told = f"Of the test pictures {100 * right / n:.1f} % accuracy was reached; the accuracy is {right}/{n}, the error rate on test is {wrong:.1f} %."
    project.set_section(7, "results", f"{project.sections(7)['results']}\n\n{told}")


@harmless("OK-49")
def a_card_that_lists_what_the_schema_has(project: Target) -> None:
    """A model card lists the classes of the schema in a table, and the README in a sentence."""
    rows = "".join(f"| {name} | as in the schema |\n" for name in project.classes)
    project.write({"MODEL_CARD.md": f"# Model card\n\n## Classes\n\n| class | meaning |\n|---|---|\n{rows}"})
    project.write({"README.md": project.read("README.md") + f"\nClasses: {', '.join(project.classes)}.\n"})
