"""The pictures of a data set: found by the names that annotations give them, and never outside of its folder."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PureWindowsPath

from mlscaffold.datasets.record import SPLIT_NAMES, Defect, is_clutter, is_media, leads_out

FOLDERS = ("", "images", "image", "img", "imgs", "data", "JPEGImages")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """Sides of a picture as stored, and its EXIF orientation (1: as it lies)."""

    width: int
    height: int
    orientation: int = 1

    @property
    def stored(self) -> tuple[int, int]:
        """Width and height of the pixels in the file."""
        return self.width, self.height

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as people see it."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def header_of(path: Path) -> Header | None:
    """The header of a picture, without decoding it; None for what is no picture."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                turned = image.getexif().get(0x0112, 1)
                return Header(*image.size, turned if isinstance(turned, int) and 1 <= turned <= 8 else 1)
    except Exception:
        # The plugins raise what they like on a broken header (struct.error, zlib.error, SyntaxError …): it is no picture.
        return None


@dataclass
class Pictures:
    """Every picture below a folder, by path, by name and by stem; links that lead out are not among them."""

    root: Path
    paths: dict[str, Path] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    claimed: set[Path] = field(default_factory=set)
    adopted: list[str] = field(default_factory=list)
    _names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _stems: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def find(self, name: object, *, beside: Path | None = None) -> Path | tuple[str, str]:
        """The picture that a name means, or kind and words of what is wrong with the name.

        Looked for below the folder, beside the annotation file, in the usual image folders of both, then by the end of its path.
        """
        if not isinstance(name, str) or not name.strip():
            return "no-path", "names no file"
        shown = name[:120]
        if _ADDRESS.match(name):
            return "address", f"{shown} is an address: download it first"
        plain = name.strip().replace("\\", "/")
        if plain.startswith("/") or PureWindowsPath(plain).drive or "\0" in plain:
            if "\0" not in plain and (there := self.of_other_machine(plain)):
                return self._claim(there)
            return "leads-out", f"{shown} leads out of the folder; not opened"
        places = [*([_relative(beside, self.root)] if beside not in (None, self.root) else []), "."]
        if all(_steps_out(f"{base}/{plain}") for base in places):
            return "leads-out", f"{shown} leads out of the folder; not opened"
        for base in places:
            for folder in FOLDERS:
                if found := self._inside(f"{base}/{folder}/{plain}"):
                    return self._claim(found)
        if plain in self.outside:
            return "leads-out", f"{shown} is a link that leads out of the folder; not opened"
        return self._by_end(plain, shown)

    def with_stem(self, stem: str, *, folder: str | None = None) -> list[Path]:
        """Pictures of that stem (`a/b` of a/b.jpg), or of a name with it, perhaps only those below a folder."""
        tail = stem.rsplit("/", 1)[-1]
        names = [name for name in self._stems.get(tail, []) if folder is None or name.startswith(f"{folder}/")]
        exact = [name for name in names if f"/{name.rsplit('.', 1)[0]}".endswith(f"/{stem}")]
        return [self.paths[name] for name in exact or names]

    def with_name(self, name: str) -> list[str]:
        """Pictures of that name, in whatever folder."""
        return self._names.get(name, [])

    def with_exact_stem(self, stem: str) -> list[str]:
        """Pictures whose path without its ending ends with `stem` (`a/b`)."""
        return [
            name for name in self._stems.get(stem.rsplit("/", 1)[-1], []) if f"/{name.rsplit('.', 1)[0]}".endswith(f"/{stem}")
        ]

    def of_other_machine(self, plain: str) -> str | None:
        """The one picture that an absolute path of another machine can mean; nothing is opened for it.

        The whole path of the picture below here, or its last two parts, are the end of that path.
        """
        parts = [part for part in plain.split("/") if part not in ("", ".")]
        if ".." in parts or not parts:
            return None
        tail = "/" + "/".join(parts).casefold()
        ends = []
        for name in self._names.get(parts[-1], []) or self._names.get(parts[-1].casefold(), []):
            least = short(name) if "/" not in short(name) else "/".join(name.split("/")[-2:])
            if tail.endswith(f"/{least.casefold()}"):
                ends.append(name)
        longest = [name for name in ends if tail.endswith(f"/{name.casefold()}")]
        found = ends if len(ends) == 1 else longest
        if len(found) != 1:
            return None
        self.adopted.append(plain)
        return found[0]

    def claim(self, path: Path) -> None:
        """Note that an annotation speaks of the picture."""
        self.claimed.add(path)

    def name(self, path: Path) -> str:
        """The path of a picture below the folder."""
        return path.relative_to(self.root).as_posix()

    @property
    def unclaimed(self) -> list[str]:
        """Pictures of which no annotation speaks."""
        return sorted(name for name, path in self.paths.items() if path not in self.claimed)

    def _claim(self, name: str) -> Path:
        path = self.paths[name]
        self.claimed.add(path)
        return path

    def _inside(self, name: str) -> str | None:
        """The name of a picture in normal form, if there is one."""
        plain = os.path.normpath(name.lstrip("/")).replace(os.sep, "/")
        return plain if plain in self.paths else None

    def _by_end(self, plain: str, shown: str) -> Path | tuple[str, str]:
        """The one picture whose path ends with the name, or whose name differs only in case."""
        parts = [part for part in plain.split("/") if part not in ("", ".", "..")]
        if not parts:
            return "no-path", "names no file"
        names = self._names.get(parts[-1], []) or self._names.get(parts[-1].casefold(), [])
        for start in range(len(parts)):
            tail = "/" + "/".join(parts[start:]).casefold()
            ends = [name for name in names if f"/{name}".casefold().endswith(tail)]
            if len(ends) == 1:
                return self._claim(ends[0])
            if ends:
                return "ambiguous-file", f"{shown} may be {len(ends)} files: {', '.join(ends[:3])}"
        return "missing-file", f"{shown} does not exist"


def pictures_of(root: Path) -> Pictures:
    """Look through a folder."""
    found = Pictures(root)
    _look(str(root), "", found)
    return found


def _look(folder: str, below: str, found: Pictures) -> None:
    """Look through one folder and those in it, in order; links to folders are not followed."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        name = entry.name
        link = entry.is_symlink()
        if entry.is_dir(follow_symlinks=False):
            if is_clutter(name):
                found.ignored["hidden or system"] += sum(len(files) for _, _, files in os.walk(entry.path))
            else:
                _look(entry.path, f"{below}{name}/", found)
        elif is_clutter(name):
            found.ignored["hidden or system"] += 1
        elif is_media(Path(name)) and not (link and entry.is_dir()):
            if link and leads_out(Path(entry.path), found.root):
                found.outside.append(f"{below}{name}")
                continue
            relative = f"{below}{name}"
            found.paths[relative] = Path(entry.path)
            for key in {name, name.casefold()}:
                found._names[key].append(relative)
            found._stems[name.rsplit(".", 1)[0]].append(relative)


def short(name: str) -> str:
    """The name of a picture without leading folders that say nothing of it: `images`, `JPEGImages`, those of splits."""
    parts = name.split("/")
    plain = {folder.casefold() for folder in FOLDERS} | set(SPLIT_NAMES)
    while len(parts) > 1 and parts[0].casefold() in plain:
        parts = parts[1:]
    return "/".join(parts)


def split_in(name: str) -> str:
    """The split that the folders of a path, or the words of a file's name, are named for; empty if none or several."""
    words = [*name.split("/")[:-1], *re.split(r"[_\-. ]", name.rsplit("/", 1)[-1].rsplit(".", 1)[0])]
    found = {SPLIT_NAMES[plain] for word in words if (plain := word.casefold().rstrip("0123456789")) in SPLIT_NAMES}
    return found.pop() if len(found) == 1 else ""


def leftovers(pictures: Pictures) -> dict[str, int]:
    """What lies in the folder and is not taken over, by kind."""
    counts = Counter(pictures.ignored)
    counts["pictures that no annotation names"] += len(pictures.unclaimed)
    return {kind: count for kind, count in counts.items() if count}


def links_out(pictures: Pictures) -> list[Defect]:
    """A defect for every link that leads out."""
    return [Defect(name, "leads-out", "is a link that leads out of the folder; not opened") for name in pictures.outside]


@cache
def _relative(base: Path | None, root: Path) -> str:
    return base.relative_to(root).as_posix() if base is not None and base.is_relative_to(root) else "."


def _steps_out(name: str) -> bool:
    """Whether the path goes above where it begins."""
    return os.path.normpath(name.lstrip("/")).startswith("..")
