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


@pytest.mark.parametrize("who", ["me", "We", "ich", "我们", "myself"])
def test_collected_by_nobody_who_is_known_in_a_year(project: Sandbox, who: str) -> None:
    project.replace(FILE, "Ada Byron", who)
    said(project.check(CHECK), "fail", 'source "belt" (420 pictures) has no collected_by', FILE)


@pytest.mark.parametrize("day", ["2131-05-01", "from 2024-01 to 2131-02", "2131"])
def test_collected_in_the_future(project: Sandbox, day: str) -> None:
    project.replace(FILE, "from 2026-10-05 to 2026-10-08", day)
    said(project.check(CHECK), "fail", "was collected in the future: 2131", FILE)


@pytest.mark.parametrize("day", ["2019", "May 2020", "2020-03 to 2021-07-09", "DSC20990 to DSC21310", "since 2018, weekly"])
def test_days_that_have_been(project: Sandbox, day: str) -> None:
    project.replace(FILE, "from 2026-10-05 to 2026-10-08", day)
    assert project.check(CHECK) == []
