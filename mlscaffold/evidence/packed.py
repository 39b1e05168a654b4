"""The class names that lie inside an export: what an app reads when it has the file and no card."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

METADATA = 14
"""Field of an ONNX model that holds its metadata, pairs of key and value."""
DESCRIPTION, OWN = 2, 100
"""Fields of a Core ML specification: the description, and in it the metadata, and in that the author's own pairs."""
KEYS = ("classes", "labels", "names", "class_names")
LARGEST = 1_000_000
"""Bytes of a list of labels; what is larger is none."""


def read_onnx(data: bytes, path: str) -> tuple[str, ...]:
    """The names in the metadata of an ONNX model (`classes` or `labels`, as JSON or a line each); none where it holds none."""
    return _of_pairs([value for number, value in _fields(memoryview(data)) if number == METADATA])


def read_coreml(data: bytes, path: str) -> tuple[str, ...]:
    """The names in the author's own metadata of a Core ML specification (`.mlmodel`); none where it holds none."""
    found = [memoryview(data)]
    for wanted in (DESCRIPTION, OWN, OWN):
        found = [value for part in found for number, value in _fields(part) if number == wanted]
    return _of_pairs(found)


def read_litert(data: bytes, path: str) -> tuple[str, ...]:
    """The names in the list of labels that is packed behind a LiteRT model; none where nothing is packed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            for item in bundle.infolist():
                name = item.filename.lower()
                if name.endswith((".txt", ".json")) and ("label" in name or "class" in name) and item.file_size <= LARGEST:
                    return _names(bundle.read(item).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        pass
    return ()


def _of_pairs(pairs: list[memoryview]) -> tuple[str, ...]:
    """The names in the pair of key and value that lists them."""
    for pair in pairs:
        told = {number: bytes(text).decode("utf-8", "replace") for number, text in _fields(pair)}
        if told.get(1, "").lower() in KEYS:
            return _names(told.get(2, ""))
    return ()


def _names(text: str) -> tuple[str, ...]:
    """Names from a JSON list, a JSON table of index and name, or lines."""
    try:
        value = json.loads(text)
    except ValueError:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if isinstance(value, dict) and all(str(key).isdigit() for key in value):
        value = [value[key] for key in sorted(value, key=int)]
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and content of each field of bytes in a protocol buffer; what is no protocol buffer ends it."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        number, kind = tag >> 3, tag & 7
        if place < 0 or number == 0:
            return
        if kind == 2:
            size, place = _varint(data, place)
            if place < 0 or place + size > len(data):
                return
            yield number, data[place : place + size]
            place += size
        elif kind == 0:
            place = _varint(data, place)[1]
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        else:
            return
        if place < 0:
            return


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """A number of variable length and the place behind it; -1 where the data end within."""
    value = shift = 0
    while place < len(data) and shift < 70:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if not byte & 0x80:
            return value, place
    return 0, -1


READERS = {"onnx": read_onnx, "litert": read_litert, "coreml": read_coreml}
"""Target → what reads the names inside its file; an ExecuTorch program keeps them in a method, which nobody can ask without it."""
