"""Foreign files made safe to look into: size, encoding, entities, doubled keys; what cannot be parsed is named with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlscaffold.datasets.record import Defect

LARGEST = 1 << 30
"""Bytes of the largest annotation file that is read at once."""

LONGEST = 1 << 26
"""Bytes of the longest line of a file that is read by lines."""

DEEPEST = 200
"""Levels of nesting beyond which a file is no annotation file."""

SAMPLE = 1 << 16


class Unreadable(Exception):
    """A file or a line that gives nothing; holds the defect."""

    def __init__(self, where: str, kind: str, message: str) -> None:
        super().__init__(message)
        self.defect = Defect(where, kind, message)


@dataclass
class Node:
    """An XML element: its tag, its text, what is in it and the line on which it begins."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> list[Node]:
        """The elements of that tag directly within."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Node | None:
        """The first element of that tag directly within."""
        return next((child for child in self.children if child.tag == tag), None)

    def get(self, tag: str, default: str = "") -> str:
        """The text of the first element of that tag directly within."""
        found = self.first(tag)
        return found.text.strip() if found else default


def sample(path: Path) -> str:
    """The head and the tail of a file, for a first look."""
    try:
        with path.open("rb") as file:
            head = file.read(SAMPLE)
            size = file.seek(0, 2)
            file.seek(max(len(head), size - SAMPLE))
            tail = file.read(SAMPLE)
    except OSError:
        return ""
    return decode(head)[0] + decode(tail)[0]


def load(path: Path, where: str, *, largest: int = LARGEST) -> bytes:
    """The bytes of a file that is not too large; raises `Unreadable`."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise Unreadable(where, "too-large", f"has {size / 1e6:.0f} MB; at most {largest / 1e6:.0f} MB are read")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(where, "unreadable", f"cannot be opened: {error.strerror}") from None
    if not data.strip():
        raise Unreadable(where, "empty-file", "is empty")
    return data


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: UTF-8 or UTF-16 (with or without a mark), else Windows-1252, which Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    if b"\0" in data[:200]:
        kind = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(kind, "replace"), kind
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        # A sample may end within a character.
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8-sig"), "utf-8"
        return data.decode("cp1252", "replace"), "cp1252"


def oddly_encoded(encoding: str, where: str) -> list[Defect]:
    """A word on an encoding that was guessed."""
    if encoding != "cp1252":
        return []
    return [Defect(where, "wrong-encoding", "is not UTF-8; read as Windows-1252: look at names with accents", unit="")]


def read_json(path: Path, where: str, *, largest: int = LARGEST) -> tuple[Any, list[Defect]]:
    """The value of a JSON file, and what is odd about the file; raises `Unreadable`."""
    text, encoding = decode(load(path, where, largest=largest))
    value, twice = parse_json(text, where)
    return value, [*oddly_encoded(encoding, where), *twice]


def parse_json(text: str, where: str) -> tuple[Any, list[Defect]]:
    """The value of a JSON text, and a defect for each key that stands twice in one object (the last one counts)."""
    twice: list[Defect] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            names = [name for name, _ in items]
            again = sorted({name for name in names if names.count(name) > 1})
            owner = next((f" ({key} {found[key]!r})" for key in ("id", "file_name", "name") if key in found), "")
            twice.extend(
                Defect(where, "duplicate-key", f'key "{name}" stands twice in one object{owner}; the last one counts', name, "")
                for name in again
            )
        return found

    try:
        return json.loads(text, object_pairs_hook=pairs), twice
    except json.JSONDecodeError as error:
        found = f"{where}:{error.lineno}" if ":" not in where else where
        raise Unreadable(found, "broken-json", f"is no JSON at column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Unreadable(where, "too-deep", "is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(where, "broken-json", f"is no JSON: {error}") from None


def mapping(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def lines_of(path: Path, where: str) -> Iterator[tuple[int, str | Unreadable]]:
    """Number and text of every line that is not blank; a line that is too long is the last."""
    try:
        with path.open("rb") as file:
            mark = file.read(4)
            file.seek(0)
            if mark.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in mark:
                text = decode(load(path, where))[0]
                yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())
                return
            number = 0
            while raw := file.readline(LONGEST + 1):
                number += 1
                if len(raw) > LONGEST:
                    message = f"is longer than {LONGEST >> 20} MB; it and what follows are not read"
                    yield number, Unreadable(f"{where}:{number}", "too-long-line", message)
                    return
                if raw.strip():
                    yield number, decode(raw)[0]
    except OSError as error:
        yield 0, Unreadable(where, "unreadable", f"cannot be opened: {error.strerror}")
    except Unreadable as error:
        yield 0, error


def read_xml(path: Path, where: str, *, largest: int = LARGEST) -> Node:
    """The root of an XML file; raises `Unreadable`, also for one that declares entities or a document type."""
    from xml.parsers import expat

    data = load(path, where, largest=largest)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Node("", {}, 0)
    open_nodes = [top]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) > DEEPEST:
            raise Unreadable(f"{where}:{parser.CurrentLineNumber}", "too-deep", "is nested too deeply")
        node = Node(tag, attributes, parser.CurrentLineNumber)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        open_nodes.pop()

    def text(data: str) -> None:
        open_nodes[-1].text += data

    def refuse(*_: object) -> int:
        raise Unreadable(
            f"{where}:{parser.CurrentLineNumber}",
            "xml-entities",
            "declares a document type or entities, which can reach other files",
        )

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unreadable(f"{where}:{error.lineno}", "broken-xml", f"is no XML: {expat.ErrorString(error.code)}") from None
    except (ValueError, LookupError) as error:
        raise Unreadable(where, "broken-xml", f"is no XML: {error}") from None
    return top.children[0]


def read_yaml(path: Path, where: str) -> tuple[dict[str, Any], list[Defect]]:
    """The mapping in a YAML file, read by the safe loader, and a defect for each key that stands twice; raises `Unreadable`."""
    import yaml

    twice: list[Defect] = []

    class Loader(yaml.SafeLoader):
        """The safe loader, which also tells doubled keys and follows no alias: no annotation file needs one, attacks do."""

        def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - PyYAML has no types for it
            if self.check_event(yaml.AliasEvent):
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise Unreadable(f"{where}:{mark.line + 1}", "yaml-alias", "uses an alias, which is not followed")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401 - as above
            names = [key.value for key, _ in node.value if isinstance(key.value, str)]
            for name in sorted({name for name in names if names.count(name) > 1}):
                line = node.start_mark.line + 1
                twice.append(
                    Defect(f"{where}:{line}", "duplicate-key", f'key "{name}" stands twice; the last one counts', name, "")
                )
            return super().construct_mapping(node, deep)

    text, encoding = decode(load(path, where, largest=1 << 20))
    try:
        value = yaml.load(text, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise Unreadable(
            f"{where}{line}", "broken-yaml", f"is no YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
        ) from None
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError) as error:
        raise Unreadable(where, "broken-yaml", f"is no YAML that can be read: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise Unreadable(where, "broken-yaml", "holds no keys with values")
    return {str(key): inner for key, inner in value.items()}, [*oddly_encoded(encoding, where), *twice]
