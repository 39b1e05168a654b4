"""preparation.split-shift."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import NormalDist, median, quantiles

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.evidence import data, media, sources
from mlscaffold.evidence.collection import source_of
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.practice import shift
from mlscaffold.project import Project
from mlscaffold.splitnames import BASE, is_split, told

CHECK = "preparation.split-shift"
# One class: significant at this level over all, its shares this far apart; and so far that it is no matter of opinion.
LEVEL, APART, GRAVE = 0.001, 0.15, 0.25
FEATURES = ("brightness", "contrast", "size", "shape")
# How a stage document says that test is meant to be unlike train.
MEANT = re.compile(
    r"\btest\w*\b[^.。]*\b(on purpose|differ\w*|deliberate\w*|unlike|field data|absichtlich|anders)|测试[^。]*(不同|故意)", re.I
)


@check(proves="sized-splits", reads=("data/splits", "data/raw", "docs/01-problem.*"))
def split_shift(project: Project) -> Iterator[Finding]:
    """Validation, eyeball and test look like train: the same shares of classes, brightness and sizes.

    ## Why
    A test set from another month measures the month.

    ## Evidence
    The population stability index of class shares, and of brightness, contrast, size and shape where the pictures are here, of each
    split against train. It counts above 0.1 and twice its noise floor (chi-square, over all comparisons); class shares fail above
    0.25 and 2.5 times the floor. One class whose share differs by 0.15 beyond chance (p < 0.001, Bonferroni) is told too, and
    fails from 0.25 on. Where groups are declared, groups are counted and not pictures. Extra sources, `augmented` and test sets with
    a name are meant to differ and are left out.
    Setting `reason`: why test differs on purpose; then nothing is said of class shares. A sentence about it in the problem document
    makes a failure a warning.

    ## Fix
    `mlscaffold data split --again`, which deals by label; or write the reason into `[checks."preparation.split-shift"]`.
    """
    rows = [r for r in data.splits(project) if is_split(r.split)]
    extra = sources.extra(project)
    rows = [r for r in rows if source_of(r.path) not in extra]
    train = [r for r in rows if r.split == "train"]
    others = [s for s in BASE[1:] if any(r.split == s for r in rows)]
    if not train or not others:
        return
    if not project.option(CHECK, "reason", ""):
        yield from _shares(project, rows, others)
    raw = data.raw_media(project)
    facts = {
        p: f
        for p, f in media.facts(project, {r.path: raw[r.path] for r in rows if r.path in raw}, base=data.RAW).items()
        if f.decode_ok
    }
    if not facts:
        yield unknown("brightness and sizes were not compared: the pictures are not on this machine", data.RAW)
        return
    values = {
        r.path: (f.mean, f.deviation, math.log(f.width * f.height), math.log(f.width / f.height))
        for r in rows if (f := facts.get(r.path)) is not None
    }  # fmt: skip
    told = []
    for split in others:
        held = [r for r in rows if r.split == split and r.path in values]
        for k, name in enumerate(FEATURES):
            first = [values[r.path][k] for r in train if r.path in values]
            second = [values[r.path][k] for r in held]
            found, floor = _index(first, second, _weight(train), _weight(held), comparisons=len(others) * len(FEATURES))
            if found > max(0.1, 2 * floor):
                a, b = (f"{_plain(name, median(x)):.3g}" for x in (first, second))
                told.append(f"{name} of {split}: median {b}, {a} in train (index {found:.2f}, chance {floor:.2f})")
    if told:
        yield warn(f"pictures of the splits differ: {few(told)}", "data/splits", fix="mlscaffold data split --again, or say why")


def _shares(project: Project, rows: list[data.SplitRow], others: list[str]) -> Iterator[Finding]:
    labels = sorted({r.label for r in rows})
    held = {s: [r for r in rows if r.split == s] for s in ("train", *others)}
    counts = {s: Counter(r.label for r in found) for s, found in held.items()}
    worst: list[tuple[float, float, str]] = []
    for split in others:
        scale = {s: _weight(held[s]) for s in ("train", split)}
        cells = [[counts[s][c] * scale[s] for c in labels] for s in ("train", split)]
        floor = shift.floor(len(labels), sum(cells[0]), sum(cells[1]), comparisons=len(others))
        worst.append((shift.psi(cells[0], cells[1]), floor, split))
    bad = [(index, floor, s) for index, floor, s in worst if index > max(0.1, 2 * floor)]
    index, floor, split = max(bad, default=(0.0, 0.0, ""))
    grave = index > max(0.25, 2.5 * floor) and not _meant(project)
    if not grave and (single := list(_one_class(project, held, labels))):
        yield from single
        return
    if not bad:
        return
    share = {s: {c: counts[s][c] / len(held[s]) for c in labels} for s in held}
    name = max(labels, key=lambda c: abs(share[split][c] - share["train"][c]))
    shown = told(held)
    words = (
        f'share of "{name}": {" / ".join(f"{share[s][name]:.2f}" for s in shown)} in {" / ".join(shown)};'
        f" index {index:.2f} of {split} against train, chance explains {floor:.2f}"
    )
    say = fail if grave else warn
    yield say(words, "data/splits", fix=f'mlscaffold data split --again, or `reason` under [checks."{CHECK}"] in mlscaffold.toml')


def _one_class(project: Project, held: dict[str, list[data.SplitRow]], labels: list[str]) -> Iterator[Finding]:
    """One class whose share is another one beyond chance, where the index of all classes is too coarse: few pictures, many classes."""
    found = []
    others = [s for s in held if s != "train"]
    level = NormalDist().inv_cdf(1 - LEVEL / (2 * len(labels) * len(others)))
    a, n = Counter(r.label for r in held["train"]), len(held["train"]) * _weight(held["train"])
    for split in others:
        b, m = Counter(r.label for r in held[split]), len(held[split]) * _weight(held[split])
        for name in labels:
            first, second = a[name] / len(held["train"]), b[name] / len(held[split])
            together = (first * n + second * m) / (n + m)
            spread = math.sqrt(max(together * (1 - together), 1e-9) * (1 / n + 1 / m))
            if abs(first - second) >= APART and abs(first - second) > level * spread:
                found.append((abs(first - second), name, split, (first, second)))
    if not found:
        return
    _, name, split, (first, second) = max(found)
    shown = told(held)
    shares = [sum(r.label == name for r in held[s]) / len(held[s]) for s in shown]
    words = (
        f'share of "{name}": {" / ".join(f"{share:.2f}" for share in shares)} in {" / ".join(shown)}; {split} against train is'
        f" beyond chance (p < {LEVEL:g} over all classes and splits)"
    )
    say = fail if abs(first - second) >= GRAVE and not _meant(project) else warn
    yield say(words, "data/splits", fix=f'mlscaffold data split --again, or `reason` under [checks."{CHECK}"] in mlscaffold.toml')


def _index(first: Sequence[float], second: Sequence[float], a: float, b: float, *, comparisons: int) -> tuple[float, float]:
    """The index of two samples over the tenths of the first, and what chance explains; `a` and `b` scale pictures to groups."""
    if min(len(first), len(second)) < 10:
        return 0.0, 0.0
    parts = max(3, min(10, len(second) // 10))
    edges = sorted(set(quantiles(first, n=parts)))
    cells = [Counter(bisect_right(edges, round(v, 9)) for v in sample) for sample in (first, second)]
    used = [i for i in range(len(edges) + 1) if cells[0][i] or cells[1][i]]
    if len(used) < 2:
        return 0.0, 0.0
    counts = [[c[i] * scale for i in used] for c, scale in zip(cells, (a, b), strict=True)]
    return shift.psi(counts[0], counts[1]), shift.floor(len(used), sum(counts[0]), sum(counts[1]), comparisons=comparisons)


def _weight(rows: list[data.SplitRow]) -> float:
    """Independent observations a picture: one, or fewer where groups are declared."""
    return len({r.group or r.path for r in rows}) / len(rows) if rows else 1.0


def _plain(name: str, value: float) -> float:
    return math.exp(value) if name in ("size", "shape") else value


def _meant(project: Project) -> bool:
    from mlscaffold.evidence import documents

    found = project.glob("docs/01-problem.*")
    return any(MEANT.search(s.text) for f in found[:1] for s in project.read(documents.read, f).sections)
