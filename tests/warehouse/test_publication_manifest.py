"""The hash of a mart: the same on both engines and in any order of rows, another one after any change that can be seen."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator

import pytest

from warehouse.duckdb_engine import DuckDBWarehouse
from warehouse.engine import Warehouse
from warehouse.manifest import MartEntry, NoHash, mart_entries
from warehouse.postgres_engine import PostgresWarehouse

ENGINES = ("duckdb", "postgres")
TYPES = {
    **{"t": "TEXT", "b": "BIGINT", "i": "INTEGER", "d": "DOUBLE PRECISION", "f": "BOOLEAN", "day": "DATE", "moment": "TIMESTAMP"},
    "share": "NUMERIC(12, 6)",
}
ROWS = (
    "'Школа № 1 «Ёлочка»', 9223372036854775807, -2147483648, 0.1, true, DATE '2024-02-29', TIMESTAMP '2024-06-01 09:30:00.25', 0.123456",
    "'', 0, 0, -0.0, false, DATE '1999-12-31', TIMESTAMP '1970-01-01 00:00:00', 0",
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    "E'a\\tb\\n''\"\\\\', -1, 1, 1e300, NULL, DATE '0001-01-01', NULL, -1.5",
    "'😀', 5, 2, -1e-13, true, NULL, TIMESTAMP '9999-12-31 23:59:59.999999', 999999.999999",
)


class Marts:
    """One table `marts.m` in a warehouse of one engine."""

    def __init__(self, engine: str, warehouse: Warehouse) -> None:
        self._engine, self._warehouse = engine, warehouse
        warehouse.execute("CREATE SCHEMA marts")

    def entry(self, rows: tuple[str, ...], types: dict[str, str]) -> MartEntry:
        """The entry of a table that has these rows."""
        self._warehouse.execute("DROP TABLE IF EXISTS marts.m")
        self._warehouse.execute(f"CREATE TABLE marts.m ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
        if rows:
            self._warehouse.execute(f"INSERT INTO marts.m VALUES {', '.join(f'({row})' for row in rows)}")
        return mart_entries(self._warehouse.query, self._engine)["marts.m"]

    def of(self, *values: str, kind: str = "DOUBLE PRECISION") -> str:
        """The hash of a table of one column."""
        return self.entry(values, {"v": kind}).hash


@pytest.fixture
def both(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[tuple[Marts, Marts]]:
    with DuckDBWarehouse(tmp_path_factory.mktemp("hash") / "w.duckdb") as duck, PostgresWarehouse(postgres_url) as postgres:
        yield Marts("duckdb", duck), Marts("postgres", postgres)


@pytest.fixture
def marts(both: tuple[Marts, Marts]) -> Marts:
    return both[0]


def test_both_engines_agree_on_every_type(both: tuple[Marts, Marts]) -> None:
    duck, postgres = (marts.entry(ROWS, TYPES) for marts in both)
    assert duck.rows == len(ROWS)
    assert duck == postgres


def test_both_engines_agree_on_every_double(both: tuple[Marts, Marts]) -> None:
    chosen = random.Random(1)
    edges = [1 / 1024, -1 / 1024, 1 / 8192, 0.5e-9, 1.5e-9, 4e6, 3999999.9999999995, 1e15, 1e16, 9999999999999998.0, 5e-324, 1.7e308]
    bits = [struct.unpack("<d", chosen.randbytes(8))[0] for _ in range(200)]
    usual = [chosen.uniform(-1, 1) * 10 ** chosen.randint(-12, 20) for _ in range(300)] + [k / 1024 for k in range(-50, 50)]
    doubles = [repr(number) for number in edges + bits + usual if math.isfinite(number)] + ["'NaN'", "'Infinity'", "'-Infinity'", "'-0.0'"]
    rows = tuple(f"CAST({number} AS DOUBLE PRECISION)" for number in doubles)
    duck, postgres = (marts.entry(rows, {"v": "DOUBLE PRECISION"}) for marts in both)
    assert duck == postgres


def test_the_order_of_rows_does_not_count(marts: Marts) -> None:
    assert marts.entry(ROWS, TYPES) == marts.entry(ROWS[::-1], TYPES)


def test_every_row_counts_and_so_does_a_copy_of_it(marts: Marts) -> None:
    assert len({marts.of(), marts.of("1"), marts.of("1", "1"), marts.of("1", "2"), marts.of("2", "2")}) == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.5", "0.500000002"), ("1e-9", "0"), ("-1", "1"), ("123456.000000001", "123456"), ("1e22", "1.0000000000000002e22")],
)
def test_a_change_that_counts_changes_the_hash(one: str, other: str, marts: Marts) -> None:
    assert marts.of(one) != marts.of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.5", "0.5000000000001"), ("0.1 + 0.2", "0.3"), ("0.0009765625", "0.00097656250000000022"), ("0.0", "'-0.0'"), ("1e-13", "0")],
)
def test_a_change_below_the_ninth_digit_does_not(one: str, other: str, marts: Marts) -> None:
    cast = "CAST({} AS DOUBLE PRECISION)".format
    assert marts.of(cast(one)) == marts.of(cast(other))


@pytest.mark.parametrize(("one", "other"), [("NULL", "''"), ("'a'", "'а'"), ("'1'", "'1 '"), ("NULL", "'-'"), ("'Е'", "'Ё'")])
def test_texts_that_look_alike_are_told_apart(one: str, other: str, marts: Marts) -> None:
    assert marts.of(one, kind="TEXT") != marts.of(other, kind="TEXT")


def test_a_text_cannot_pass_for_two(marts: Marts) -> None:
    types = {"a": "TEXT", "b": "TEXT"}
    rows = ["'x', 'y'", "'x1:y', ''", "'y', 'x'", "'x', NULL", "NULL, 'x'", "'xy', ''", "'-', NULL"]
    assert len({marts.entry((row,), types).hash for row in rows}) == len(rows)


def test_names_of_columns_count_and_their_order_does_not(marts: Marts) -> None:
    assert marts.entry(("1, 2",), {"a": "BIGINT", "b": "BIGINT"}) == marts.entry(("2, 1",), {"b": "BIGINT", "a": "BIGINT"})
    assert marts.entry(("1",), {"a": "BIGINT"}) != marts.entry(("1",), {"b": "BIGINT"})


def test_what_tells_of_the_run_does_not_count(marts: Marts) -> None:
    types = {"source": "TEXT", "last_loaded_at": "TIMESTAMP"}
    assert marts.entry(("'ege', TIMESTAMP '2024-01-01'",), types) == marts.entry(("'ege', TIMESTAMP '2024-01-02'",), types)


def test_a_type_that_nobody_thought_of_is_refused(marts: Marts) -> None:
    with pytest.raises(NoHash, match="Графа «v» типа BLOB"):
        marts.of("NULL", kind="BLOB")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schema_under_another_name_gives_the_same(engine: str, both: tuple[Marts, Marts]) -> None:
    marts = both[ENGINES.index(engine)]
    before = marts.entry(ROWS, TYPES)
    marts._warehouse.execute("CREATE SCHEMA next_marts")
    marts._warehouse.execute("CREATE TABLE next_marts.m AS SELECT * FROM marts.m")
    assert mart_entries(marts._warehouse.query, engine, "next_marts") == {"marts.m": before}
