"""Readers of evidence: bytes and a path's name go in, a frozen dataclass comes out; nothing here touches the disk."""

from __future__ import annotations

from mlscaffold.errors import ScaffoldError

SCHEMA = 1


class Broken(ScaffoldError):
    """Evidence that is there and cannot be read: the message names the file and the line or field."""

    def __init__(self, path: str, what: str, *, line: int | None = None, hint: str = "") -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {what}", reference="broken-evidence", hint=hint)
        self.path = path
        self.line = line
        self.what = what


class NewerSchema(Broken):
    """Evidence written by a newer tool than this one."""

    def __init__(self, path: str, found: int, *, known: int = SCHEMA) -> None:
        super().__init__(
            path,
            f"written for schema {found}; this mlscaffold knows schema {known}",
            hint="Install the version of mlscaffold that .mlscaffold/requirement.txt names.",
        )
        self.reference = "newer-schema"
        self.found = found
        self.known = known
