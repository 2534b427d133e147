"""The whole project over empty raw tables: unit tests hold, every model builds, nothing comes of nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import polars as pl
import psycopg
import pytest
from dbt_running import environment, run_dbt

from ingest.declarations import load_sources
from orchestration.dbt_sources import load_registry
from orchestration.raw_tables import raw_tables
from warehouse.duckdb_engine import DuckDBWarehouse
from warehouse.engine import Warehouse
from warehouse.postgres_engine import PostgresWarehouse

COLUMNS = """
    SELECT table_schema, table_name, column_name FROM information_schema.columns
    WHERE table_schema IN ('staging', 'intermediate', 'core', 'quality', 'marts') OR starts_with(table_schema, 'build_')
    ORDER BY 1, 2, ordinal_position
"""


@dataclass(frozen=True)
class Built:
    """What dbt answered, its manifest, and the warehouse open again."""

    outcome: Any
    manifest: dict[str, Any]
    warehouse: Warehouse

    def rows(self, columns: str, table: str) -> list[object]:
        """The first of the columns of a table, by the name that readers know it by: on Postgres it is built beside."""
        prefix = "build_" if isinstance(self.warehouse, PostgresWarehouse) else ""
        return self.warehouse.query(f"SELECT {columns} FROM {prefix}{table}").to_series().to_list()


def _prepared(warehouse: Warehouse) -> None:
    """Raw tables without rows, and the one row that says which run this is."""
    warehouse.prepare(raw_tables(load_sources().values()))
    run = {
        "as_of": date(2024, 12, 30),
        "region_code": None,
        "region_name": None,
        "school_code_length": 6,
        "started_at": datetime.now(UTC).replace(tzinfo=None),
        "publication_id": "test",
    }
    warehouse.rewrite("_run", pl.DataFrame([run]))


def _open(engine: str, folder: Path, url: str) -> Warehouse:
    return DuckDBWarehouse(folder / "oko.duckdb") if engine == "duckdb" else PostgresWarehouse(url)


def _new_database(server: str) -> str:
    name = f"oko_{uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return name


def _parts(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    if not parts.hostname:
        return {}
    return {
        "OKO_PG_HOST": str(parts.hostname),
        "OKO_PG_PORT": str(parts.port),
        "OKO_PG_USER": str(parts.username),
        "OKO_PG_PASSWORD": "",
        "OKO_PG_DATABASE": parts.path.lstrip("/"),
    }


# on Postgres the golden region builds everything in `make test` too; the unit tests run there in `make test-full`
ENGINES = ["duckdb", *(["postgres"] if os.environ.get("OKO_TEST_FULL") else [])]


@pytest.fixture(params=ENGINES, scope="module")
def built(request: pytest.FixtureRequest, parsed: Path, tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Built]:
    """The project, built over empty raw tables with its unit tests."""
    engine = request.param
    folder = parsed if engine == "duckdb" else tmp_path_factory.mktemp("postgres")
    url = f"{postgres_server}/{_new_database(postgres_server)}" if engine == "postgres" else ""
    with _open(engine, folder, url) as warehouse:
        _prepared(warehouse)
    with environment(OKO_DUCKDB_PATH=str(folder / "oko.duckdb"), **_parts(url)):
        outcome = run_dbt("build", target=engine, folder=folder)
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    with _open(engine, folder, url) as warehouse:
        yield Built(outcome, manifest, warehouse)


def test_everything_builds_and_holds(built: Built) -> None:
    """Models, tests and unit tests: none fails, none is skipped."""
    # an exposure is named among the results, and nothing is done with it
    results = [result for result in built.outcome.result.results if result.node.resource_type != "exposure"]
    broken = [f"{result.node.name}: {result.message}" for result in results if str(result.status) not in ("success", "pass")]
    assert broken == [] and built.outcome.success
    kinds = Counter(str(result.node.resource_type).rpartition(".")[2].lower() for result in results)
    assert {"model", "test", "seed", "unittest"} <= {kind.replace("_", "") for kind in kinds}


def test_nothing_comes_of_nothing(built: Built) -> None:
    for table in ("core.indicator_values", "marts.indicator_values", "quality.findings", "marts.certificates"):
        assert built.rows("count(*)", table) == [0]
    assert built.rows("region_code", "intermediate.int_region__resolved") == ["00"]
    assert built.rows("as_of_date", "core.dim_as_of_date") == [date(2024, 12, 30)]
    assert built.rows("count(*)", "core.dim_indicator") == [len(load_registry())]


def test_every_column_is_described(built: Built) -> None:
    """What stands in the database is what the properties describe, in the same order; of views too, which have no contract."""
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in built.warehouse.query(COLUMNS).iter_rows():
        found.setdefault((schema, table), []).append(column)
    described = {
        (node["schema"], node["alias"]): list(node["columns"])
        for node in built.manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert found == described
