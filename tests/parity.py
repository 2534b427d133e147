"""Whether a table of a publication is the same on both engines: columns, types, comments, and every row, numbers to 1e-9.

DuckDB compares: the rows of Postgres come to it as a file. No test stands here, and no table is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg

from warehouse.manifest import RUN_COLUMNS

# DuckDB's name of a type → that of Postgres
TYPES = {
    **{"VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision"},
    **{"DATE": "date", "BOOLEAN": "boolean", "TIMESTAMP": "timestamp without time zone"},
}
# no text of ours, and no empty one
NULL = "\\N"
SHOWN = 3


@dataclass(frozen=True)
class Column:
    """A column as an engine has it."""

    name: str
    kind: str
    comment: str | None


@dataclass(frozen=True)
class Engines:
    """The same region published twice: the file of the core, the address of the database, and a folder to work in."""

    file: Path
    url: str
    folder: Path

    def differences(self, schemas: tuple[str, ...], *, without: frozenset[str] = frozenset()) -> list[str]:
        """One line for everything that differs; none: the engines agree. `without`: tables that belong to one engine."""
        with duckdb.connect() as duck, psycopg.connect(self.url) as postgres:
            duck.execute(f"ATTACH '{self.file}' AS published (READ_ONLY)")
            found: list[str] = []
            for schema in schemas:
                ours, theirs = _duckdb_tables(duck, schema), _postgres_tables(postgres, schema)
                found += [f"{schema}.{name}: on one engine alone" for name in sorted(ours.keys() ^ theirs.keys() - without)]
                for name in sorted(ours.keys() & theirs.keys()):
                    found += _shape(f"{schema}.{name}", ours[name], theirs[name]) or self._rows(duck, postgres, schema, name, ours[name])
            return found

    def _rows(
        self, duck: duckdb.DuckDBPyConnection, postgres: psycopg.Connection[object], schema: str, name: str, columns: list[Column]
    ) -> list[str]:
        compared = [column for column in columns if column.name not in RUN_COLUMNS]
        names = ", ".join(f'"{column.name}"' for column in compared)
        file = self.folder / "rows.csv"
        copy = f"COPY (SELECT {names} FROM {schema}.{name}) TO STDOUT (FORMAT csv, NULL '{NULL}')"
        with file.open("wb") as written, postgres.cursor().copy(copy.encode()) as rows:
            written.writelines(bytes(chunk) for chunk in rows)
        types = ", ".join(f"'{column.name}': '{column.kind}'" for column in compared)
        how = f"auto_detect = false, header = false, nullstr = '{NULL}', delim = ',', quote = '\"', escape = '\"'"
        read = f"read_csv('{file}', {how}, columns = {{{types}}})"
        order = ", ".join(_order(column) for column in compared)
        for side, source in (("ours", f'published.{schema}."{name}"'), ("theirs", read)):
            numbered = f"SELECT row_number() OVER (ORDER BY {order}) AS place, {names} FROM {source}"
            duck.execute(f"CREATE OR REPLACE TEMP TABLE {side} AS {numbered}")
        file.unlink()
        differ = " OR ".join(_differs(column) for column in compared)
        joined = f"SELECT * FROM ours FULL JOIN theirs USING (place) WHERE ours.place IS NULL OR theirs.place IS NULL OR {differ}"
        rows_found = duck.execute(f"SELECT count(*) OVER (), * FROM ({joined}) LIMIT {SHOWN}").fetchall()
        return [f"{schema}.{name}: {row[0]} rows differ, as {row[1:]}" for row in rows_found]


def _duckdb_tables(duck: duckdb.DuckDBPyConnection, schema: str) -> dict[str, list[Column]]:
    sql = """
        SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
        WHERE database_name = 'published' AND schema_name = ? ORDER BY table_name, column_index
    """
    return _by_table(duck.execute(sql, [schema]).fetchall())


def _postgres_tables(postgres: psycopg.Connection[object], schema: str) -> dict[str, list[Column]]:
    sql = b"""
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
        FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = cast(%s AS regnamespace) AND c.relkind = 'r' ORDER BY c.relname, a.attnum
    """
    return _by_table(postgres.execute(sql, [schema]).fetchall())  # type: ignore[arg-type]


def _by_table(rows: list[tuple[str, str, str, str | None]]) -> dict[str, list[Column]]:
    tables: dict[str, list[Column]] = {}
    for table, *column in rows:
        tables.setdefault(table, []).append(Column(*column))
    return tables


def _shape(table: str, ours: list[Column], theirs: list[Column]) -> list[str]:
    expected = [Column(column.name, TYPES.get(column.kind, f"no type of a contract: {column.kind}"), column.comment) for column in ours]
    if [column.name for column in expected] != [column.name for column in theirs]:
        return [f"{table}: columns {[column.name for column in ours]} and {[column.name for column in theirs]}"]
    return [f"{table}: {one} and {other}" for one, other in zip(expected, theirs, strict=True) if one != other]


def _order(column: Column) -> str:
    # an unrounded number would decide the order by its last bit
    return f'round("{column.name}", 6) NULLS FIRST' if column.kind == "DOUBLE" else f'"{column.name}" NULLS FIRST'


def _differs(column: Column) -> str:
    ours, theirs = f'ours."{column.name}"', f'theirs."{column.name}"'
    if column.kind != "DOUBLE":
        return f"{ours} IS DISTINCT FROM {theirs}"
    is_far = f"abs({ours} - {theirs}) > 1e-9 * greatest(1, abs({ours}))"
    return f"(({ours} IS NULL) <> ({theirs} IS NULL) OR isnan({ours}) <> isnan({theirs}) OR {is_far})"
