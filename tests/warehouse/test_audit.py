"""Every check of the audit finds what it is there for, and nothing where nothing is wrong: on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from indicator_tables import STATEMENTS

from warehouse.audit import faults
from warehouse.duckdb_engine import DuckDBWarehouse
from warehouse.engine import Warehouse
from warehouse.postgres_engine import PostgresWarehouse


@pytest.fixture(params=["duckdb", "postgres"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    is_postgres = request.param == "postgres"
    with PostgresWarehouse(request.getfixturevalue("postgres_url")) if is_postgres else DuckDBWarehouse(tmp_path / "oko.duckdb") as opened:
        for sql in STATEMENTS:
            opened.execute(sql)
        yield opened


def test_a_sound_publication_has_no_faults(tables: Warehouse) -> None:
    assert faults(tables.query) == []


# what is broken → how, and the words of the check that must notice
BROKEN = {
    "a key twice": ("INSERT INTO marts.indicator_values SELECT * FROM marts.indicator_values WHERE level = 'region'", "не повторяется"),
    "an empty key": ("UPDATE marts.indicator_values SET period = NULL WHERE level = 'region'", "заполнен"),
    "a row lost on the way": ("DELETE FROM marts.indicator_values WHERE level = 'municipality'", "столько же строк"),
    "schools that are not the municipality": (
        "UPDATE core.indicator_values SET numerator = 9 WHERE entity_code = '540001'",
        "уровня school",
    ),
    "a municipality without its schools": ("DELETE FROM core.indicator_values WHERE entity_code = '540002'", "уровня school"),
    "municipalities that are not the region": (
        "UPDATE core.indicator_values SET denominator = 14, n = 14 WHERE level = 'region'",
        "уровня municipality",
    ),
    "a hidden value that shows": ("UPDATE marts.indicator_values SET value = 0.66 WHERE entity_code = '540002'", "скрытые значения"),
    "a hidden change that shows": ("UPDATE marts.indicator_values SET delta = 0.1 WHERE entity_code = '540002'", "скрытые значения"),
    "three people in the open": (
        "UPDATE marts.indicator_values SET is_suppressed = false, suppression = NULL WHERE entity_code = '540002'",
        "1–4 людям",
    ),
    "a mart that differs from the core": ("UPDATE marts.indicator_values SET value = 0.5 WHERE level = 'region'", "равны значениям ядра"),
    "an internal row in the public mart": (
        "UPDATE marts.indicator_values SET visibility = 'internal' WHERE level = 'region'",
        "внутренних",
    ),
    "a core that hides": ("UPDATE core.indicator_values SET is_suppressed = true WHERE level = 'region'", "ядро ничего не скрывает"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_fault_is_found_and_named(what: str, tables: Warehouse) -> None:
    sql, words = BROKEN[what]
    tables.execute(sql)
    found = faults(tables.query)
    assert any(words in line for line in found), found


def test_people_counted_once_in_an_entity_may_be_fewer_above_but_not_more(tables: Warehouse) -> None:
    tables.execute("UPDATE core.dim_indicator SET has_distinct_units = true")
    for schema in ("core", "marts"):
        tables.execute(f"UPDATE {schema}.indicator_values SET numerator = 9, denominator = 12, value = 0.75, n = 12 WHERE level = 'region'")
    assert faults(tables.query) == []
    tables.execute("UPDATE core.indicator_values SET n = 14 WHERE level = 'region'")
    assert any("уровнем region" in line for line in faults(tables.query))


@pytest.mark.parametrize(("breakdown", "may_show"), [("ОО", True), ("УМЦ · В01", True), ("О", False), ("родители · ОО", False)])
def test_organisations_are_shown_at_any_number(breakdown: str, may_show: bool, tables: Warehouse) -> None:
    for schema in ("core", "marts"):
        tables.execute(f"UPDATE {schema}.indicator_values SET breakdown = '{breakdown}'")
    tables.execute("UPDATE marts.indicator_values SET is_suppressed = false, suppression = NULL WHERE entity_code = '540002'")
    assert any("1–4 людям" in line for line in faults(tables.query)) is not may_show


def test_indicators_without_a_level_need_no_sum_of_it(tables: Warehouse) -> None:
    for schema in ("core", "marts"):
        tables.execute(f"DELETE FROM {schema}.indicator_values WHERE level <> 'region'")
    assert faults(tables.query) == []


def test_bodies_may_add_to_their_schools_and_take_nothing(tables: Warehouse) -> None:
    """What a municipality does itself stands behind it beside its schools; a sum with less behind it than its parts is wrong still."""
    tables.execute("UPDATE core.dim_indicator SET has_bodies = true")
    more = "SET numerator = 11, denominator = 15, n = 15 WHERE level IN ('municipality', 'region')"
    tables.execute(f"UPDATE core.indicator_values {more}")
    tables.execute(f"UPDATE marts.indicator_values {more}")
    assert not [fault for fault in faults(tables.query) if "уровня" in str(fault)]
    tables.execute("UPDATE core.indicator_values SET denominator = 12, n = 12 WHERE level = 'region'")
    assert [fault for fault in faults(tables.query) if "уровня municipality" in str(fault)]
