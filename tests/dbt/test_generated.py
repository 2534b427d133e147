"""The files that `make generate` writes: they are what the declarations and the registry say, and what warehouse/ makes of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ingest.declarations import load_sources
from orchestration import dbt_sources, indicator_docs, source_docs
from orchestration.raw_tables import raw_tables
from warehouse.tables import JOURNAL

CLUSTERS = """\
-- Grain: one row per school_code and academic_year.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('clusters') }} as rows_that_count
)

select
    school_code,
    academic_year,
    cluster,
    file_name,
    row_number
from source
"""


def test_nothing_generated_is_stale() -> None:
    assert dbt_sources.stale() + source_docs.stale() + indicator_docs.stale() == [], "run `make generate`"


@pytest.fixture
def staging(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of staging models that may be changed."""
    folder = tmp_path / "staging"
    shutil.copytree(dbt_sources.STAGING, folder)
    monkeypatch.setattr(dbt_sources, "STAGING", folder)
    monkeypatch.setattr(dbt_sources, "PLAIN", folder / "plain")
    return folder


def test_every_layout_has_a_staging_model() -> None:
    sources = dbt_sources.load_declarations()
    layouts = [layout for source in sources for layout in source["layouts"]]
    plain = dbt_sources.plain_files(sources)
    unread = [layout for layout in layouts if not dbt_sources.staging_models(layout)]
    assert len([path for path in plain if path.suffix == ".sql"]) == len(unread) < len(layouts)
    assert all(any(f"current_rows('{layout}')" in text for text in plain.values()) for layout in unread)


def test_a_plain_staging_model(staging: Path) -> None:
    for path in staging.glob("stg_clusters__*.sql"):
        path.unlink()
    texts = dbt_sources.plain_files(dbt_sources.load_declarations())
    assert texts[staging / "plain" / "stg_clusters__membership.sql"] == CLUSTERS


def test_a_model_by_hand_takes_the_place_of_the_plain_one(staging: Path) -> None:
    plain = staging / "plain" / "stg_targets__target.sql"
    plain.write_text("select 1", encoding="utf-8")
    (staging / "stg_targets__goal.sql").write_text("select 1 from {{ current_rows('targets') }}", encoding="utf-8")
    assert dbt_sources.staging_models("targets") == ["stg_targets__goal"]
    texts = dbt_sources.plain_files(dbt_sources.load_declarations())
    wrong = dbt_sources.stale_of(texts, (staging / "plain").glob("*"))
    assert plain in wrong and plain not in texts


def test_what_nothing_generates_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt_sources, "ROOT", tmp_path)
    gone, changed, new = (tmp_path / "folder" / name for name in ("gone", "changed", "new"))
    gone.parent.mkdir()
    for path in (gone, changed):
        path.write_text("old", encoding="utf-8")
    texts = {changed: "text", new: "text"}
    dbt_sources.rewrite(texts, dbt_sources.stale_of(texts, gone.parent.glob("*")))
    assert {path: path.read_text(encoding="utf-8") for path in gone.parent.glob("*")} == texts


# what stands in raw for the refresh itself, and no model reads
NOT_READ = ("_proven",)


def test_dbt_and_the_warehouse_agree_on_raw(manifest: dict[str, Any]) -> None:
    """Same tables, same columns, same types, same keys: dbt's sources against what the loader creates."""
    tables = raw_tables(load_sources().values())
    wanted = {table.name: dict(table.all_columns) for table in tables} | {
        name: dict(columns) for name, columns in JOURNAL.items() if name not in NOT_READ
    }
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
