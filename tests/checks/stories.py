"""What tests of checks do again and again."""

from __future__ import annotations

from collections.abc import Sequence

from mlscaffold.model import Finding, Status
from tests.conftest import Sandbox
from tests.finished import EVALUATED, RETESTED

FIRST, SECOND = f"reports/evaluation/{EVALUATED}", f"reports/evaluation/{RETESTED}"


def says(project: Sandbox, check: str, *words: str, status: Status = Status.FAIL) -> Finding:
    """The one finding of a check, which has this status and says these words."""
    found = project.check(check)
    assert len(found) == 1, [f.message for f in found]
    assert found[0].status is status, found[0]
    for word in words:
        assert word in found[0].message, found[0].message
    return found[0]


def passes(project: Sandbox, check: str) -> None:
    """The check has nothing to say."""
    assert [f"{f.status.value}: {f.message}" for f in project.check(check)] == []


def misses(project: Sandbox, check: str, *words: str) -> None:
    """The check finds no evidence, and says which."""
    found = project.check(check)
    assert [f.check for f in found] == ["missing"], [f.message for f in found]
    for word in words:
        assert word in found[0].message, found[0].message


def said(findings: Sequence[Finding], status: str = "fail", *words: str) -> Finding:
    """The one finding of this status; each word is in its message, its places or its fix."""
    mine = [f for f in findings if f.status == Status(status)]
    assert len(mine) == 1, findings
    places = " ".join(f"{e.path}:{e.line}" for e in mine[0].evidence)
    for word in words:
        assert word in f"{mine[0].message} {places} {mine[0].fix}", (word, mine[0])
    return mine[0]


def absent(findings: Sequence[Finding]) -> bool:
    """Whether a check said that its evidence is absent, which is to be done and no failure."""
    return bool(findings) and all(f.check == "missing" and f.status is Status.TODO for f in findings)
