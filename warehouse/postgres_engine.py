"""The warehouse in a Postgres database: the same schema `raw`, filled by COPY.

Only the engine's own ways stand here: connecting, types, bulk insertion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, ClassVar

import polars as pl
import psycopg

from warehouse.engine import SCHEMA, Warehouse
from warehouse.tables import Columns

# Postgres names of types → polars, for results; anything else comes as polars infers it
_RESULT_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "varchar": pl.String(),
    "int8": pl.Int64(),
    "int4": pl.Int64(),
    "float8": pl.Float64(),
    "numeric": pl.Float64(),
    "date": pl.Date(),
    "bool": pl.Boolean(),
    "timestamp": pl.Datetime("us"),
}


LEAST_VERSION = 15


class UnfitDatabase(Exception):
    """A server or a database that Oko cannot work with; the message is Russian."""


class PostgresWarehouse(Warehouse):
    """The database behind `OKO_DATABASE_URL`, opened for writing unless told otherwise."""

    types: ClassVar[Mapping[str, str]] = {
        **{"text": "TEXT", "bigint": "BIGINT", "double": "DOUBLE PRECISION"},
        **{"date": "DATE", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP"},
    }

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        super().__init__()
        # what COPY sends is UTF-8, whatever the environment says
        self._connection = psycopg.connect(url, autocommit=True, client_encoding="utf8")
        _require_fit(self._connection)
        if read_only:
            self._connection.execute("SET default_transaction_read_only = on")

    def close(self) -> None:
        self._connection.close()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        return fetch(self._connection, _placeholders(sql), list(parameters)) if parameters else fetch(self._connection, sql)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._connection.execute(_placeholders(sql), list(parameters))

    def _append(self, table: str, columns: Columns, rows: pl.DataFrame) -> None:
        quoted = ", ".join(f'"{name}"' for name in columns)
        # Postgres has no place for the character NUL, which broken exports do carry
        frame = rows.select(list(columns)).with_columns(pl.col(pl.String).str.replace_all("\x00", "", literal=True))
        stream = BytesIO()
        frame.write_csv(stream, include_header=False, quote_style="necessary", null_value="")
        copy = f"COPY {SCHEMA}.{table} ({quoted}) FROM STDIN (FORMAT csv)"
        with self._connection.cursor() as cursor, cursor.copy(copy.encode()) as target:
            target.write(stream.getbuffer())


def _require_fit(connection: psycopg.Connection[Any]) -> None:
    version, encoding = connection.info.server_version // 10_000, connection.info.parameter_status("server_encoding")
    if version < LEAST_VERSION:
        connection.close()
        raise UnfitDatabase(f"Postgres {version}: нужен {LEAST_VERSION} или новее (docs/postgres.md)")
    if encoding != "UTF8":
        connection.close()
        raise UnfitDatabase(f"Кодировка базы {encoding}, а нужна UTF8: создайте базу заново (docs/postgres.md)")


def fetch(connection: psycopg.Connection[Any], sql: str, parameters: Sequence[Any] | None = None) -> pl.DataFrame:
    """The rows of one statement, typed by what Postgres says of its columns. Without parameters the SQL is taken as it stands."""
    with connection.cursor() as cursor:
        cursor.execute(sql.encode(), parameters)
        described = cursor.description or []
        names = [connection.adapters.types.get(column.type_code) for column in described]
        schema = {column.name: _RESULT_TYPES.get(kind.name) if kind else None for column, kind in zip(described, names, strict=True)}
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row", infer_schema_length=None, strict=False)


def _placeholders(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")
