from __future__ import annotations

import re

import pytest

from mlscaffold.evidence.shell import runs

COMMAND = re.compile(r"\bmake check\b")


@pytest.mark.parametrize(
    ("script", "hushed"),
    [
        ("make check", ""),
        ("make check || true", "|| true"),
        ("make check || exit 1", ""),
        ("make check \\\n  --all || :", "|| :"),
        ("make check ||\n  true", "|| true"),
        ("make check 2>&1 | tee log", "| tee, without pipefail"),
        ("set -eo pipefail\nmake check | tee log", ""),
        ("make check &> log", ""),
        ("make check &", "& (in the background)"),
        ("make check && echo fine", ""),
        ("CI=1 make check; true", "; true"),
        ("set +e\nmake check\necho done", "set +e"),
        ("set +e\nmake check", ""),  # the last command's answer is the script's
        ("set +e\nset -e\nmake check", ""),
        ("set +e\nmake check\nexit $?", ""),
        ("if ! make check; then exit 3; fi", ""),
        ("while make check; do sleep 1; done", "asks whether it failed, and goes on"),
        ("make check  # || true", ""),
    ],
)
def test_whether_its_failure_counts(script: str, hushed: str) -> None:
    assert [run.hushed for run in runs(script, COMMAND)] == [hushed]


@pytest.mark.parametrize(
    "script", ["", "# make check", "echo make check", "printf 'make check'", "make check --help", "grep 'make check' x"]
)
def test_what_is_no_run(script: str) -> None:
    assert runs(script, COMMAND) == []


def test_a_shell_that_minds_pipes() -> None:
    assert [run.hushed for run in runs("make check | tee log", COMMAND, pipefail=True)] == [""]
    assert [run.line for run in runs("cd x\n\nmake check", COMMAND)] == [3]
