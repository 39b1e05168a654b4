"""Is the number real? Any table of predictions, with what it takes to believe it, and the number without what should not count."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.overlap import Leaks, Listing, Pictures, doubles, leaks, look, near_doubles
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import tables
from mlscaffold.evidence.answers import Answers, read_answers
from mlscaffold.evidence.columns import Columns
from mlscaffold.evidence.columns import read as read_columns
from mlscaffold.evidence.roles import EVERY, MEDIUM, Roles, identity, label_column, plain, recognise
from mlscaffold.model import Finding, Status
from mlscaffold.practice.comparison import peeking
from mlscaffold.reports.audit.content import Audit, Baseline, Number
from mlscaffold.splitnames import is_test
from mlscaffold.workflows import audit_findings as findings_of
from mlscaffold.workflows import audit_numbers as numbers_of

Progress = Callable[[int, int], None]
ORDER = (Status.FAIL, Status.WARN, Status.PASS)
FEWEST = 30
PICTURES = ("path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img", "picture", "photo")
HELD_OUT = ("test", "testing", "val", "valid", "validation", "dev", "eval", "eyeball", "holdout")
SPLITS = ("split", "subset", "set", "partition", "fold")


@dataclass(frozen=True)
class Overlap:
    """What should not count: leaked rows, rows that repeat an earlier one, and what was found on the way."""

    left_out: frozenset[int]
    findings: tuple[Finding, ...]
    ceiling: float
    train: str


def audit(
    predictions: Path,
    *,
    train: Path | None = None,
    images: Path | None = None,
    looks: int = 1,
    columns: Roles = EVERY,
    progress: Progress | None = None,
) -> Audit:
    """Audit a CSV of predictions; nothing is written and nothing outside of `images` is opened because a row says so.

    Raises `Unclear` where a column cannot be recognised, `Broken` for what is no table, `UsageError` for what has no classes.
    """
    if looks < 1:
        raise UsageError(f"{looks} looks are none", reference="looks", hint="--looks 1 or more")
    data = _bytes(predictions)
    table = read_columns(data, predictions.name)
    roles = _regroup(table, recognise(table, columns))
    answers = read_answers(table, roles)
    overlap = _overlap(answers, train, images, progress)
    kept = [i for i in range(len(answers.labels)) if i not in overlap.left_out]
    found = _judge(answers, overlap, kept, looks=looks, digest=f"sha256:{sha256(data).hexdigest()}")
    return replace(found, next=_next(predictions, roles, train, images))


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; a CSV or TSV of predictions is wanted", reference="not-a-table")
    if not path.exists():
        raise UsageError(f"{path} does not exist", reference="no-such-file")
    if path.stat().st_size > tables.LARGEST:
        raise ScaffoldError(f"{path} is larger than {tables.LARGEST // 2**20} MB", reference="table-too-large")
    data = path.read_bytes()
    if data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        hint = f"Save {path.name} as CSV, for instance: python -c \"import pandas; pandas.read_json('{path.name}').to_csv('{path.stem}.csv')\""
        raise UsageError(f"{path.name} is JSON, no table", reference="not-a-table", hint=hint)
    return data


def _regroup(table: Columns, roles: Roles) -> Roles:
    """A recognised name that most rows share with others names groups (a patient, a video), not examples."""
    if not roles.path or roles.group:
        return roles
    kinds = len(set(table.cells[roles.path]))
    if kinds * 2 > len(table):
        return roles
    if len(set(zip(*table.cells.values(), strict=True))) < 0.9 * len(table):
        return roles
    return replace(roles, path="", group=roles.path if kinds > 1 else "")


def _overlap(answers: Answers, train: Path | None, images: Path | None, progress: Progress | None) -> Overlap:
    """Leaks and doubles of the labelled rows."""
    own = _listing(answers.table, answers.roles, answers.rows, answers.labels)
    found: list[Finding] = []
    seen: Pictures | None = None
    if images is not None:
        if not images.is_dir():
            raise UsageError(f"{images} is no folder", reference="no-such-folder", hint="--images FOLDER")
        if not own.paths:
            raise UsageError("No column names the pictures", reference="no-path-column", hint="Add --path COLUMN")
        seen = look(own.paths, images, progress=progress)
        found += findings_of.pictures(answers, seen, near=near_doubles(own, seen), folder=images.name or str(images))
    leaked = Leaks({})
    if train is not None:
        listing, root = _training(train, answers.roles)
        if not _comparable(own, listing):
            raise UsageError(
                f"{train.name} and {answers.table.path} have no column in common that names an example",
                reference="nothing-to-compare",
                hint="Add --path COLUMN or --text COLUMN",
            )
        place = root or images
        trained = look(listing.paths, place, progress=progress) if seen is not None and place is not None else None
        leaked = leaks(own, listing, pictures=seen, trained=trained)
        found += findings_of.leaked(answers, leaked, train.name or str(train))
    groups = doubles(own, seen)
    joined = _joined(groups)
    extra = {i for group in joined for i in group[1:]}
    found += findings_of.doubled(answers, groups, extra)
    contradictory, ceiling = findings_of.contradictory(answers, joined)
    return Overlap(frozenset(leaked.rows) | extra, (*found, *contradictory), ceiling, train.name if train else "")


def _joined(groups: dict[str, list[tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """Rows that hang together by any of the ways, each group sorted."""
    from mlscaffold.datasets.duplicates import join

    links = ((f"{group[0]:09d}", f"{i:09d}") for found in groups.values() for group in found for i in group[1:])
    return [tuple(int(key) for key in group) for group in join(links)]


def _listing(table: Columns, roles: Roles, rows: Sequence[int], labels: Sequence[str]) -> Listing:
    def cells(column: str) -> list[str]:
        return [table.cells[column][i] for i in rows] if column else []

    return Listing(cells(roles.path), cells(roles.text), cells(roles.digest), labels)


def _training(train: Path, like: Roles) -> tuple[Listing, Path | None]:
    """A folder of pictures, a table, or a plain list of names, a line each."""
    if train.is_dir():
        from mlscaffold.datasets.record import is_media

        paths = sorted(p.relative_to(train).as_posix() for p in train.rglob("*") if p.is_file() and is_media(p))
        return Listing(paths), train
    data = _bytes(train)
    table = read_columns(data, train.name)
    path, text, digest = (name if name in table.header else "" for name in (like.path, like.text, like.digest))
    names = identity(table, Roles(path=path, text=text, digest=digest))
    if not names.named:
        listed = next((name for name in table.header if MEDIUM.search(_first_word(name))), "")
        if listed:  # a list without a header, of paths alone or of paths and labels
            return Listing([_first_word(name) for name in (listed, *table.cells[listed])]), None
        if len(table.header) > 1:
            raise UsageError(
                f"{train.name}: no column names an example; it has {', '.join(table.header[:12])}",
                reference="no-path-column",
                hint="Call it path, id or text",
            )
        only = table.header[0]
        return Listing([only, *table.cells[only]]), None
    rows = _trained(table, train.name)
    label = label_column(table)
    return _listing(table, names, rows, [table.cells[label][i] for i in rows] if label else ()), None


def _first_word(line: str) -> str:
    """The path of a line `images/a.jpg 3`: what stands before the label."""
    found = re.match(r"(.*?\.[A-Za-z0-9]{2,5})\s+\S+$", line)
    return found[1] if found and MEDIUM.search(found[1]) else line


def _trained(table: Columns, shown: str) -> Sequence[int]:
    """Of a table that names the split of each row, those of the training split; raises `UsageError` where none of them is."""
    for name in table.header:
        if plain(name) not in SPLITS:
            continue
        kinds = {split.casefold() for split in table.cells[name]}
        rows = [i for i, split in enumerate(table.cells[name]) if split.casefold().startswith("train")]
        if rows:
            return rows
        folds = plain(name) == "fold" and len(kinds) > 1
        if folds or any(is_test(kind) or kind in HELD_OUT for kind in kinds):
            why = "tells folds, and not which of them this model was trained on" if folds else "names no row of train"
            raise UsageError(
                f'{shown}: "{name}" {why}',
                reference="no-train-rows",
                hint="Give a list of the rows that the model was trained on.",
            )
    return range(len(table))


def _comparable(one: Listing, other: Listing) -> bool:
    return bool((one.paths and other.paths) or (one.texts and other.texts) or (one.digests and other.digests))


def _judge(answers: Answers, overlap: Overlap, kept: list[int], *, looks: int, digest: str) -> Audit:
    """All numbers, and what they say together."""
    table, roles = answers.table, answers.roles
    pairs = list(zip(answers.labels, answers.predictions, strict=True))
    counted = [pairs[i] for i in kept] if len(kept) < len(pairs) else pairs
    groups = [table.cells[roles.group][i] for i in answers.rows] if roles.group else []
    numbers = numbers_of.numbers(answers, pairs, groups=groups, kept=kept)
    right = [label == said for label, said in counted]
    counts = Counter(counted)
    baseline = numbers_of.baseline(counts)
    slices = numbers_of.slices(answers, kept, right)
    trust = numbers_of.trust(answers, kept, right)
    luck = min(peeking(numbers[0].counted, len(kept), looks), numbers[0].counted)
    found = [*answers.findings, *overlap.findings, *findings_of.names(answers)]
    found += findings_of.judged(answers, baseline, trust, slices=slices, n=len(kept), looks=looks, luck=luck)
    found.sort(key=lambda finding: ORDER.index(finding.status))
    ids = {finding.check for finding in found}
    return Audit(
        source=table.path,
        digest=digest,
        rows=len(table),
        labelled=len(pairs),
        counted=len(kept),
        roles=_used(roles),
        numbers=numbers,
        baseline=baseline,
        classes=numbers_of.classes(counts),
        slices_looked_at=slices.looked_at,
        weak=slices.weak,
        trust=trust,
        findings=tuple(found),
        groups=len(set(groups)),
        looks=looks,
        luck=luck,
        ceiling=overlap.ceiling,
        train=overlap.train,
        verdict=_verdict(numbers[0], baseline, ids, len(kept), luck=luck, train=overlap.train),
    )


def _used(roles: Roles) -> tuple[tuple[str, str], ...]:
    """Which column was taken for what."""
    pairs = [(role, getattr(roles, role)) for role in ("label", "prediction", "path", "text", "digest", "group", "score")]
    found = [(role, column) for role, column in pairs if column]
    if roles.probabilities:
        first, last = roles.probabilities[0][1], roles.probabilities[-1][1]
        found.append(("probabilities", first if first == last else f"{first} … {last}"))
    if roles.positive:
        found.append(("positive", roles.positive))
    return tuple(found)


def _verdict(accuracy: Number, baseline: Baseline, ids: set[str], n: int, *, luck: float, train: str) -> str:
    """One sentence, or two where luck has a part."""
    was, now = f"{accuracy.value:.3f}", f"{accuracy.counted:.3f}"
    around = f"{accuracy.counted_low:.3f} to {accuracy.counted_high:.3f}"
    if "audit.no-common-class" in ids:
        return f"{was} means nothing: labels and predictions are not of the same classes."
    if not n:
        return f"{was} means nothing: no row is left that the model was not trained on."
    if "audit.one-class" in ids:
        return f"{was} says little: every label is the same."
    if "audit.spelling" in ids and n >= FEWEST:
        return f"{now} ({around}) is too low: class names are spelled in two ways."
    if "audit.quantities" in ids:
        return f"{now} says nothing if the labels are quantities, as they seem to be."
    if not baseline.beaten:
        return f'{now} ({around}) is no better than always saying "{baseline.name}", which reaches {baseline.accuracy:.3f}.'
    why = " and ".join(word for word in ("leaked", "doubled") if f"audit.{word}" in ids)
    if n < FEWEST:
        text = f"{now} on {n} rows says little: it may be anything from {around}."
    elif why and accuracy.counted_high is not None and accuracy.value > accuracy.counted_high:
        text = f"{was} is not real: without the {why} rows it is {now} ({around})."
    elif why:
        text = f"{was} holds within its error: without the {why} rows it is {now} ({around})."
    else:
        text = f"{was} holds: {around} is what {n} rows can tell" + (
            f', and "{baseline.name}" always reaches {baseline.accuracy:.3f}.' if not luck else "."
        )
    if luck:
        text += f" Chosen as the best of several looks it may be up to {luck:.3f} too good: expect about {max(0.0, accuracy.counted - luck):.3f}."
    return text if train or why else text + " Leaks were not looked for (no --train)."


def _next(predictions: Path, roles: Roles, train: Path | None, images: Path | None) -> str:
    """The command that tells most of what is not known yet."""
    command = f"mlscaffold audit {shlex.quote(str(predictions))}"
    command += f" --train {shlex.quote(str(train))}" if train else ""
    command += f" --images {shlex.quote(str(images))}" if images else ""
    if train is None:
        return f"{command} --train TRAIN_LIST"
    if roles.path and images is None and plain(roles.path) in PICTURES:
        return f"{command} --images FOLDER"
    return f"{command} --format html"
