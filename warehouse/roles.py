"""Who may read what on Postgres: `oko_reader` what is published, `oko_analyst` the core as well, `oko_municipality` the rows of its own
municipality and what is public; nobody else anything.

The first two are logins, which Superset uses, and groups for the logins of people; `oko_municipality` is a group alone: whose rows its
members see stands in a table by login (docs/postgres.md). Rights are given to the tables of a publication before anybody may look into its
schemas, and stay with it when it is renamed. Which rows are whose follows from the columns of a table; no source and no indicator is known.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

READER, ANALYST, MUNICIPALITY = "oko_reader", "oko_analyst", "oko_municipality"
LOGINS = (READER, ANALYST)
ROLES = (*LOGINS, MUNICIPALITY)

# which login is of which municipality: not a part of any publication
ACCESS_SCHEMA = "oko_access"
# what was counted stands in a schema of its own, for analysts
UNITS_SCHEMA = "intermediate"
# what a municipality reads whole: what the role «просмотр» does in the dashboards (superset/access/viewer.yaml), and the lists without
# which a mart cannot be read, which name no organisation
_PUBLIC = {
    "marts": ("certificates", "data_freshness", "ege_by_municipality", "ege_by_region", "ege_by_school", "region_overview"),
    "quality": ("publication",),
    "core": ("dim_as_of_date", "dim_comparability_break", "dim_indicator", "dim_indicator_version", "dim_subject", "dim_threshold"),
}
PUBLIC = frozenset((schema, table) for schema, tables in _PUBLIC.items() for table in tables)
# before suppression a municipality reads its own figures, but of no class and no person
REGISTER = ("core", "dim_school")
OWN_CORE = ("indicator_values", "own_readings", REGISTER[1], "dim_municipality")

# every user of a Postgres may make large objects, which are writes that no grant on a table holds back
_LARGE_OBJECTS = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(lo_|lowrite$|loread$)'
"""
# session_user, not current_user: a login keeps its own rows, and has no others, whatever role it puts on
_ACCESS = f"""
    CREATE SCHEMA IF NOT EXISTS {ACCESS_SCHEMA};
    CREATE TABLE IF NOT EXISTS {ACCESS_SCHEMA}.municipality_logins (
        login text NOT NULL, municipality_code text NOT NULL, PRIMARY KEY (login, municipality_code)
    );
    CREATE OR REPLACE FUNCTION {ACCESS_SCHEMA}.municipalities() RETURNS text[]
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$ SELECT coalesce(array_agg(municipality_code), '{{}}') FROM {ACCESS_SCHEMA}.municipality_logins WHERE login = session_user $$;
    REVOKE ALL ON FUNCTION {ACCESS_SCHEMA}.municipalities() FROM PUBLIC;
"""

Cursor = psycopg.Cursor[Any]
Relation = tuple[str, str]


def password_file(folder: Path, role: str) -> Path:
    """Where the password of a login stands, mode 0600; Superset reads it there."""
    return folder / f"postgres_{role}"


def make_roles(connection: psycopg.Connection[Any], passwords: Path) -> list[str]:
    """Makes the roles that are missing, where the user may, their passwords in the folder; returns those that are missing still.

    A role that is there keeps its password and whatever an administrator made of it.
    """
    with connection.transaction(), connection.cursor() as cursor:
        missing = [role for role in ROLES if role not in present_roles(cursor)]
        may = cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
        if not (may and may[0]):
            return missing
        for role in missing:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
            if role in LOGINS:
                _let_in(connection, cursor, role, password_file(passwords, role))
        return []


def _let_in(connection: psycopg.Connection[Any], cursor: Cursor, role: str, file: Path) -> None:
    """Gives a login its password, which goes to the server as a hash alone: statements may be logged."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(24) + "\n")
    hashed = connection.pgconn.encrypt_password(file.read_bytes().strip(), role.encode(), b"scram-sha-256").decode()
    cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed)))


def present_roles(cursor: Cursor) -> list[str]:
    """Those of the roles that there are."""
    found = cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(ROLES)]).fetchall()
    return [name for (name,) in found]


def close_database(connection: psycopg.Connection[Any]) -> None:
    """Takes from everybody what Postgres gives to everybody: temporary tables, schema public, large objects (where the user may)."""
    with connection.transaction(), connection.cursor() as cursor:
        database = cursor.execute("SELECT current_database()").fetchone()[0]  # type: ignore[index]
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in present_roles(cursor):
            cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(role)))
        if cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:  # type: ignore[index]
            for (function,) in cursor.execute(_LARGE_OBJECTS).fetchall():
                cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC".encode())


def set_municipalities(connection: psycopg.Connection[Any], logins: Mapping[str, str]) -> None:
    """Says which login is of which municipality (permanent code), in the place of what was said before."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_ACCESS.encode())
        cursor.execute(f"DELETE FROM {ACCESS_SCHEMA}.municipality_logins".encode())
        cursor.executemany(f"INSERT INTO {ACCESS_SCHEMA}.municipality_logins VALUES (%s, %s)".encode(), sorted(logins.items()))
        if MUNICIPALITY in present_roles(cursor):
            cursor.execute(f"GRANT USAGE ON SCHEMA {ACCESS_SCHEMA} TO {MUNICIPALITY}".encode())
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {ACCESS_SCHEMA}.municipalities() TO {MUNICIPALITY}".encode())


def grant_table(
    cursor: Cursor, roles: Collection[str], prefix: str, relation: Relation, columns: Collection[str], *, is_open: bool
) -> None:
    """Gives each of the roles what is its own of a table of a publication, whose schemas still have this prefix.

    `is_open`: the table carries nobody and is for every reader.
    """
    schema, name = relation
    table = sql.Identifier(prefix + schema, name)
    rows = municipal_rows(relation, columns, sql.Identifier(prefix + REGISTER[0], REGISTER[1]).as_string(cursor))
    whole = {ANALYST, *((READER,) if is_open else ()), *((MUNICIPALITY,) if relation in PUBLIC else ())} & set(roles)
    mine = {MUNICIPALITY} & set(roles) if rows else set()
    for role in sorted(whole | mine):
        cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(table, sql.Identifier(role)))
    if rows is None:
        return
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
    for policy, allowed, condition in (("every_row", whole, "true"), ("own_rows", mine, rows)):
        if allowed:
            names = sql.SQL(", ").join(map(sql.Identifier, sorted(allowed)))
            text = sql.SQL("CREATE POLICY {} ON {} FOR SELECT TO {} USING ({})")
            cursor.execute(text.format(sql.Identifier(policy), table, names, sql.SQL(condition)))


def let_look_into(cursor: Cursor, roles: Collection[str], schema: str) -> None:
    """Opens a schema that readers see to those who have anything in it."""
    for role in sorted({ANALYST, *((READER, MUNICIPALITY) if schema != UNITS_SCHEMA else ())} & set(roles)):
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), sql.Identifier(role)))


def municipal_rows(relation: Relation, columns: Collection[str], register: str) -> str | None:
    """Which rows of a table a municipality sees, by the register of schools; None: none, or the table is public.

    A row is of the municipality that it names; without one, of that of its school, as the register has it last. In a mart the rows
    that the registry of indicators calls public are everybody's.
    """
    schema, table = relation
    if relation in PUBLIC or schema not in ("marts", "core") or (schema == "core" and table not in OWN_CORE):
        return None
    # a rule of the register must not ask the register
    own = _own_rows({"municipality_code"} if relation == REGISTER else set(columns), register)
    if own is None or schema == "core":
        return own and (f"level IN ('school', 'municipality') AND ({own})" if "level" in columns else own)
    return f"visibility = 'public' OR {own}" if "visibility" in columns else own


def _own_rows(columns: Collection[str], register: str) -> str | None:
    own = f"ANY ((SELECT {ACCESS_SCHEMA}.municipalities())::text[])"
    schools = f"(SELECT s.school_code FROM {register} AS s WHERE s.is_current AND s.municipality_code = {own})"
    ways = [f"school_code IN {schools}"] if "school_code" in columns else []
    if {"level", "entity_code"} <= set(columns):
        ways += [f"level = 'municipality' AND entity_code = {own}", f"level = 'school' AND entity_code IN {schools}"]
    others = " OR ".join(ways)
    if "municipality_code" not in columns:
        return others or None
    named = f"municipality_code = {own}"
    return f"{named} OR (municipality_code IS NULL AND ({others}))" if others else named


def index_columns(relation: Relation, columns: Collection[str]) -> list[str]:
    """The columns by which rows are somebody's: what row security and the filters of dashboards look for."""
    is_filtered = municipal_rows(relation, columns, "register") is not None
    return [column for column in ("municipality_code", "school_code", "entity_code") if is_filtered and column in columns]
