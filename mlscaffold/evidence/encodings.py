"""The text of a table in whatever encoding a spreadsheet left it: UTF-8, UTF-16, or the code page of a European, Chinese or Russian Windows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

from mlscaffold.evidence import Broken

_HIGH = re.compile(rb"[\x80-\xff]+")
_WITHIN = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{1,2}(?=[A-Za-z])")
# What no Western text holds: four signs beyond ASCII in a row, three that are not all capitals, and marks that nobody types.
_GARBLED = re.compile(r"[^\x00-\x7f]{4}|(?![À-ÖØ-ÞŠŽŸŒ]{3})[^\x00-\x7f]{3}|[¤¦¨¬¯¸¶]")
_MIXED = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")
GUESSES = ("GB18030", "EUC-KR", "SHIFT_JIS", "BIG5", "CP1250", "CP1251")
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
        if _is_likely(text, encoding, data):
            return text
    raise _unknown(data, path)


def _is_likely(text: str, encoding: str, data: bytes) -> bool:
    """Whether a text reads as people write in the script of its code page, and in no other one: a wrong guess makes wrong names."""
    if encoding == "gb18030":
        return _allows(text.encode, "gb2312") and not _is_korean(data)
    if encoding == "cp1251":
        letters = [sign for sign in text if sign > "\x7f" and sign.isalpha()]
        return (
            all("Ѐ" <= sign <= "ӿ" for sign in letters)
            and not _MIXED.search(text)
            and sum(map(str.islower, letters)) > 0.6 * len(letters)
        )
    return encoding != "cp1252" or not _GARBLED.search(text)


def _allows(convert: Callable[[str], object], encoding: str) -> bool:
    """Whether a text can be written, or bytes can be read, in an encoding."""
    try:
        convert(encoding)
    except UnicodeError:
        return False
    return True


def _is_korean(data: bytes) -> bool:
    """Whether all signs may be Korean syllables, which lie where common Chinese signs do."""
    try:
        return all("가" <= sign <= "힣" for sign in data.decode("euc_kr") if sign > "\x7f")
    except UnicodeDecodeError:
        return False


def _unknown(data: bytes, path: str) -> Broken:
    """The error for a text whose encoding cannot be told, with its first line that shows it, and what it may be."""
    first = next((i for i, byte in enumerate(data) if byte > 0x7F), 0)
    may_be = [name for name in GUESSES if _allows(data.decode, name)]
    maybe = f", if it is {' or '.join(may_be)}: iconv -f {may_be[0]} -t UTF-8" if may_be else ""
    line = data.count(b"\n", 0, first) + 1
    return Broken(path, "is text in an encoding that cannot be told", line=line, hint=f"Save {path} as CSV in UTF-8{maybe}.")


def _encodings(data: bytes) -> Iterator[str]:
    """The encodings to try, the likely one first."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
        return
    start = data[:200]
    for encoding, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(start) > 3 and start[zero::2].count(0) * 10 > len(start[zero::2]) * 9 and 0 not in start[1 - zero :: 2]:
            yield encoding
            return
    yield "utf-8-sig"
    yield from _code_pages(data)  # not looked for in what is UTF-8


def _code_pages(data: bytes) -> tuple[str, ...]:
    """Code pages of Windows: a Western word has one or two letters beyond ASCII, of Chinese and Russian words all are."""
    runs = _HIGH.findall(data)
    western = _WITHIN.findall(data)
    if not runs or len(western) * 2 > len(runs):
        return ("cp1252",)
    high = b"".join(runs)
    if all(len(run) % 2 == 0 for run in runs):
        small = sum(byte >= 0xE0 for byte in high) > 0.6 * len(high)  # small Cyrillic letters; Chinese signs that are rare
        return ("cp1251", "gb18030", "cp1252") if small else ("gb18030", "cp1251", "cp1252")
    return ("cp1251", "cp1252")
