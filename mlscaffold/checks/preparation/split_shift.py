"""preparation.split-shift."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from statistics import NormalDist, fmean, median

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.evidence import data, sources
from mlscaffold.evidence.appearance import NAMES, Look, appearance, plainly
from mlscaffold.evidence.collection import source_of
from mlscaffold.evidence.wording import few, says_nothing
from mlscaffold.model import Finding
from mlscaffold.practice import samples, shift
from mlscaffold.practice.telling_apart import tell_apart
from mlscaffold.project import Project
from mlscaffold.splitnames import BASE, is_split, told

CHECK = "preparation.split-shift"
FIX = f'mlscaffold data split --again, or `reason` and `about` under [checks."{CHECK}"] in mlscaffold.toml'
LABELS = "labels"
# One class: significant at this level over all, its shares this far apart; and so far that it is no matter of opinion.
LEVEL, APART, GRAVE = 0.001, 0.15, 0.25
# A property of the pictures: this share of them lies elsewhere (APART), beyond chance after Holm's correction; from HALF on it fails.
CHANCE, HALF, ENOUGH = 0.001, 0.5, 10
TOLD = (
    0.65  # the whole interval of the area under the curve lies above it where train and another split are two kinds of pictures
)
# How a stage document says that test is meant to be unlike train.
MEANT = re.compile(
    r"\btest\w*\b[^.。]*\b(on purpose|differ\w*|deliberate\w*|unlike|field data|absichtlich|anders)|测试[^。]*(不同|故意)", re.I
)


@check(
    proves="sized-splits",
    reads=("data/splits", "data/raw", "data/processed", "data/schema.toml", "docs/01-problem.*", "mlscaffold.toml"),
)
def split_shift(project: Project) -> Iterator[Finding]:
    """Validation, eyeball and test look like train: the same shares of classes, the same light, colours and sizes.

    ## Why
    A test set from another month measures the month.

    ## Evidence
    Class shares: the population stability index of each split against train. It counts above 0.1 and twice its noise floor
    (chi-square, over all comparisons), and fails above 0.25 and 2.5 times the floor. One class whose share differs by 0.15 beyond
    chance (p < 0.001, Bonferroni) is told too, and fails from 0.25 on.
    Where the pictures are here: brightness, contrast, sharpness, size, shape, bytes per pixel and, of prepared or lossless pictures,
    colour. Each is compared by ranks (Kolmogorov and Smirnov): it counts where 0.15 of the pictures lie elsewhere and chance
    explains that less than once in a thousand, over all comparisons (Holm). It fails where half of them do, unless the splits are
    dealt by `time`. Where no property differs alone, a linear model of all of them tries to tell the splits apart, on pictures that
    it was not fitted to: it is told where the interval of the area under the curve lies above 0.65.
    Where groups are declared, groups are counted and not pictures. Extra sources, `augmented` and test sets with a name are meant to
    differ and are left out.
    Setting `reason`: why test differs on purpose; then nothing is said of what the setting `about` names (`["labels"]`,
    `["brightness", "contrast"]`), and without `about` nothing at all. A sentence about it in the problem document
    makes a failure a warning.

    ## Fix
    `mlscaffold data split --again`, which deals by label; or write into `[checks."preparation.split-shift"]` the reason, and what it is about.
    """
    rows = [r for r in data.splits(project) if is_split(r.split)]
    extra = sources.extra(project)
    rows = [r for r in rows if source_of(r.path) not in extra]
    train = [r for r in rows if r.split == "train"]
    others = [s for s in BASE[1:] if any(r.split == s for r in rows)]
    if not train or not others:
        return
    about: tuple[str, ...] = project.option(CHECK, "about", ())
    meant = set(map(str, about))
    if unknown_names := sorted(meant - {LABELS, *NAMES}):
        words = f"`about` names {few(unknown_names)}; known are {', '.join((LABELS, *NAMES))}"
        yield fail(words, "mlscaffold.toml", fix="edit mlscaffold.toml")
    if says_nothing(project.option(CHECK, "reason", "")):
        meant = set()  # nothing is silenced without a reason
    elif not meant:
        return
    if LABELS not in meant:
        yield from _shares(project, rows, others)
    yield from _looks(project, rows, others, meant)


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
    yield say(words, "data/splits", fix=FIX)


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
    yield say(words, "data/splits", fix=FIX)


def _looks(project: Project, rows: list[data.SplitRow], others: list[str], meant: set[str]) -> Iterator[Finding]:
    """Light, colour, sharpness and sizes of each split against train, then all of them together where none alone differs."""
    seen = appearance(project, [r.path for r in rows])
    looks = {path: {name: value for name, value in look.items() if name not in meant} for path, look in seen.items()}
    if not seen:
        yield unknown("brightness, colour and sizes were not compared: the pictures are not on this machine", data.RAW)
        return
    held = {s: [r for r in rows if r.split == s and r.path in looks] for s in ("train", *others)}
    names = [name for name in NAMES if name not in meant]
    if not names:
        return
    pairs = [(split, name) for split in others for name in names if min(len(held["train"]), len(held[split])) >= ENOUGH]
    found = []
    for split, name in pairs:
        first, second = ([looks[r.path][name] for r in held[s] if name in looks[r.path]] for s in ("train", split))
        found.append((samples.compare(first, second, weight=(_weight(held["train"]), _weight(held[split]))), split, name))
    chances = samples.holm([c.chance for c, _, _ in found])
    told = [
        (c.distance, split, name, chance)
        for (c, split, name), chance in zip(found, chances, strict=True)
        if c.distance >= APART and chance < CHANCE
    ]
    if told:
        told.sort(key=lambda one: (-round(one[0], 1), NAMES.index(one[2])))  # of equal ones what people see first
        yield from _differences(project, told, held, looks)
    else:
        yield from _together(held, looks, others)


def _differences(
    project: Project,
    told: list[tuple[float, str, str, float]],
    held: dict[str, list[data.SplitRow]],
    looks: dict[str, Look],
) -> Iterator[Finding]:
    words = []
    for distance, split, name, chance in told:
        first, second = (plainly(name, median(looks[r.path][name] for r in held[s])) for s in ("train", split))
        words.append(f"{name} of {split}: median {second}, {first} in train (distance {distance:.2f}, p {_below(chance)})")
    worst, (_, split, name, _) = max(one[0] for one in told), told[0]
    say = fail if worst >= HALF and not (_meant(project) or _by_time(project)) else warn
    usual = median(looks[r.path][name] for r in held["train"])
    apart = sorted(held[split], key=lambda r: -abs(looks[r.path][name] - usual))
    yield say(
        f"pictures of the splits differ: {few(words)}",
        "data/splits",
        fix=FIX,
        items=[f"{data.RAW}/{r.path}" for r in apart],
    )


def _together(held: dict[str, list[data.SplitRow]], looks: dict[str, Look], others: list[str]) -> Iterator[Finding]:
    """What no property shows alone: a linear model that tells a split from train by all of them."""
    for split in others:
        first, second = ([*_groups(held[s], looks).values()] for s in ("train", split))
        found = tell_apart(first, second)
        if found.low > TOLD:
            yield warn(
                f"train and {split} can be told apart by light, colour, sharpness and size together, though by none of them alone:"
                f" area under the curve {found.auc:.2f} ({found.low:.2f} to {found.high:.2f}), 0.5 is chance",
                "data/splits",
                fix=FIX,
            )


def _groups(rows: list[data.SplitRow], looks: dict[str, Look]) -> dict[str, list[float]]:
    """Group (or picture) → the means of what all its pictures have."""
    common = [name for name in NAMES if all(name in look for look in looks.values())]
    members: dict[str, list[Look]] = {}
    for row in rows:
        members.setdefault(row.group or row.path, []).append(looks[row.path])
    return {key: [fmean(look[name] for look in held) for name in common] for key, held in members.items()}


def _below(chance: float) -> str:
    return "< 0.001" if chance < 0.001 else f"= {chance:.3f}"


def _weight(rows: list[data.SplitRow]) -> float:
    """Independent observations a picture: one, or fewer where groups are declared."""
    return len({r.group or r.path for r in rows}) / len(rows) if rows else 1.0


def _by_time(project: Project) -> bool:
    """Whether the splits are dealt by time, so that another season in test is the point of it."""
    from mlscaffold.evidence import toml

    return project.exists("data/schema.toml") and bool(project.read(toml.read, "data/schema.toml").get("time"))


def _meant(project: Project) -> bool:
    from mlscaffold.evidence import documents

    found = project.glob("docs/01-problem.*")
    return any(MEANT.search(s.text) for f in found[:1] for s in project.read(documents.read, f).sections)
