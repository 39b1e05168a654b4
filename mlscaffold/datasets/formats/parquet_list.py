"""A list of pictures or texts as Parquet; needs the extra `parquet` (pyarrow)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlscaffold.datasets import lists
from mlscaffold.datasets.collecting import Findings, text_of
from mlscaffold.datasets.exporting import Placed
from mlscaffold.datasets.formats.csv_list import fit
from mlscaffold.datasets.list_columns import Table, fits
from mlscaffold.datasets.record import Reading, Sniff
from mlscaffold.errors import ScaffoldError

__all__ = ["HOLDS", "fit", "fit_all", "place", "read", "sniff", "write"]

HOLDS = lists.HOLDS
place = lists.place
fit_all = lists.fit_all
_ENDINGS = (".parquet",)


def sniff(path: Path) -> Sniff:
    """A Parquet file with recognised columns; without pyarrow, a file that begins as one."""
    found = lists.tables_in(path, _ENDINGS)
    if refused := lists.only(found, "Parquet file"):
        return refused
    try:
        with found[0].open("rb") as file:
            if file.read(4) != b"PAR1":
                return Sniff(0.0, f"{found[0].name} is no Parquet file: it does not begin with PAR1")
        header = engine().read_schema(found[0]).names
    except ScaffoldError:
        return Sniff(0.6, f"{found[0].name} is a Parquet file; its columns cannot be seen without pyarrow")
    except Exception as error:
        return Sniff(0.0, f"{found[0].name} cannot be read ({type(error).__name__})")
    return fits(Table(found[0].name, header, []), f"{found[0].name} is a Parquet file")


def read(path: Path) -> Reading:
    """Every row; raises if pyarrow is not installed."""
    findings = Findings()
    found = lists.tables_in(path, _ENDINGS)
    if lists.only(found, ""):
        findings.item(path.name, "no-table", f"{len(found)} Parquet files here, one is wanted")
        return findings.failed()
    parquet = engine()
    tables = [table for file in found if (table := _table(file, parquet, findings))]
    lists.read_tables(found[0].parent, tables, findings, whole=path.is_dir())
    return findings.reading()


def _table(file: Path, parquet: Any, findings: Findings) -> Table | None:  # noqa: ANN401 - a module without types
    """The rows of one file; None where it could not be read."""
    try:
        rows = parquet.read_table(file).to_pylist()
    except Exception as error:
        # pyarrow raises its own kinds, and those of the codecs below it.
        findings.item(file.name, "broken-table", f"cannot be read as Parquet ({type(error).__name__})")
        return None
    if not rows:
        findings.item(file.name, "empty-table", "holds no rows")
        return None
    if any(isinstance(value, dict) and value.get("bytes") for value in rows[0].values()):
        findings.notes.append("pictures lie in the table itself, as bytes: save them as files and name those")
    return lists.table_of(file.name, ((f"{file.name}:{place}", row) for place, row in enumerate(rows, 1)), findings)


def engine() -> Any:  # noqa: ANN401 - a module without types
    """pyarrow's reader and writer; raises with the way to get it."""
    try:
        from pyarrow import parquet
    except ImportError:
        raise ScaffoldError(
            "Parquet needs pyarrow, which is not installed.",
            reference="parquet-missing",
            hint="pip install 'mlscaffold[parquet]'",
        ) from None
    return parquet


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `labels.parquet`, all columns as text."""
    writer = engine()
    import pyarrow

    columns, rows = lists.rows_of(items)
    folder.mkdir(parents=True, exist_ok=True)
    writer.write_table(pyarrow.table({name: [text_of(row[name]) for row in rows] for name in columns}), folder / "labels.parquet")
