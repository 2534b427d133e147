"""Runs the real job once an engine and session, in a process of its own, and reads what it has published.

What is expected of it is said in the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import psycopg
import pytest

from .expected import AS_OF
from .landing_files import write_landing

REPOSITORY = Path(__file__).parents[2]
OKO = Path(sys.executable).with_name("oko")
# the server of the tests lets everybody in; what is asked of Oko is that nobody finds this again
PASSWORD = "this-is-the-password"

Row = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """A home after a refresh, on either engine."""

    home: Path
    run: subprocess.CompletedProcess[str]
    database_url: str | None = None

    def rows(self, sql: str, file: str = "oko_core.duckdb") -> list[Row]:
        """The answer of what readers see; on DuckDB `file` says which of the two publications is asked."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                cursor: Any = connection.execute(sql.encode())
                return _named(cursor)
        with duckdb.connect(str(self.home / "published" / file), read_only=True) as connection:
            return _named(connection.execute(sql))

    def tables(self, file: str = "oko_core.duckdb") -> list[tuple[str, str]]:
        """(schema, table) of everything readers find."""
        system = "('pg_catalog', 'information_schema')"
        sql = f"SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_schema NOT IN {system} ORDER BY 1, 2"
        return [(row["s"], row["t"]) for row in self.rows(sql, file)]


def _named(cursor: Any) -> list[Row]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def refresh(home: Path, database_url: str | None = None, as_of: str = AS_OF) -> Published:
    """`oko refresh` on a home, with nothing else of Oko in the environment, and started the way that opens most to others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKO_")}
    environment |= {"OKO_HOME": str(home), "OKO_AS_OF": as_of}
    if database_url:
        environment |= {"OKO_TARGET": "postgres", "OKO_DATABASE_URL": database_url}
    run = subprocess.run([OKO, "refresh"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, umask=0)
    # a Python that falls over ends with 1 as well
    ended = run.returncode in (0, 1) and "Traceback" not in run.stderr
    assert ended, f"oko refresh: {run.returncode}\n{run.stdout[-6000:]}\n{run.stderr[-6000:]}"
    return Published(home, run, database_url)


@pytest.fixture(scope="session")
def refreshed() -> Callable[[Path, str], Published]:
    """Refreshes a home that a test has filled, as of a day."""
    return lambda home, as_of: refresh(home, as_of=as_of)


@pytest.fixture(scope="session")
def golden_landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the golden region, written once: a workbook written again has another hash."""
    landing = tmp_path_factory.mktemp("golden_landing")
    write_landing(landing)
    return landing


@pytest.fixture(scope="session")
def golden_duckdb(tmp_path_factory: pytest.TempPathFactory, golden_landing: Path) -> Published:
    """The golden region on DuckDB."""
    home = tmp_path_factory.mktemp("golden_duckdb")
    shutil.copytree(golden_landing, home / "landing")
    return refresh(home)


@pytest.fixture(scope="session")
def golden_postgres(tmp_path_factory: pytest.TempPathFactory, golden_landing: Path, postgres_server: str) -> Iterator[Published]:
    """The golden region on a real Postgres."""
    home = tmp_path_factory.mktemp("golden_postgres")
    shutil.copytree(golden_landing, home / "landing")
    name = f"golden_{uuid4().hex[:8]}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield refresh(home, f"{postgres_server}/{name}".replace("oko@", f"oko:{PASSWORD}@"))
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["duckdb", "postgres"])
def golden(request: pytest.FixtureRequest) -> Published:
    """The golden region, once an engine."""
    published: Published = request.getfixturevalue(f"golden_{request.param}")
    return published
