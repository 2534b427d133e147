"""A municipal login on the golden region: of every table that is published it sees its own rows and what is public, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from warehouse.roles import PUBLIC

from .conftest import Published

MINE = "rechnoy"
LOGIN = "golden_rechnoy"
# tables of the core that a municipality reads before suppression
OWN_CORE = {("core", table) for table in ("indicator_values", "own_readings", "dim_school", "dim_municipality")}
Row = dict[str, Any]
Table = tuple[str, str]


@pytest.fixture(scope="module")
def login(golden_postgres: Published) -> Iterator[Published]:
    """The same publication as a login of one municipality sees it."""
    url = str(golden_postgres.database_url)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {LOGIN} LOGIN IN ROLE oko_municipality".encode())
        owner.execute("INSERT INTO oko_access.municipality_logins VALUES (%s, %s)", [LOGIN, MINE])
        yield Published(golden_postgres.home, golden_postgres.run, make_conninfo(url, user=LOGIN))
        owner.execute("DELETE FROM oko_access.municipality_logins WHERE login = %s", [LOGIN])
        owner.execute(f"DROP ROLE {LOGIN}".encode())


@pytest.fixture(scope="module")
def schools(golden_postgres: Published) -> set[str]:
    """The schools that are of the municipality now; A3 came to it after its examination."""
    rows = golden_postgres.rows("SELECT school_code FROM core.dim_school WHERE is_current AND municipality_code = 'rechnoy'")
    return {row["school_code"] for row in rows}


def seen(login: Published, table: Table) -> list[Row] | None:
    """The rows that the login sees; None where it may not look."""
    try:
        return login.rows(f"SELECT * FROM {table[0]}.{table[1]}")
    except psycopg.errors.InsufficientPrivilege:
        return None


def is_own(row: Row, schools: set[str]) -> bool:
    """The rule in words of Python: the municipality that a row names; else its school; else the entity that it is about."""
    if row.get("municipality_code") is not None:
        return bool(row["municipality_code"] == MINE)
    entity = (row.get("level"), row.get("entity_code"))
    return row.get("school_code") in schools or entity == ("municipality", MINE) or (entity[0] == "school" and entity[1] in schools)


def test_no_row_of_another_municipality_is_seen_in_any_table(golden_postgres: Published, login: Published, schools: set[str]) -> None:
    tables = golden_postgres.tables()
    assert len(tables) > 300 and "090103" in schools and "090101" not in schools
    foreign: dict[Table, Row] = {}
    own: set[Table] = set()
    for table in tables:
        rows = seen(login, table)
        if rows is None or table in PUBLIC:
            continue
        assert table[0] == "marts" or table in OWN_CORE, f"{table} is open to a municipality"
        for row in rows:
            if is_own(row, schools):
                own.add(table)
            elif not (table[0] == "marts" and row.get("visibility") == "public"):
                foreign.setdefault(table, row)
    assert foreign == {}
    assert {("marts", "indicator_values"), ("marts", "school_card"), *OWN_CORE} <= own and len(own) > 15


def test_all_rows_of_its_own_are_seen(golden_postgres: Published, login: Published, schools: set[str]) -> None:
    for table in [table for table in golden_postgres.tables() if table[0] == "marts"]:
        rows = seen(login, table)
        if rows is None:
            continue
        theirs = [row for row in golden_postgres.rows(f"SELECT * FROM {table[0]}.{table[1]}") if is_own(row, schools)]
        assert len([row for row in rows if is_own(row, schools)]) == len(theirs), table


def test_its_own_schools_are_seen_before_suppression_and_no_class(golden_postgres: Published, login: Published) -> None:
    hidden = golden_postgres.rows(
        "SELECT m.indicator_code, m.period, m.level, m.entity_code, m.subject_code, m.grade, m.breakdown FROM marts.indicator_values AS m"
        " INNER JOIN core.dim_school AS s ON m.level = 'school' AND m.entity_code = s.school_code AND s.is_current"
        " WHERE m.is_suppressed AND s.municipality_code = 'rechnoy'"
    )
    assert hidden
    keys = {tuple(row.values()) for row in hidden}
    names = "indicator_code, period, level, entity_code, subject_code, grade, breakdown"
    own = login.rows(f"SELECT {names}, value FROM core.indicator_values")
    values = {tuple(row.values())[:-1]: row["value"] for row in own}
    assert all(values[key] is not None for key in keys)
    assert {row["level"] for row in own} <= {"school", "municipality"}


def test_what_is_closed_to_a_municipality_stays_closed(login: Published) -> None:
    for table in (
        "raw.ege",
        "build_marts.indicator_values",
        "core.fct_exam_result",
        "core.dim_expert",
        "intermediate.indicator_units",
        "quality.loads",
    ):
        schema, name = table.split(".")
        assert seen(login, (schema, name)) is None, table
