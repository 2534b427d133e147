"""Both engines publish the same: every mart, everything of quality and the values of the core, row by row.

`make test` compares the golden region, `make test-full` a sample of a thousand schools as well.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
import pytest
from parity import Engines

from ingest.sample import write_sample
from warehouse.manifest import Manifest, read

from .conftest import Published, refresh

# of the core what tells of people differs: pseudonyms are made with the key of a home
OPEN_SCHEMAS = ("marts", "quality")
# Postgres keeps the manifest in a table, the files have one beside them
ON_POSTGRES_ALONE = frozenset({"manifest"})
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))


def engines(on_duckdb: Published, on_postgres: Published, folder: Path) -> Engines:
    assert on_postgres.database_url
    return Engines(on_duckdb.home / "published" / "oko_core.duckdb", on_postgres.database_url, folder)


def test_the_golden_region_is_the_same_on_both_engines(golden_duckdb: Published, golden_postgres: Published, tmp_path: Path) -> None:
    both = engines(golden_duckdb, golden_postgres, tmp_path)
    assert both.differences(OPEN_SCHEMAS, without=ON_POSTGRES_ALONE) == []
    assert manifest_of(golden_postgres).hash == manifest_of(golden_duckdb).hash


def manifest_of(published: Published) -> Manifest:
    if not published.database_url:
        found = read(published.home / "published")
        assert found is not None
        return found
    [row] = published.rows("SELECT manifest FROM quality.manifest")
    return Manifest.from_json(row["manifest"])


def test_a_difference_is_found(golden_duckdb: Published, golden_postgres: Published, tmp_path: Path) -> None:
    """What a comparison of equals cannot show: that a row more, a number off by 1e-6, a NULL, a comment and a type are seen."""
    file = tmp_path / "changed.duckdb"
    with duckdb.connect(str(file)) as changed:
        changed.execute(
            f"ATTACH '{golden_duckdb.home / 'published' / 'oko_core.duckdb'}' AS source (READ_ONLY); COPY FROM DATABASE source TO changed"
        )
        changed.execute("UPDATE marts.ege_by_region SET mean_score = mean_score + 1e-6 WHERE mean_score IS NOT NULL")
        changed.execute("DELETE FROM marts.certificates WHERE rowid = 0")
        changed.execute("COMMENT ON COLUMN marts.capa.state IS 'другое'")
        changed.execute("ALTER TABLE marts.reports ALTER COLUMN days_late TYPE DOUBLE")
    assert golden_postgres.database_url
    found = Engines(file, golden_postgres.database_url, tmp_path).differences(("marts",))
    assert {line.split(":")[0] for line in found} == {"marts.ege_by_region", "marts.certificates", "marts.capa", "marts.reports"}


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[tuple[Published, Published]]:
    """A thousand schools, refreshed on either engine."""
    homes = [tmp_path_factory.mktemp(f"sample_{engine}") for engine in ("duckdb", "postgres")]
    write_sample(homes[0] / "landing", 1000, 3, 1)
    shutil.copytree(homes[0] / "landing", homes[1] / "landing")
    name = f"sample_{uuid4().hex[:8]}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield (
            refresh(homes[0], as_of=date.today().isoformat()),
            refresh(homes[1], f"{postgres_server}/{name}", as_of=date.today().isoformat()),
        )
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.skipif(not IS_FULL, reason="a thousand schools on two engines: make test-full")
def test_a_thousand_schools_are_the_same_on_both_engines(sampled: tuple[Published, Published], tmp_path: Path) -> None:
    assert engines(*sampled, tmp_path).differences(OPEN_SCHEMAS, without=ON_POSTGRES_ALONE) == []
