"""One warehouse, whichever engine stands behind it: what is done to schema `raw`, in SQL that both engines read.

The engines add connecting, bulk insertion and the names of types. What a row means, and which sources exist, is not known here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import polars as pl

from warehouse.tables import JOURNAL, Columns, File, RawTable, Reading

SCHEMA = "raw"
FAULTS = ("_rejections", "_findings")


def utc_now() -> datetime:
    """The time as the journal keeps it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Warehouse(ABC):
    """The build database, opened by the one writer; a context manager. Parameters in SQL are written as `?`."""

    types: ClassVar[Mapping[str, str]]

    def __init__(self) -> None:
        self._tables: dict[str, RawTable] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Lets go of the database, so that dbt can open it."""

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """The rows of one statement."""

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """One statement without a result."""

    @abstractmethod
    def _append(self, table: str, columns: Columns, rows: pl.DataFrame) -> None:
        """Bulk insertion of rows that have exactly these columns."""

    # ---- shape ---------------------------------------------------------------------------------------------------------------

    def know(self, tables: Iterable[RawTable]) -> None:
        """Says which raw tables there are, without touching the database."""
        self._tables = {table.name: table for table in tables}

    def is_prepared(self) -> bool:
        """Whether a refresh has ever made schema `raw` here."""
        return "_files" in self._existing_columns()

    def prepare(self, tables: Iterable[RawTable]) -> None:
        """Makes schema `raw`, its tables, and the columns that declarations gained since the tables were made."""
        self.know(tables)
        wanted: dict[str, Columns] = {**JOURNAL, **{name: table.all_columns for name, table in self._tables.items()}}
        with self.transaction():
            self.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            existing = self._existing_columns()
            for name, columns in wanted.items():
                self._shape(name, columns, existing.get(name, set()))

    def _shape(self, table: str, columns: Columns, existing: set[str]) -> None:
        if not existing:
            body = ", ".join(f'"{name}" {self.types[kind]}' for name, kind in columns.items())
            self.execute(f"CREATE TABLE {SCHEMA}.{table} ({body})")
            return
        for name, kind in columns.items():
            if name not in existing:
                self.execute(f'ALTER TABLE {SCHEMA}.{table} ADD COLUMN "{name}" {self.types[kind]}')

    def _existing_columns(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        sql = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ?"
        for table, column in self.query(sql, [SCHEMA]).iter_rows():
            found.setdefault(table, set()).add(column)
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does."""
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def rewrite(self, table: str, rows: pl.DataFrame) -> None:
        """Replaces a whole journal table (`_sources`, `_run`, what was published before)."""
        with self.transaction():
            self.execute(f"DELETE FROM {SCHEMA}.{table}")
            self._append(table, JOURNAL[table], rows)

    def staging_version(self) -> str | None:
        """By which code the seeds and staging views that stand here were made; None of a database that has none, or not all."""
        found = self.query(f"SELECT version FROM {SCHEMA}._staging")["version"].to_list()
        return found[0] if found else None

    def stage(self, version: str | None) -> None:
        """Says by which code they were made; None while they are being made, so that a kill leaves no half of them behind as whole."""
        self.rewrite("_staging", pl.DataFrame({"version": [version] if version else []}, schema={"version": pl.String}))

    # ---- files ---------------------------------------------------------------------------------------------------------------

    def files(self) -> pl.DataFrame:
        """Every content that has been read: `raw._files`."""
        return self.query(f"SELECT * FROM {SCHEMA}._files ORDER BY modified_at, file_name")

    def replace(self, file: File, reading: Reading, load_id: str, *, keep_load: bool = False, key_id: str | None = None) -> None:
        """Puts this reading in the place of whatever the same content gave before. `key_id`: the key that its pseudonyms are of.

        With `keep_load` the row of the first reading stays in `_loads`: rows that waited are judged again, nothing is loaded anew.
        Of a content that has left landing nothing stands rejected: there is no file left to mend.
        """
        now = utc_now()
        load_row = {
            "load_id": load_id,
            **_identity(file, reading),
            "layout": reading.layout,
            "rows_in": reading.rows_in,
            "rows_loaded": reading.rows_loaded,
            "rows_rejected": reading.rows_rejected,
            "loaded_at": now,
        }
        with self.transaction():
            left = self.query(f"SELECT 1 FROM {SCHEMA}._files WHERE file_sha256 = ? AND NOT in_landing", [file.sha256]).height > 0
            self._remove([file.sha256], loads=not keep_load)
            for table, rows in reading.rows.items():
                self._append(table, self._tables[table].all_columns, _with_origin(rows, file, load_id))
            if not left:
                self._append_faults(file, reading, now)
            self._append("_files", JOURNAL["_files"], _file_row(file, reading, key_id, in_landing=not left))
            if not keep_load:
                self._append("_loads", JOURNAL["_loads"], pl.DataFrame([load_row]))

    def _append_faults(self, file: File, reading: Reading, now: datetime) -> None:
        identity = [pl.lit(value).alias(name) for name, value in _identity(file, reading).items()]
        for table, faults, when in (("_rejections", reading.rejections, "rejected_at"), ("_findings", reading.findings, "found_at")):
            if faults.height:
                self._append(table, JOURNAL[table], faults.with_columns(*identity, pl.lit(now).alias(when)))

    def reject_unread(self, source: str, name: str, message: str) -> None:
        """A file whose content could not be had at all: a rejection without a sha256, judged again at every refresh."""
        row = {
            **{"source": source, "file_name": name, "file_sha256": "", "sheet": None, "row_number": None, "column_name": None},
            **{"reason_code": "unreadable_file", "message_ru": message, "rejected_at": utc_now()},
        }
        with self.transaction():
            self._append("_rejections", JOURNAL["_rejections"], pl.DataFrame([row], schema_overrides={"row_number": pl.Int64}))

    def stamp_key(self, key_id: str) -> None:
        """Says of contents that a release read which knew one key only, that it was this one."""
        self.execute(f"UPDATE {SCHEMA}._files SET key_id = ? WHERE key_id IS NULL", [key_id])

    def forget_unread(self) -> None:
        """Drops the rejections of files that could not be read: this refresh tries them again."""
        self.execute(f"DELETE FROM {SCHEMA}._rejections WHERE file_sha256 = ''")

    def forget(self, sha256s: Sequence[str]) -> None:
        """Removes everything that these contents gave."""
        with self.transaction():
            self._remove(sha256s, loads=True)

    def _remove(self, sha256s: Sequence[str], *, loads: bool) -> None:
        known = self.query(f"SELECT file_sha256 FROM {SCHEMA}._files")["file_sha256"]
        gone = [sha for sha in sha256s if sha in set(known)]
        if not gone:
            return
        holes = ", ".join("?" for _ in gone)
        for table in self._tables:
            self.execute(f"DELETE FROM {SCHEMA}.{table} WHERE _file_sha256 IN ({holes})", gone)
        for table in ("_files", *FAULTS, *(["_loads"] if loads else [])):
            self.execute(f"DELETE FROM {SCHEMA}.{table} WHERE file_sha256 IN ({holes})", gone)

    def update_landing(self, present: Sequence[File], *, absent: Sequence[str]) -> None:
        """Brings `_files` up to what landing holds now: names and times of the contents that are there, the flag of those that left.

        What left keeps its rows, but nothing of it stands rejected any more: there is no file left to mend.
        """
        rows = pl.DataFrame(
            [(file.sha256, file.name, file.modified_at) for file in present],
            schema={"file_sha256": pl.String, "file_name": pl.String, "modified_at": pl.Datetime("us")},
            orient="row",
        )
        stored = self.files().select("file_sha256", "source", "in_landing", old_name="file_name", old_time="modified_at")
        moved = stored.join(rows, on="file_sha256").filter(
            (pl.col("old_name") != pl.col("file_name")) | (pl.col("old_time") != pl.col("modified_at")) | ~pl.col("in_landing")
        )
        left = stored.filter(pl.col("in_landing") & pl.col("file_sha256").is_in(list(absent)))
        with self.transaction():
            for row in moved.iter_rows(named=True):
                self._rename(row["file_sha256"], row["file_name"], row["modified_at"])
            for sha in left["file_sha256"]:
                self.execute(f"UPDATE {SCHEMA}._files SET in_landing = false WHERE file_sha256 = ?", [sha])
                for table in FAULTS:
                    self.execute(f"DELETE FROM {SCHEMA}.{table} WHERE file_sha256 = ?", [sha])

    def _rename(self, sha256: str, name: str, modified_at: datetime) -> None:
        sql = f"UPDATE {SCHEMA}._files SET file_name = ?, modified_at = ?, in_landing = true WHERE file_sha256 = ?"
        self.execute(sql, [name, modified_at, sha256])
        for table in FAULTS:
            self.execute(f"UPDATE {SCHEMA}.{table} SET file_name = ? WHERE file_sha256 = ?", [name, sha256])

    # ---- what later files are judged by --------------------------------------------------------------------------------------

    def current(self, table: str, columns: Sequence[str]) -> pl.DataFrame:
        """The distinct values of these columns over the rows that count: per key the row of the latest file."""
        if not {*columns, *self._tables[table].key} <= self._existing_columns().get(table, set()):
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        names = ", ".join(f'"{name}"' for name in columns)
        filled = " AND ".join(f'"{name}" IS NOT NULL' for name in columns)
        return self.query(f"SELECT DISTINCT {names} FROM ({self._ranked(table)}) AS ranked WHERE _rank = 1 AND {filled} ORDER BY {names}")

    def current_rows(self, table: str, within: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
        """The rows that count, with `_modified_at` of their file, where each column of `within` is blank or has one of its values."""
        existing = self._existing_columns().get(table, set())
        if not {*within, *self._tables[table].key} <= existing:
            return pl.DataFrame()
        names = ", ".join(f'"{name}"' for name in self._tables[table].all_columns if name in existing)
        lists = {name: ", ".join("?" for _ in values) or "NULL" for name, values in within.items()}
        inside = "".join(f' AND ("{name}" IS NULL OR "{name}" IN ({holes}))' for name, holes in lists.items())
        sql = f"SELECT {names}, _modified_at FROM ({self._ranked(table)}) AS ranked WHERE _rank = 1{inside}"
        return self.query(sql, [value for values in within.values() for value in values])

    def _ranked(self, table: str) -> str:
        key = ", ".join(f'r."{name}"' for name in self._tables[table].key)
        return f"""
            SELECT r.*, f.modified_at AS _modified_at, row_number() OVER (
                PARTITION BY {key} ORDER BY f.modified_at DESC, f.file_name DESC, r._sheet DESC, r._row_number DESC
            ) AS _rank
            FROM {SCHEMA}.{table} AS r INNER JOIN {SCHEMA}._files AS f ON r._file_sha256 = f.file_sha256
        """

    def rejected_files(self, reasons: Sequence[str], *, whole: bool = False) -> list[str]:
        """The contents that have a rejection for one of these reasons; `whole`: rejected as a file, not by row."""
        holes = ", ".join("?" for _ in reasons)
        rows = "AND row_number IS NULL" if whole else ""
        sql = f"SELECT DISTINCT file_sha256 FROM {SCHEMA}._rejections WHERE file_sha256 <> '' AND reason_code IN ({holes}) {rows}"
        return self.query(sql, reasons)["file_sha256"].to_list()

    def rejections(self) -> pl.DataFrame:
        """Everything that stands rejected now."""
        return self.query(f"SELECT * FROM {SCHEMA}._rejections ORDER BY file_name, sheet, row_number")


def _identity(file: File, reading: Reading) -> dict[str, str]:
    return {"source": reading.source, "file_name": file.name, "file_sha256": file.sha256}


def _file_row(file: File, reading: Reading, key_id: str | None, *, in_landing: bool) -> pl.DataFrame:
    row = {**_identity(file, reading), "modified_at": file.modified_at, "in_landing": in_landing}
    row |= {"key_id": key_id, "rows_loaded": reading.rows_loaded}
    return pl.DataFrame([row], schema_overrides={"key_id": pl.String})


def _with_origin(rows: pl.DataFrame, file: File, load_id: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(file.sha256).alias("_file_sha256"), pl.lit(load_id).alias("_load_id"))
