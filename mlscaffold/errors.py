"""What can go wrong in a way that a person can mend; this module imports nothing of ours."""


class ScaffoldError(Exception):
    """An error with words for a person: raised deep, shown once at the boundary.

    `reference` is a kebab-case name to search for, `message` says what and where, `context` why, `hint` what to do next.
    """

    exit_code = 1

    def __init__(self, message: str, *, reference: str, context: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reference = reference
        self.context = context
        self.hint = hint


class UsageError(ScaffoldError):
    """The command line or an answer is wrong; nothing was done."""

    exit_code = 2
