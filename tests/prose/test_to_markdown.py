from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.prose import from_markdown, to_markdown
from mlscaffold.prose.tree import Block, Break, Code, Heading, Item, Listing, Paragraph, Picture, Prose, Quote, Span, Table, plain

SIGNS = st.text(alphabet='abc Ä花，。*_`[]()<>!#|~\\&;:.-+=1~"', min_size=1, max_size=30)


def written(*blocks: Block) -> str:
    return to_markdown.render(Prose(blocks)).decode()


def read(text: str) -> tuple[Block, ...]:
    return from_markdown.read(text.encode(), "a.md").blocks


@settings(max_examples=150, deadline=None)
@given(SIGNS)
def test_no_sign_of_a_text_becomes_a_mark(text: str) -> None:
    words = " ".join(text.split())
    found = read(written(Paragraph((Span(words),)))) if words else ()
    assert "".join(plain(b.inlines) for b in found if isinstance(b, Paragraph)) == words
    assert len(found) == bool(words)


@settings(max_examples=100, deadline=None)
@given(SIGNS)
def test_a_cell_holds_any_text(text: str) -> None:
    words = " ".join(text.split())
    (table,) = read(written(Table((((Span("head"),), (Span("second"),)), ((Span(words),), (Span("end"),))))))
    assert isinstance(table, Table)
    assert [plain(cell) for cell in table.rows[1]] == [words, "end"]


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ((Span("a "), Span("b ", bold=True), Span("c")), "a **b** c"),
        ((Span("one", bold=True), Span(" two", bold=True, italic=True), Span(".")), "**one *two***."),
        ((Span("注意：", bold=True), Span("后面")), "**注意**：后面"),
        ((Span("x"), Span("(y)", bold=True), Span("z")), "x(**y**)z"),
        ((Span("a `b`", code=True),), "`` a `b` ``"),
        ((Span("the page", link="https://a.example/b c"),), "[the page](<https://a.example/b c>)"),
        ((Span("https://a.example", link="https://a.example"),), "https://a.example"),
        ((Span("ada@a.example", link="mailto:ada@a.example"),), "<ada@a.example>"),
        ((Span("old", strike=True), Break(), Span("new")), "~~old~~\\\nnew"),
        ((Picture("a bar", "pictures/b.png"),), "![a bar](pictures/b.png)"),
        ((Span("# no heading"),), "\\# no heading"),
        ((Span("1. no item"),), "1\\. no item"),
    ],
)
def test_a_line(spans: tuple[Span, ...], text: str) -> None:
    assert written(Paragraph(spans)) == text + "\n"


def test_lists_quotations_and_code() -> None:
    inner = Listing((Item((Paragraph((Span("deep"),)),)),))
    first = Listing((Item((Paragraph((Span("one"),)), inner)), Item((Paragraph((Span("two"),)),), ticked=True)))
    second = Listing((Item((Paragraph((Span("three"),)),)),), ordered=True, start=3)
    text = written(
        Heading(2, (Span("Head"),), ("owner",)), first, second, Quote((Paragraph((Span("said"),)),)), Code("x = '```'", "py")
    )
    assert text == (
        "## Head\n<!-- section: owner -->\n\n- one\n  - deep\n- [x] two\n\n<!-- -->\n\n3. three\n\n> said\n\n````py\nx = '```'\n````\n"
    )
    assert written(*read(text)) == text
