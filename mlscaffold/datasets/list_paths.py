"""The pictures that a list names: beside it, in the usual image folders, then by the end of their paths, with or without an ending."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from mlscaffold.datasets.pictures import FOLDERS, Pictures, pictures_of
from mlscaffold.datasets.record import SPLIT_NAMES, is_media, leads_out

WORDS = {
    "no-path": "names no file",
    "address": "{} is an address: download it first",
    "leads-out": "{} leads out of the folder; not opened",
    "missing-file": "{} does not exist",
    "ambiguous-file": "{} may be several files; write more of its path",
}


def upload(name: str) -> str:
    """The path that Label Studio means with an address of its own, `/data/upload/3/…` or `/data/local-files/?d=…`; else empty."""
    if "?d=" in name:
        return unquote(name.split("?d=", 1)[1])
    own = re.sub(r"^/?(data/)?upload/", "", name)
    return unquote(own) if own != name else ""


def without_mark(name: str) -> str:
    """The name of a file as it was before Label Studio put eight letters before it."""
    return re.sub(r"^[0-9a-f]{8}-", "", name.rsplit("/", 1)[-1])


class Finder:
    """Finds pictures below one folder, and nothing outside of it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.found: set[Path] = set()
        self.other_ending = 0

    @cached_property
    def pictures(self) -> Pictures:
        """Every picture below the folder; looked for once, and only where a name is not found at its place."""
        return pictures_of(self.base)

    def find(self, name: str, split: str = "") -> Path | str:
        """The picture that a cell means, or the kind of what is wrong with it; one in a folder of its split comes first."""
        own = upload(name)
        place = self._find(own or name, split)
        if own and place == "missing-file":
            ends = (self._find(end, split) for end in (own.rsplit("/", 1)[-1], without_mark(own)))
            place = next((end for end in ends if isinstance(end, Path)), place)
        if isinstance(place, Path):
            self.found.add(place)
        return place

    def left(self) -> int:
        """How many pictures below the folder no row has named."""
        return sum(path not in self.found for path in self.pictures.paths.values())

    def _find(self, name: str, split: str) -> Path | str:
        if not name:
            return "no-path"
        if re.match(r"[a-z][a-z0-9+.-]+://", name, re.IGNORECASE):
            # What lies at an address is often downloaded beside the list.
            here = self.pictures.with_name(re.split(r"[?#]", name)[0].rsplit("/", 1)[-1])
            return self.pictures.paths[here[0]] if len(here) == 1 else "address"
        name = name.replace("\\", "/")
        if "\0" in name:
            return "leads-out"
        if name.startswith("/") or PureWindowsPath(name).drive:
            there = self.pictures.of_other_machine(name)
            return self.pictures.paths[there] if there else "leads-out"
        splits = [word for word, meaning in SPLIT_NAMES.items() if meaning == split] if split else []
        for folder in [*splits, *(f"{word}/{inner}" for word in splits for inner in ("images", "image")), *FOLDERS]:
            candidate = self.base / folder / name
            try:
                # Where a path leads is costly to say, and matters only where it can lead out or to something.
                if (".." in name or candidate.is_file()) and leads_out(candidate, self.base):
                    return "leads-out"
                if candidate.is_file():
                    return Path(candidate.parent.resolve(), candidate.name) if ".." in name else candidate
            except (OSError, ValueError, RuntimeError):
                # A name that is too long.
                return "missing-file"
        return self._by_end(name, split)

    def _by_end(self, name: str, split: str) -> Path | str:
        """The picture whose path ends with the name; else in other letters, without an ending, or with another one."""
        plain = "/".join(part for part in name.split("/") if part not in ("", "."))
        last = plain.rsplit("/", 1)[-1]
        named = [one for one in self.pictures.with_name(last) if f"/{one}".endswith(f"/{plain}")]
        folded = self.pictures.with_name(last.casefold()) if not named else []
        named = named or [one for one in folded if f"/{one}".casefold().endswith(f"/{plain.casefold()}")]
        ends = named or self.pictures.with_exact_stem(plain)
        if not ends and is_media(Path(plain)):
            ends = self.pictures.with_exact_stem(plain.rsplit(".", 1)[0])
            self.other_ending += len(ends) == 1
        if len(ends) > 1 and split:
            ends = [one for one in ends if split in _splits(one.split("/")[:-1])] or ends
        if not ends:
            return "missing-file"
        return self.pictures.paths[ends[0]] if len(ends) == 1 else "ambiguous-file"


def _splits(folders: Iterable[str]) -> set[str]:
    """The splits that folders are named for, also with a word beside (`train_images`)."""
    words = (word for folder in folders for word in re.split(r"[_\-. ]", folder.casefold()))
    return {SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES}


def refusal(kind: str, name: str) -> tuple[str, str]:
    """Kind and words of a path that gives no picture."""
    return kind, WORDS[kind].format(name[:120])
