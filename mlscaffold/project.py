"""A project on disk: its root, its settings, and the one door to evidence.

Whatever a check reads goes through this object, which notes it: a finding may be used again as long as all that was read is unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from mlscaffold import git
from mlscaffold.cache import Cache
from mlscaffold.places import FILE, Stamp, code_version, find_root
from mlscaffold.settings import BrokenSettings, Settings, read_settings
from mlscaffold.trees import IndexTree, Tree, Unknown, WorkTree

__all__ = ["Missing", "Project", "Reader", "Unknown", "canonical_json", "open_project"]

T = TypeVar("T")
ABSENT = "absent"
UNREADABLE = "unreadable"
PICTURES = ("data/raw/", "data/processed/", "data/field/")
WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", list: "a list"}


class Missing(Exception):
    """The evidence is absent, still as generated, or older than its inputs."""

    def __init__(self, what: str, *, path: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.path, self.fix = what, path, fix


Reader = Callable[[bytes, str], T]
"""A kind of evidence: a pure function from content, and a path for its messages, to a value."""


class Project:
    """A project: settings, evidence, cache."""

    def __init__(self, root: Path, *, tree: Tree | None = None, cache: Cache | None = None, today: date | None = None) -> None:
        """Look at the project in `root`; `tree` says where content comes from (default: the disk)."""
        self.root = root
        self.tree: Tree = tree or WorkTree(root)
        self.cache = cache if cache is not None else Cache(None)
        self.today = today or date.today()
        self.version = code_version()
        self.noted: set[str] = set()  # all that this run has looked at, by way of kept answers too
        self.outside: set[str] = set()
        self._traces: list[set[str]] = []
        self._digests: dict[str, str] = {}
        self._parsed: dict[tuple[str, str], Any] = {}
        self._walks: dict[str, dict[str, str]] = {}
        self._listings: dict[tuple[str, bool], list[str]] = {}
        self._memos: dict[str, tuple[frozenset[str], Any]] = {}
        self._staged: list[str] | None = None

    @property
    def settings(self) -> Settings:
        """`mlscaffold.toml`, parsed."""
        self._note(f"file:{FILE}")
        if ("settings", FILE) not in self._parsed:
            self._parsed["settings", FILE] = read_settings(self.tree.content(FILE) or b"")
        parsed: Settings = self._parsed["settings", FILE]
        return parsed

    def option(self, check: str, name: str, default: T) -> T:
        """A setting of one check, from `[checks."<id>"]`."""
        value = self.settings.checks.get(check, {}).get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            return float(value)  # type: ignore[return-value]
        if isinstance(default, tuple) and isinstance(value, list):
            return tuple(value)  # type: ignore[return-value]
        if isinstance(value, bool) is not isinstance(default, bool) or not isinstance(value, type(default)):
            raise BrokenSettings(
                f'[checks."{check}"] {name} is {value!r}; {WANTED.get(type(default), "another kind of value")} is wanted'
            )
        return value

    def exists(self, path: str) -> bool:
        """Whether there is a file of this name."""
        self._note(f"file:{path}")
        return self._digest_of_file(path) != ABSENT

    def content(self, path: str) -> bytes:
        """The bytes of a file; raises `Missing` where there is none."""
        self._note(f"file:{path}")
        data = self.tree.content(path)
        if data is None:
            raise Missing(f"{path} is missing", path=path)
        return data

    def read(self, kind: Reader[T], path: str) -> T:
        """A file as one kind of evidence, parsed once; raises `Missing`, or the reader's own error."""
        self._note(f"file:{path}")
        key = (f"{kind.__module__}.{kind.__qualname__}", path)
        if key not in self._parsed:
            self._parsed[key] = kind(self.content(path), path)
        parsed: T = self._parsed[key]
        return parsed

    def digest(self, path: str) -> str:
        """The sha256 of a file's bytes, or `absent`."""
        self._note(f"file:{path}")
        return _readable(path, self._digest_of_file(path))

    def glob(self, pattern: str) -> list[str]:
        """Files that match a pattern; `*` stays within one folder, `**` as the last folder goes deep."""
        self._note(f"glob:{pattern}")
        return self._matches(pattern)

    def find(self, pattern: str, *, what: str = "") -> str:
        """The one file that matches a pattern, or the first; raises `Missing`."""
        found = self.glob(pattern)
        if not found:
            raise Missing(f"{what or pattern} is missing", path=pattern)
        return found[0]

    def digests(self, folder: str) -> dict[str, str]:
        """Every file below a folder → the sha256 of its bytes; unchanged files are not opened."""
        self._note(f"tree:{folder}")
        found = self._walk(folder)
        return {path: _readable(path, digest) for path, digest in found.items()} if UNREADABLE in found.values() else found

    def folders(self, folder: str) -> list[str]:
        """Every folder below a folder on this machine, sorted, also those without a file."""
        self._note(f"folders:{folder}")
        return self._folders(folder)

    def is_pristine(self, path: str) -> bool:
        """Whether a file is still exactly as it was generated."""
        files = self.template().get("files", {})
        blob = files.get(path, {}).get("blob")
        if not blob:
            return False
        data = self.content(path)
        return blob in (git.blob_id(data), git.blob_id(data.replace(b"\r\n", b"\n")))

    def template(self) -> dict[str, Any]:
        """`.mlscaffold/template.toml`, or an empty table where it is absent."""
        import tomllib

        path = ".mlscaffold/template.toml"
        self._note(f"file:{path}")
        if ("template", path) not in self._parsed:
            data = self.tree.content(path)
            try:
                self._parsed["template", path] = tomllib.loads(data.decode("utf-8-sig")) if data else {}
            except (tomllib.TOMLDecodeError, UnicodeDecodeError):
                self._parsed["template", path] = {}
        parsed: dict[str, Any] = self._parsed["template", path]
        return parsed

    def memo(self, key: str, compute: Callable[[], T], *, volatile: bool = False) -> T:
        """The value of `compute` (JSON-able), computed again only when something that it read has changed."""
        if key in self._memos:
            trace, value = self._memos[key]
            self._note_all(trace)
            return value  # type: ignore[no-any-return]
        stored = None if volatile else self.cache.memo(key, self.version)
        if stored and all(self._current(item) == digest for item, digest in stored[0].items()):
            trace, value = frozenset(stored[0]), stored[1]
        else:
            with self._tracing() as noted:
                try:
                    value = compute()
                finally:  # who catches what was raised has read this too
                    trace = frozenset(noted)
                    self._note_outer(trace)
            if not volatile:
                self.cache.remember_memo(
                    key, self.version, trace={item: self._current(item) for item in sorted(trace)}, value=value
                )
        self._memos[key] = (trace, value)
        self._note_all(trace)
        return value  # type: ignore[no-any-return]

    def look_outside(self, path: Path) -> Path:
        """The path, noted: what lies outside of the project and beyond git's own knowledge, and is looked at by a volatile check."""
        self.outside.add(str(path))
        return path

    def vouch(self, path: str, stamp: Stamp, digest: str) -> None:
        """Take the digest of a file from who has read it whole, after its stamp was taken."""
        self._digests.setdefault(f"file:{path}", digest)
        self.cache.remember_file(path, stamp, digest)

    def holds_memo(self, key: str) -> bool:
        """Whether a value of an earlier run still holds."""
        stored = self.cache.memo(key, self.version)
        return bool(stored) and all(self._current(item) == digest for item, digest in stored[0].items())  # type: ignore[index]

    def save(self) -> None:
        """Write the cache."""
        self.cache.save()

    @contextmanager
    def _tracing(self) -> Iterator[set[str]]:
        self._traces.append(set())
        try:
            yield self._traces[-1]
        finally:
            self._traces.pop()

    def _note(self, item: str) -> None:
        self.noted.add(item)
        if self._traces:
            self._traces[-1].add(item)

    def _note_all(self, items: frozenset[str]) -> None:
        self.noted.update(items)
        if self._traces:
            self._traces[-1].update(items)

    def _note_outer(self, items: frozenset[str]) -> None:
        if len(self._traces) > 1:
            self._traces[-2].update(items)

    def _current(self, item: str) -> str:
        if item not in self._digests:
            kind, _, argument = item.partition(":")
            if kind == "file":
                return self._digest_of_file(argument)
            try:
                if kind == "glob":
                    self._digests[item] = _sha("\n".join(self._matches(argument)))
                elif kind == "folders":
                    self._digests[item] = _sha("\n".join(self._folders(argument)))
                else:
                    self._digests[item] = _sha("".join(f"{p},{d}\n" for p, d in self._walk(argument).items()))
            except Unknown:
                self._digests[item] = UNREADABLE
        return self._digests[item]

    def _digest_of_file(self, path: str) -> str:
        item = f"file:{path}"
        if item not in self._digests:
            stamp = self.tree.stamp(path)
            known = self.cache.digest(path, stamp) if stamp else None
            if known is None:
                try:
                    data = self.tree.content(path)
                    known = ABSENT if data is None else hashlib.sha256(data).hexdigest()
                except Unknown:
                    data, known = None, UNREADABLE
                if stamp and data is not None:
                    self.cache.remember_file(path, stamp, known)
            self._digests[item] = known
        return self._digests[item]

    def _folders(self, folder: str) -> list[str]:
        return self.tree.folders(folder)

    def _walk(self, folder: str) -> dict[str, str]:
        if folder not in self._walks:
            if isinstance(self.tree, WorkTree):
                found = {}
                for path, stamp in self.tree.walk(folder, deep=True):
                    known = self.cache.digest(path, stamp)
                    found[path] = known or self._digest_of_file(path)
                self._walks[folder] = dict(sorted(found.items()))
            else:
                paths = self.tree.listing(folder, deep=True)
                if isinstance(self.tree, IndexTree):
                    paths = self._of_staged(self.tree, paths)
                    self.tree.load(paths)
                self._walks[folder] = {p: self._digest_of_file(p) for p in paths}
        return self._walks[folder]

    def _of_staged(self, tree: IndexTree, paths: list[str]) -> list[str]:
        """The files below a folder without those that a commit does not concern and nobody has read: the tables speak for them.

        What git ignores (pictures) is looked at where all of its source or split is known by its stamps, or where a staged file
        is about it. Without that, the first commit in a clone would read every picture.
        """
        groups: dict[str, list[str]] = {}
        for path in paths:
            if path.startswith(PICTURES) and path not in tree.entries:
                groups.setdefault("/".join(path.split("/")[: 2 if path.startswith("data/field/") else 3]), []).append(path)
        if not groups:
            return paths
        if self._staged is None:
            self._staged = git.staged_paths(self.root)
        left: set[str] = set()
        for folder, held in groups.items():
            source = folder.rpartition("/")[2]
            about = (f"{folder}/", f"data/manifest/{source}.csv", f"data/splits/{source}.csv")
            if any(path.startswith(about) for path in self._staged):
                continue
            stamps = ((path, tree.stamp(path)) for path in held)
            if any(stamp is None or self.cache.digest(path, stamp) is None for path, stamp in stamps):
                left.update(held)
        return [path for path in paths if path not in left]

    def _matches(self, pattern: str) -> list[str]:
        parts = pattern.split("/")
        fixed = 0
        while fixed < len(parts) - 1 and not any(c in parts[fixed] for c in "*?["):
            fixed += 1
        base = "/".join(parts[:fixed])
        deep = fixed < len(parts) - 1 or "**" in parts[-1]
        if (base, deep) not in self._listings:
            self._listings[base, deep] = (
                list(self._walks.get(base, ())) if deep and base in self._walks else self.tree.listing(base, deep=deep)
            )
        fits = _pattern(pattern).fullmatch
        return [p for p in self._listings[base, deep] if fits(p)]


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of paths as one expression: half of a warm run once went into matching piece by piece."""
    *folders, last = pattern.split("/")
    before = ["(?:[^/]+/)*" if part == "**" else f"{_piece(part)}/" for part in folders]
    return re.compile("".join([*before, ".+" if last == "**" else _piece(last)]), re.DOTALL)


def _piece(part: str) -> str:
    """One part of a pattern, as `fnmatch` reads it; nothing in it stands for a slash."""

    def expression(found: re.Match[str]) -> str:
        token = found[0]
        if len(token) > 2 and token[0] == "[":
            inside = re.sub(r"([\\\[\]^])", r"\\\1", token[1:-1])
            return f"[^/{inside[1:]}]" if inside[0] == "!" else f"[{inside}]"
        return {"*": "[^/]*", "?": "[^/]"}.get(token[0], re.escape(token))

    return re.sub(r"\*+|\[!?\]?[^\]]*\]|.", expression, part, flags=re.DOTALL)


def _readable(path: str, digest: str) -> str:
    if digest == UNREADABLE:
        raise Unknown(f"{path} cannot be read on this machine", path=path)
    return digest


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def open_project(start: Path | None = None, *, staged: bool = False, use_cache: bool = True) -> Project:
    """The project that holds `start` (default: the current folder); `staged` reads tracked files from git's index."""
    root = find_root(start or Path.cwd())
    cache = Cache(root / ".mlscaffold" / "cache.sqlite" if use_cache else None)
    project = Project(root, tree=IndexTree(root) if staged else None, cache=cache)
    _ = project.settings  # a broken settings file is told at once
    return project


def canonical_json(value: object) -> str:
    """One text for one meaning: sorted keys, no blanks, 1.0 as 1."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case float() if value.is_integer() and abs(value) < 1e15:
            return int(value)
        case str() | int() | float() | None:
            return value
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)
