"""Publishing on Postgres: copies beside what readers see, an audit, then one transaction that renames schemas.

dbt builds into `build_marts` and its kin. A publication is a copy of them, made as `next_marts`…, shown as `marts`…, kept as `marts_<id>`….
Renaming a schema locks no table: whoever reads a table goes on reading it, and no reader holds a publication up. What is dropped are kept
publications alone; one that somebody still reads is left for the next night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from warehouse import manifest, roles
from warehouse.audit import AuditFailed, faults, personal_columns
from warehouse.keeping import Rules, kept, started_at
from warehouse.postgres_engine import fetch
from warehouse.publish import CORE_SCHEMA, OPEN_SCHEMAS, UNITS, Descriptions, Personal, Relation, is_open

SCHEMAS = (*OPEN_SCHEMAS, CORE_SCHEMA, UNITS[0])
BUILD, NEXT = "build_", "next_"
# how long to wait for whoever reads what is to be dropped: less than deadlock_timeout, so that it is never the reader who has to give way
PATIENCE = "500ms"

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]


@dataclass(frozen=True)
class Project:
    """What the dbt project says of its models, by (schema, table): descriptions of table and columns, and keys of those that have one."""

    described: Descriptions
    keys: Mapping[Relation, list[str]]


@dataclass(frozen=True)
class Access:
    """Who is of which municipality (login → permanent code), and the folder for passwords of logins that are made here."""

    municipalities: Mapping[str, str]
    passwords: Path


def publish(url: str, origin: manifest.Origin, project: Project, personal: Personal, access: Access, rules: Rules) -> list[str]:
    """Copies, audits and shows what dbt has built; returns what an administrator should know, in Russian.

    Raises AuditFailed or psycopg.Error with the old publication untouched.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        missing = roles.make_roles(connection, access.passwords)
        roles.close_database(connection)
        roles.set_municipalities(connection, access.municipalities)
        _drop(connection, [schema for schema in _schemas(connection) if schema.startswith(NEXT)])
        _copy(connection, project, personal)
        _swap(connection, origin, personal)
        still_read = _retire(connection, rules)
    said = [f"Нет ролей {', '.join(missing)}, а создать их этому пользователю Postgres нельзя: docs/postgres.md"] if missing else []
    return said + [f"Публикацию {name} ещё читают: она останется до следующего обновления" for name in still_read]


def is_published(url: str) -> bool:
    """Whether readers find a publication; raises psycopg.Error where the database does not answer."""
    with psycopg.connect(url) as connection:
        return current_publication(connection) is not None


def current_publication(connection: Connection) -> str | None:
    """The id of what readers see now, or None where nothing (whole) is published."""
    if not set(SCHEMAS) <= set(_schemas(connection)):
        return None
    try:
        row = connection.execute("SELECT publication_id FROM quality.publication").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return str(row[0]) if row else None


# ---- the copy --------------------------------------------------------------------------------------------------------------------


def _copy(connection: Connection, project: Project, personal: Personal) -> None:
    published = [relation for relation in sorted(project.described) if relation[0] in (*OPEN_SCHEMAS, CORE_SCHEMA) or relation == UNITS]
    columns = _columns(connection)
    for schema in SCHEMAS:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(NEXT + schema)))
    there = roles.present_roles(connection.cursor())
    # rights on other tables name the register of schools
    for relation in sorted(published, key=lambda relation: relation != roles.REGISTER):
        with connection.transaction(), connection.cursor() as cursor:
            _copy_table(cursor, relation, columns[relation], project)
            # in the transaction that made the table: later the server's own analysis may hold it, and wait for what is changed here
            can_be_open = is_open(relation, columns[relation], personal)
            roles.grant_table(cursor, there, NEXT, relation, columns[relation], is_open=can_be_open)


def _columns(connection: Connection) -> dict[Relation, list[str]]:
    """The columns of everything that dbt has built, under the names that it will be published by."""
    found: dict[Relation, list[str]] = {}
    statement = "SELECT table_schema, table_name, column_name FROM information_schema.columns ORDER BY 1, 2, ordinal_position"
    for schema, table, column in connection.execute(statement).fetchall():
        if schema.startswith(BUILD):
            found.setdefault((schema.removeprefix(BUILD), table), []).append(column)
    return found


def _copy_table(cursor: Cursor, relation: Relation, columns: list[str], project: Project) -> None:
    schema, name = relation
    table, (text, said) = sql.Identifier(NEXT + schema, name), project.described[relation]
    cursor.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(table, sql.Identifier(BUILD + schema, name)))
    cursor.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(text)))
    for column, words in said.items():
        place = sql.Identifier(NEXT + schema, name, column)
        cursor.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, sql.Literal(words)))
    if key := project.keys.get(relation):
        cursor.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(table, sql.SQL(", ").join(map(sql.Identifier, key))))
    for column in roles.index_columns(relation, columns):
        cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(table, sql.Identifier(column)))
    cursor.execute(sql.SQL("ANALYZE {}").format(table))


# ---- the swap --------------------------------------------------------------------------------------------------------------------


def _swap(connection: Connection, origin: manifest.Origin, personal: Personal) -> None:
    """Renames and audits in one transaction: what is audited is what will be seen, and nobody sees it before."""
    old = current_publication(connection)
    taken = sorted(set(_schemas(connection)) & set(SCHEMAS))
    if old is None and taken:
        raise AuditFailed(f"В базе есть схемы {', '.join(taken)}, но это не публикация Око: docs/postgres.md")
    previous = read_manifest(connection) or old
    with connection.transaction(), connection.cursor() as cursor:
        there = roles.present_roles(cursor)
        for schema in SCHEMAS:
            if old is not None:
                _rename(cursor, schema, f"{schema}_{old.lower()}")
            _rename(cursor, NEXT + schema, schema)
            roles.let_look_into(cursor, there, schema)
        _write_manifest(cursor, there, origin, previous)
        _audit(cursor, personal)


def _write_manifest(cursor: Cursor, there: list[str], origin: manifest.Origin, previous: manifest.Manifest | str | None) -> None:
    query = partial(fetch, cursor.connection)
    made = manifest.make(origin, previous, "postgres", manifest.files_of(query), manifest.mart_entries(query, "postgres"))
    cursor.execute("CREATE TABLE quality.manifest (manifest text NOT NULL)")
    cursor.execute("COMMENT ON TABLE quality.manifest IS 'Из чего сделана публикация: файлы, версия Око, сверка содержания витрин'")
    cursor.execute("COMMENT ON COLUMN quality.manifest.manifest IS 'Манифест публикации, JSON'")
    cursor.execute("INSERT INTO quality.manifest VALUES (%s)", [made.to_json()])
    roles.grant_table(cursor, there, "", ("quality", "manifest"), ["manifest"], is_open=True)


def _rename(cursor: Cursor, old: str, new: str) -> None:
    cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _audit(cursor: Cursor, personal: Personal) -> None:
    query = partial(fetch, cursor.connection)
    found = faults(query)
    found += personal_columns(query, personal.identities, "публикации", SCHEMAS)
    found += personal_columns(query, personal.pseudonyms, "открытых схемах", OPEN_SCHEMAS)
    if found:
        raise AuditFailed("\n".join(found))


# ---- kept publications -----------------------------------------------------------------------------------------------------------


def _retire(connection: Connection, rules: Rules) -> list[str]:
    """Drops what no rule keeps; returns what somebody reads, which stays for now."""
    schemas = _kept_schemas(connection)
    current = current_publication(connection)
    times = {identity: _published_at(connection, identity) for identity in schemas}
    if current is not None:
        times[current.lower()] = _published_at(connection, current, is_current=True)
    stays = kept(times, rules, current.lower() if current else None)
    still_read = []
    connection.execute(f"SET lock_timeout = '{PATIENCE}'".encode())
    for identity in sorted(schemas.keys() - stays.keys()):
        try:
            _drop(connection, schemas[identity])
        except psycopg.errors.LockNotAvailable:
            still_read.append(identity)
    return still_read


def _kept_schemas(connection: Connection) -> dict[str, list[str]]:
    """The schemas of every publication that is not shown any more, by its id in small letters. Schemas of others may have like names."""
    found: dict[str, list[str]] = {}
    for schema in _schemas(connection):
        name, _, identity = schema.partition("_")
        if name in SCHEMAS and started_at(identity):
            found.setdefault(identity, []).append(schema)
    return found


def read_manifest(connection: Connection, schema: str = "quality") -> manifest.Manifest | None:
    """The manifest that stands in a schema of this name; None of publications older than manifests."""
    if connection.execute("SELECT to_regclass(%s)", [f"{schema}.manifest"]).fetchone() == (None,):
        return None
    row = connection.execute(sql.SQL("SELECT manifest FROM {}").format(sql.Identifier(schema, "manifest"))).fetchone()
    return manifest.Manifest.from_json(row[0]) if row else None


def _published_at(connection: Connection, identity: str, *, is_current: bool = False) -> datetime:
    found = read_manifest(connection, "quality" if is_current else f"quality_{identity}")
    return datetime.fromisoformat(found.published_at) if found else started_at(identity) or datetime.now(UTC)


def _drop(connection: Connection, schemas: Iterable[str]) -> None:
    """All of them or none."""
    with connection.transaction():
        for schema in schemas:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def _schemas(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT nspname FROM pg_namespace ORDER BY nspname").fetchall()]
