"""Row security of a municipality on a real Postgres, over tables made by hand: its own rows, what is public, and no way to the rest.

The golden region asks the same of every table that is published (tests/golden/test_municipality.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from warehouse.roles import (
    PUBLIC,
    close_database,
    grant_table,
    let_look_into,
    make_roles,
    municipal_rows,
    present_roles,
    set_municipalities,
)

# table → columns, and rows; what is «mine» to the municipality m1, whose school is 001
TABLES: dict[tuple[str, str], tuple[str, str]] = {
    ("core", "dim_school"): (
        "school_code text, municipality_code text, is_current boolean",
        # 003 moved from m1 to m2: it is of m2 now
        "('001', 'm1', true), ('002', 'm2', true), ('003', 'm1', false), ('003', 'm2', true), ('004', NULL, true)",
    ),
    ("core", "own_readings"): (
        "level text, entity_code text, municipality_code text, visibility text",
        "('school', '001', 'm1', 'internal'), ('class', '001/5А', 'm1', 'internal'), ('school', '002', 'm2', 'public'),"
        "('municipality', 'm1', 'm1', 'public'), ('region', '54', NULL, 'public')",
    ),
    ("core", "fct_exam_result"): ("person_id text, school_code text", "('p', '001')"),
    ("core", "dim_subject"): ("subject_code text", "('1')"),
    ("core", "dim_network_node"): ("node_code text, school_code text", "('КЦ', '001')"),
    ("marts", "by_level"): (
        "level text, entity_code text",
        "('school', '001'), ('school', '002'), ('school', '003'), ('municipality', 'm1'), ('municipality', 'm2'), ('region', 'm1'),"
        "('cluster', '001'), (NULL, '001'), ('school', NULL)",
    ),
    ("marts", "by_school"): ("school_code text", "('001'), ('002'), ('003'), ('004'), (NULL)"),
    ("marts", "by_both"): (
        "municipality_code text, school_code text",
        # what a row says of its municipality goes before what the register says of its school
        "('m1', '002'), ('m2', '001'), (NULL, '001'), (NULL, '002'), (NULL, NULL)",
    ),
    ("marts", "shown"): (
        "municipality_code text, visibility text",
        "('m1', 'internal'), ('m2', 'public'), ('m2', 'internal'), ('m2', NULL)",
    ),
    ("marts", "certificates"): ("municipality_code text", "('m1'), ('m2')"),
    ("marts", "keyless"): ("value text", "('x')"),
    ("quality", "publication"): ("publication_id text", "('id')"),
    ("quality", "coverage"): ("municipality_code text", "('m1')"),
}
SEEN = {
    "core.dim_school": [("001", "m1", True), ("003", "m1", False)],
    "core.own_readings": [("municipality", "m1", "m1", "public"), ("school", "001", "m1", "internal")],
    "core.dim_subject": [("1",)],
    "marts.by_level": [("municipality", "m1"), ("school", "001")],
    "marts.by_school": [("001",)],
    "marts.by_both": [("m1", "002"), (None, "001")],
    "marts.shown": [("m1", "internal"), ("m2", "public")],
    "marts.certificates": [("m1",), ("m2",)],
    "quality.publication": [("id",)],
}
CLOSED = ["core.fct_exam_result", "core.dim_network_node", "marts.keyless", "quality.coverage", "oko_access.municipality_logins"]


@pytest.fixture(scope="module")
def database(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address for the owner; logins `Municipal-1` of m1, `municipal_0` of nothing, both in the group and in no other."""
    logins = ("Municipal-1", "municipal_0")
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE municipal")
        with psycopg.connect(f"{postgres_server}/municipal", autocommit=True) as owner:
            _fill(owner, tmp_path_factory.mktemp("secrets"))
            for login in logins:
                owner.execute(f'CREATE ROLE "{login}" LOGIN IN ROLE oko_municipality'.encode())
        yield f"{postgres_server}/municipal"
        admin.execute("DROP DATABASE municipal WITH (FORCE)")
        for login in logins:
            admin.execute(f'DROP ROLE "{login}"'.encode())


def _fill(owner: psycopg.Connection[Any], secrets: Path) -> None:
    for schema in ("core", "marts", "quality"):
        owner.execute(f"CREATE SCHEMA {schema}".encode())
    make_roles(owner, secrets)
    close_database(owner)
    set_municipalities(owner, {"Municipal-1": "m1", "municipal_gone": "m2"})
    with owner.cursor() as cursor:
        there = present_roles(cursor)
        for (schema, table), (columns, rows) in TABLES.items():
            cursor.execute(f"CREATE TABLE {schema}.{table} ({columns}); INSERT INTO {schema}.{table} VALUES {rows}".encode())
            names = [column.split()[0] for column in columns.split(", ")]
            grant_table(cursor, there, "", (schema, table), names, is_open=table.startswith("dim_") or schema != "core")
        for schema in ("core", "marts", "quality"):
            let_look_into(cursor, there, schema)


def login(database: str, name: str) -> psycopg.Connection[Any]:
    return psycopg.connect(database.replace("oko@", f"{name}@"), autocommit=True)


@pytest.mark.parametrize("table", SEEN)
def test_a_municipality_sees_its_rows_and_what_is_public(table: str, database: str) -> None:
    with login(database, "Municipal-1") as connection:
        assert sorted(connection.execute(f"SELECT * FROM {table}".encode()).fetchall(), key=str) == sorted(SEEN[table], key=str)


@pytest.mark.parametrize("table", CLOSED)
def test_what_names_nobody_or_people_is_closed(table: str, database: str) -> None:
    with login(database, "Municipal-1") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT * FROM {table}".encode())


def test_a_login_of_no_municipality_sees_what_is_public_alone(database: str) -> None:
    with login(database, "municipal_0") as connection:
        seen = {table: connection.execute(f"SELECT * FROM {table}".encode()).fetchall() for table in SEEN}
    assert {table: rows for table, rows in seen.items() if rows} == {
        "core.dim_subject": [("1",)],
        "marts.shown": [("m2", "public")],
        "marts.certificates": [("m1",), ("m2",)],
        "quality.publication": [("id",)],
    }


def test_readers_see_every_row(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        for role, table, count in (
            ("oko_reader", "marts.shown", 4),
            ("oko_analyst", "core.own_readings", 5),
            ("oko_reader", "core.dim_school", 5),
        ):
            owner.execute(f"SET ROLE {role}".encode())
            assert owner.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (count,)
            owner.execute("RESET ROLE")


# each tries to see a row of m2 in marts.by_school or in core.own_readings: refused, or nothing comes
ESCAPES = [
    "SET row_security = off; SELECT * FROM marts.by_school",
    "SET ROLE oko_reader; SELECT * FROM marts.by_school",
    "SET ROLE oko_analyst; SELECT * FROM marts.by_school",
    "SET ROLE oko; SELECT * FROM marts.by_school",
    "SET SESSION AUTHORIZATION oko_reader; SELECT * FROM marts.by_school",
    "SELECT set_config('session_authorization', 'municipal_0', false); SELECT * FROM marts.by_school",
    "CREATE VIEW marts.mine AS SELECT * FROM marts.by_school; SELECT * FROM marts.mine",
    "CREATE TEMP VIEW mine AS SELECT * FROM marts.by_school; SELECT * FROM mine",
    "CREATE FUNCTION pg_temp.look(text) RETURNS boolean LANGUAGE plpgsql COST 0.001 AS"
    " $$ BEGIN RAISE EXCEPTION '%', $1; END $$; SELECT * FROM marts.by_school WHERE pg_temp.look(school_code)",
    "CREATE OR REPLACE FUNCTION oko_access.municipalities() RETURNS text[] LANGUAGE sql AS $$ SELECT ARRAY['m2'] $$;"
    " SELECT * FROM marts.by_school",
    "SET search_path = pg_temp, marts; SELECT * FROM by_school",
    "INSERT INTO oko_access.municipality_logins VALUES ('Municipal-1', 'm2'); SELECT * FROM marts.by_school",
    "DROP POLICY own_rows ON marts.by_school; SELECT * FROM marts.by_school",
    "ALTER TABLE marts.by_school DISABLE ROW LEVEL SECURITY; SELECT * FROM marts.by_school",
    'GRANT oko_reader TO "Municipal-1"; SELECT * FROM marts.by_school',
    "COPY marts.by_school TO STDOUT",
    "SELECT * FROM marts.by_school WHERE school_code = '002' OR true",
    "SELECT 1 / (CASE WHEN school_code = '002' THEN 0 ELSE 1 END) AS a, school_code FROM marts.by_school",
    "SELECT * FROM marts.by_school WHERE 1 / (CASE WHEN school_code = '002' THEN 0 ELSE 1 END) = 1",
    "SELECT * FROM marts.by_school AS a RIGHT JOIN marts.by_school AS b ON true WHERE b.school_code = '002'",
    "SELECT most_common_vals::text AS school_code FROM pg_stats WHERE tablename = 'by_school'",
    "SELECT stavalues1::text AS school_code FROM pg_statistic",
    "TABLE marts.by_school",
    "SELECT query_to_xml('SELECT * FROM marts.by_school', true, true, '')::text AS school_code",
    "SELECT table_to_xml('marts.by_school', true, true, '')::text AS school_code",
    "SELECT * FROM core.own_readings WHERE entity_code = '002'",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM marts.by_school; FETCH ALL FROM c",
    "PREPARE p AS SELECT * FROM marts.by_school; EXECUTE p",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM marts.by_school WHERE school_code = '002'",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_no_way_leads_to_the_rows_of_others(sql: str, database: str) -> None:
    is_plan = sql.startswith("EXPLAIN")
    with login(database, "Municipal-1") as connection, connection.cursor() as cursor:
        try:
            if sql.startswith("COPY"):
                with cursor.copy(sql.encode()) as copied:
                    seen = [bytes(chunk).decode() for chunk in copied]
            else:
                cursor.execute(sql.encode())
                while cursor.nextset():
                    pass
                seen = [str(row) for row in cursor.fetchall()] if cursor.description else []
        except psycopg.Error as error:
            # what is said of a refusal must not carry the row either
            seen = [str(error)]
    # a plan repeats the question, and only the question
    assert not any(code in text for text in seen for code in ("'002'", "002\n", ">002<", "{002", "'004'", "004\n")) or is_plan
    if is_plan:
        assert any("rows=0" in text for text in seen)


def test_a_login_taken_from_the_list_sees_nothing_of_its_own_any_more(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        try:
            set_municipalities(owner, {"municipal_0": "m2"})
            with login(database, "Municipal-1") as connection:
                assert connection.execute("SELECT * FROM marts.by_school").fetchall() == []
            with login(database, "municipal_0") as connection:
                assert sorted(connection.execute("SELECT * FROM marts.by_school").fetchall()) == [("002",), ("003",)]
        finally:
            set_municipalities(owner, {"Municipal-1": "m1", "municipal_gone": "m2"})


def test_which_rows_follow_from_columns() -> None:
    assert municipal_rows(("quality", "loads"), ["school_code"], "r") is None
    assert municipal_rows(("core", "fct_staff"), ["school_code"], "r") is None
    assert municipal_rows(("marts", "x"), ["value"], "r") is None
    assert municipal_rows(("marts", "certificates"), ["municipality_code"], "r") is None
    own = "ANY ((SELECT oko_access.municipalities())::text[])"
    assert municipal_rows(("marts", "x"), ["municipality_code"], "r") == f"municipality_code = {own}"


def test_what_is_public_is_what_the_viewer_of_dashboards_sees_whole() -> None:
    superset = Path(__file__).parents[2] / "superset"
    datasets = yaml.safe_load((superset / "access" / "viewer.yaml").read_text(encoding="utf-8"))["datasets"]
    whole = [superset / "assets" / "datasets" / f"{name}.yaml" for name, rows in datasets.items() if rows == "all"]
    shown = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in whole]
    assert {(dataset["schema"], dataset["table_name"]) for dataset in shown} == {table for table in PUBLIC if table[0] != "core"}
