"""The text of a table in whatever encoding a spreadsheet left it: UTF-8, UTF-16, or the code page of a European, Chinese or Russian Windows."""

from __future__ import annotations

import codecs
import re

from mlscaffold.evidence import Broken

_HIGH = re.compile(rb"[\x80-\xff]+")
_WITHIN = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{1,2}(?=[A-Za-z])")
_KINDS = (
    (b"PK\x03\x04", "is a workbook or a zip archive, no text"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook, no text"),
    (b"PAR1", "is Parquet, no text"),
    (b"ARROW1", "is Arrow, no text"),
    (b"\x93NUMPY", "is a NumPy array, no text"),
    (b"\x89HDF", "is HDF5, no text"),
    (b"\x80\x04", "is a pickle, no text"),
    (b"\x80\x05", "is a pickle, no text"),
    (b"%PDF", "is a PDF, no text"),
)


def decode_table(data: bytes, path: str) -> str:
    """The text of a table; raises `Broken` for what is no text, saying what it is where its first bytes tell."""
    hint = f"Save {path} as CSV in UTF-8."
    for start, what in _KINDS:
        if data.startswith(start):
            raise Broken(path, what, hint=hint)
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise Broken(path, "holds NUL bytes; it is no text", line=line, hint=hint)
        return text
    raise Broken(path, "is neither UTF-8, UTF-16 nor Windows text", hint=hint)


def _encodings(data: bytes) -> tuple[str, ...]:
    """The encodings to try, the likely one first."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    start = data[:200]
    for encoding, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(start) > 3 and start[zero::2].count(0) * 10 > len(start[zero::2]) * 9 and 0 not in start[1 - zero :: 2]:
            return (encoding,)
    return ("utf-8-sig", *_code_pages(data))


def _code_pages(data: bytes) -> tuple[str, ...]:
    """Code pages of Windows: a Western word has one or two letters beyond ASCII, of Chinese and Russian words all are."""
    runs = _HIGH.findall(data)
    western = _WITHIN.findall(data)
    if not runs or len(western) * 2 > len(runs):
        return ("cp1252",)
    if all(len(run) % 2 == 0 for run in runs):
        return ("gb18030", "cp1251", "cp1252")
    return ("cp1251", "cp1252")
