"""CSV tables and small files: read with line numbers, written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from mlscaffold.errors import ScaffoldError

PART = ".part"


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file so that a kill leaves the old one or the new one; False if it already held just this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    temporary = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bool:
    """Write a CSV with a header; False if it already held just this."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return write_atomic(path, buffer.getvalue().encode("utf-8"))


def drop_rows(path: Path, required: Sequence[str], unwanted: Callable[[dict[str, str]], bool]) -> int:
    """Take rows out of a table and leave all else, its columns too; a table without a row left is removed. How many went."""
    rows = read_table(path, required)
    kept = [cells for _, cells in rows if not unwanted(cells)]
    if len(kept) == len(rows):
        return 0
    if kept:
        write_table(path, list(kept[0]), kept)
    else:
        path.unlink()
    return len(rows) - len(kept)


def read_table(path: Path, required: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of every row; raises what a person can mend where a column or a cell is missing.

    What spreadsheets make of a table is read too: semicolons or tabs, UTF-16, the letters of Windows.
    """
    text = _text(path)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    rows: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                if missing := [name for name in required if name not in header]:
                    raise _broken(path, f"has no column {missing[0]}; it has {', '.join(header)[:120]}", "Mend its first line.")
            elif len(cells) != len(header):
                raise _broken(
                    path, f"line {reader.line_num} has {len(cells)} cells, the header has {len(header)}", "Mend that line."
                )
            else:
                rows.append((reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise _broken(path, f"line {reader.line_num}: {error}", "Mend that line.") from error
    if header is None:
        raise _broken(path, "is empty, not even a header", f"Its columns: {', '.join(required)}.")
    return rows


def _text(path: Path) -> str:
    """A table's text, in whichever of the usual encodings it was saved."""
    data = path.read_bytes()
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _broken(path, "is neither UTF-8, UTF-16 nor Windows text", "Save it as CSV UTF-8.")


def _broken(path: Path, what: str, hint: str) -> ScaffoldError:
    """An error about a table, with its last folders so that it can be found."""
    inner = [
        place for place, part in enumerate(path.parts) if part == "data"
    ]  # the project itself may lie in a folder of that name
    shown = "/".join(path.parts[inner[-1] :]) if inner else str(path)
    return ScaffoldError(f"{shown} {what}.", reference="broken-table", hint=hint)
