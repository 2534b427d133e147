"""The files that `make generate` writes: they are what the declarations and the registry say, and what warehouse/ makes of them."""

from __future__ import annotations

from typing import Any

from ingest.declarations import load_sources
from orchestration import dbt_sources
from orchestration.raw_tables import raw_tables
from warehouse.tables import JOURNAL


def test_nothing_generated_is_stale() -> None:
    assert dbt_sources.stale() == [], "run `make generate`"


def test_dbt_and_the_warehouse_agree_on_raw(manifest: dict[str, Any]) -> None:
    """Same tables, same columns, same types, same keys: dbt's sources against what the loader creates."""
    tables = raw_tables(load_sources().values())
    wanted = {table.name: dict(table.all_columns) for table in tables} | {name: dict(columns) for name, columns in JOURNAL.items()}
    described = {node["name"]: node for node in manifest["sources"].values()}
    found = {
        name: {column["name"]: column["data_type"].replace("double precision", "double") for column in node["columns"].values()}
        for name, node in described.items()
    }
    assert found == wanted
    keys = {name: node["config"]["meta"].get("key") for name, node in described.items() if name not in JOURNAL}
    assert keys == {table.name: list(table.key) for table in tables}


def test_a_changed_registry_is_noticed(monkeypatch: Any) -> None:
    entries = dbt_sources.load_registry()
    monkeypatch.setattr(dbt_sources, "load_registry", lambda: [{**entries[0], "version": "2"}, *entries[1:]])
    assert dbt_sources.stale() == [dbt_sources.REGISTRY_MACRO]
