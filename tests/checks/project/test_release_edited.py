from __future__ import annotations

import pytest

from mlscaffold.workflows.release import release
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.release-edited"
PATH = ".mlscaffold/releases/1.toml"


@pytest.fixture
def released(project: Sandbox) -> Sandbox:
    """The finished project with its first release."""
    project.sign()
    project.commit("signed")
    release(project.open(), note="first", who="Ada Byron")
    project.commit("release 1")
    return project


def test_a_release_as_it_was_recorded(released: Sandbox, empty: Sandbox) -> None:
    assert released.check(CHECK) == []
    assert empty.check(CHECK) == []


def test_a_better_note_and_another_order_change_nothing(released: Sandbox) -> None:
    released.replace(PATH, 'note = "first"', 'note = "the first one that went live"')
    text = released.read(PATH)
    released.write({PATH: "# what went live\n" + text})
    assert released.check(CHECK) == []


@pytest.mark.parametrize("committed", [False, True])
def test_a_number_that_was_put_right_afterwards(released: Sandbox, committed: bool) -> None:
    released.replace(PATH, "value = 0.94", "value = 0.97")
    if committed:
        released.commit("fix typo")
    assert said(released.check(CHECK), "fail", "release 1 says result.value = 0.97", "0.94", "was recorded in")


def test_what_is_not_committed_yet_has_nothing_to_be_compared_with(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    release(project.open(), who="Ada Byron")
    assert project.check(CHECK) == []
