"""The last answer of a command, kept whole, and given again while nothing has moved that it could depend on.

The cache proves check by check, by digests, that kept findings still hold. This proves it once for all of them, by time stamps, before
anything else is loaded. It is as cautious as git: what is younger than the last two seconds proves nothing. Where in doubt: no answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from mlscaffold import git
from mlscaffold.places import SETTLED_AFTER, code_version, in_ci

FORM = "1"
CACHE = ".mlscaffold/cache.sqlite"
FILE = f"{CACHE}-answer"
NONE = "-"  # instead of a digest: where to look is known, but no answer


class Kept:
    """What was kept, and what the world looked like when this run began."""

    def __init__(self, root: Path, words: Iterable[str]) -> None:
        """Look for the answer to a question (its `words`) about the project in `root`."""
        self.root, self.words = root, tuple(words)
        self.began = time.time_ns()
        digest, self.scope, code, text = _read(root / FILE)
        self.witness, self.newest = _witness(root, self.scope, self.words) if self.scope else ("", 0)
        self.answer = (code, text) if digest != NONE and digest == self.witness else None

    def keep(self, noted: Iterable[str], *, code: int, text: str, outside: Iterable[str] = ()) -> None:
        """Keep an answer, if all that it was made from (`noted`, as a project notes it) was seen by this run when it began.

        A run learns only at its end where to look; so the first one keeps that, and the next one an answer.
        """
        scope = _scope(self.root, noted, outside)
        settled = self.newest < self.began - SETTLED_AFTER
        if scope == self.scope and settled:
            _write(self.root / FILE, (self.witness, scope, code, text))
        elif scope != self.scope:
            _write(self.root / FILE, (NONE, scope, 0, ""))


def _read(path: Path) -> tuple[str, tuple[str, ...], int, str]:
    try:
        form, digest, code, count, rest = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n", 4)
        parts = rest.split("\n", int(count))
        if form == FORM and len(parts) == int(count) + 1:
            return digest, tuple(parts[:-1]), int(code), parts[-1]
    except (OSError, ValueError):  # absent, or damaged
        pass
    return NONE, (), 0, ""


def _write(path: Path, row: tuple[str, tuple[str, ...], int, str]) -> None:
    digest, scope, code, text = row
    if any("\n" in line for line in scope):
        return
    fresh = path.with_name(f"{path.name}-{os.getpid()}")
    lines = (FORM, digest, str(code), str(len(scope)), *scope, text)
    with contextlib.suppress(OSError):  # as with the cache: what cannot be kept is found again
        fresh.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
        fresh.replace(path)


def _scope(root: Path, noted: Iterable[str], outside: Iterable[str]) -> tuple[str, ...]:
    """Where to look: folders with all below them, folders of one level, files, and what lies outside of the project."""
    deep: set[str] = set()
    flat: set[str] = set()
    files = {CACHE, ".mailmap"}
    for item in noted:
        kind, _, argument = item.partition(":")
        if kind == "file":
            files.add(argument)
        elif kind in ("tree", "folders"):
            deep.add(argument)
        else:
            parts = argument.split("/")
            fixed = next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), len(parts))
            base = "/".join(parts[: min(fixed, len(parts) - 1)])
            (deep if fixed < len(parts) - 1 or "**" in parts[-1] else flat).add(base)

    def is_inside(path: str) -> bool:
        above = path.split("/")
        return "" in deep or any("/".join(above[:n]) in deep for n in range(1, len(above)))

    rows = [f"deep {f}" for f in deep if not f or not is_inside(f)]
    rows += [f"flat {f}" for f in flat if f not in deep and not is_inside(f)]
    rows += [f"file {f}" for f in files if f == CACHE or not is_inside(f)]
    return tuple(sorted(rows + [f"outside {p}" for p in {*outside, *_of_git(root)}]))


def _of_git(root: Path) -> Iterator[str]:
    """What git does not tell with its status: which objects there are, whether history was cut off, who is who."""
    found = git.run_git(["rev-parse", "--show-toplevel", "--git-common-dir"], root, check=False)
    top, _, common = found.text.partition("\n")
    if found.code == 0 and common:
        folder = (root / common).resolve()
        yield from (str(folder / name) for name in ("objects", "shallow", "refs/replace", "info"))
        yield str(Path(top) / ".mailmap")


def _witness(root: Path, scope: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, int]:
    """A digest of all that an answer can depend on, and the time (ns) of its youngest file."""
    state = git.run_git(
        ["status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--no-renames", "--untracked-files=all", "-z", "--", "."],
        root,
        check=False,
    )
    settings = git.run_git(["config", "--list", "-z"], root, check=False)
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)  # where git's paths begin
    days = (date.today().isoformat(), datetime.now(UTC).date().isoformat())
    surroundings = (str(in_ci()), sys.version, sys.platform, code_version(), str(root), *days)
    looked = list(_stamps(str(root), [*scope, *(f"outside {top}/{p}" for p in _changed(state.stdout))]))
    digest = hashlib.sha256("\0".join([*words, *surroundings, *(row for row, _ in looked)]).encode("utf-8", "surrogateescape"))
    for output in (state, settings):
        digest.update(b"%d\0%d\0" % (output.code, len(output.stdout)) + output.stdout)
    return digest.hexdigest(), max((time for _, time in looked), default=0)


def _changed(status: bytes) -> Iterator[str]:
    """The tracked files that differ from what is staged or committed; git tells that they do, not how."""
    for record in status.split(b"\0"):
        fields = record.split(b" ", 10 if record.startswith(b"u") else 8)
        if record.startswith((b"1 ", b"u ")):
            yield fields[-1].decode("utf-8", "surrogateescape")


def _stamps(root: str, scope: Iterable[str]) -> Iterator[tuple[str, int]]:
    """A row for everything that is there, and its time."""
    seen: set[str] = set()
    for line in scope:
        kind, _, path = line.partition(" ")
        if kind in ("deep", "flat"):
            yield from _below(root, path, deep=kind == "deep", seen=seen)
            continue
        place = path if kind == "outside" else f"{root}/{path}"
        yield _stamp(line, place)
        if kind == "outside" and os.path.isdir(place):  # noqa: PTH112 - pathlib is slow on many files
            yield from (_stamp(f"{line}/{name}", f"{place}/{name}") for name in sorted(os.listdir(place)))  # noqa: PTH208 - as above


def _stamp(name: str, place: str) -> tuple[str, int]:
    try:
        link = os.readlink(place) if os.path.islink(place) else ""  # noqa: PTH114, PTH115 - as above
        found = os.stat(place)  # noqa: PTH116 - as above
    except (OSError, ValueError) as problem:
        return f"{name}\0{getattr(problem, 'errno', '')}", 0
    row = f"{name}\0{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}:{link}"
    return row, max(found.st_mtime_ns, found.st_ctime_ns)


def _below(root: str, folder: str, *, deep: bool, seen: set[str]) -> Iterator[tuple[str, int]]:
    """A row for each folder with its files in it; links to folders are followed once."""
    pending = [folder]
    while pending:
        here = pending.pop()
        rows, newest = [f"{here}/"], 0
        try:
            entries = list(os.scandir(f"{root}/{here}" if here else root))
        except OSError as problem:
            yield f"{here}/\0{problem.errno}", 0
            continue
        for entry in entries:
            name = entry.name
            if name == ".git" or name.startswith("cache.sqlite"):
                continue
            try:
                link = os.path.realpath(entry.path) if entry.is_symlink() else ""
                if entry.is_dir():
                    rows.append(f"{name}/:{link}")
                    if deep and link not in seen:
                        pending.append(f"{here}/{name}" if here else name)
                        seen |= {link} if link else set()
                    continue
                found = entry.stat()
            except OSError as problem:
                rows.append(f"{name}\0{problem.errno}")
                continue
            changed, moved = found.st_mtime_ns, found.st_ctime_ns
            newest = max(newest, changed, moved)
            rows.append(f"{name}\0{found.st_size}:{changed}:{moved}:{found.st_ino}:{link}")
        yield "\0".join(sorted(rows)), newest
