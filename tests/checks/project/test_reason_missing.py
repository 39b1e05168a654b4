from __future__ import annotations

import hashlib

import pytest

from tests.checks.stories import passes, says
from tests.conftest import Sandbox

CHECK = "project.reason-missing"
ROUND = ".mlscaffold/rounds/02.toml"


def begun(project: Sandbox, because: str, more: str = "") -> None:
    project.write({ROUND: f'schema = 1\nround = 2\n{because}\n{more}who = "Ada Byron"\nwhen = "2026-11-28T10:00:00+00:00"\n'})


def test_nothing_was_decided(project: Sandbox, empty: Sandbox) -> None:
    passes(project, CHECK)
    passes(empty, CHECK)


@pytest.mark.parametrize("because", ["The lamps over lane two are new.", "客户换了新的扫描仪", "Neue Lampen über Spur zwei"])
def test_a_round_with_a_reason(project: Sandbox, because: str) -> None:
    begun(project, f'because = "{because}"')
    passes(project, CHECK)


@pytest.mark.parametrize(
    "because", ["n/a", "tbd", ".", "because we said so", "asdf asdf qwer", "will be fixed later", "暂时没有理由"]
)
def test_a_round_with_words_that_say_nothing(project: Sandbox, because: str) -> None:
    begun(project, f'because = "{because}"')
    says(project, CHECK, f'the round of 02.toml gives no reason: because is "{because}"')


@pytest.mark.parametrize("because", ["", 'because = ""'])
def test_a_round_without_a_reason(project: Sandbox, because: str) -> None:
    begun(project, because)
    says(project, CHECK, "the round of 02.toml has no `because`")


def test_a_round_that_a_file_tells(project: Sandbox) -> None:
    digest = hashlib.sha256(b"The lamps are new.\n").hexdigest()
    begun(project, 'because = "see docs/why.md"', f'file = "docs/why.md"\ndigest = "{digest}"\n')
    says(project, CHECK, "is told by docs/why.md, which is not there")
    project.write({"docs/why.md": "The lamps are new.\n"})
    passes(project, CHECK)
    project.write({"docs/why.md": "Nothing.\n"})
    says(project, CHECK, "which has changed since")


def test_changed_targets_and_reopened_stages(project: Sandbox) -> None:
    project.write(
        {".mlscaffold/acceptance/1.toml": 'reason = "todo"\n', ".mlscaffold/reopened/01-02-research-1.toml": "schema = 1\n"}
    )
    found = [f.message for f in project.check(CHECK)]
    assert found == [
        'the change of the targets of 1.toml gives no reason: reason is "todo"',
        "the reopening of 01-02-research-1.toml has no `reason`",
    ]


def test_settings_of_checks(project: Sandbox) -> None:
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + '\n[checks."preparation.split-shift"]\nreason = "n/a"\n'})
    says(project, CHECK, 'preparation.split-shift reason "n/a"')
    project.replace("mlscaffold.toml", '"n/a"', '"the field has other light"')
    passes(project, CHECK)
