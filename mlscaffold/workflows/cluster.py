"""A running Dask cluster as an executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from mlscaffold.errors import ScaffoldError, UsageError

PATIENCE = "10s"


@contextmanager
def connect(address: str) -> Iterator[tuple[Executor, int]]:
    """The executor of the cluster behind a scheduler's address, and how many pictures it reads at a time.

    Its workers must see the pictures under the same path, and have the tool installed.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask, which is not installed here.",
            reference="no-dask",
            hint='Install it, pip install "mlscaffold[dask]", or scan without --scheduler.',
        ) from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as problem:
        raise ScaffoldError(
            f"No scheduler answers at {address}.",
            reference="no-scheduler",
            context=str(problem)[:200],
            hint="Is it running, and is the address the one that it printed?",
        ) from problem
    try:
        workers = sum(client.ncores().values())
        if not workers:
            raise ScaffoldError(
                f"The scheduler at {address} has no workers.", reference="no-workers", hint=f"Start some: dask worker {address}"
            )
        yield client.get_executor(), workers
    finally:
        client.close()
