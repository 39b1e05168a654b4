"""`mlscaffold data`: bring data in, measure it, split it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlscaffold.datasets.manifest import ManifestChange
    from mlscaffold.workflows.data_stats import DataStats
    from mlscaffold.workflows.import_data import Imported
    from mlscaffold.workflows.split_data import SplitData

app = typer.Typer(name="data", help="Bring data in, measure it, split it.", no_args_is_help=True, rich_markup_mode=None)
SHOWN = 5
BAR = 24


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask. These commands ask nothing today.")]
Output = Annotated[Format, typer.Option("--format", help="How the answer is printed.")]


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A folder with a folder a class, or a CSV or TSV with paths and labels.")],
    *,
    source: Annotated[str, typer.Option(help="Name of the source; by default from the path.")] = "",
    layout: Annotated[str, typer.Option("--layout", help="class-folders or csv-list; recognised by default.")] = "",
    licence: Annotated[str, typer.Option(help="Licence, for source.toml.")] = "",
    origin: Annotated[str, typer.Option(help="Address, system or person it comes from.")] = "",
    collected: Annotated[str, typer.Option(help="Date, or from … to …")] = "",
    collected_by: Annotated[str, typer.Option(help="Who collected it.")] = "",
    method: Annotated[str, typer.Option(help="own, api, download, scraped or generated.")] = "",
    output: Annotated[str, typer.Option("--format", help="text or json; the name of a layout is taken too.")] = "text",
    no_input: NoInput = False,
) -> None:
    """Copy a data set into data/raw, with annotation files, source.toml and manifest."""
    from mlscaffold.workflows.import_data import import_data

    # `--format` names the data set's format in the contract, and the answer's elsewhere: the two share no word.
    if output not in (Format.TEXT, Format.JSON):
        layout, output = output, Format.TEXT
    given = {"licence": licence, "origin": origin, "collected": collected, "collected_by": collected_by, "method": method}
    done = import_data(_root(), path, source=source, format=layout, fields=given, progress=_progress("copied"))
    _print(_import_json(done) if output == Format.JSON else _import_text(done))


@app.command("stats")
def stats(output: Output = Format.TEXT, no_input: NoInput = False) -> None:
    """Count, measure and plot the collection; writes reports/collection/statistics.json."""
    from mlscaffold.workflows.data_stats import data_stats

    done = data_stats(_root(), progress=_progress("read"))
    _print(_stats_json(done) if output is Format.JSON else _stats_text(done))


@app.command("split")
def split(
    *,
    shares: Annotated[str, typer.Option(help="For example train=0.6,validation=0.15,eyeball=0.05,test=0.2 (the default).")] = "",
    seed: Annotated[int, typer.Option(help="Another number deals new rows otherwise.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Start anew: rows that have a split lose it.")] = False,
    keep_original: Annotated[
        bool, typer.Option("--keep-original", help="Follow the splits that the data set came with.")
    ] = False,
    output: Output = Format.TEXT,
    no_input: NoInput = False,
) -> None:
    """Deal rows into train, validation, eyeball and test; a row that has a split keeps it."""
    from mlscaffold.workflows.split_data import split_data

    root = _root()
    wanted = _shares(shares) if shares else None
    done = split_data(root, shares=wanted, seed=seed, again=again, keep_original=keep_original, progress=_progress("read"))
    _print(_split_json(done) if output is Format.JSON else _split_text(done, _package(root)))


def _root() -> Path:
    """The project that this folder lies in."""
    from mlscaffold.errors import UsageError

    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mlscaffold.toml").is_file():
            return folder
    raise UsageError(f"{here} lies in no project: there is no mlscaffold.toml.", reference="no-project", hint="mlscaffold new")


def _package(root: Path) -> str:
    """The name of the project's package, for the next command."""
    import tomllib

    try:
        return str(tomllib.loads((root / "mlscaffold.toml").read_text(encoding="utf-8-sig")).get("package", "PACKAGE"))
    except (OSError, ValueError):
        return "PACKAGE"


def _shares(text: str) -> dict[str, float]:
    """The shares that an option names."""
    from mlscaffold.errors import UsageError

    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise UsageError(
            f'"{text}" names no shares.', reference="shares-syntax", hint="For example --shares train=0.7,validation=0.1,test=0.2"
        ) from None


def _progress(verb: str) -> Callable[[int, int], None] | None:
    """A line that counts, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\r\x1b[K" if done >= total else ""
        sys.stderr.write(f"\r{done} of {total} {verb}{end}")
        sys.stderr.flush()

    return show


def _print(lines: Iterable[str] | dict[str, Any]) -> None:
    """Print lines, or a JSON object."""
    if isinstance(lines, dict):
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            typer.echo(line)


def _some(names: Iterable[str]) -> str:
    """The first names, and how many more."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more


def _count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _import_text(done: Imported) -> Iterable[str]:
    """What an import did, for people."""
    yield f"{done.source} ({done.format}): {done.read} read + {len(done.refused)} refused = {done.total}"
    yield ""
    yield f"  added {done.added}, already there {done.present}"
    width = max((len(name) for name in done.labels), default=0)
    for name, count in done.labels.items():
        yield f"  {name or '(no label)':<{max(width, 10)}}  {count:>6}"
    if done.relabelled:
        yield f"  {_count(len(done.relabelled), 'label')} changed: {_some(done.relabelled)}"
    for defect in done.refused[:SHOWN]:
        yield f"  refused {defect.where}: {defect.message}"
    if len(done.refused) > SHOWN:
        kinds = Counter(defect.kind for defect in done.refused)
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        yield f"  refused in all: {counts} (--format json lists them)"
    if done.ignored:
        yield f"  passed over: {', '.join(f'{count} {kind}' for kind, count in sorted(done.ignored.items()))}"
    for note in done.notes:
        yield f"  note: {note}"
    if done.undeclared:
        yield f"  {_count(len(done.undeclared), 'label')} not in data/schema.toml: {_some(done.undeclared)}"
    if done.unfilled:
        yield f"  to fill in, in data/raw/{done.source}/source.toml: {', '.join(done.unfilled)}"
    yield ""
    yield "Next: mlscaffold data stats"


def _import_json(done: Imported) -> dict[str, Any]:
    """What an import did, for machines."""
    from dataclasses import asdict

    return {"schema": 1, **asdict(done), "next": "mlscaffold data stats"}


def _manifest_lines(changes: Iterable[ManifestChange]) -> Iterable[str]:
    """What moved in the manifests."""
    for change in changes:
        parts = [f"{len(names)} {what}" for what, names in _moves(change).items() if names]
        if parts:
            yield f"  data/manifest/{change.source}.csv: {', '.join(parts)}"


def _moves(change: ManifestChange) -> dict[str, tuple[str, ...]]:
    """Paths by what became of them."""
    return {"added": change.added, "changed": change.changed, "removed": change.removed}


def _manifests_json(changes: Iterable[ManifestChange]) -> dict[str, Any]:
    """What moved in the manifests, by source."""
    return {change.source: {what: list(names) for what, names in _moves(change).items()} for change in changes}


def _stats_text(done: DataStats) -> Iterable[str]:
    """The statistics as a table."""
    values = done.statistics.values
    classes: Mapping[str, int] = values["classes"]
    yield (
        f"{_count(values['images'], 'image')}, {values['bytes'] / 1e6:.1f} MB, "
        f"{_count(len(values['sources']), 'source')}, {len(classes)} {'class' if len(classes) == 1 else 'classes'}"
    )
    yield ""
    labelled = sum(classes.values())
    width = max((len(name) for name in classes), default=0)
    for name, count in classes.items():
        bar = "█" * max(1, round(BAR * count / max(classes.values())))
        yield f"  {name:<{width}}  {count:>6}  {count / labelled:>6.1%}  {bar}"
    yield ""
    if values["widths"]:
        sides = (f"{side} {v['min']}–{v['max']} px (median {v['median']:g})" for side, v in _sides(values))
        yield f"  sizes       {', '.join(sides)}"
    for name in ("modes", "formats"):
        yield f"  {name:<10}  {', '.join(f'{kind} {count}' for kind, count in values[name].items())}"
    if len(classes) > 1:
        yield f"  balance     largest class / smallest: {max(classes.values()) / min(classes.values()):.1f}"
    yield from _stats_findings(done)
    yield from _manifest_lines(done.manifests)
    yield f"  written     {', '.join(done.written)}"
    yield ""
    yield "Next: mlscaffold data split"


def _sides(values: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, float]]]:
    """Width and height with their spread."""
    return (("width", values["widths"]), ("height", values["heights"]))


def _stats_findings(done: DataStats) -> Iterable[str]:
    """What is amiss in the collection."""
    found = done.statistics
    exact, near = len(found.exact), len(found.near)
    yield f"  duplicates  {_count(exact, 'group')} of equal files, {_count(near, 'group')} of near-duplicates"
    for group in [*found.exact, *found.near][:3]:
        yield f"              {_some(group)}"
    for group in found.contradictory[:3]:
        yield f"  two labels  for equal files: {_some(group)}"
    for path, (_, detail) in list(found.problems.items())[:SHOWN]:
        yield f"  broken      {path}: {detail}"
    if len(found.problems) > SHOWN:
        yield f"  broken      {len(found.problems)} in all (--format json lists them)"
    for name, paths in (("unlabelled", done.unlabelled), ("absent", done.absent), ("blank", found.blank)):
        if paths:
            yield f"  {name:<10}  {len(paths)}: {_some(paths)}"


def _stats_json(done: DataStats) -> dict[str, Any]:
    """The statistics and what is amiss, for machines."""
    found = done.statistics
    return {
        **found.values,
        "exact": found.exact,
        "near": found.near,
        "contradictory": found.contradictory,
        "problems": {path: {"kind": kind, "detail": detail} for path, (kind, detail) in found.problems.items()},
        "blank": found.blank,
        "unlabelled": done.unlabelled,
        "absent": done.absent,
        "manifests": _manifests_json(done.manifests),
        "written": done.written,
        "next": "mlscaffold data split",
    }


def _split_text(done: SplitData, package: str) -> Iterable[str]:
    """The splits as a table."""
    dealt = done.dealt
    used = [name for name, count in done.counts.items() if count]
    yield f"{_count(len(dealt.rows), 'row')}: {dealt.assigned} newly dealt, {len(dealt.rows) - dealt.assigned} had a split"
    yield ""
    width = max(5, *(len(name) for name in done.classes))
    yield f"  {'':<{width}}" + "".join(f"  {name:>10}" for name in used)
    for label in done.classes:
        yield f"  {label:<{width}}" + "".join(f"  {done.counts[name][label]:>10}" for name in used)
    totals = {name: done.counts[name].total() for name in used}
    yield f"  {'all':<{width}}" + "".join(f"  {total:>10}" for total in totals.values())
    yield f"  {'share':<{width}}" + "".join(f"  {total / len(dealt.rows):>10.1%}" for total in totals.values())
    yield ""
    if done.near_groups:
        yield f"  {_count(done.near_groups, 'group')} of equal or alike pictures, each kept in one split"
    for path, old in list(dealt.moved.items())[:SHOWN]:
        yield f"  moved out of {old}: {path} (its group lies in another split too)"
    if len(dealt.moved) > SHOWN:
        yield f"  moved in all: {len(dealt.moved)}"
    for words, paths in (("labels refreshed", dealt.relabelled), ("no longer there", dealt.gone)):
        if paths:
            yield f"  {len(paths)} {words}: {_some(paths)}"
    for group in dealt.contradictory[:3]:
        yield f"  equal files with two labels: {_some(group)}"
    for reason, paths in done.left_out.items():
        yield f"  left out, {reason}: {len(paths)} ({_some(paths)})"
    yield from _manifest_lines(done.manifests)
    yield f"  a share of {done.expected:g} on these {totals.get('test', 0)} test images will be known to ±{done.half_width:.3f}"
    for warning in done.warnings:
        yield f"  warn: {warning}"
    yield f"  written: {', '.join(done.written) if done.written else 'nothing, the tables were so already'}"
    yield ""
    yield f"Next: python -m {package}.prepare"


def _split_json(done: SplitData) -> dict[str, Any]:
    """The splits, for machines."""
    dealt = done.dealt
    return {
        "schema": 1,
        "rows": len(dealt.rows),
        "assigned": dealt.assigned,
        "counts": {name: {label: count[label] for label in done.classes} for name, count in done.counts.items()},
        "near_groups": done.near_groups,
        "moved": dealt.moved,
        "relabelled": dealt.relabelled,
        "gone": dealt.gone,
        "contradictory": dealt.contradictory,
        "left_out": done.left_out,
        "half_width": round(done.half_width, 4),
        "warnings": done.warnings,
        "manifests": _manifests_json(done.manifests),
        "written": done.written,
    }
