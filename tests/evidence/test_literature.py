from __future__ import annotations

import pytest

from mlscaffold.evidence import literature

SECTION = """- He et al.: Deep residual learning for image recognition, 2016, arXiv:1512.03385. Where depth pays.
- Barz, Denzler: Do we train on test data?, 2020, doi:10.3390/jimaging6060041.
"""
BIB = """@inproceedings{he, title = {Deep Residual Learning for Image Recognition}, year = {2016}, doi = {10.1109/CVPR.2016.90}}
@article{barz, title = {Do We Train on Test Data?}, doi = {10.3390/JIMAGING6060041}}
@misc{other, title = {Another Work of Theirs}, year = {2021}}
"""


def test_a_work_counts_once_by_whatever_it_is_named() -> None:
    both = (*literature.read(SECTION).entries, *literature.read(BIB).entries)
    assert len(both) == 5 and literature.works(both) == 3
    assert literature.read(BIB).distinct == 3


def test_equal_titles_with_other_identifiers_are_other_works() -> None:
    text = "@misc{a, title={Editorial of the journal}, doi={10.1234/a}}\n@misc{b, title={Editorial of the journal}, doi={10.1234/b}}\n"
    assert literature.read(text).distinct == 2


def test_an_equals_sign_in_a_value_begins_no_field() -> None:
    text = '@misc{a, title = "One \\"o {=}", url = {https://x.example/?year=1999&title=No}, year = 2020}\n'
    (entry,) = literature.read(text).entries
    assert entry.year == 2020 and entry.title.startswith("One")


NUMBERED = [f"Author {n}, Title number {n} of a study, Venue, {2010 + n}." for n in range(1, 7)]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"[{n}] {work}" for n, work in enumerate(NUMBERED, 1)),
        "\n".join(f"[{n}] {work}" for n, work in enumerate(NUMBERED, 1)),
        "See what is known.[^1][^2]\n" + " ".join(f"[^{n}]: {work}" for n, work in enumerate(NUMBERED, 1)),
        " ".join(f"[{n}]: https://arxiv.org/abs/1512.0338{n}" for n in range(1, 7)),
    ],
)
def test_numbered_works_in_one_paragraph_are_as_many(text: str) -> None:
    assert literature.read(text).distinct == 6


def test_numbers_in_a_sentence_are_citations() -> None:
    assert literature.read("As [1] and [2] say of 2016, depth pays (see [3]).").distinct == 1


def test_a_year_may_end_a_sentence() -> None:
    (entry,) = literature.read("- LeCun, Gradient-based learning, 1998.").entries
    assert entry.year == 1998 and entry.findable
    (entry,) = literature.read("- Version 2016.3 of the tool").entries
    assert entry.year is None
