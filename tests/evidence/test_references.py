from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken, literature, references

RIS = """TY  - JOUR
AU  - Öztürk, Käthe
AU  - 王, 小明
TI  - Über die Sortierung von Blumen & Früchten
PY  - 2021/03
JO  - Zeitschrift für Blumen
DO  - https://doi.org/10.1234/ZB.2021.5
UR  - https://x.example/a?b=1&year=1999
ER  -
"""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1512.03385", "1512.03385"), ("arXiv:1512.03385v2", "1512.03385"), ("https://arxiv.org/abs/1512.03385v1", "1512.03385"),
        ("http://arxiv.org/pdf/1512.03385.pdf", "1512.03385"), ("https://arxiv.org/html/2503.00001v3#S2", "2503.00001"),
        ("cs/9901001", "cs/9901001"), ("10.48550/arXiv.1706.03762", "1706.03762"), ("https://doi.org/10.48550/arXiv.1706.03762", "1706.03762"),
        ("1513.03385", ""), ("10.1109/5.726791", ""), ("paper.bib", ""),
    ],
)  # fmt: skip
def test_arxiv_numbers_in_every_form(text: str, number: str) -> None:
    assert references.arxiv_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "10.1109/5.726791",
        "doi:10.1109/5.726791",
        "https://doi.org/10.1109/5.726791",
        "DOI 10.1109/5.726791",
        "dx.doi.org/10.1109/5.726791.",
    ],
)
def test_dois_in_every_form(text: str) -> None:
    assert references.doi(text) == "10.1109/5.726791"
    assert references.doi("10.48550/arXiv.1706.03762") == ""


def test_ris_becomes_bibtex_that_our_reader_understands() -> None:
    (work,) = references.parse(RIS, "a.ris")
    key = references.make_key(work, set())
    assert key == "ozturk2021sortierung"
    text = references.render(work, key)
    assert "author = {Öztürk, Käthe and 王, 小明}" in text and r"Blumen \& Früchten" in text
    (entry,) = literature.read(text).entries
    assert (entry.doi, entry.year) == ("10.1234/zb.2021.5", 2021)
    assert references.bibtex(text, "b.bib")[0].fields == work.fields


def test_bibtex_keeps_what_it_says_and_broken_one_is_told_with_its_line() -> None:
    text = (
        '@string{v = "NeurIPS"}\n@inproceedings{he, title={Deep {R}esidual}, author="He, K.", year=2016, booktitle=v, note={x}}\n'
    )
    (work,) = references.parse(text, "a.bib")
    assert (work.kind, work.key, work.title) == ("inproceedings", "he", "Deep Residual")
    assert work.fields["booktitle"] == "NeurIPS" and work.fields["note"] == "x"
    with pytest.raises(Broken, match=r"a\.bib:3: is no complete BibTeX"):
        references.parse(text + "@article{x, title={open\n", "a.bib")
    with pytest.raises(Broken, match="two entries of one key"):
        references.parse(text + text.splitlines()[1], "a.bib")
    for nothing in ("", "just a sentence", "TY  - JOUR\n"):
        with pytest.raises(Broken):
            references.parse(nothing, "a")


def test_keys_are_free_and_readable() -> None:
    work = references.told("1512.03385", title="The Deep one", author="Kaiming He; Xiangyu Zhang", year="2016")
    assert work.fields["author"] == "Kaiming He and Xiangyu Zhang"
    assert references.make_key(work, set()) == "he2016deep"
    assert references.make_key(work, {"he2016deep", "he2016deepa"}) == "he2016deepb"
    assert references.make_key(references.told("10.1/x"), set()) == "work"
    assert references.make_key(references.told("10.1234/x"), set()) == "10-1234-x"
