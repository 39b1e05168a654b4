from __future__ import annotations

import io

import pypdf
import pytest

from mlscaffold.prose import fonts, from_markdown, to_pdf
from mlscaffold.prose.lines import broken
from mlscaffold.prose.tree import Block, Code, Heading, Paragraph, Picture, Prose, Span, Table
from tests.prose.samples import CHINESE, GERMAN, load, picture


def opened(*blocks: Block) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(to_pdf.render(Prose(blocks))[0]))


def text(reader: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def test_an_outline_and_the_anchors_as_destinations() -> None:
    data, _ = to_pdf.render(from_markdown.read(GERMAN.encode(), "a.md", load=load), author="flower-sorter")
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.metadata and (reader.metadata.title, reader.metadata.author) == ("Der Blumensortierer", "flower-sorter")
    assert sorted(reader.named_destinations)[:2] == ["/ideal-solution", "/owner"]
    assert [str(entry.title) for entry in reader.outline[1]][:2] == ["Problemeigner", "Problemstellung"]  # type: ignore[union-attr]
    links = [a.get_object()["/A"]["/URI"] for page in reader.pages for a in page.get("/Annots", ())]
    assert "https://example.org/frei" in links
    assert data == to_pdf.render(from_markdown.read(GERMAN.encode(), "a.md", load=load), author="flower-sorter")[0]


def test_german_and_chinese_come_out_right(monkeypatch: pytest.MonkeyPatch) -> None:
    german = to_pdf.render(from_markdown.read(GERMAN.encode(), "a.md"))[0]
    assert "Überlange Wörter wie Donaudampfschifffahrtsgesellschaftskapitänsmütze" in text(pypdf.PdfReader(io.BytesIO(german)))
    data, _ = to_pdf.render(from_markdown.read(CHINESE.encode(), "a.md"))
    assert "王小明，分拣车间主任，工作日上午可以联系（电话 12345）。" in text(pypdf.PdfReader(io.BytesIO(data)))


def test_without_a_chinese_font_here_the_readers_is_used_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.prepare, "__defaults__", ((),))
    data, notes = to_pdf.render(from_markdown.read(CHINESE.encode(), "a.md"))
    assert len(notes) == 1 and "no Chinese font is on this machine" in notes[0] and "STSong-Light" in notes[0]
    assert "员工把花放到相机前面" in text(pypdf.PdfReader(io.BytesIO(data)))


def test_signs_that_no_font_holds_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.prepare, "__defaults__", ((),))
    _, notes = to_pdf.render(Prose((Paragraph((Span("a 𓀀 b"),)),)))
    assert notes == ("no font here has 1 of the signs: 𓀀",)


def test_long_tables_words_code_and_pictures_find_room() -> None:
    cell = (Span("word " * 60),)
    table = Table(
        (((Span("head"),), (Span("other"),)), *[(cell, (Span(f"row {n}"),)) for n in range(40)], ((Span("end " * 4000),), ()))
    )
    wide = Picture("wide", "", picture(), width=90.0)
    reader = opened(
        Heading(3, (Span("Deep first"),)),
        table,
        Paragraph((Span("x" * 400),)),
        Code("\n".join(f"line {n}" for n in range(200))),
        Paragraph((wide,)),
    )
    found = text(reader)
    assert "row 39" in found and "line 199" in found and len(reader.pages) > 8
    assert found.count("x") >= 400
    assert found.count("head") > 2  # on every page of the table


@pytest.mark.parametrize(
    "line", ["我们每天用手工分拣大约九百枝花，其中大约四十枝会放错桶。" * 4, "Wörter und Wörter, dann MobileNetV3-Small. " * 8]
)
def test_lines_end_between_words_or_chinese_signs(line: str) -> None:
    held = fonts.prepare(line, ())
    lines = ["".join(piece.text for piece in found) for found in broken((Span(line),), held, size=10, wide=150)]
    assert len(lines) > 3
    assert not [found for found in lines if found[0] in "，。 "]
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert all(word in line.split() for found in lines for word in found.split()) or "花" in line


def test_a_broken_font_file_is_passed_over(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fonts")
    (folder / "NotoSansSC-Regular.ttf").write_bytes(b"no font")
    assert fonts.prepare("花", (str(folder),)).eastern == "STSong-Light"
