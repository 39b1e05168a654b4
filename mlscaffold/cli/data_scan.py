"""`mlscaffold data scan`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlscaffold.cli.console import say, wants_colour, width

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mlscaffold.datasets.inspection import Scan
    from mlscaffold.workflows.scan import Progress

EVERY = 0.2  # seconds between two looks at the counter


class Format(StrEnum):
    """How the scan is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def scan(
    path: Annotated[Path, typer.Argument(help="Any folder of pictures; no project is needed.")],
    *,
    format_: Annotated[Format, typer.Option("--format", help="text, json or html.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", help="The file to write (html: scan.html by default).")] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="How many processes read; by default one a core.")] = 0,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="Read on a running Dask cluster, for example tcp://host:8786.")
    ] = "",
    cache: Annotated[
        Path | None,
        typer.Option("--cache", help="Where to keep what was read; by default in the project, else among your caches."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Read everything anew, and keep nothing.")] = False,
) -> None:
    """Read every picture of a folder once, and say what is amiss; exit code 1 if something is broken or contradictory."""
    from mlscaffold.workflows.scan import cache_of, scan_folder

    kept = None if no_cache else (cache or cache_of(path))
    show = _counter()
    with _executor(scheduler) as (executor, there):
        done = scan_folder(path, cache=kept, executor=executor, workers=workers or there, report=show)
    _write(done, format_, output)
    if not done.sound:
        raise typer.Exit(1)


def _write(done: Scan, kind: Format, output: Path | None) -> None:
    from mlscaffold.writing import write_text

    if kind is Format.TEXT:
        from mlscaffold.reports.scan import text

        if output is None:
            say(text.render(done, width=width(), colour=wants_colour()).rstrip("\n"), colour=True)
            return
        rendered = text.render(done)
    elif kind is Format.JSON:
        from mlscaffold.reports.scan import json

        rendered = json.render(done)
        if output is None:
            sys.stdout.write(rendered)
            return
    else:
        from mlscaffold.reports.scan import html
        from mlscaffold.workflows.scan import thumbnails

        rendered = html.render(done, thumbnails(done, html.shown(done)))
    target = output or Path("scan.html")
    write_text(target, rendered)
    from mlscaffold.reports.scan.text import headline

    say(f"{done.name}: {headline(done)}; {len(done.found)} kinds of findings")
    say(f"Wrote {target}")


@contextmanager
def _executor(scheduler: str) -> Iterator[tuple[Executor | None, int]]:
    """The executor of a cluster, and how many workers it has; none without a scheduler."""
    if not scheduler:
        yield None, 0
        return
    from mlscaffold.workflows.cluster import connect

    with connect(scheduler) as reached:
        yield reached


def _counter() -> Callable[[Progress], None] | None:
    """A line that counts, with the rate and the time left, on a terminal only."""
    if not sys.stderr.isatty():
        return None
    started = last = time.monotonic()
    first: Progress | None = None

    def show(now: Progress) -> None:
        nonlocal last, first
        first = first or now
        ended = now.done >= now.total
        if not ended and time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        sys.stderr.write("\r\x1b[K" + ("" if ended else counted(now, first, last - started)))
        sys.stderr.flush()

    return show


def counted(now: Progress, first: Progress, seconds: float) -> str:
    """How far it is, how fast, and how long it still takes, judged by bytes: pictures differ in size."""
    line = f"{now.done:,} of {now.total:,} pictures"
    read = now.bytes_done - first.bytes_done
    if seconds < 0.5 or read <= 0:
        return line
    left = (now.bytes_total - now.bytes_done) * seconds / read
    return f"{line}, {(now.done - first.done) / seconds:,.0f} a second, {_span(left)} left"


def _span(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
