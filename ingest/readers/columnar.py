"""Parquet, in which programs hand each other large tables: a column is a column of the grid, its first row the columns' names.

What the file says of its size and its types is judged before any value is read; the values then come in batches, under the same limits,
because what a file says of itself may be false.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetFile

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, make_grid
from ingest.settings import Limits

_PLAIN, _ENCRYPTED = b"PAR1", b"PARE"
# rows that are made into text at a time
_BATCH = 10_000
_LONGEST_NAME = 200


def read(path: Path, limits: Limits) -> list[Grid]:
    """The one grid of a Parquet file. Raises FileFault."""
    _judge_ends(path)
    try:
        with ParquetFile(path) as file:
            _judge(file, limits)
            cells = pl.concat(_batches(file, limits))
    except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as error:
        # a MemoryError of Arrow is both, and the parent has words for it
        if isinstance(error, MemoryError):
            raise
        raise unreadable("это Parquet, но он повреждён, оборван или зашифрован; выгрузите его заново, без шифрования") from error
    # the names stand in no row of the file: its first record is number 1
    return [make_grid("", list(cells), first=0)]


def _judge_ends(path: Path) -> None:
    """The last bytes tell a whole file from one that was cut. Raises FileFault."""
    with path.open("rb") as file:
        file.seek(-len(_PLAIN), 2)
        tail = file.read()
    if tail == _ENCRYPTED:
        raise unreadable("он зашифрован; выгрузите Parquet без шифрования")
    if tail != _PLAIN:
        raise unreadable("это Parquet, но он оборван: в нём нет окончания; скопируйте или выгрузите его заново")


def _judge(file: ParquetFile, limits: Limits) -> None:
    """What the file says of itself. Raises FileFault."""
    metadata, schema = file.metadata, file.schema_arrow
    rows, columns = metadata.num_rows, len(schema.names)
    if rows > limits.columnar_rows:
        raise too_large(f"{rows} строк при пределе {limits.columnar_rows} для Parquet")
    if columns > limits.columns or rows * columns > limits.cells:
        raise too_large(f"{rows} строк и {columns} столбцов")
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if unpacked > limits.unpacked_bytes:
        raise too_large(f"после распаковки {unpacked / 1024**2:.0f} МБ при пределе {limits.unpacked_bytes / 1024**2:.0f} МБ")
    if not columns:
        raise unreadable("в нём нет ни одного столбца")
    _judge_names(schema.names)
    for place, column in enumerate(schema, 1):
        if not _is_plain(column.type):
            raise unreadable(
                f"в ячейках столбца {place} («{column.name}») не текст, не число, не дата и не «да/нет»; уберите или замените его"
            )


def _judge_names(names: list[str]) -> None:
    for place, name in enumerate(names, 1):
        if len(name) > _LONGEST_NAME or any(unicodedata.category(character) == "Cc" for character in name):
            raise unreadable(f"имя столбца {place} длиннее {_LONGEST_NAME} знаков или содержит управляющие символы; переименуйте его")
    if len(set(names)) < len(names):
        raise unreadable("имена столбцов в нём повторяются")


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a cell of it is one value that people write into a table."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    of_a_table = (
        *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        *(pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
        *(pa.types.is_date, pa.types.is_timestamp, pa.types.is_boolean, pa.types.is_null),
    )
    return any(is_it(kind) for is_it in of_a_table)


def _batches(file: ParquetFile, limits: Limits) -> Iterator[pl.DataFrame]:
    """The names, then the rows as text. Raises FileFault."""
    names = [f"c{place}" for place in range(len(file.schema_arrow.names))]
    yield pl.DataFrame([file.schema_arrow.names], schema=dict.fromkeys(names, pl.String), orient="row")
    rows = taken = 0
    for batch in file.iter_batches(_BATCH):
        cells = pl.DataFrame(pl.from_arrow(batch.rename_columns(names))).cast(pl.String)
        rows, taken = rows + cells.height, taken + int(cells.estimated_size())
        if rows > limits.columnar_rows or taken > limits.unpacked_bytes:
            raise too_large("в нём больше строк или текста, чем он сам о себе сообщает")
        yield cells
