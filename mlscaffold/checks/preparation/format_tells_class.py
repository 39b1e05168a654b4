"""preparation.format-tells-class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import data, media
from mlscaffold.model import Finding
from mlscaffold.practice.association import associate
from mlscaffold.project import Project, Unknown
from mlscaffold.splitnames import is_split

if TYPE_CHECKING:
    from mlscaffold.datasets.images import Facts

SHARE, APART = 0.25, 0.3
LEAST, SEVERAL, COVERED = 20, 8, 0.8
JPEGS = 60
STANDARD = 57.625  # mean of the luminance table of the JPEG standard, at quality 50
FIX = "take pictures of every class in the same way, or save all of them anew in one format; mlscaffold explain preparation.format-tells-class"


@check(proves="processed-data", reads=("data/splits", "data/raw"))
def format_tells_class(project: Project) -> Iterator[Finding]:
    """How a picture was stored does not tell its class.

    ## Why
    Where all defects come from the phone as JPEG and all sound parts from the camera as PNG, the model learns the compression.

    ## Evidence
    Of the raw pictures that are here: file format, mode (colour, depth, alpha), size in pixels where a few sizes hold most pictures,
    and the quality of JPEG files (60 of each class), each against the label: mutual information, less the bias of small samples.
    It counts where chance explains it less than once in a thousand, over all comparisons, it is a quarter of what there is to know,
    and a share differs by 0.3 between a class and the others. Where groups are declared, groups are counted and not pictures.

    ## Fix
    Take or export the pictures of all classes in one way. Where that is too late, save all of them anew in the poorer one, and collect
    a few of each class by the other way for test.
    """
    rows = [r for r in data.splits(project) if is_split(r.split)]
    here = data.raw_media(project)
    facts = media.facts(project, {r.path: here[r.path] for r in rows if r.path in here}, base=data.RAW)
    seen = [(r, facts[r.path]) for r in rows if r.path in facts and facts[r.path].decode_ok]
    if not seen:
        raise Unknown("formats were not compared: the pictures are not on this machine", path=data.RAW)
    weight = len({r.group or r.path for r, _ in seen}) / len(seen)
    properties = {
        "the file format": {r.path: f.format for r, f in seen},
        "the mode": {r.path: f.mode for r, f in seen},
        "the size in pixels": _sizes(seen),
        "the quality of JPEG": _qualities(project, seen),
    }
    place = {r.path: r for r, _ in seen}
    for name, values in properties.items():
        pairs = [(value, place[path].label) for path, value in values.items()]
        if len(pairs) < LEAST:
            continue
        found = associate(pairs, weight=weight, comparisons=len(properties))
        if found.share < SHARE or not found.beyond_chance:
            continue
        told, first, apart = _told(values, {path: row.label for path, row in place.items()})
        if apart >= APART:
            yield warn(
                f"{name} tells the class: {told}; by it alone {_percent(found.by_it)} of {found.n} labels are guessed right,"
                f" {_percent(found.without)} without",
                at(place[first].file, place[first].line), fix=FIX,
            )  # fmt: skip


def _sizes(seen: list[tuple[data.SplitRow, Facts]]) -> dict[str, str]:
    """Size of each picture, where a few sizes (of cameras) hold most of them; crops have a size each, which says nothing."""
    sizes = {r.path: f"{f.width} × {f.height} px" for r, f in seen}
    usual = Counter(sizes.values()).most_common(SEVERAL)
    known = {size for size, _ in usual}
    if sum(n for _, n in usual) < COVERED * len(sizes):
        return {}
    return {path: size if size in known else "another size" for path, size in sizes.items()}


def _qualities(project: Project, seen: list[tuple[data.SplitRow, Facts]]) -> dict[str, str]:
    """Quality, to the next five, of JPEG files: some of each class, evenly spread."""
    held: dict[str, list[str]] = defaultdict(list)
    for row, f in seen:
        if f.format == "JPEG":
            held[row.label].append(row.path)
    chosen = [paths[i * len(paths) // JPEGS] for paths in held.values() if len(paths) > JPEGS for i in range(JPEGS)]
    chosen += [path for paths in held.values() if len(paths) <= JPEGS for path in paths]
    return {path: quality for path in chosen if (quality := _quality(project.content(f"{data.RAW}/{path}")))}


def _quality(content: bytes) -> str:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        table = getattr(image, "quantization", {}).get(0)
    if not table:
        return ""
    scale = 100 * sum(table) / len(table) / STANDARD
    quality = 5000 / scale if scale > 100 else (200 - scale) / 2
    return f"quality {5 * round(quality / 5)}"


def _told(values: dict[str, str], labels: dict[str, str]) -> tuple[str, str, float]:
    """The class and the value that belong together most, in words, the first picture that shows it, and how far its share lies from the others'."""
    classes = sorted({labels[path] for path in values})
    held = {name: Counter(v for path, v in values.items() if labels[path] == name) for name in classes}
    total = Counter(values.values())

    def apart(name: str, value: str) -> float:
        mine, rest = held[name].total(), len(values) - held[name].total()
        return held[name][value] / mine - (total[value] - held[name][value]) / max(1, rest)

    name, value = max(((c, v) for c in classes for v in held[c]), key=lambda pair: apart(*pair))
    others = total - held[name]
    theirs, n = others.most_common(1)[0] if others else (value, 0)
    share, other = held[name][value] / held[name].total(), n / max(1, others.total())
    first = next(path for path in sorted(values) if labels[path] == name and values[path] == value)
    return f'"{name}" is {_percent(share)} {value}, the others are {_percent(other)} {theirs}', first, apart(name, value)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
