"""The warehouse in one DuckDB file, with one writer.

Only the engine's own ways stand here: connecting, types, bulk insertion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl

from warehouse.engine import SCHEMA, Warehouse
from warehouse.tables import Columns


class DuckDBWarehouse(Warehouse):
    """`$OKO_HOME/warehouse/oko.duckdb`, opened for writing unless told otherwise."""

    types: ClassVar[Mapping[str, str]] = {
        **{"text": "TEXT", "bigint": "BIGINT", "double": "DOUBLE"},
        **{"date": "DATE", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP"},
    }

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        super().__init__()
        if not read_only:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = duckdb.connect(str(path), read_only=read_only)
        if not read_only:
            path.chmod(0o600)

    def close(self) -> None:
        self._connection.close()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        frame: pl.DataFrame = self._connection.sql(sql, params=list(parameters)).pl()
        return frame

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._connection.execute(sql, list(parameters))

    def _append(self, table: str, columns: Columns, rows: pl.DataFrame) -> None:
        names = list(columns)
        self._connection.register("incoming", rows.select(names).to_arrow())
        try:
            quoted = ", ".join(f'"{name}"' for name in names)
            self._connection.execute(f"INSERT INTO {SCHEMA}.{table} ({quoted}) SELECT {quoted} FROM incoming")
        finally:
            self._connection.unregister("incoming")
