"""Lists of class names that people typed: in code, settings, label files and cards. Nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

ENOUGH, OURS = 0.6, 0.5
LABEL_FILE = re.compile(r"(?:^|/)(?:labels?|classes|class_?names|label_?map|categories)\.(?:txt|json|names)$", re.I)
_TEXT = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_LIST = re.compile(rf"[\[({{]\s*((?:{_TEXT})(?:\s*,\s*(?:{_TEXT}))+)\s*,?\s*[\])}}]")
_ITEM = re.compile(r"<(?:li|option)\b([^>]*)>([^<>]*)</(?:li|option)>", re.I)
_OF_CLASS = re.compile(r"class=[\"']?class\b", re.I)  # how the generated page marks them
_NAMED = re.compile(r"^\W*(?:the )?(?:classes|labels|categories|klassen|类别)\W*[:：]\s*(.+)$", re.I | re.M)
_HEADING = re.compile(r"^#+\s*(?:the )?(?:classes|labels|categories|klassen|类别)\s*\n(.*?)(?=^#|\Z)", re.I | re.M | re.S)
_OPEN = re.compile(r"…|\.\.\.|\betc\b|\be\.g\.|\bfor example\b|\bu\.a\.|\bz\.\s?B\.|等", re.I)


@dataclass(frozen=True)
class ClassList:
    """Names in the order in which a file lists them; `ordered` where their place may stand for an output of the model, `marked`
    where the file itself says that they are the classes."""

    line: int
    names: tuple[str, ...]
    ordered: bool
    marked: bool = False


def in_file(data: bytes, path: str, classes: Sequence[str]) -> list[ClassList]:
    """The lists of a file that are about these classes: most of the classes are in it, and it holds little else."""
    text = data.decode("utf-8-sig", "replace")
    if path.endswith(".py"):
        found = _of_python(text)
    elif LABEL_FILE.search(path) and not path.endswith(".json"):
        found = iter([ClassList(1, tuple(line.strip() for line in text.splitlines() if line.strip()), ordered=True)])
    elif path.endswith(".md"):
        found = _of_prose(text)
    else:
        found = (*_of_brackets(text), *_of_page(text))  # type: ignore[assignment]
    return [one for one in found if one.marked or _about(one.names, classes)]


def _about(names: Sequence[str], classes: Sequence[str]) -> bool:
    ours = sum(name in classes for name in dict.fromkeys(names))
    return ours >= max(2, ENOUGH * len(classes)) and ours >= OURS * len(names)


def _of_python(text: str) -> Iterator[ClassList]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            values = [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            if len(values) == len(node.elts) > 1:
                yield ClassList(node.lineno, tuple(values), ordered=not isinstance(node, ast.Set))


def _of_brackets(text: str) -> Iterator[ClassList]:
    for match in _LIST.finditer(text):
        names = tuple(re.sub(r"\\(.)", r"\1", part[1:-1]) for part in re.findall(_TEXT, match[1]))
        yield ClassList(text.count("\n", 0, match.start()) + 1, names, ordered=True)


def _of_page(text: str) -> Iterator[ClassList]:
    """The items of a page, as one list: their order is a matter of taste."""
    found = [(match.start(), unescape(match[2]).strip(), bool(_OF_CLASS.search(match[1]))) for match in _ITEM.finditer(text)]
    marked = [item for item in found if item[2]]
    for start, _, mark in (marked or found)[:1]:
        yield ClassList(_line(text, start), tuple(name for _, name, _ in marked or found if name), ordered=False, marked=mark)


def _of_prose(text: str) -> Iterator[ClassList]:
    """`Classes: a, b, c`, and items or the first column of a table under a heading of that name; a list that goes on is none."""
    for match in _NAMED.finditer(text):
        if not _OPEN.search(match[1]):
            yield ClassList(_line(text, match.start()), _split(match[1]), ordered=False)
    for match in _HEADING.finditer(text):
        items = re.findall(r"^\s*(?:[-*+]|\d+[.)])\s+(.+)$", match[1], re.M)
        cells = re.findall(r"^\s*\|([^|\n]+)\|", match[1], re.M)
        cells = [cell for cell in cells if not re.fullmatch(r"[\s:-]+", cell)][1:]
        names = tuple(_first(item) for item in items or cells)
        if names and not _OPEN.search(match[1]):
            yield ClassList(_line(text, match.start()), names, ordered=False)


def _split(text: str) -> tuple[str, ...]:
    parts: Iterable[str] = re.split(r"\s*[,;，、]\s*|\s+(?:and|und|和)\s+", text.strip().rstrip(".。"))
    return tuple(_first(part) for part in parts if part.strip())


def _first(item: str) -> str:
    """The name at the beginning of an item, without marks and what explains it."""
    return re.split(r"\s*[:：(（–—]|\s-\s", re.sub(r"[`*_\"“”]", "", item).strip())[0].strip()


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
