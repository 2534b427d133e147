"""Who may read what on Postgres: `oko_reader` what is published, `oko_analyst` the core as well; nobody else anything.

Both are groups without a login: an administrator makes logins and puts them in (docs/access.md). Knows no source and no indicator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

READER, ANALYST = "oko_reader", "oko_analyst"
OPEN_SCHEMAS = ("marts", "quality")
CORE_SCHEMA = "core"
# what a refresh works with; nobody but its owner looks in
WORK_SCHEMAS = ("raw", "staging", "intermediate")
# every user of a Postgres may make large objects, which are writes that no grant on a table holds back
_LARGE_OBJECTS = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(lo_|lowrite$|loread$)'
"""


def grant_reading(connection: psycopg.Connection[Any], open_dimensions: Iterable[str]) -> list[str]:
    """Gives both roles what is theirs, in one transaction; `open_dimensions` are the tables of core without people.

    Makes the roles where the user may; returns those that are missing because it may not. To be repeated after every build:
    a table that is made anew has lost its grants.
    """
    with connection.transaction(), connection.cursor() as cursor:
        there = [role for role in (READER, ANALYST) if _is_there(cursor, role)]
        database = cursor.execute("SELECT current_database()").fetchone()[0]  # type: ignore[index]
        _close(cursor, database)
        for role in there:
            _open(cursor, role, database, [] if role == ANALYST else list(open_dimensions))
        return [role for role in (READER, ANALYST) if role not in there]


def _is_there(cursor: psycopg.Cursor[Any], role: str) -> bool:
    if cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return True
    may = cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    if not (may and may[0]):
        return False
    cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    return True


def _close(cursor: psycopg.Cursor[Any], database: str) -> None:
    """Takes from everybody what Postgres gives to everybody: temporary tables, schema public, large objects (where the user may)."""
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    for schema in ("public", *_present(cursor, (*WORK_SCHEMAS, CORE_SCHEMA, *OPEN_SCHEMAS))):
        cursor.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(sql.Identifier(schema)))
    if cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:  # type: ignore[index]
        for (function,) in cursor.execute(_LARGE_OBJECTS).fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC".encode())


def _open(cursor: psycopg.Cursor[Any], role: str, database: str, dimensions: list[str]) -> None:
    """All tables of the open schemas, and of the core all or, where dimensions are named, those."""
    name = sql.Identifier(role)
    cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), name))
    for schema in _present(cursor, (*OPEN_SCHEMAS, CORE_SCHEMA)):
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), name))
        if schema != CORE_SCHEMA or role == ANALYST:
            cursor.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(sql.Identifier(schema), name))
    for table in dimensions:
        cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(CORE_SCHEMA, table), name))


def _present(cursor: psycopg.Cursor[Any], schemas: Iterable[str]) -> list[str]:
    found = {name for (name,) in cursor.execute("SELECT nspname FROM pg_namespace").fetchall()}
    return [schema for schema in schemas if schema in found]
