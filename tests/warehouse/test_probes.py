"""Attempts to get out of a reader's connection, on both engines: every one of them must be refused and leave nothing behind.

What is refused here is what an analyst could type into SQL Lab or `oko sql`. The good statement at the end shows that the connection
works at all, so that a refusal means what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from warehouse.readers import open_postgres, open_published
from warehouse.roles import close_database, grant_table, let_look_into, make_roles, present_roles

DUCKDB_PROBES = [
    "CREATE TABLE marts.x (a INTEGER)",
    "CREATE TEMP TABLE x AS SELECT 1; COPY x TO '{out}'",
    "INSERT INTO marts.values_shown VALUES (2)",
    "UPDATE marts.values_shown SET value = 2",
    "DELETE FROM marts.values_shown",
    "DROP TABLE marts.values_shown",
    "ALTER TABLE marts.values_shown ADD COLUMN x INTEGER",
    "TRUNCATE marts.values_shown",
    "CREATE SCHEMA elsewhere",
    "WITH gone AS (DELETE FROM marts.values_shown RETURNING *) SELECT * FROM gone",
    "COPY marts.values_shown TO '{out}'",
    "COPY (SELECT 1) TO '{out}' (FORMAT parquet)",
    "COPY marts.values_shown FROM '/etc/passwd'",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '{out}'",
    "ATTACH '{out}' AS other",
    "ATTACH '{out}' AS other (READ_ONLY)",
    "ATTACH ':memory:' AS other; CREATE TABLE other.x AS SELECT 1; COPY other.x TO '{out}'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM parquet_schema('/tmp/x.parquet')",
    "SELECT * FROM '/etc/passwd.csv'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_duckdb('{out}')",
    "SELECT * FROM read_text('https://127.0.0.1/x')",
    "SELECT 1; SELECT * FROM read_text('/etc/passwd')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "FORCE INSTALL postgres FROM community",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "SET lock_configuration = false",
    "SET GLOBAL allowed_directories = ['/']",
    "SET home_directory = '/'",
    "SET temp_directory = '{out}'",
    "SET custom_extension_repository = 'http://127.0.0.1'",
    "PRAGMA enable_logging",
    "PRAGMA temp_directory='{out}'",
    "PRAGMA memory_limit='1TB'",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
]

POSTGRES_PROBES = [
    "CREATE TABLE marts.x (a integer)",
    "CREATE TABLE public.x (a integer)",
    "CREATE TEMP TABLE x (a integer)",
    "SELECT 1 AS a INTO TEMP x",
    "CREATE SCHEMA elsewhere",
    "CREATE VIEW marts.x AS SELECT 1",
    "CREATE FUNCTION marts.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "DO $$ BEGIN EXECUTE 'DELETE FROM marts.values_shown'; END $$",
    "INSERT INTO marts.values_shown VALUES (2)",
    "UPDATE marts.values_shown SET value = 2",
    "DELETE FROM marts.values_shown",
    "TRUNCATE marts.values_shown",
    "DROP TABLE marts.values_shown",
    "WITH gone AS (DELETE FROM marts.values_shown RETURNING *) SELECT * FROM gone",
    "SELECT * FROM marts.values_shown FOR UPDATE",
    "LOCK TABLE marts.values_shown",
    "SELECT 1; DELETE FROM marts.values_shown",
    "SET TRANSACTION READ WRITE; DELETE FROM marts.values_shown",
    "SET default_transaction_read_only = off; INSERT INTO marts.values_shown VALUES (2)",
    "COPY marts.values_shown TO '{out}'",
    "COPY marts.values_shown FROM '/etc/passwd'",
    "COPY (SELECT 1) TO PROGRAM 'touch {out}'",
    "COPY marts.values_shown FROM PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('/etc')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT * FROM pg_ls_waldir()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '{out}')",
    "SET TRANSACTION READ WRITE; SELECT lo_create(0)",
    "SET TRANSACTION READ WRITE; SELECT lo_from_bytea(0, 'x')",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t(a integer)",
    "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
    "LOAD 'auto_explain'",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET session_authorization = oko",
    "SET ROLE oko",
    "SET ROLE oko_analyst",
    "CREATE ROLE mallory SUPERUSER",
    "ALTER ROLE probe SUPERUSER",
    "GRANT SELECT ON core.people TO probe",
    "SELECT pg_reload_conf()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'oko'",
    "SELECT passwd FROM pg_shadow",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM core.people",
    "SELECT * FROM raw.rows_read",
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file with one table."""
    path = tmp_path_factory.mktemp("probes") / "oko.duckdb"
    with duckdb.connect(str(path)) as build:
        build.execute("CREATE SCHEMA marts; CREATE TABLE marts.values_shown AS SELECT 1 AS value")
    return path


@pytest.mark.parametrize("sql", DUCKDB_PROBES)
def test_duckdb_refuses(sql: str, published: Path, tmp_path: Path) -> None:
    out, before = tmp_path / "out", published.read_bytes()
    with open_published(published) as reader:
        with pytest.raises(duckdb.Error):
            reader.execute(sql.replace("{out}", str(out)))
        assert reader.execute("SELECT value FROM marts.values_shown").fetchall() == [(1,)]
    assert not out.exists() and published.read_bytes() == before


# what stands in the database: columns, and whether every reader may see it
GRANTED = {("marts", "values_shown"): ("value", True), ("core", "people"): ("person", False), ("core", "dim_subject"): ("a", True)}


def _grant(owner: psycopg.Connection[Any], secrets: Path) -> None:
    assert make_roles(owner, secrets) == []
    close_database(owner)
    with owner.transaction(), owner.cursor() as cursor:
        there = present_roles(cursor)
        for relation, (column, is_open) in GRANTED.items():
            grant_table(cursor, there, "", relation, [column], is_open=is_open)
        for schema in ("marts", "core"):
            let_look_into(cursor, there, schema)


@pytest.fixture(scope="module")
def login(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database whose reader has a login."""
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE probes")
        with psycopg.connect(f"{postgres_server}/probes", autocommit=True) as owner:
            owner.execute("CREATE SCHEMA marts; CREATE TABLE marts.values_shown AS SELECT 1 AS value")
            owner.execute(
                "CREATE SCHEMA core; CREATE TABLE core.people AS SELECT 1 AS person; CREATE TABLE core.dim_subject AS SELECT 1 AS a"
            )
            owner.execute("CREATE SCHEMA raw; CREATE TABLE raw.rows_read AS SELECT 1 AS a")
            _grant(owner, tmp_path_factory.mktemp("secrets"))
            owner.execute("CREATE ROLE probe LOGIN IN ROLE oko_reader")
        yield f"{postgres_server}/probes".replace("oko@", "probe@")
        admin.execute("DROP DATABASE probes WITH (FORCE)")
        admin.execute("DROP ROLE probe")


@pytest.mark.parametrize("sql", POSTGRES_PROBES)
def test_postgres_refuses(sql: str, login: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    statement = sql.replace("{out}", str(out)).encode()
    with psycopg.connect(login, autocommit=True) as reader, pytest.raises(psycopg.Error):
        reader.execute(statement)
    # a careless login, without the read-only session, must be held back by its rights alone: that was above
    with open_postgres(login) as reader:
        assert reader.execute("SELECT value FROM marts.values_shown").fetchall() == [(1,)]
        assert reader.execute("SELECT a FROM core.dim_subject").fetchall() == [(1,)]
    assert not out.exists()


def test_an_analyst_of_the_core_reads_it_and_nothing_of_the_work(login: str, postgres_server: str) -> None:
    with psycopg.connect(f"{postgres_server}/probes", autocommit=True) as owner:
        owner.execute("CREATE ROLE probe_core LOGIN IN ROLE oko_analyst")
    try:
        with psycopg.connect(login.replace("probe@", "probe_core@"), autocommit=True) as analyst:
            assert analyst.execute("SELECT person FROM core.people").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                analyst.execute("SELECT * FROM raw.rows_read")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                analyst.execute("DELETE FROM core.people")
    finally:
        with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
            admin.execute("DROP ROLE probe_core")
