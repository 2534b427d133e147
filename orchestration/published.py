"""What is published, for those commands of `oko` that read it: one read-only statement at a time; the core for those who may.

How a result looks is decided in export.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ingest.settings import Settings

BATCH = 10_000
NOTHING = "Ещё ничего не опубликовано: выполните «oko refresh»."
CLOSED = "Нужен доступ к ядру хранилища ({what}): показатели до закрытия малых чисел и строки о людях. Обратитесь к тому, кто ведёт Oko."


class QueryRefused(Exception):
    """The statement is not one read-only statement, or it failed; the message is Russian."""


@dataclass(frozen=True)
class Result:
    """Column names, and rows as they come."""

    columns: list[str]
    rows: Iterator[Sequence[Any]]


@contextmanager
def query(settings: Settings, sql: str) -> Iterator[Result]:
    """Runs one statement on what is published now."""
    run = _on_postgres if settings.target == "postgres" else _on_duckdb
    with run(settings, sql) as result:
        yield result


def fetch(settings: Settings, sql: str) -> list[Sequence[Any]]:
    """All rows of one statement."""
    with query(settings, sql) as result:
        return list(result.rows)


@contextmanager
def core(settings: Settings) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """A function that asks the restricted core: rows by column name. All its questions see one publication."""
    run = _core_on_postgres if settings.target == "postgres" else _core_on_duckdb
    with run(settings) as ask:
        yield ask


@contextmanager
def _core_on_duckdb(settings: Settings) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    import duckdb

    from warehouse.readers import open_published

    path = settings.published / "oko_core.duckdb"
    if not (settings.published / "oko.duckdb").exists():
        raise QueryRefused(NOTHING)
    if not os.access(path, os.R_OK):
        raise QueryRefused(CLOSED.format(what=path.name))
    try:
        with open_published(path) as connection:
            yield lambda sql: _named(connection.execute(sql))
    except duckdb.Error as error:
        raise QueryRefused(f"Запрос не выполнен: {error}") from error


@contextmanager
def _core_on_postgres(settings: Settings) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    import psycopg

    from warehouse.readers import open_postgres

    try:
        with open_postgres(str(settings.database_url)) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield lambda sql: _named(connection.execute(sql.encode()))
            connection.rollback()
    except psycopg.errors.UndefinedTable as error:
        raise QueryRefused(NOTHING) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise QueryRefused(CLOSED.format(what="схема core")) from error
    except psycopg.Error as error:
        raise QueryRefused(f"Запрос не выполнен: {error}") from error


def _named(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def _on_duckdb(settings: Settings, sql: str) -> Iterator[Result]:
    import duckdb

    from warehouse.readers import open_published

    path = settings.published / "oko.duckdb"
    if not path.exists():
        raise QueryRefused(NOTHING)
    try:
        _require_one_reading_statement(sql)
        with open_published(path) as connection:
            cursor = connection.execute(sql)
            yield Result([column[0] for column in cursor.description or []], _batches(cursor))
    except duckdb.Error as error:
        raise QueryRefused(f"Запрос не выполнен: {error}") from error


def _require_one_reading_statement(sql: str) -> None:
    import duckdb

    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise QueryRefused(f"Нужен один запрос, а не {len(statements)}.")
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise QueryRefused("Разрешено только чтение: SELECT, DESCRIBE, SHOW, EXPLAIN.")


@contextmanager
def _on_postgres(settings: Settings, sql: str) -> Iterator[Result]:
    import psycopg

    from warehouse.readers import open_postgres

    statement = sql.encode()
    try:
        with open_postgres(str(settings.database_url)) as connection, connection.cursor(name="oko") as cursor:
            # the server prepares only a single statement, and a cursor can be declared only for one that reads
            prepared = connection.pgconn.prepare(b"", statement)
            if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise QueryRefused(f"Запрос не выполнен: {prepared.error_message.decode()}")
            cursor.execute(statement)
            yield Result([column.name for column in cursor.description or []], _batches(cursor))
            connection.rollback()
    except psycopg.Error as error:
        raise QueryRefused(f"Запрос не выполнен: {error}") from error


def _batches(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(BATCH):
        yield from rows
