"""What is published, now or before, for those commands of `oko` that read it: one read-only statement at a time; the core for those
who may.

Which publications there are is known in publications.py; how a result looks is decided in export.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.settings import Settings

if TYPE_CHECKING:
    from orchestration.publications import Publication

BATCH = 10_000
# the schemas that readers know; intermediate holds what was counted, for analysts
SCHEMAS = ("marts", "quality", "core", "intermediate")
CLOSED_SCHEMAS = ("core", "intermediate")
# dimensions of the core are for every reader, bridges for those who may read all of it
_CORE_IS_OPEN = "has_table_privilege('{}.bridge_indicator_basis', 'SELECT')"
# what changes with a publication: its id, and on Postgres the identity of the schemas
SHOWN = "SELECT publication_id FROM quality.publication"
SHOWN_SCHEMAS = f"SELECT nspname, oid FROM pg_namespace WHERE nspname IN {SCHEMAS} ORDER BY nspname"
NOTHING = "Ещё ничего не опубликовано: выполните «oko refresh»."
GONE = "Публикация {id} только что удалена по правилам хранения."
REPLACED = "Пока выполнялась команда, публикацию {id} сменила новая: повторите."
CLOSED = "Нужен доступ к ядру хранилища ({what}): показатели до закрытия малых чисел и строки о людях. Обратитесь к тому, кто ведёт Oko."


Ask = Callable[[str], list[dict[str, Any]]]
T = TypeVar("T")


class QueryRefused(Exception):
    """The statement is not one read-only statement, or it failed; the message is Russian."""


@dataclass(frozen=True)
class Result:
    """Column names, and rows as they come."""

    columns: list[str]
    rows: Iterator[Sequence[Any]]


@contextmanager
def query(settings: Settings, sql: str, publication: Publication | None = None) -> Iterator[Result]:
    """Runs one statement on what is published now, or on a publication that is kept."""
    run = _on_postgres if settings.target == "postgres" else _on_duckdb
    with run(settings, sql, publication) as result:
        yield result


def fetch(settings: Settings, sql: str) -> list[Sequence[Any]]:
    """All rows of one statement."""
    with query(settings, sql) as result:
        return list(result.rows)


@contextmanager
def core(settings: Settings) -> Iterator[Ask]:
    """A function that asks the restricted core: rows by column name."""
    run = _core_on_postgres if settings.target == "postgres" else _core_on_duckdb
    with run(settings) as ask:
        yield ask


def in_one_publication(settings: Settings, work: Callable[[], T]) -> T:
    """Does what asks several times, and again when another publication was shown meanwhile: what it says last is of one publication."""
    while True:
        before = _shown(settings)
        done = work()
        if _shown(settings) == before:
            return done


def _shown(settings: Settings) -> list[Sequence[Any]] | None:
    try:
        return fetch(settings, SHOWN)
    except QueryRefused:
        return None


def from_core(settings: Settings, work: Callable[[Ask], T]) -> T:
    """What `work` finds by asking the core, all of it in one publication: it works again when another one was shown meanwhile."""
    while True:
        with core(settings) as ask:
            before = ask(SHOWN)
            found = work(ask)
            if ask(SHOWN) == before:
                return found


@dataclass(frozen=True)
class Pair:
    """Two publications side by side. `before` and `after` name a schema of either in SQL; `has_core`: whether this reader may read it."""

    run: Callable[[str], tuple[list[str], Iterator[Sequence[Any]]]]
    before: Callable[[str], str]
    after: Callable[[str], str]
    has_core: bool

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """All rows of one statement, by column name."""
        columns, rows = self.run(sql)
        return [dict(zip(columns, row, strict=True)) for row in rows]


@contextmanager
def pair(settings: Settings, before: Publication, after: Publication) -> Iterator[Pair]:
    """Asks two publications in one statement. Raises QueryRefused."""
    run = _pair_on_postgres if settings.target == "postgres" else _pair_on_duckdb
    with run(settings, before, after) as both:
        yield both


@contextmanager
def _pair_on_duckdb(_: Settings, before: Publication, after: Publication) -> Iterator[Pair]:
    import duckdb

    from warehouse.readers import open_beside

    sides = {"before": before, "after": after}
    files = {name: one.folder / "oko.duckdb" for name, one in sides.items() if one.folder}
    cores = {f"{name}_core": one.folder / "oko_core.duckdb" for name, one in sides.items() if one.folder}
    has_core = all(os.access(path, os.R_OK) for path in cores.values())

    def place(side: str) -> Callable[[str], str]:
        # of the core, the open file has the dimensions without people
        return lambda schema: f'"{side}{"_core" if has_core and schema in CLOSED_SCHEMAS else ""}".{schema}'

    try:
        with open_beside(files | (cores if has_core else {})) as connection:

            def run(sql: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
                cursor = connection.cursor().execute(sql)
                return [column[0] for column in cursor.description or []], _batches(cursor)

            yield Pair(run, place("before"), place("after"), has_core)
    except duckdb.Error as error:
        raise QueryRefused(f"Публикации не прочитаны: {error}") from error


@contextmanager
def _pair_on_postgres(settings: Settings, before: Publication, after: Publication) -> Iterator[Pair]:
    import psycopg

    from warehouse.readers import open_postgres

    try:
        with open_postgres(str(settings.database_url)) as connection:

            def run(sql: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
                cursor = connection.execute(sql.encode())
                return [column.name for column in cursor.description or []], _batches(cursor)

            _, rows = run(
                f"SELECT has_schema_privilege('{after.schema('core')}', 'USAGE') AND {_CORE_IS_OPEN.format(after.schema('core'))}"
            )
            [(has_core,)] = rows
            yield Pair(run, before.schema, after.schema, bool(has_core))
            _require_shown(connection, before, after)
            connection.rollback()
    except psycopg.Error as error:
        raise QueryRefused(f"Публикации не прочитаны: {error}") from error


@contextmanager
def _core_on_duckdb(settings: Settings) -> Iterator[Ask]:
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
def _core_on_postgres(settings: Settings) -> Iterator[Ask]:
    import psycopg

    from warehouse.readers import open_postgres

    try:
        with open_postgres(str(settings.database_url)) as connection:
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
def _on_duckdb(settings: Settings, sql: str, publication: Publication | None) -> Iterator[Result]:
    import duckdb

    from warehouse.readers import open_published

    folder = publication.folder if publication and publication.folder else settings.published
    path = folder / "oko.duckdb"
    if not path.exists():
        raise QueryRefused(GONE.format(id=publication.id) if publication else NOTHING)
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
def _on_postgres(settings: Settings, sql: str, publication: Publication | None) -> Iterator[Result]:
    import psycopg

    from warehouse.readers import open_postgres

    statement = _said_of(publication, sql).encode()
    try:
        with open_postgres(str(settings.database_url)) as connection:
            # the server prepares only a single statement, and a cursor can be declared only for one that reads
            prepared = connection.pgconn.prepare(b"", statement)
            if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise QueryRefused(f"Запрос не выполнен: {prepared.error_message.decode()}")
            with _declared(connection, statement) as cursor:
                _require_shown(connection, *([publication] if publication else []))
                yield Result([column.name for column in cursor.description or []], _batches(cursor))
            connection.rollback()
    except psycopg.Error as error:
        raise QueryRefused(f"Запрос не выполнен: {error}") from error


def _declared(connection: Any, statement: bytes) -> Any:
    """A cursor whose tables are all of one publication: names may be looked up just while another one is shown."""
    while True:
        cursor = connection.cursor(name="oko")
        before = connection.execute(SHOWN_SCHEMAS).fetchall()
        cursor.execute(statement)
        if connection.execute(SHOWN_SCHEMAS).fetchall() == before:
            return cursor
        connection.rollback()


def _require_shown(connection: Any, *publications: Publication) -> None:
    """What was current when it was named is so still: else the name of its schemas means another one by now."""
    for one in publications:
        if one.is_current:
            [(text,)] = connection.execute("SELECT manifest FROM quality.manifest").fetchall()
            if json.loads(text)["id"] != one.id:
                raise QueryRefused(REPLACED.format(id=one.id))


def _said_of(publication: Publication | None, sql: str) -> str:
    """The statement about this publication: of what is published now nothing is touched."""
    if publication is None or publication.is_current:
        return sql
    from orchestration.past_statement import NotRenamed, with_schemas

    try:
        return with_schemas(sql, {name: publication.schema(name) for name in SCHEMAS})
    except NotRenamed as error:
        raise QueryRefused(str(error)) from error


def _batches(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(BATCH):
        yield from rows
