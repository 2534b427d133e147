"""Publishing on a real Postgres: what goes where, what an audit stops, what readers see meanwhile, what is kept and what is dropped."""

from __future__ import annotations

import re
import stat
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from indicator_tables import STATEMENTS

from warehouse import roles
from warehouse.audit import AuditFailed
from warehouse.keeping import Rules
from warehouse.manifest import Origin
from warehouse.publish import Personal
from warehouse.publish_postgres import Access, Project, current_publication, is_published, publish, read_manifest

PERSONAL = Personal(pseudonyms=frozenset({"person_id"}), identities=frozenset({"last_name"}))
KEY = ["indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown"]
TABLES = (
    *(("core", name) for name in ("dim_indicator", "indicator_values", "dim_person", "fct_staff", "dim_school")),
    *(("marts", name) for name in ("indicator_values", "public_indicator_values")),
    *(("quality", name) for name in ("loads", "publication")),
    ("intermediate", "indicator_units"),
    # a model that readers never see
    ("staging", "stg_staff"),
)
PROJECT = Project(
    {table: ("", {}) for table in TABLES} | {("marts", "indicator_values"): ("Показатели: 'витрина' 100 %", {"n": "Сколько людей"})},
    {("marts", "indicator_values"): KEY, ("core", "indicator_values"): KEY},
)
FIRST, SECOND, THIRD, FOURTH = (f"2024120{day}T020000000000Z" for day in range(1, 5))
LAST_TWO = Rules(last=2, months=0, years=0)


def built(sql: str) -> str:
    """The same statement on the schemas that dbt builds into."""
    return re.sub(r"\b(core|marts|quality|intermediate)\b(?=\.|$)", r"build_\1", sql)


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    with psycopg.connect(postgres_url, autocommit=True) as con:
        for sql in (
            *STATEMENTS,
            "CREATE SCHEMA intermediate",
            "CREATE TABLE core.dim_person (person_id text)",
            "CREATE TABLE core.fct_staff (person_id text, school_code text)",
            "CREATE TABLE core.dim_school (school_code text, municipality_code text, is_current boolean)",
            "CREATE TABLE quality.loads (source text)",
            "CREATE TABLE quality.publication (publication_id text)",
            "CREATE TABLE intermediate.int_staff (person_id text)",
            "CREATE VIEW intermediate.indicator_units AS SELECT person_id AS unit_id FROM core.fct_staff",
            "CREATE SCHEMA raw",
            "CREATE TABLE raw._files (file_sha256 text, source text, file_name text, modified_at timestamp)",
        ):
            con.execute(built(sql).encode())
    return postgres_url


def change(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as con:
        con.execute(sql.encode())


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as con:
        return con.execute(sql.encode()).fetchall()


def show(url: str, publication_id: str, tmp_path: Path, rules: Rules = LAST_TWO) -> list[str]:
    """Builds and publishes under this name."""
    change(url, f"DELETE FROM build_quality.publication; INSERT INTO build_quality.publication VALUES ('{publication_id}')")
    origin = Origin(publication_id, date(2024, 12, 30), "code of today")
    return publish(url, origin, PROJECT, PERSONAL, Access({}, tmp_path / "secrets"), rules)


def schemas(url: str) -> set[str]:
    return {name for (name,) in rows(url, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^build_|information_schema'")}


def test_what_readers_find(url: str, tmp_path: Path) -> None:
    assert not is_published(url)
    assert show(url, FIRST, tmp_path) == [] and is_published(url)
    found = {
        f"{schema}.{table}"
        for schema, table in rows(url, "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^pg_|^build_|inf'")
    }
    assert found - {"raw._files", "oko_access.municipality_logins"} == {
        *(f"{schema}.{table}" for schema, table in TABLES if schema != "staging"),
        "quality.manifest",
    }
    with psycopg.connect(url) as con:
        made = read_manifest(con)
    assert made is not None and (made.id, made.previous, made.engine) == (FIRST, None, "postgres")
    assert made.marts["marts.indicator_values"].rows == 4


def test_descriptions_keys_and_indexes_come_with_the_tables(url: str, tmp_path: Path) -> None:
    show(url, FIRST, tmp_path)
    mart = "'marts.indicator_values'::regclass"
    assert rows(url, f"SELECT obj_description({mart}, 'pg_class')") == [("Показатели: 'витрина' 100 %",)]
    column = f"(SELECT attnum FROM pg_attribute WHERE attrelid = {mart} AND attname = 'n')"
    assert rows(url, f"SELECT col_description({mart}, {column})") == [("Сколько людей",)]
    indexed = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'marts' AND tablename = 'indicator_values' ORDER BY 1"
    assert [text.split("(")[1] for (text,) in rows(url, indexed)] == ["entity_code)", ", ".join(KEY) + ")"]


def test_a_replaced_publication_stays_as_long_as_a_rule_keeps_it(url: str, tmp_path: Path) -> None:
    """Schemas of others keep their places, whatever they are called."""
    change(url, "CREATE SCHEMA core_archive; CREATE TABLE core_archive.kept (a integer)")
    others = {"core_archive", "oko_access", "raw", "public"}
    for name in (FIRST, SECOND):
        show(url, name, tmp_path)
    kinds = ("core", "marts", "quality", "intermediate")
    assert schemas(url) == {*others, *kinds, *(f"{kind}_{FIRST.lower()}" for kind in kinds)}
    show(url, THIRD, tmp_path)
    assert schemas(url) == {*others, *kinds, *(f"{kind}_{SECOND.lower()}" for kind in kinds)}
    show(url, FOURTH, tmp_path, Rules(last=1, months=0, years=0, pinned=[SECOND]))
    assert schemas(url) == {*others, *kinds, *(f"{kind}_{SECOND.lower()}" for kind in kinds)}
    with psycopg.connect(url) as con:
        assert current_publication(con) == FOURTH
        made = read_manifest(con)
    assert made is not None and [past.id for past in made.history] == [FIRST, SECOND, THIRD]


def test_what_a_killed_run_left_is_dropped(url: str, tmp_path: Path) -> None:
    change(url, "CREATE SCHEMA next_marts; CREATE TABLE next_marts.indicator_values (a integer); CREATE SCHEMA next_quality")
    show(url, FIRST, tmp_path)
    assert not {schema for schema in schemas(url) if schema.startswith("next_")}


BROKEN = {
    "a row lost on the way": "DELETE FROM build_marts.indicator_values WHERE level = 'municipality'",
    "a key twice": "INSERT INTO build_marts.indicator_values SELECT * FROM build_marts.indicator_values WHERE level = 'region'",
    "a name in a fact": "ALTER TABLE build_core.fct_staff ADD COLUMN last_name text",
    "a person in a mart": "ALTER TABLE build_quality.loads ADD COLUMN person_id text",
    "a model that was not built": "DROP TABLE build_quality.loads",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_not_in_order_leaves_the_old_publication(fault: str, url: str, tmp_path: Path) -> None:
    show(url, FIRST, tmp_path)
    change(url, BROKEN[fault])
    with pytest.raises((AuditFailed, psycopg.Error, KeyError)):
        show(url, SECOND, tmp_path)
    with psycopg.connect(url) as con:
        assert current_publication(con) == FIRST
    assert rows(url, "SELECT count(*) FROM marts.indicator_values") == [(4,)]
    assert not {schema for schema in schemas(url) if FIRST.lower() in schema}


def test_schemas_of_somebody_else_are_not_taken(url: str, tmp_path: Path) -> None:
    change(url, "CREATE SCHEMA marts; CREATE TABLE marts.theirs (a integer)")
    with pytest.raises(AuditFailed, match="не публикация Око"):
        show(url, FIRST, tmp_path)
    assert rows(url, "SELECT count(*) FROM marts.theirs") == [(0,)]


def test_a_reader_who_sits_in_a_transaction_stops_nothing_and_loses_nothing(url: str, tmp_path: Path) -> None:
    for name in (FIRST, SECOND):
        show(url, name, tmp_path)
    with psycopg.connect(url) as reader:
        with reader.cursor(name="slow") as slow:
            slow.execute("SELECT entity_code FROM marts.indicator_values")
            assert slow.fetchone() is not None
            assert show(url, THIRD, tmp_path, Rules(last=1, months=0, years=0)) == [
                f"Публикацию {SECOND.lower()} ещё читают: она останется до следующего обновления"
            ]
            assert len(slow.fetchall()) == 3
        # its next statement finds the new publication by the same name
        assert reader.execute("SELECT publication_id FROM quality.publication").fetchone() == (THIRD,)
        assert f"marts_{SECOND.lower()}" in schemas(url) and f"marts_{FIRST.lower()}" not in schemas(url)
    assert show(url, FOURTH, tmp_path, Rules(last=1, months=0, years=0)) == []
    assert f"marts_{SECOND.lower()}" not in schemas(url)


def test_readers_see_the_old_or_the_new_whole(url: str, tmp_path: Path) -> None:
    """A reader asks all the time, in one statement over one table; numbers 9 and 10 take turns."""
    show(url, "20241201T000000000000Z", tmp_path)
    seen: set[tuple[Any, ...]] = set()
    failed: list[Exception] = []
    stop = threading.Event()

    def read() -> None:
        counts = b"SELECT count(*), min(numerator), max(numerator) FROM marts.indicator_values WHERE level <> 'school'"
        while not stop.is_set():
            try:
                with psycopg.connect(url) as con:
                    seen.update(con.execute(counts).fetchall())
            except psycopg.Error as error:
                failed.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 6):
            for schema in ("core", "marts"):
                change(url, f"UPDATE build_{schema}.indicator_values SET numerator = {number % 2 + 9} WHERE level <> 'school'")
            change(url, f"UPDATE build_core.indicator_values SET numerator = {number % 2 + 7} WHERE entity_code = '540001'")
            show(url, f"2024120{number + 1}T000000000000Z", tmp_path)
    finally:
        stop.set()
        reader.join()
    assert not failed and seen == {(2, 9.0, 9.0), (2, 10.0, 10.0)}


def test_logins_that_are_made_get_a_password_that_only_their_owner_reads(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, made in (("LOGINS", ("oko_made",)), ("ROLES", ("oko_made", "oko_made_group"))):
        monkeypatch.setattr(roles, name, made)
    kinds = "SELECT rolname, rolcanlogin, rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname ~ '^oko_made' ORDER BY 1"
    with psycopg.connect(url, autocommit=True) as owner:
        assert roles.make_roles(owner, tmp_path / "secrets") == []
        first = rows(url, kinds)
        password = roles.password_file(tmp_path / "secrets", "oko_made")
        said = password.read_text()
        assert roles.make_roles(owner, tmp_path / "secrets") == [] and password.read_text() == said
        owner.execute("DROP ROLE oko_made; DROP ROLE oko_made_group")
    assert first == [("oko_made", True, True), ("oko_made_group", False, None)]
    assert len(said.strip()) > 20 and stat.S_IMODE(password.stat().st_mode) == 0o600
    assert stat.S_IMODE(password.parent.stat().st_mode) == 0o700


def test_roles_that_may_not_be_made_are_named(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "ROLES", ("oko_nobody_made",))
    change(url, "CREATE ROLE oko_plain LOGIN")
    try:
        with psycopg.connect(url.replace("oko@", "oko_plain@"), autocommit=True) as plain:
            assert roles.make_roles(plain, tmp_path) == ["oko_nobody_made"]
    finally:
        change(url, "DROP ROLE oko_plain")
