"""The home that tests of kills refresh: two drops of files, what must be true of it at any moment, and its copies."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import psycopg
from driver import Moment, Plan
from kills import IS_FULL, Run, Seen, look
from small_landing import APPEALS, EXAM, SCHOOLS, STAFF, Landing, appeal, result, school, teacher
from small_project import write_small_project

from ingest.archive import Archive, sha256_of
from ingest.declarations import load_sources
from orchestration.raw_tables import raw_tables
from warehouse.duckdb_engine import DuckDBWarehouse
from warehouse.engine import Warehouse

AS_OF = "2024-12-30"
SNILS = ["112-233-445 95", "087-654-303 00", "001-002-003 54"]
# what a refresh makes on its way and must not leave behind for good
DRAFTS = ("*.partial", "*.part", "*.tmp", ".published-*")


def write_first(landing: Landing) -> None:
    """What was published long ago."""
    landing.write_registers()
    landing.write("ege/протокол.csv", EXAM, *[result("540101", 100 + place, 40 + 5 * place) for place in range(12)])
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))


def write_second(landing: Landing) -> None:
    """What arrived since: corrections, an appeal, a new school whose rows wait for it, and more files than the first time."""
    landing.write("ege/апелляции.csv", APPEALS, appeal("540101", 100, 40, 58))
    landing.write("ege/ещё протокол.csv", EXAM, *[result("540102", 300 + place, 50 + place) for place in range(9)])
    landing.write("ege/новая школа.csv", EXAM, *[result("540777", 400 + place, 60 + place) for place in range(7)])
    landing.write("staff/исправление.csv", STAFF, teacher(SNILS[1], "540102", group="руководитель"))
    landing.write("staff/ещё.csv", STAFF, teacher(SNILS[2], "540777"))
    landing.write("schools/новая.csv", SCHOOLS, school("540777"))


class Region:
    """A home and how to refresh it. Its path stays the same whatever lies there: dbt parses anew when it changes.

    Without an address of a database server it is on DuckDB; with one, its database `region` there is part of it.
    """

    def __init__(self, work: Path, server: str = "") -> None:
        self.work, self._server = work, server
        self.home = work / "home"
        self.project = None if IS_FULL else write_small_project(work / "project")
        self.landing = Landing(self.home)
        self.environment = {"OKO_HOME": str(self.home), "OKO_AS_OF": AS_OF, "OKO_TARGET": "postgres" if server else "duckdb"}
        if server:
            self.environment["OKO_DATABASE_URL"] = f"{server}/region"
            self._administer("CREATE DATABASE region")

    def refresh(self, *moments: Moment, **plan: Any) -> Run:
        """Starts a refresh that is sent its signals at these moments."""
        return Run(Plan(self.environment, self.project, self.work / f"report-{uuid4().hex[:8]}", moments=moments, **plan))

    def complete(self) -> dict[str, int]:
        """A refresh that nothing disturbs; its ticks."""
        with self.refresh() as run:
            assert run.end() == 0, run.said
            return run.ticks()

    def look(self) -> Seen:
        """What readers see now."""
        return look(self.environment)

    def keep(self, name: str) -> Path:
        """Remembers everything as it is now; the database can be remembered only while nobody is in it."""
        if self._server:
            self._administer(f"CREATE DATABASE {name} TEMPLATE region")
        return self.copy(name)

    def copy(self, name: str) -> Path:
        """A copy of the home as it lies there now."""
        return Path(shutil.copytree(self.home, self.work / name, symlinks=True))

    def begin(self, name: str) -> None:
        """Makes everything as it was when it was remembered."""
        if self._server:
            self._administer("DROP DATABASE region WITH (FORCE)", f"CREATE DATABASE region TEMPLATE {name}")
        shutil.rmtree(self.home)
        shutil.copytree(self.work / name, self.home, symlinks=True)

    def forget_everything(self) -> None:
        """Empties the home, but for what dbt has parsed."""
        parsed = self.home.rename(self.work / "emptied") / "warehouse" / "dbt"
        self.landing = Landing(self.home)
        shutil.copytree(parsed, self.home / "warehouse" / "dbt")
        shutil.rmtree(self.work / "emptied")

    def _administer(self, *statements: str) -> None:
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@dataclass(frozen=True)
class Night:
    """A region that is published and has new files: what readers see before and after, and how many ticks an undisturbed refresh has."""

    region: Region
    first: Seen
    second: Seen
    ticks: dict[str, int]

    def begin(self) -> Region:
        """The region with its files waiting to be refreshed."""
        self.region.begin("before")
        return self.region


def make_night(region: Region) -> Night:
    """Publishes the first files, lets the second lie there, and looks what an undisturbed refresh makes of them."""
    write_first(region.landing)
    region.complete()
    first = region.look()
    write_second(region.landing)
    region.keep("before")
    ticks = region.complete()
    second = region.look()
    assert first.marts != second.marts
    return Night(region, first, second, ticks)


def drafts(home: Path) -> list[Path]:
    """What is unfinished."""
    return [path for pattern in DRAFTS for path in home.rglob(pattern)]


def check_archive(home: Path) -> None:
    """Whatever lies in the archive under a hash has that hash, and the manifest can be read."""
    archive = Archive(home / "archive")
    for file in archive.manifest():
        assert sha256_of(archive.path(file.sha256)) == file.sha256, file.name
    for path in (home / "archive").rglob("*"):
        if path.is_file() and len(path.name) == 64:
            assert sha256_of(path) == path.name


def check_build_file(home: Path) -> None:
    """The build database can be opened after a kill, and holds files whole or not at all."""
    with DuckDBWarehouse(home / "warehouse" / "oko.duckdb") as warehouse:
        check_raw(warehouse)


def check_raw(warehouse: Warehouse) -> None:
    """Every file that raw knows of has as many rows there as it gave; rows of no other file are there."""
    tables = raw_tables(load_sources().values())
    rows = " UNION ALL ".join(f"SELECT _file_sha256 AS file_sha256, 0 AS loaded, 1 AS here FROM raw.{table.name}" for table in tables)
    files = "SELECT file_sha256, rows_loaded AS loaded, 0 AS here FROM raw._files"
    sql = f"SELECT file_sha256, sum(loaded) AS loaded, sum(here) AS here FROM ({rows} UNION ALL {files}) AS both_sides GROUP BY file_sha256"
    torn = warehouse.query(sql).filter(pl.col("loaded") != pl.col("here"))
    assert torn.is_empty(), torn
