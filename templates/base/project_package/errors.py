"""What can go wrong in a way that a person can mend, and how every script says so."""

import sys
from collections.abc import Callable


class ProjectError(Exception):
    """One sentence that says what is wrong, where, and what to do; shown without a traceback."""


def not_yet(what: str, verb: str) -> ProjectError:
    """Return the error that something is missing, with the script that makes it."""
    return ProjectError(f"{what} is missing; run `python -m {__package__}.{verb}` first")


def run_script(main: Callable[[], int]) -> None:
    """Run a script's main function and leave with its exit code: 1 for a refused request, 130 when interrupted."""
    try:
        code = main()
        sys.stdout.flush()
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        sys.stderr.close()
        code = 0
    sys.exit(code)
