from __future__ import annotations

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import literature, references
from mlscaffold.workflows.add_literature import FILE, Told, add
from tests.conftest import Sandbox

TWO = """@article{one, title={First work of a series}, author={A}, year={2020}, doi={10.1234/one}}
@misc{two, title={Second work of a series}, author={B}, year={2021}, eprint={2101.00001v2}, archiveprefix={arXiv}}
"""


def test_what_we_write_our_reader_and_the_library_read_alike(empty: Sandbox) -> None:
    empty.write({"a.bib": TWO})
    done = add(empty.open(), [str(empty.root / "a.bib")], told=Told())
    assert [key for key, _ in done.added] == ["one", "two"] and done.distinct == 2
    text = empty.read(FILE)
    ours, theirs = literature.read(text).entries, references.bibtex(text, FILE)
    assert [(e.title, e.doi, e.arxiv) for e in ours] == [(r.title, r.doi, r.arxiv) for r in theirs]


def test_within_one_call_a_work_is_added_once(empty: Sandbox) -> None:
    empty.write(
        {
            "a.bib": TWO,
            "b.bib": TWO.replace("{one,", "{uno,").replace("First work", "FIRST  {W}ork").replace(", doi={10.1234/one}", ""),
        }
    )
    done = add(empty.open(), [str(empty.root / "a.bib"), str(empty.root / "b.bib")], told=Told())
    assert len(done.added) == 2 and len(done.known) == 2


def test_a_key_that_is_taken_gets_a_letter(empty: Sandbox) -> None:
    empty.write({FILE: TWO, "c.bib": "@misc{ONE, title={A third thing altogether}, author={C}, year={2022}}"})
    done = add(empty.open(), [str(empty.root / "c.bib")], told=Told())
    assert done.added == [("ONEa", "A third thing altogether")]
    assert empty.read(FILE).startswith(TWO)


def test_an_identifier_goes_to_the_entry_that_lacks_it_whatever_stands_before(empty: Sandbox) -> None:
    before = "% a { comment\n\n" + TWO.replace("10.1234/one", "10.1234/ONE")
    empty.write({FILE: before})
    done = add(empty.open(), ["10.9999/two"], told=Told(title="Second Work of a Series"))
    assert done.merged == [f"two ({FILE}:4) has its DOI now"]
    assert empty.read(FILE) == before.replace("@misc{two,", "@misc{two,\n  doi = {10.9999/two},")
    assert add(empty.open(), ["https://doi.org/10.1234/one"], told=Told()).known == [f"one ({FILE}:3)"]


def test_an_entry_without_a_title_is_refused(empty: Sandbox) -> None:
    empty.write({"a.bib": "@misc{x, author={A}, year={2020}}"})
    with pytest.raises(ScaffoldError, match="has no title"):
        add(empty.open(), [str(empty.root / "a.bib")], told=Told())
    assert not (empty.root / FILE).exists()
