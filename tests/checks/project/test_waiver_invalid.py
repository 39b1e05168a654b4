from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlscaffold.stages import all_stages
from mlscaffold.writing import write_toml
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, FILE = "project.waiver-invalid", ".mlscaffold/waivers/collection.manifest-differs.toml"


def waive(project: Sandbox, **changes: object) -> None:
    table = {
        "schema": 1, "check": "collection.manifest-differs", "reason": "the lens was cleaned, new pictures follow",
        "owner": "Ada Byron",
        "until": date.today() + timedelta(days=30),
    }  # fmt: skip
    write_toml(project.root / FILE, {k: v for k, v in (table | changes).items() if v is not None})


def test_a_reasoned_waiver_passes(project: Sandbox) -> None:
    waive(project)
    assert project.check(CHECK) == []


def test_no_waiver_passes(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"check": "*"}, "one check is to be named"),
        ({"check": "collection.*"}, "one check is to be named"),
        ({"check": "collection.manifest-difers"}, "is collection.manifest-differs meant?"),
        ({"until": date(2020, 2, 28)}, "it expired on 2020-02-28"),
        ({"until": None}, "no date of its end"),
        ({"until": "soon"}, "'soon' is no date"),
        ({"reason": ""}, "it gives no reason"),
        ({"reason": "later"}, 'its reason is "later"'),
        ({"owner": None}, "it has no owner"),
        ({"reason": "will be decided later"}, 'its reason is "will be decided later"'),
        ({"reason": "ok ok ok ok"}, 'its reason is "ok ok ok ok"'),
        ({"check": "project.waiver-invalid"}, "it guards the waivers themselves"),
        ({"check": "collection.statistics-differ"}, "its file is named for collection.manifest-differs"),
    ],
)
def test_a_waiver_that_does_not_hold(project: Sandbox, changes: dict[str, object], words: str) -> None:
    waive(project, **changes)
    said(project.check(CHECK), "fail", words, FILE)


def test_a_waiver_for_ages_is_a_warning(project: Sandbox) -> None:
    waive(project, until=date.today() + timedelta(days=4000))
    said(project.check(CHECK), "warn", "more than a year")


def test_a_stage_skipped_with_a_reason(project: Sandbox) -> None:
    skip = {"schema": 1, "stage": "conversion", "reason": "no mobile target is wanted"}
    write_toml(project.root / ".mlscaffold/skips/conversion.toml", skip)
    assert project.check(CHECK) == []
    write_toml(project.root / ".mlscaffold/skips/conversion.toml", skip | {"stage": "conversions", "reason": "-"})
    said(project.check(CHECK), "fail", "no stage is named 'conversions'", "its reason")


def test_an_owner_whom_nobody_knows_is_a_warning(project: Sandbox) -> None:
    waive(project, owner="Bob Stranger")
    said(project.check(CHECK), "warn", "its owner, Bob Stranger, is not in the team of mlscaffold.toml")
    waive(project, owner="ada byron <ada@flowers.example>")
    assert project.check(CHECK) == []
    skip = {"schema": 1, "stage": "conversion", "reason": "no mobile target is wanted", "owner": "Bob Stranger"}
    write_toml(project.root / ".mlscaffold/skips/conversion.toml", skip)
    said(project.check(CHECK), "warn", "skip of stage `conversion`: its owner, Bob Stranger")


def test_hardly_a_stage_is_left(project: Sandbox) -> None:
    for stage in all_stages()[:6]:
        record = {"schema": 1, "stage": stage.slug, "reason": "nobody needs it for the trial", "owner": "Ada Byron"}
        write_toml(project.root / f".mlscaffold/skips/{stage.slug}.toml", record)
    said(project.check(CHECK), "warn", "6 of 10 stages are skipped")


def test_a_reason_in_another_language(project: Sandbox) -> None:
    waive(project, reason="客户要求在新数据到达之前暂时接受这个差异")
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    "reason",
    [
        "because we said so",
        "see above please",
        "no reason given",
        "asdf asdf qwer",
        "it is fine",
        "will be fixed later",
        "weil es so ist",
    ],
)
def test_words_that_fit_anything_are_no_reason(project: Sandbox, reason: str) -> None:
    waive(project, reason=reason)
    assert f'its reason is "{reason}"' in project.check(CHECK)[0].message


@pytest.mark.parametrize("reason", ["Messe im Mai", "客户希望展会前上线", "Grace writes it", "ticket 4711 waits for legal"])
def test_few_words_may_say_enough(project: Sandbox, reason: str) -> None:
    waive(project, reason=reason)
    assert project.check(CHECK) == []


def test_a_waiver_that_is_put_off_again_and_again(project: Sandbox) -> None:
    for weeks in (4, 8, 12):
        waive(project, until=date.today() + timedelta(weeks=weeks))
        project.commit("a little longer")
    assert project.check(CHECK) == []
    waive(project, until=date.today() + timedelta(weeks=16))
    project.commit("and longer")
    said(project.check(CHECK), "warn", "was put off 3 times since")
    waive(project, until=date.today() + timedelta(weeks=2))  # shortened, not put off
    project.commit("decided")
    said(project.check(CHECK), "warn", "was put off 3 times since")
