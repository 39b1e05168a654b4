from __future__ import annotations

import io

import pytest

from mlscaffold.errors import UsageError
from mlscaffold.evidence import documents
from mlscaffold.project import Missing
from mlscaffold.workflows.export_documents import STAGES, document_names, export
from tests.conftest import Sandbox
from tests.prose.samples import GERMAN, picture

HALF = """# The problem

> ✎ Guidance stands in quotations.

## Problem owner
<!-- section: owner -->

> ✎ A name.

Ada Byron

## Problem statement
<!-- section: problem-statement -->

> ✎ What hurts.
"""


def test_each_stage_with_a_document_has_one_name() -> None:
    assert STAGES == {"problem": "01-problem", "research": "02-research", "evaluation": "07-evaluation"}
    assert document_names("7") == ("07-evaluation",) and len(document_names("all")) == 3
    with pytest.raises(UsageError, match="no document"):
        document_names("model")


@pytest.mark.parametrize("format_", ["docx", "pdf"])
def test_guidance_goes_where_something_is_written(empty: Sandbox, format_: str) -> None:
    empty.write({"docs/01-problem.md": HALF})
    done = export(empty.open(), "01-problem", format_)
    found = documents.read(done.data, f"a.{format_}")
    assert [s.anchors for s in found.sections] == [(), ("owner",), ("problem-statement",)]
    assert [s.guidance for s in found.sections] == ["", "", "✎ What hurts."]
    assert [s.text for s in found.sections] == ["", "Ada Byron", ""]


def test_a_word_document_becomes_a_pdf_and_a_pdf_nothing(empty: Sandbox) -> None:
    empty.write({"docs/01-problem.md": GERMAN, "docs/pictures/bar.png": picture()})
    word = export(empty.open(), "01-problem", "docx").data
    empty.remove("docs/01-problem.md")
    empty.write({"docs/01-problem.docx": word})
    done = export(empty.open(), "01-problem", "pdf")
    assert done.source == "docs/01-problem.docx"
    assert documents.read(done.data, "a.pdf").sections[1].anchors == ("owner",)
    empty.remove("docs/01-problem.docx")
    empty.write({"docs/01-problem.pdf": done.data})
    with pytest.raises(UsageError, match="is a PDF already"):
        export(empty.open(), "01-problem", "docx")
    empty.remove("docs/01-problem.pdf")
    with pytest.raises(Missing):
        export(empty.open(), "01-problem", "docx")


def test_pictures_of_a_format_that_office_does_not_hold(empty: Sandbox) -> None:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGBA", (4, 4)).save(stream, "WEBP")
    empty.write(
        {
            "docs/a.webp": stream.getvalue(),
            "docs/b.svg": "<svg/>",
            "docs/02-research.md": "## Hardware\n\n![a](a.webp) ![b](b.svg) two laptops\n",
        }
    )
    done = export(empty.open(), "02-research", "docx")
    assert done.notes == ("the picture b.svg cannot be embedded, its name stands in its place",)
    assert len(documents.read(done.data, "a.docx").sections[0].pictures) == 1
