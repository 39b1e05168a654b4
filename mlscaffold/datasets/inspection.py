"""What is amiss in a folder of pictures, judged from its inventory: each rule with its threshold and the reason for it."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.folders import folders_of
from mlscaffold.datasets.images import JPEG, Facts
from mlscaffold.datasets.inventory import Inventory
from mlscaffold.model import Status

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP", ".bmp": "BMP",
    ".gif": "GIF", ".tif": "TIFF", ".tiff": "TIFF", ".ppm": "PPM", ".pgm": "PPM", ".pbm": "PPM", ".avif": "AVIF",
}  # fmt: skip
REFUSED = {
    "unreadable": (Status.FAIL, "cannot be opened", "look at the permissions, and run this again"),
    "empty": (Status.FAIL, "empty", "copy them again from where they came"),
    "truncated": (Status.FAIL, "cut off: the file ends in the middle of the picture", "copy them again from where they came"),
    "undecodable": (Status.FAIL, "damaged: the picture cannot be decoded", "copy them again, or take them out"),
    "not-an-image": (Status.FAIL, "no picture at all", "download them again, or take them out"),
    "too-large": (Status.FAIL, "too large to be decoded safely", "scale them down, or take them out"),
    "lfs-pointer": (Status.WARN, "kept elsewhere by Git LFS", "git lfs pull"),
    "not-opened": (Status.WARN, "not opened", "copy what belongs here into the folder"),
}
MASKS = frozenset(
    {"mask", "masks", "label", "labels", "annotation", "annotations", "segmentationclass", "segmentationobject", "gt"}
)
"""Folders, in lower case, whose flat pictures are masks."""

FEW = 20  # pictures; of fewer nobody can say what is usual


@dataclass(frozen=True)
class Limits:
    """From where on a picture is odd; each rule below says why its default is what it is."""

    blank: float = 6.0
    dark: int = 30
    bright: int = 225
    blur: float = 6.0
    size: float = 4.0
    shape: float = 3.0


USUAL = Limits()


@dataclass(frozen=True)
class Item:
    """A picture, or pictures that belong together, and a few words."""

    paths: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True)
class Found:
    """One kind of finding: `count` pictures, `items` all of them, what it means and what to do."""

    kind: str
    status: Status
    count: int
    message: str
    items: tuple[Item, ...]
    fix: str = ""


@dataclass(frozen=True)
class Scan:
    """All that a scan tells; read + refused = total, of pictures by their names."""

    name: str
    total: int
    read: int
    bytes: int
    passed: dict[str, int]
    formats: dict[str, int]
    modes: dict[str, int]
    sizes: dict[str, list[float]]
    classes: dict[str, int]
    found: tuple[Found, ...]
    root: str = ""
    decoded: int = 0
    known: int = 0
    seconds: float = 0.0

    @property
    def refused(self) -> int:
        """Files with a picture's name that gave no picture."""
        return self.total - self.read

    @property
    def sound(self) -> bool:
        """Whether nothing was found that spoils a training."""
        return not any(f.status is Status.FAIL for f in self.found)


def inspect(inventory: Inventory, fetch: Callable[[Iterable[str]], dict[str, Facts]]) -> Iterator[Found]:
    """Every kind of finding that there is, the worst first; `fetch` gives the facts behind digests."""
    from mlscaffold.datasets.resemblance import resemblances

    seen = without_masks(inventory)
    rules = (_refused(inventory), resemblances(seen, folders_of(seen.paths), fetch), _names(inventory), light(seen),
             sharpness(seen), sizes(seen), modes(seen), _orientation(inventory), _masks(inventory, seen))  # fmt: skip
    found = [one for rule in rules for one in rule]
    order = (Status.FAIL, Status.WARN, Status.PASS)
    yield from sorted(found, key=lambda one: order.index(one.status))


def _refused(inventory: Inventory) -> Iterator[Found]:
    """Files that gave no picture, by the reason; unusable whatever their share is."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for path, (problem, detail) in sorted(inventory.refused.items()):
        groups[problem].append(Item((path,), detail))
    for problem, (status, words, fix) in REFUSED.items():
        if items := groups.get(problem):
            yield Found(problem, status, len(items), words, tuple(items), fix)


def without_masks(inventory: Inventory) -> Inventory:
    """The pictures that people look at: a mask of classes is dark, flat and grey by its nature."""
    modes, codes = inventory.named("mode")
    flat = {code for code, mode in enumerate(modes) if mode in ("1", "L", "P", "I", "I;16")}
    masks: dict[str, bool] = {}  # by folder
    kept = array("q")
    for place, (path, code) in enumerate(zip(inventory.paths, codes, strict=True)):
        if code in flat:
            folder = path.rpartition("/")[0]
            if folder not in masks:
                masks[folder] = not MASKS.isdisjoint(folder.lower().split("/"))
            if masks[folder]:
                continue
        kept.append(place)
    return inventory if len(kept) == len(inventory) else inventory.chosen(kept)


def _masks(inventory: Inventory, seen: Inventory) -> Iterator[Found]:
    """Masks, by mode and folder: told, since nothing else is said of how they look."""
    if len(inventory) == len(seen):
        return
    if left := sorted(set(inventory.paths) - set(seen.paths)):
        items = tuple(Item((path,)) for path in left)
        yield Found("masks", Status.PASS, len(left), "masks, by their folder: brightness, size and mode were not judged", items)


def _singles(
    inventory: Inventory,
    kind: str,
    *,
    where: Array,
    message: str,
    fix: str,
    words: Callable[[int], str],
    order: Array | None = None,
) -> Iterator[Found]:
    """A finding about single pictures; what more than half of them have is a property of the set, told once and not a fault."""
    import numpy as np

    places = np.flatnonzero(where)
    if not len(places):
        return
    if order is not None:
        places = places[np.argsort(order[places], kind="stable")]
    items = tuple(Item((inventory.paths[i],), words(i)) for i in places.tolist())
    if 2 * len(items) > len(inventory) >= FEW:
        message = f"{message}; {len(items) / len(inventory):.0%} of all are so: a property of this set"
        yield Found(kind, Status.PASS, len(items), message, items, "")
    else:
        yield Found(kind, Status.WARN, len(items), message, items, fix)


def _names(inventory: Inventory) -> Iterator[Found]:
    """The format against the ending: loaders that choose a decoder by the name fail on it, or skip the file."""
    import numpy as np

    names, codes = inventory.named("format")
    plain = ["JPEG" if name in JPEG else name for name in names]
    promised = (FORMATS.get(path[path.rfind(".") :].lower(), "") for path in inventory.paths)
    wrong = np.array([bool(p) and p != plain[c] for p, c in zip(promised, codes.tolist(), strict=True)], dtype=bool)
    yield from _singles(
        inventory, "wrong-ending", where=wrong, message="not what the ending says", fix="rename them, or save them anew",
        words=lambda i: f"is {plain[codes[i]]}",
    )  # fmt: skip


def light(inventory: Inventory, limits: Limits = USUAL) -> Iterator[Found]:
    """Dark, bright and blank pictures.

    Dark: 99 of 100 pixels are below 30 of 255; bright: 99 of 100 are above 225; blank: the grey values deviate by less than 6.
    On four real sets (744 photographs) these rules flagged nothing that a person could recognise.
    """
    p1, p99, deviation, mean = (inventory.column(name) for name in ("p1", "p99", "deviation", "mean"))
    blank = deviation < limits.blank
    rules = (
        ("blank", blank, "blank: nothing to be seen", lambda i: f"grey {mean[i]:.0f} ± {deviation[i]:.1f}", deviation),
        ("dark", (p99 < limits.dark) & ~blank, "nearly black", lambda i: f"99 of 100 pixels below {p99[i] + 1} of 255", p99),
        (
            "bright",
            (p1 > limits.bright) & ~blank,
            "nearly white",
            lambda i: f"99 of 100 pixels above {p1[i] - 1} of 255",
            -p1.astype("i2"),
        ),
    )
    for kind, where, message, words, order in rules:
        fix = "look at them; a label on nothing teaches noise"
        yield from _singles(inventory, kind, where=where, message=message, fix=fix, words=words, order=order)


def sharpness(inventory: Inventory, limits: Limits = USUAL) -> Iterator[Found]:
    """Blurry pictures: sharpness (variance of the Laplacian) below a sixth of the median of this set, and below a quarter for its contrast.

    Only beside its own set: the medians of four real sets were 365, 626, 1 765 and 2 152, so no fixed number travels. A sixth
    flagged 0 to 3 % of their originals, and 87 to 100 % of copies blurred by two pixels at 512 px. What is little because there is
    little contrast (a plane in the sky, fog) is no blur.
    """
    import numpy as np

    values = inventory.column("sharpness")
    lit = inventory.column("deviation") >= limits.blank
    lit &= (inventory.column("p99") >= limits.dark) & (inventory.column("p1") <= limits.bright)
    if lit.sum() < FEW:
        return
    usual = float(np.median(values[lit]))
    contrasted = values / np.maximum(inventory.column("deviation"), 1.0) ** 2
    blurry = (values < usual / limits.blur) & (contrasted < np.median(contrasted[lit]) / (limits.blur * 2 / 3)) & lit
    yield from _singles(
        inventory, "blurry", where=blurry, message="blurry beside the others", fix="look at the first ones, and draw the line yourself",
        words=lambda i: f"sharpness {values[i]:.0f}, usually {usual:.0f}", order=values,
    )  # fmt: skip


def sizes(inventory: Inventory, limits: Limits = USUAL) -> Iterator[Found]:
    """Odd sizes: a side beyond four times, or below a quarter of, its median; odd shapes: three times as wide or high as usual.

    No rule of quartiles: where half the pictures share one size their distance is 0, and everything else would be odd (another
    tool flagged 105 of 507 sound photographs so).
    """
    import numpy as np

    if len(inventory) < FEW:
        return
    turned = inventory.column("orientation") >= 5
    stored = inventory.column("width"), inventory.column("height")
    width, height = np.where(turned, stored[1], stored[0]), np.where(turned, stored[0], stored[1])
    usual = float(np.median(width)), float(np.median(height))
    odd = np.zeros(len(inventory), dtype=bool)
    for side, middle in zip((width, height), usual, strict=True):
        odd |= (side < middle / limits.size) | (side > middle * limits.size)
    yield from _singles(
        inventory, "odd-size", where=odd, message="of an odd size", fix="are they thumbnails, icons or scans of another source?",
        words=lambda i: f"{width[i]} × {height[i]} px, usually {usual[0]:.0f} × {usual[1]:.0f}",
    )  # fmt: skip
    shape = width / height
    middle = float(np.median(shape))
    far = ((shape > limits.shape * middle) | (shape < middle / limits.shape)) & ~odd
    yield from _singles(
        inventory, "odd-shape", where=far, message="of an odd shape", fix="squeezed to the model's input they show little",
        words=lambda i: f"{width[i]} × {height[i]} px",
    )  # fmt: skip


def modes(inventory: Inventory) -> Iterator[Found]:
    """Modes that loaders trip over (CMYK, 16 bit, floating point, transparent, animated), and few grey ones among coloured ones."""
    import numpy as np

    names, codes = inventory.named("mode")
    counts = Counter(codes.tolist())
    most = names[counts.most_common(1)[0][0]] if counts else ""
    usual = {most, "P", "L"} if most in ("P", "L") else {most}
    plain = [name in usual for name in names]
    odd = ~np.array(plain, dtype=bool)[codes] if len(codes) else np.zeros(0, dtype=bool)
    moving = inventory.column("frames") > 1
    moving &= (
        np.array([name not in JPEG for name in inventory.named("format")[0]], dtype=bool)[inventory.named("format")[1]]
        if len(codes)
        else moving
    )
    yield from _singles(
        inventory, "odd-mode", where=odd & ~moving, message=f"not {most} as most are", fix=f"convert them to {most} when loading, and write that down",
        words=lambda i: names[codes[i]],
    )  # fmt: skip
    frames = inventory.column("frames")
    yield from _singles(
        inventory, "animated", where=moving, message="with more than one frame", fix="decide which frame counts",
        words=lambda i: f"{frames[i]} frames",
    )  # fmt: skip


def _orientation(inventory: Inventory) -> Iterator[Found]:
    """EXIF orientation other than 1: what people see is turned or mirrored, and loaders differ in whether they obey."""
    orientation = inventory.column("orientation")
    yield from _singles(
        inventory, "turned", where=orientation > 1, message="turned by their EXIF orientation",
        fix="make sure that the loader turns them (PIL: ImageOps.exif_transpose)", words=lambda i: f"orientation {orientation[i]}",
    )  # fmt: skip
