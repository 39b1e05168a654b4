"""The project that the commands of `mlscaffold data` work on."""

from __future__ import annotations

from pathlib import Path


def data_root(*, hint: str = "mlscaffold new") -> Path:
    """The project that this folder lies in; outside of one the command is used wrongly (exit 2)."""
    from mlscaffold.errors import UsageError
    from mlscaffold.places import NoProject, find_root

    here = Path.cwd()
    try:
        return find_root(here)
    except NoProject:
        raise UsageError(f"{here} lies in no project: there is no mlscaffold.toml.", reference="no-project", hint=hint) from None
