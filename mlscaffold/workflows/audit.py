"""Is the number real? Any table of predictions, with what it takes to believe it, and the number without what should not count."""

from __future__ import annotations

import math
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
from mlscaffold.evidence.roles import EVERY, Roles, identity, label_column, plain, recognise
from mlscaffold.model import Finding, Status
from mlscaffold.practice.comparison import mcnemar, peeking
from mlscaffold.practice.intervals import wilson
from mlscaffold.practice.metrics import BINS, calibration, majority
from mlscaffold.practice.resampling import Intervals, intervals, ranking
from mlscaffold.practice.slices import Slices, weak_slices
from mlscaffold.reports.audit.content import Audit, Baseline, Bin, ClassRow, Number, Trust
from mlscaffold.workflows import audit_findings as findings_of

Progress = Callable[[int, int], None]
ORDER = (Status.FAIL, Status.WARN, Status.PASS)
FEWEST = 30
PICTURES = ("path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img", "picture", "photo")
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
    return path.read_bytes()


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
        if len(table.header) > 1:
            raise UsageError(
                f"{train.name}: no column names an example; it has {', '.join(table.header[:12])}",
                reference="no-path-column",
                hint="Call it path, id or text",
            )
        only = table.header[0]
        return Listing([only, *table.cells[only]]), None
    rows = _trained(table)
    label = label_column(table)
    return _listing(table, names, rows, [table.cells[label][i] for i in rows] if label else ()), None


def _trained(table: Columns) -> Sequence[int]:
    """Of a table that names the split of each row, those of the training split."""
    for name in table.header:
        if plain(name) in SPLITS:
            rows = [i for i, split in enumerate(table.cells[name]) if split.casefold().startswith("train")]
            if rows:
                return rows
    return range(len(table))


def _comparable(one: Listing, other: Listing) -> bool:
    return bool((one.paths and other.paths) or (one.texts and other.texts) or (one.digests and other.digests))


def _judge(answers: Answers, overlap: Overlap, kept: list[int], *, looks: int, digest: str) -> Audit:
    """All numbers, and what they say together."""
    table, roles = answers.table, answers.roles
    pairs = list(zip(answers.labels, answers.predictions, strict=True))
    counted = [pairs[i] for i in kept] if len(kept) < len(pairs) else pairs
    groups = [table.cells[roles.group][i] for i in answers.rows] if roles.group else []
    numbers = _numbers(answers, pairs, groups, kept)
    right = [label == said for label, said in counted]
    counts = Counter(counted)
    baseline = _baseline(counts)
    slices = _slices(answers, kept, right)
    trust = _trust(answers, kept, right)
    luck = peeking(numbers[0].counted, len(kept), looks)
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
        classes=_classes(counts),
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


def _numbers(answers: Answers, pairs: list[tuple[str, str]], groups: list[str], kept: list[int]) -> tuple[Number, ...]:
    everything = _metrics(answers, pairs, groups, range(len(pairs)))
    if len(kept) == len(pairs):
        return tuple(Number(*row, *row[1:]) for row in everything)
    rest = _metrics(answers, [pairs[i] for i in kept], [groups[i] for i in kept] if groups else [], kept)
    known = {row[0]: row for row in rest}
    return tuple(Number(*row, *known[row[0]][1:]) for row in everything if row[0] in known)


Measured = tuple[str, float, float | None, float | None]


def _metrics(answers: Answers, pairs: list[tuple[str, str]], groups: list[str], rows: Sequence[int]) -> list[Measured]:
    """Accuracy, macro F1, balanced accuracy, and the area under the curve of a binary score, each with its interval."""
    counts = Counter(pairs)
    found = _classes(counts)
    around: Intervals = intervals(pairs, groups)
    accuracy = sum(count for (a, b), count in counts.items() if a == b) / max(1, len(pairs))
    f1 = [row.f1 for row in found if row.f1 is not None]
    recall = [row.recall for row in found if row.recall is not None]
    result: list[Measured] = [("accuracy", accuracy, *around.accuracy)]
    result.append(("macro F1", sum(f1) / max(1, len(f1)), *(around.f1_macro or (None, None))))
    result.append(("balanced accuracy", sum(recall) / max(1, len(recall)), *(around.recall_macro or (None, None))))
    if answers.scores is not None and answers.roles.positive:
        scores = [answers.scores[i] for i in rows]
        area = ranking(scores, [label == answers.roles.positive for label, _ in pairs])
        if area:
            result.append(("ROC AUC", area[0], *area[1]))
    return result


def _classes(counts: Counter[tuple[str, str]]) -> tuple[ClassRow, ...]:
    """Every class that occurs or is predicted, the least recalled first."""
    support: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    for (label, said), count in counts.items():
        support[label] += count
        predicted[said] += count
    rows = []
    for name in sorted((support.keys() | predicted.keys()) - {""}):
        n, m, hits = support[name], predicted[name], counts[name, name]
        rows.append(
            ClassRow(
                name,
                n,
                m,
                hits / n if n else None,
                wilson(hits, n) if n else None,
                hits / m if m else None,
                wilson(hits, m) if m else None,
                2 * hits / (n + m),
            )
        )
    return tuple(sorted(rows, key=lambda row: (math.inf if row.recall is None else row.recall, row.name)))


def _baseline(counts: Counter[tuple[str, str]]) -> Baseline:
    """Always the most frequent label, paired with the model row by row."""
    labels: Counter[str] = Counter()
    for (label, _), count in counts.items():
        labels[label] += count
    name, part = majority(labels.elements()) if labels.total() < 10_000 else _most(labels)
    better = sum(count for (label, said), count in counts.items() if label == said != name)
    worse = sum(count for (label, said), count in counts.items() if label == name != said)
    return Baseline(name, part, better, worse, mcnemar(better, worse))


def _most(labels: Counter[str]) -> tuple[str, float]:
    name, count = min(labels.items(), key=lambda item: (-item[1], item[0]))
    return name, count / labels.total()


def _slices(answers: Answers, kept: list[int], right: list[bool]) -> Slices:
    """Slices by every column that has no other meaning, and by group."""
    roles = answers.roles
    named = roles.named - {roles.group}
    rows = [answers.rows[i] for i in kept]
    table = answers.table
    return weak_slices({name: [table.cells[name][i] for i in rows] for name in table.header if name and name not in named}, right)


def _trust(answers: Answers, kept: list[int], right: list[bool]) -> Trust | None:
    """Calibration of the confidences that are numbers between 0 and 1."""
    if answers.confidences is None:
        return None
    given = answers.confidences
    rows = [(good, given[i]) for good, i in zip(right, kept, strict=True) if 0 <= given[i] <= 1]
    measured = calibration(rows)
    if measured is None:
        return None
    n = len(rows)
    accuracy = sum(good for good, _ in rows) / n
    sums = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    brier = 0.0
    for good, confidence in rows:
        one = sums[min(BINS - 1, int(confidence * BINS))]
        one[0] += 1
        one[1] += confidence
        one[2] += good
        brier += (confidence - good) ** 2
    bins = tuple(Bin(i / BINS, (i + 1) / BINS, int(k), c / k, a / k) for i, (k, c, a) in enumerate(sums) if k)
    mean = sum(one[1] for one in sums) / n
    flat = accuracy * (1 - accuracy)
    return Trust(n, measured.error, measured.floor, measured.limit, mean, accuracy, brier / n, flat, bins)


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
    if not baseline.beaten:
        return f'{now} ({around}) is no better than always saying "{baseline.name}", which reaches {baseline.accuracy:.3f}.'
    why = " and ".join(word for word in ("leaked", "doubled") if f"audit.{word}" in ids)
    if n < FEWEST:
        text = f"{now} on {n} rows says little: it may be anything from {around}."
    elif "audit.spelling" in ids:
        text = f"{now} ({around}) is too low: class names are spelled in two ways."
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
