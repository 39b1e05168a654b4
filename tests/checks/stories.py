"""What tests of checks say of findings."""

from __future__ import annotations

from collections.abc import Sequence

from mlscaffold.model import Finding, Status


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
