"""How the answers of `mlscaffold data` read: lines for people, plain values for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mlscaffold.cli.data_tests import version_lines, versions_json

if TYPE_CHECKING:
    from mlscaffold.datasets.manifest import ManifestChange
    from mlscaffold.datasets.record import Defect
    from mlscaffold.workflows.data_sizes import Sizes
    from mlscaffold.workflows.data_stats import DataStats
    from mlscaffold.workflows.import_data import Imported, Turned
    from mlscaffold.workflows.split_data import SplitData

SHOWN = 5
LINES = 40
T = TypeVar("T")
BAR = 24


def _some(names: Iterable[str]) -> str:
    """The first names, and how many more."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more


def _count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _first(classes: Iterable[T]) -> list[T]:
    """The classes that a person reads: all, or the first of very many."""
    every = list(classes)
    return every if len(every) <= LINES else every[: LINES - 10]


def _others(classes: Collection[str]) -> Iterable[str]:
    """A line on the classes that are not shown."""
    if len(classes) > LINES:
        yield f"  … and {len(classes) - LINES + 10} classes more (--format json lists them)"


def import_text(done: Imported) -> Iterable[str]:
    """What an import did, for people."""
    yield f"{done.source} ({done.format}): {done.read} read + {len(done.refused)} refused = {done.total}"
    yield from recognised(done.reason, done.others)
    yield ""
    where = f" in data/raw/{done.source}/{done.batch}" if done.added and done.batch else ""
    yield f"  added {done.added}{where}, already there {done.present}" + (f", brought back {done.restored}" * bool(done.restored))
    if done.linked_to:
        yield f"  linked, not copied: the pictures stay in {done.linked_to}"
    width = max((len(name) for name in done.labels), default=0)
    for name, count in _first(done.labels.items()):
        yield f"  {name or '(no label)':<{max(width, 10)}}  {count:>6}"
    yield from _others(done.labels)
    yield from _update_lines(done)
    yield from defect_lines(done.refused, done.told, listed="--format json")
    yield from note_lines(done.ignored, done.notes)
    if done.undeclared:
        yield f"  {_count(len(done.undeclared), 'label')} not in data/schema.toml: {_some(done.undeclared)}"
        yield from _undeclared_lines(done)
    if done.unfilled:
        yield f"  to fill in, in data/raw/{done.source}/source.toml: {', '.join(done.unfilled)}"
    yield ""
    yield "Nothing was written (--dry-run)." if done.dry_run else "Next: mlscaffold data stats"


def _stay(names: Sequence[str]) -> str:
    return "stays" if len(names) == 1 else "stay"


def _undeclared_lines(done: Imported) -> Iterable[str]:
    """What to do with labels that no class has: a class that nothing is left of was renamed, another one is new."""
    renamed = {t.before: t.after for t in done.changed if t.after in done.undeclared and t.before not in done.labels}
    for before, after in renamed.items():
        yield f"    no {before} is left: if {after} is its new name, write it in the place of {before}"
    if set(done.undeclared) - set(renamed.values()):
        yield "    a new class is added at the end of `classes`: their order is that of the model's outputs"


def _update_lines(done: Imported) -> Iterable[str]:
    """What an import changed of what was known."""
    if done.changed:
        yield f"  {_count(sum(len(c.paths) for c in done.changed), 'label')} changed:"
        yield from map(_turned_line, done.changed)
    if done.kept:
        yield f"  {_count(sum(len(k.paths) for k in done.kept), 'label')} corrected here, and kept (--labels take takes the data set's):"
        yield from map(_turned_line, done.kept)
    if done.redescribed:
        yield f"  {_count(done.redescribed, 'picture')} with another group or other attributes"
    if done.replaced:
        yield f"  {_count(len(done.replaced), 'picture')} with a known name and other bytes: new pictures, the old ones stay:"
        for old, new in done.replaced[:SHOWN]:
            yield f"    {old} stays, {new} is new"
    if done.not_brought:
        yield f"  {_count(len(done.not_brought), 'picture')} known here did not come again, and {_stay(done.not_brought)}: {_some(done.not_brought)}"
        yield "    if they should go: mlscaffold data forget PATH --reason WHY"


def _turned_line(turned: Turned) -> str:
    """How many went from one class to another, in which splits they are, and the first of them."""
    splits = ", ".join(f"{n} in {name}" for name, n in turned.splits.items())
    return f"    {turned.before} -> {turned.after}  {len(turned.paths)}{f' ({splits})' * bool(splits)}: {_some(turned.paths)}"


def recognised(reason: str, others: Mapping[str, str]) -> Iterable[str]:
    """Why a data set was taken for its format, and which it might be too."""
    if reason != "named":
        yield f"  {reason}"
    for name, why in others.items():
        yield f"  may be {name} too ({why}): --from {name}"


def defect_lines(refused: Sequence[Defect], told: Sequence[Defect], *, listed: str) -> Iterable[str]:
    """The first of what was refused, of the objects among it, and of what is odd; how many of each kind there are in all."""
    objects = [defect for defect in told if defect.unit == "object"]
    for word, found in (("refused", refused), ("refused object", objects), ("odd", [d for d in told if not d.unit])):
        for defect in found[:SHOWN]:
            yield f"  {word} {defect.where}: {defect.message}"
        if len(found) > SHOWN:
            kinds: Counter[str] = Counter()
            for defect in found:
                kinds[defect.kind] += defect.count
            counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
            yield f"  {word} in all: {counts} ({listed} lists them)"


def note_lines(ignored: Mapping[str, int], notes: Iterable[str]) -> Iterable[str]:
    """What was passed over, and what is to be said of the whole."""
    if ignored:
        yield f"  passed over: {', '.join(f'{count} {kind}' for kind, count in sorted(ignored.items()))}"
    for note in notes:
        yield f"  note: {note}"


def import_json(done: Imported) -> dict[str, Any]:
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


def stats_text(done: DataStats) -> Iterable[str]:
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
    for name, count in _first(classes.items()):
        bar = "█" * max(1, round(BAR * count / max(classes.values())))
        yield f"  {name:<{width}}  {count:>6}  {count / labelled:>6.1%}  {bar}"
    yield from _others(classes)
    if classes:
        yield ""
    if values["widths"]:
        yield f"  sizes       width {_span(values['widths'])}, height {_span(values['heights'])}"
    for name in ("modes", "formats"):
        yield f"  {name:<10}  {', '.join(f'{kind} {count}' for kind, count in values[name].items())}"
    if len(classes) > 1:
        yield f"  balance     largest class / smallest: {max(classes.values()) / min(classes.values()):.1f}"
    yield from _stats_findings(done)
    yield from _manifest_lines(done.manifests)
    yield f"  written     {', '.join(done.written)}"
    yield ""
    yield "Next: mlscaffold data split"


def _span(spread: Mapping[str, float]) -> str:
    """Least to greatest side, and the middle."""
    if spread["min"] == spread["max"]:
        return f"{spread['min']} px"
    return f"{spread['min']}–{spread['max']} px (median {spread['median']:g})"


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


def stats_json(done: DataStats) -> dict[str, Any]:
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


def split_text(done: SplitData, package: str) -> Iterable[str]:
    """The splits as a table."""
    dealt = done.dealt
    used = [name for name, count in done.counts.items() if count]
    yield f"{_count(len(dealt.rows), 'row')}: {dealt.assigned} newly dealt, {len(dealt.rows) - dealt.assigned} had a split"
    yield ""
    width = max(5, *(len(name) for name in done.classes))
    yield f"  {'':<{width}}" + "".join(f"  {name:>10}" for name in used)
    for label in _first(done.classes):
        yield f"  {label:<{width}}" + "".join(f"  {done.counts[name][label]:>10}" for name in used)
    yield from _others(done.classes)
    totals = {name: done.counts[name].total() for name in used}
    yield f"  {'all':<{width}}" + "".join(f"  {total:>10}" for total in totals.values())
    yield f"  {'share':<{width}}" + "".join(f"  {total / len(dealt.rows):>10.1%}" for total in totals.values())
    yield ""
    folds = Counter(int(row.fold) for row in dealt.rows if row.fold)
    if folds:
        yield f"  {len(folds)} folds of train and validation, {min(folds.values())} to {max(folds.values())} rows each"
    for name, weight in done.extra.items():
        yield f"  {name} is extra (weight {weight:g}): train and augmented only"
    if done.near_groups:
        yield f"  {_count(done.near_groups, 'group')} of equal or alike pictures, each kept in one split"
    for path, old in list(dealt.moved.items())[:SHOWN]:
        yield f"  moved out of {old}: {path} ({_why_moved(done, path)})"
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
    yield from version_lines(done.versions)
    for warning in done.warnings:
        yield f"  warn: {warning}"
    yield f"  written: {', '.join(done.written) if done.written else 'nothing, the tables were so already'}"
    yield ""
    yield f"Next: python -m {package}.prepare"


def _why_moved(done: SplitData, path: str) -> str:
    """Why a row that had a split lost it."""
    if path.split("/", maxsplit=1)[0] in done.extra:
        return "an extra source is not measured on"
    places = {row.path: row.split for row in done.dealt.rows}
    return "augmented holds a share of it" if places[path] == "augmented" else "its group lies in another split too"


def split_json(done: SplitData) -> dict[str, Any]:
    """The splits, for machines."""
    dealt = done.dealt
    return {
        "schema": 1,
        "rows": len(dealt.rows),
        "assigned": dealt.assigned,
        "counts": {name: {label: count[label] for label in done.classes} for name, count in done.counts.items()},
        "extra": done.extra,
        "folds": dict(sorted(Counter(int(row.fold) for row in dealt.rows if row.fold).items())),
        "near_groups": done.near_groups,
        "moved": dealt.moved,
        "relabelled": dealt.relabelled,
        "gone": dealt.gone,
        "contradictory": dealt.contradictory,
        "left_out": done.left_out,
        "half_width": round(done.half_width, 4),
        "warnings": done.warnings,
        "manifests": _manifests_json(done.manifests),
        "versions": versions_json(done.versions),
        "written": done.written,
    }


def sizes_text(done: Sizes) -> Iterable[str]:
    """The arithmetic of the sizes, as a table."""
    wanted = done.needed
    yield f"To know a value of {done.expected:g} to ±{done.error:g} (95 %, error {done.told}):"
    yield f"  test        {wanted.test:>7}   the exact binomial interval is then {wanted.exact.low:.3f} to {wanted.exact.high:.3f}"
    yield f"  validation  {wanted.validation:>7}   the same: models are chosen on it, and believed on test"
    yield f"  eyeball     {wanted.eyeball:>7}   about 100 mistakes to read, at an error rate of {1 - done.expected:.3g}"
    yield f"  rule of thumb: 1 / {done.error:g} = {wanted.thumb} pictures let a difference of {done.error:g} be seen, as one picture; not be trusted"
    if not done.total:
        return
    yield ""
    yield f"{_count(done.total, 'labelled picture')}. Nearest, with at least 40 % left for train:"
    yield "  " + ", ".join(f"{name} {share * done.total:.0f} ({share:.1%})" for name, share in done.shares.items())
    for name, count in done.missing.items():
        yield f"  {name} lacks {count}"
    if any(done.now.values()):
        yield (
            "  now: " + ", ".join(f"{name} {n}" for name, n in done.now.items() if n) + f"; test tells ±{done.half_width_now:.3f}"
        )
    for name, size in done.tests.items():
        if name != "test" or size.version > 1:
            version = f" (version {size.version})" if size.version else ""
            yield f"  {name}{version}: {size.n} pictures tell ±{size.half_width:.3f}"
    yield ""
    yield "Next: mlscaffold data split --shares needed" + (" --again" if any(done.now.values()) else "")


def sizes_json(done: Sizes) -> dict[str, Any]:
    """The arithmetic of the sizes, for machines."""
    wanted = done.needed
    return {
        "schema": 1,
        "error": done.error,
        "expected": done.expected,
        "needed": {"test": wanted.test, "validation": wanted.validation, "eyeball": wanted.eyeball},
        "rule_of_thumb": wanted.thumb,
        "exact": [round(end, 6) for end in wanted.exact],
        "total": done.total,
        "shares": {name: round(share, 6) for name, share in done.shares.items()},
        "missing": done.missing,
        "now": done.now,
        "half_width_now": round(done.half_width_now, 6),
        "tests": {
            name: {"n": size.n, "half_width": round(size.half_width, 6), "version": size.version or None}
            for name, size in done.tests.items()
        },
    }
