from __future__ import annotations

import hashlib

import pytest

from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions
from mlscaffold.model import State
from mlscaffold.reports import html, md
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.reopen import reopen
from mlscaffold.workflows.report import gather
from mlscaffold.workflows.round import start_round
from tests.conftest import Sandbox

WHY = "Grace found four classes on the belt, not three"


def test_a_reopened_stage_is_open_again_and_the_reason_stays(project: Sandbox) -> None:
    project.sign()
    signed = (project.root / ".mlscaffold/signoffs/01/03-collection.toml").read_bytes()
    path = reopen(project.open(), "3", reason=WHY, who="Ada Byron")
    assert path == ".mlscaffold/reopened/01-03-collection-1.toml"
    assert project.states()["collection"] is State.OPEN
    assert not (project.root / ".mlscaffold/signoffs/01/03-collection.toml").exists()
    kept = decisions.reopenings(project.open())[0]
    assert (kept.who, kept.reason, kept.digest) == ("Ada Byron", WHY, hashlib.sha256(signed).hexdigest())
    content = gather(project.open())
    assert WHY in html.render(content) and WHY in md.render(content)


def test_a_second_time_is_a_second_record(project: Sandbox) -> None:
    project.sign()
    reopen(project.open(), "collection", reason=WHY, who="Ada Byron")
    project.sign("collection")
    assert project.states()["collection"] is State.SIGNED
    assert reopen(project.open(), "collection", reason=WHY, who="Ada Byron").endswith("-2.toml")


def test_a_sign_off_of_an_earlier_round_stays_and_does_not_count(project: Sandbox) -> None:
    project.sign()
    start_round(project.open(), "the lamps over lane two were changed", who="Ada Byron")
    reopen(project.open(), "collection", reason=WHY, who="Ada Byron")
    assert project.states()["collection"] is State.OPEN
    assert (project.root / ".mlscaffold/signoffs/01/03-collection.toml").exists()
    project.sign("collection", turn=2)
    assert project.states()["collection"] is State.SIGNED


def test_without_a_reason_or_a_sign_off_nothing_happens(project: Sandbox) -> None:
    with pytest.raises(Refused, match="is not signed"):
        reopen(project.open(), "collection", reason=WHY, who="Ada Byron")
    project.sign("collection")
    with pytest.raises(UsageError, match="too short"):
        reopen(project.open(), "collection", reason="later", who="Ada Byron")
    assert project.states()["collection"] is State.SIGNED
