# ruff: noqa: ANN401 (python-docx comes without types)
"""`docs`: documents go out as Word and PDF and come back, with their numbers, pictures and decisions."""

from __future__ import annotations

import io
import tomllib
import zipfile
from collections.abc import Callable
from typing import Any

import pypdf
import pytest

from mlscaffold.evidence.fingerprints import fingerprint
from tests.cli.command import ends, one_error, run, snapshot, terminal
from tests.conftest import Sandbox
from tests.prose.samples import CHINESE, GERMAN, picture

pytestmark = pytest.mark.story

NAMES = ("01-problem", "02-research", "07-evaluation")


def word(build: Callable[[Any], object]) -> bytes:
    import docx

    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def table(document: Any, *rows: tuple[str, ...]) -> None:
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def analysts(*rows: tuple[str, ...]) -> bytes:
    """The problem as an analyst writes it in Word, without any bookmark."""

    def build(document: Any) -> None:
        document.add_paragraph("Flower sorter", style="Title")
        document.add_heading("1. Problem owner", 1)
        document.add_paragraph("Ada Byron, ada@flowers.example")
        document.add_heading("2. The problem", 1)
        document.add_paragraph("Forty flowers a day go into the wrong bucket, and each costs two euros.")
        document.add_heading("3. Ideal solution", 1)
        document.add_paragraph("A florist holds the flower before the camera.").add_run().add_picture(io.BytesIO(picture()))
        document.add_heading("4. Understanding and insight", 1)
        document.add_paragraph("On Monday Bo sorted 200 tulips under the lamp.", style="List Bullet")
        document.add_heading("5. Technical requirements", 1)
        table(document, ("Metric", "Class", "At least", "At most", "Device"), *rows)

    return word(build)


ROWS = (("Accuracy", "", "0.95", "", ""), ("Recall", "Rose", "75 %", "", ""), ("Latency", "", "", "50 ms", "Pixel 8"))


@pytest.mark.parametrize("format_", ["docx", "pdf"])
def test_all_documents_go_out_and_are_read_back_with_the_same_sections(project: Sandbox, format_: str) -> None:
    before = {name: fingerprint(project.open(), f"docs/{name}.*") for name in NAMES}
    done = run(project.root, "docs", "export", "--format", format_, "--output", "out/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Wrote out/") == 3
    for name in NAMES:
        project.copy(f"out/{name}.{format_}", f"docs/{name}.{format_}")
        project.remove(f"docs/{name}.md")
        same = fingerprint(project.open(), f"docs/{name}.*") == before[name]
        assert same or (format_ == "pdf" and name == "01-problem")  # it holds a table, which has no cells in a PDF
    for check in (
        "problem.section-missing",
        "problem.owner-unnamed",
        "problem.contradiction",
        "research.section-missing",
        "evaluation.failure-cases-missing",
    ):
        assert project.check(check) == []


def test_one_document_by_stage_number_file_and_language(project: Sandbox) -> None:
    project.write({"docs/01-problem.md": CHINESE, "docs/pictures/bar.png": picture()})
    done = run(project.root, "docs", "export", "1", "--format", "pdf", "--output", "send/问题.pdf")
    assert done.returncode == 0, done.stderr
    assert "员工把花放到相机前面" in pypdf.PdfReader(project.root / "send/问题.pdf").pages[0].extract_text()
    project.write({"docs/01-problem.md": GERMAN})
    assert run(project.root, "docs", "export", "problem").returncode == 0
    with zipfile.ZipFile(project.root / "01-problem.docx") as archive:
        assert [name for name in archive.namelist() if name.startswith("word/media")] == ["word/media/image1.png"]
    one_error(
        run(project.root, "docs", "export", "training"), "Stage training has no document", "problem, research, evaluation", code=2
    )
    one_error(run(project.root, "docs", "export", "--output", "one.docx"), "3 documents", "--output FOLDER", code=2)
    one_error(run(project.root, "docs", "export", "problem", "--output", "docs/x/y/", "--format", "odt"), "docx", code=2)


def test_pictures_that_are_absent_outside_or_not_wanted(project: Sandbox) -> None:
    project.write(
        {"docs/01-problem.md": "## Owner\n\nAda ![a](../../../etc/x.png) ![b](pictures/none.png) ![c](pictures/in.png)\n"}
    )
    project.write({"docs/pictures/in.png": picture()})
    done = run(project.root, "docs", "export", "problem")
    assert done.stdout.count("cannot be embedded") == 2
    project.replace("mlscaffold.toml", 'pictures = "embed"', 'pictures = "none"')
    done = run(project.root, "docs", "export", "problem", "--format", "pdf")
    assert '3 pictures are left out: mlscaffold.toml says pictures = "none"' in done.stdout


def test_a_form_goes_out_while_nothing_is_written(tmp_path: Any) -> None:
    assert run(tmp_path, "new", "sorter", "--no-input").returncode == 0
    done = run(tmp_path / "sorter", "docs", "export", "problem")
    assert done.returncode == 0, done.stderr
    import docx

    words = [p.text for p in docx.Document(str(tmp_path / "sorter/01-problem.docx")).paragraphs]
    assert any(text.startswith("✎ What hurts") for text in words)


def test_an_analysts_word_file_becomes_the_document_and_the_numbers(project: Sandbox) -> None:
    project.remove("docs/01-problem.md")
    project.write({"problem-final.docx": analysts(*ROWS)})
    before = snapshot(project.root)
    refused = run(project.root, "docs", "import", "problem-final.docx")
    one_error(
        refused,
        "differs from the document in 1 of its numbers",
        "accuracy ≥ 0.85 on test; the document asks ≥ 0.95",
        "--yes",
        "--keep",
    )
    assert snapshot(project.root) == before
    done = run(project.root, "docs", "import", "problem-final.docx", "--yes")
    assert done.returncode == 0, done.stderr
    text = project.read("docs/01-problem.md")
    assert text.startswith("# Flower sorter\n\n## 1. Problem owner\n<!-- section: owner -->\n")
    assert "| Recall | Rose | 75 % |  |  |" in text and "![](pictures/01-problem-" in text
    (shown,) = project.root.glob("docs/pictures/01-problem-*.png")
    assert shown.read_bytes() == picture()
    thresholds = tomllib.loads(project.read("acceptance.toml"))["thresholds"]
    assert thresholds == [
        {"metric": "accuracy", "min": 0.95},
        {"metric": "recall", "class": "rose", "min": 0.75},
        {"metric": "latency_p95_ms", "device": "Pixel 8", "max": 50},
    ]
    assert "accuracy ≥ 0.85 on test, now ≥ 0.95" in done.stdout and "new, latency_p95_ms ≤ 50 on Pixel 8" in done.stdout
    assert project.check("problem.contradiction") == [] and project.check("problem.metric-unmeasurable") == []
    again = run(project.root, "docs", "import", "problem-final.docx", "--replace")
    assert again.returncode == 0 and "says that already" in again.stdout


def test_keep_leaves_the_numbers_and_says_what_the_document_asks(project: Sandbox) -> None:
    project.remove("docs/01-problem.md")
    project.write({"in.docx": analysts(*ROWS[:2], ("Accuracy", "", "high", "", ""))})
    done = run(project.root, "docs", "import", "in.docx", "--keep")
    assert done.returncode == 0, done.stderr
    assert "kept accuracy ≥ 0.85 on test; the document asks ≥ 0.95" in done.stdout
    assert 'not understood in the requirements: Accuracy | high ("high" is no number)' in done.stdout
    assert tomllib.loads(project.read("acceptance.toml"))["thresholds"][0]["min"] == 0.85
    one_error(run(project.root, "docs", "import", "in.docx", "--keep", "--yes"), "exclude each other", code=2)


def test_in_a_terminal_each_difference_is_asked(project: Sandbox) -> None:
    project.remove("docs/01-problem.md")
    project.write({"in.docx": analysts(("Accuracy", "", "0.95", "", ""), ("Recall", "Rose", "0.8", "", ""))})
    child = terminal(project.root, "docs", "import", "in.docx")
    child.expect("accuracy ≥ 0.85 on test; the document asks ≥ 0.95")
    child.sendline("y")
    child.expect("recall of rose ≥ 0.75 on test; the document asks ≥ 0.8")
    child.sendline("n")
    child.expect("Next: mlscaffold check --stage problem")
    assert ends(child) == 0
    assert [t["min"] for t in tomllib.loads(project.read("acceptance.toml"))["thresholds"]] == [0.95, 0.75]


def test_an_interrupt_at_the_question_changes_nothing(project: Sandbox) -> None:
    project.remove("docs/01-problem.md")
    project.write({"in.docx": analysts(*ROWS)})
    before = snapshot(project.root)
    child = terminal(project.root, "docs", "import", "in.docx")
    child.expect("the document asks ≥ 0.95")
    child.sendintr()
    assert ends(child) in (1, 130)
    assert snapshot(project.root) == before


def test_what_somebody_wrote_is_not_written_over(project: Sandbox) -> None:
    assert run(project.root, "docs", "export", "all").returncode == 0
    before = snapshot(project.root)
    one_error(run(project.root, "docs", "import", "02-research.docx"), "docs/02-research.md is there", "--replace")
    assert snapshot(project.root) == before
    done = run(project.root, "docs", "import", "02-research.docx", "--replace")
    assert done.returncode == 0, done.stderr
    assert project.check("research.section-missing") == []
    project.copy("02-research.docx", "docs/02-research.docx")
    project.remove("docs/02-research.md")
    one_error(run(project.root, "docs", "import", "docs/02-research.docx"), "docs/02-research.docx is there")
    done = run(project.root, "docs", "import", "docs/02-research.docx", "--replace")
    assert "docs/02-research.docx is still there" in done.stdout


def test_the_stage_is_told_by_name_by_headings_or_by_option(project: Sandbox) -> None:
    project.write({"letter.docx": word(lambda d: d.add_heading("Greetings", 1))})
    one_error(run(project.root, "docs", "import", "letter.docx"), "cannot be told which stage", "--stage problem", code=2)
    project.remove("docs/07-evaluation.md")
    done = run(project.root, "docs", "import", "letter.docx", "--stage", "7")
    assert done.returncode == 0 and "not found: results, failure-cases, remedies" in done.stdout


def test_files_that_are_no_word_document_are_told_in_words(project: Sandbox) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", b"\0" * (260 * 2**20))
    good = analysts(*ROWS)
    files = {
        "bomb.docx": (bomb.getvalue(), "would unpack to 260 MB"),
        "locked.docx": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
        "text.docx": (b"hello", "no Word document"),
        "half.docx": (good[: len(good) // 2], "no Word document"),
    }
    before = snapshot(project.root)
    for name, (data, words) in files.items():
        project.write({name: data})
        one_error(run(project.root, "docs", "import", name, "--stage", "problem"), name, words)
        project.remove(name)
    one_error(run(project.root, "docs", "import", "no.docx"), "no.docx is not there", code=2)
    one_error(run(project.root, "docs", "import", "docs"), "is a folder", code=2)
    project.write({"a.pdf": b"%PDF-1.7"})
    one_error(run(project.root, "docs", "import", "a.pdf"), "is a PDF, which has no structure", code=2)
    project.remove("a.pdf")
    assert snapshot(project.root) == before


def test_when_one_file_cannot_be_written_nothing_is(project: Sandbox) -> None:
    project.remove("docs/01-problem.md")
    project.write({"in.docx": analysts(*ROWS)})
    before = snapshot(project.root)
    broken = (
        "import mlscaffold.workflows.import_document as w\nreal = w.write_bytes\n"
        "def fail(path, data):\n    if path.name == 'acceptance.toml': raise OSError(28, 'No space left', str(path))\n    real(path, data)\n"
        "w.write_bytes = fail"
    )
    done = run(project.root, "docs", "import", "in.docx", "--yes", before=broken)
    one_error(done, "the disk is full")
    assert snapshot(project.root) == before
