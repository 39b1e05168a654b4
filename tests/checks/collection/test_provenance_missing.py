from __future__ import annotations

import pytest

from tests.checks.collection.test_annotations import without_pictures
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "collection.provenance-missing", "data/raw/belt/source.toml"


def test_a_source_that_tells_all_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_collected_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "unknown",
        "Google Images",
        "TBD",
        "n/a",
        "?",
        "from the web",
        "licence unknown",
        "unknown (scraped)",
        "keine Lizenz",
        "probably free",
        "无许可",
        "Bing image search",
    ],
)
def test_no_licence(project: Sandbox, licence: str) -> None:
    without_pictures(project)
    project.replace(FILE, "own pictures, internal use", licence)
    said(project.check(CHECK), "fail", 'source "belt" (420 pictures) has no licence', FILE)


def test_no_file_at_all(project: Sandbox) -> None:
    project.remove(FILE)
    said(project.check(CHECK), "fail", 'source "belt" (420 pictures) says nothing', FILE)


def test_scraped_without_having_read_the_policy(project: Sandbox) -> None:
    project.replace(FILE, 'method = "own"', 'method = "scraped"')
    said(project.check(CHECK), "fail", "has no policy")


def test_pictures_in_no_source(project: Sandbox) -> None:
    project.write({"data/raw/loose.png": b"x"})
    said(project.check(CHECK), "fail", "1 picture directly in data/raw")


def test_an_unknown_method(project: Sandbox) -> None:
    project.replace(FILE, 'method = "own"', 'method = "scrapped"')
    said(project.check(CHECK), "fail", 'Is "scraped" meant?')


@pytest.mark.parametrize("licence", ["CC BY 4.0", "free (CC0)", "Google Open Images, CC BY 4.0", "by contract with the hall", "Public domain", "eigene Aufnahmen", "自有"])  # fmt: skip
def test_a_licence_in_whatever_words(project: Sandbox, licence: str) -> None:
    without_pictures(project)
    project.replace(FILE, "own pictures, internal use", licence)
    assert project.check(CHECK) == []
