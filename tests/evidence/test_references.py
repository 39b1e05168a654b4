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
        ("https://ar5iv.labs.arxiv.org/html/1512.03385", "1512.03385"), ("<https://arxiv.org/abs/1512.03385>", "1512.03385"),
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
        "https://www.doi.org/10.1109/5.726791",
        "https://doi.org/10.1109%2F5.726791",
        "https://doi.org/10.1109/5.726791?utm_source=mail",
        "<https://doi.org/10.1109/5.726791>",
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


def test_old_dois_keep_their_signs() -> None:
    old = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
    assert references.doi(old) == old.lower() == references.doi(f"https://doi.org/{old}")


def test_parts_that_bibtex_joins_are_joined() -> None:
    text = '@string{a="IEEE"}\n@article{x, title="A" # " B", journal=a # " Trans.", author={C, D}, year=2001, month=jun}\n'
    (work,) = references.bibtex(text, "a.bib")
    assert (work.title, work.fields["journal"], work.fields["month"]) == ("A B", "IEEE Trans.", "jun")


def test_a_missing_comma_is_told_not_swallowed() -> None:
    with pytest.raises(Broken, match=r"a\.bib:2: x has no comma before author"):
        references.bibtex("\n@article{x, title={A} author={B}, year={2001}}\n", "a.bib")
    (work,) = references.bibtex("@article{x, title={On year = {2001} and more}, author={B}}\n", "a.bib")
    assert work.fields["author"] == "B"


def test_keys_that_bibtex_cannot_hold_are_mended() -> None:
    (work,) = references.bibtex("@article{He et al. 2016, title={Deep}, author={He}, year={2016}}\n", "a.bib")
    text = references.render(work, references.make_key(work, set()))
    assert text.startswith("@article{Heetal.2016,") and literature.read(text).distinct == 1


def test_what_biblatex_and_proceedings_say_otherwise_is_not_missing() -> None:
    works = references.bibtex(
        "@online{a, title={A}, author={B}, date={2017-12-06}}\n@inproceedings{c, title={C}, author={D}, crossref={e}}\n"
        "@proceedings{e, title={E}, editor={F}, year={2010}}\n", "a.bib"
    )  # fmt: skip
    assert [work.missing for work in works] == [(), (), ()]
