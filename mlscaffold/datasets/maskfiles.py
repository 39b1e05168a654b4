"""Mask files beside pictures: which file is the mask of which picture, and what its values are."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.masks import MOST
from mlscaffold.datasets.pictures import FOLDERS, Pictures, pictures_of
from mlscaffold.datasets.record import SPLIT_NAMES, is_media

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MASKS = frozenset(
    {
        "masks",
        "mask",
        "segmentationclass",
        "segmentationobject",
        "annotations",
        "labels",
        "label",
        "gt",
        "groundtruth",
        "index_masks",
    }
)
_PLAIN = frozenset(folder.casefold() for folder in FOLDERS) | {"images", "imgs"}
_ENDINGS = ("_mask", "-mask", "_label", "_labels", "_gt", "_seg", "_segmentation")


@dataclass(frozen=True)
class Pairs:
    """Masks by picture (names below the folder), and masks without one."""

    masks: dict[str, list[str]] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The greatest number of masks of one picture."""
        return max((len(masks) for masks in self.masks.values()), default=0)

    @property
    def count(self) -> int:
        """Pictures that have a mask."""
        return sum(bool(masks) for masks in self.masks.values())


def is_mask(name: str) -> bool:
    """Whether a file is a mask by its folder (`masks/…`) or by its name (`x_mask.png`)."""
    parts = PurePosixPath(name).parts
    return any(part.casefold() in MASKS for part in parts[:-1]) or PurePosixPath(name).stem.casefold().endswith("_mask")


def any_mask(root: Path) -> bool:
    """Whether a picture below is a mask by its folder or by its name: a first look that opens nothing."""
    for folder, _, names in os.walk(root):
        below = any(part.casefold() in MASKS for part in Path(folder).relative_to(root).parts)
        if any((below or "_mask." in name.casefold()) and is_media(Path(name)) for name in names):
            return True
    return False


def pairs_of(pictures: Pictures) -> Pairs:
    """Every mask with the picture whose name begins its own; the longest such name wins. A lone picture beside a folder of masks is theirs."""
    found = Pairs({name: [] for name in pictures.paths if not is_mask(name)})
    by_stem: dict[str, list[str]] = {}
    for name in found.masks:
        by_stem.setdefault(PurePosixPath(name).stem, []).append(name)
    by_home: dict[str, list[str]] = {}
    for name in found.masks:
        by_home.setdefault(home(name), []).append(name)
    for name in pictures.paths:
        if name in found.masks:
            continue
        owner = _owner(name, by_stem) or _lone(name, by_home)
        if owner:
            found.masks[owner].append(name)
        else:
            found.orphans.append(name)
    return found


def masks_beside(path: Path) -> tuple[Pictures, Pairs, list[str]] | str:
    """The pictures of a folder, their pairs with masks, and the names of all masks; in words why there is none of it."""
    if not path.is_dir():
        return "not a folder"
    if not any_mask(path):
        return "no masks beside pictures"
    pictures = pictures_of(path)
    pairs = pairs_of(pictures)
    masks = [name for names in pairs.masks.values() for name in names]
    return (pictures, pairs, masks) if pairs.count else "no masks beside pictures"


def _owner(mask: str, by_stem: dict[str, list[str]]) -> str | None:
    """The picture whose stem is that of the mask, or its beginning; among several the one in the folder that fits."""
    stem = PurePosixPath(mask).stem
    for length in range(len(stem), 0, -1):
        if length < len(stem) and stem[length].isalnum():
            continue
        if names := by_stem.get(stem[:length]):
            return min(names, key=lambda name: (*_unlike(mask, name), name))
    return None


def _unlike(mask: str, picture: str) -> tuple[int, int]:
    """How little the folders of a mask are those of a picture: folders of the picture that it lacks, and folders of its own.

    A numbered mask whose name says no class has one folder of its own, that of its class; any other has none.
    """
    own, theirs = Counter(_folders(mask)), Counter(_folders(picture))
    rest = PurePosixPath(mask).stem[len(PurePosixPath(picture).stem) :]
    wanted = int(any(sign.isdigit() for sign in rest) and not remainder(mask, picture))
    return (theirs - own).total(), abs((own - theirs).total() - wanted)


def _folders(name: str) -> list[str]:
    """Folders of a path but for `images` and `masks`; those of splits tell pictures of one name apart."""
    return [part for part in PurePosixPath(name).parts[:-1] if part.casefold() not in MASKS | _PLAIN]


def class_folder(mask: str, picture: str) -> str:
    """The folder of a mask that its picture's path has not, and that is no split."""
    left = Counter(_folders(picture))
    for part in _folders(mask):
        if left[part]:
            left[part] -= 1
        elif part.casefold() not in SPLIT_NAMES:
            return part
    return ""


def _lone(mask: str, by_home: dict[str, list[str]]) -> str | None:
    """The only picture beside the folder of masks, as in `<id>/images/x.png` and `<id>/masks/*.png`."""
    names = by_home.get(home(mask), [])
    return names[0] if len(names) == 1 and home(mask) else None


def home(name: str) -> str:
    """The folder above `images` or `masks`."""
    parts = PurePosixPath(name).parts[:-1]
    ends = [place for place, part in enumerate(parts) if part.casefold() in MASKS | _PLAIN]
    return "/".join(parts[: ends[0]] if ends else parts)


def remainder(mask: str, picture: str) -> str:
    """What the name of a mask adds to that of its picture, without numbers and signs: `_car_12` is `car`."""
    stem, own = PurePosixPath(mask).stem, PurePosixPath(picture).stem
    rest = stem[len(own) :] if stem.startswith(own) else ""
    for ending in _ENDINGS:
        rest = rest.removesuffix(ending)
    words = [
        word for word in rest.replace("-", "_").replace(".", "_").replace(" ", "_").split("_") if word and not word.isdecimal()
    ]
    return "_".join(words)


def values_of(path: Path) -> Array:
    """The raw values of a mask: indices as they are stored, never luminance; of a picture with transparency its alpha.

    Raises ValueError with what is wrong.
    """
    import numpy as np
    from PIL import Image

    if path.suffix.lower() in (".jpg", ".jpeg"):
        raise ValueError("is a JPEG, which blurs indices: save masks as PNG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > MOST:
                    raise ValueError(f"has {image.width} × {image.height} pixels; at most {MOST} are read")
                if image.mode in ("RGBA", "LA"):
                    alpha = np.asarray(image.getchannel("A"))
                    if alpha.min() < 255:
                        return alpha
                if image.mode in ("RGB", "RGBA", "LA"):
                    bands = np.asarray(image.convert("RGB"))
                    if (bands == bands[:, :, :1]).all():
                        return bands[:, :, 0]
                    raise ValueError("is in colours; a mask of indices (grey or palette) is wanted")
                if image.mode not in ("1", "L", "P", "I", "I;16", "I;16B", "I;16L"):
                    raise ValueError(f"is of mode {image.mode}; a mask of indices (grey or palette) is wanted")
                return np.asarray(image).astype(np.int64)
    except ValueError:
        raise
    except Exception as error:
        # The plugins raise what they like on broken files.
        raise ValueError(f"cannot be decoded ({type(error).__name__})") from None


def looks_binary(path: Path) -> bool:
    """Whether a mask has nothing but 0 and 255, or one bit a pixel."""
    import numpy as np
    from PIL import Image

    try:
        found = np.unique(values_of(path))
        with Image.open(path) as image:
            return image.mode == "1" or (found.size <= 2 and found[-1] == 255 and found[0] in (0, 255))
    except (ValueError, OSError):
        return False
