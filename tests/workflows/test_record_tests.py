"""A version of every test set that changed, and of no other."""

from __future__ import annotations

from pathlib import Path

from mlscaffold.evidence import testsets
from mlscaffold.project import Project
from mlscaffold.workflows.record_tests import record_tests

HEAD = "path,digest,label,group,split\n"


def table(root: Path, source: str, **held: str) -> None:
    """A split table: digest letter → split."""
    path = root / f"data/splits/{source}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "".join(f"{source}/{d}.png,{d * 64},x,,{split}\n" for d, split in held.items()))


def test_a_version_comes_with_the_first_pictures_and_then_with_each_change(tmp_path: Path) -> None:
    assert record_tests(tmp_path) == ()
    table(tmp_path, "shop", a="train", b="test")
    (first,) = record_tests(tmp_path, who="Ada Byron", reason="  a first\n set ")
    assert (first.set, first.number, first.how, first.rows, first.who, first.reason) == (
        "test",
        1,
        "dealt",
        1,
        "Ada Byron",
        "a first set",
    )
    assert record_tests(tmp_path) == ()
    table(tmp_path, "shop", a="train", b="test", c="test", d="test-night")
    made = record_tests(tmp_path, how={"test": "extended", "test-night": "named"}, where="light=night", reason="more of it")
    assert [(v.set, v.number, v.how, v.rows, v.where) for v in made] == [
        ("test", 2, "extended", 2, "light=night"),
        ("test-night", 1, "named", 1, "light=night"),
    ]
    assert {name: v[-1].path for name, v in testsets.versions(Project(tmp_path)).items()} == {v.set: v.path for v in made}


def test_what_people_changed_is_a_version_by_hand_of_a_known_set_only(tmp_path: Path) -> None:
    table(tmp_path, "shop", a="test", b="test-night")
    assert {v.how for v in record_tests(tmp_path, how="by hand")} == {"dealt"}
    table(tmp_path, "shop", a="test", b="test")
    made = record_tests(tmp_path, how="by hand")
    assert [(v.set, v.number, v.how, v.rows) for v in made] == [("test", 2, "by hand", 2), ("test-night", 2, "by hand", 0)]


def test_labels_and_names_of_files_are_no_change(tmp_path: Path) -> None:
    table(tmp_path, "shop", a="test", b="train")
    record_tests(tmp_path)
    text = (tmp_path / "data/splits/shop.csv").read_text()
    (tmp_path / "data/splits/shop.csv").write_text(text.replace(",x,", ",y,").replace("shop/a.png", "shop/renamed.png"))
    assert record_tests(tmp_path) == ()


def test_a_set_keeps_the_selection_that_it_was_made_of(tmp_path: Path) -> None:
    table(tmp_path, "shop", a="test-night")
    record_tests(tmp_path, how={"test-night": "named"}, where="light=night")
    table(tmp_path, "shop", a="test-night", b="test-night")
    assert [v.where for v in record_tests(tmp_path)] == ["light=night"]


def test_two_branches_that_bring_different_sources_merge_without_a_conflict(tmp_path: Path) -> None:
    table(tmp_path, "shop", a="test")
    record_tests(tmp_path)
    table(tmp_path, "belt", b="test")
    (mine,) = record_tests(tmp_path)
    (tmp_path / "data/splits/belt.csv").unlink()
    (tmp_path / mine.path).rename(tmp_path / "mine")
    table(tmp_path, "web", c="test")
    (theirs,) = record_tests(tmp_path)
    assert mine.number == theirs.number == 2 and mine.path != theirs.path
    table(tmp_path, "belt", b="test")  # the merge
    (tmp_path / "mine").rename(tmp_path / mine.path)
    (merged,) = record_tests(tmp_path)
    assert (merged.number, merged.how, merged.rows) == (3, "merged", 3)
