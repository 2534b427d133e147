"""The home folder and the process environment: folders with their modes, variables that Dagster and dbt read, the warehouse to open.

Decides nothing about a refresh.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from ingest.settings import REPOSITORY, Settings
from orchestration.home_format import mark_format

if TYPE_CHECKING:
    from warehouse.engine import Warehouse

DBT_PROJECT = REPOSITORY / "dbt_project"
INSTANCE = REPOSITORY / "dagster.yaml"
# how far a refresh stands behind (nice): dashboards are what people wait for
BACKGROUND = 10
# How Postgres is to plan a build: of tables made a moment ago it guesses sizes a thousand times too small, and chooses joins that are
# quadratic; a hash join is never that. Compiling statements that run once (jit) costs more than it gives.
BUILD_OPTIONS = "-c enable_mergejoin=off -c enable_nestloop=off -c jit=off -c work_mem=128MB -c client_connection_check_interval=1s"
_CODE = ("dbt_project", "ingest", "warehouse")
_CODE_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".toml"}
_NOT_CODE = {"target", "logs", "dbt_packages", "__pycache__"}


def yield_to_people() -> None:
    """Dashboards before this process, and before all threads and processes that it starts from now on."""
    os.setpriority(os.PRIO_PROCESS, 0, max(BACKGROUND, os.getpriority(os.PRIO_PROCESS, 0)))


def prepare_home(settings: Settings) -> None:
    """Makes the folders of the home, closed to other users except landing/. Whatever this process makes from now on is its user's alone."""
    os.umask(0o022)
    settings.landing.mkdir(parents=True, exist_ok=True)
    os.umask(0o077)
    closed = (
        *(settings.warehouse, settings.publications, settings.quarantine),
        *(settings.dagster, settings.logs, settings.secrets),
    )
    for folder in closed:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark_format(settings.home)
    _link_instance(settings.dagster / "dagster.yaml")


def _link_instance(link: Path) -> None:
    """The repository's dagster.yaml is the one configuration; what Dagster writes beside it must not land in the repository."""
    if not link.is_symlink() or link.readlink() != INSTANCE:
        draft = link.with_name(f".dagster.yaml-{os.getpid()}")
        draft.symlink_to(INSTANCE)
        draft.replace(link)


def prepare_environment(settings: Settings) -> None:
    """Sets what Dagster and dbt look up in the environment, for this process and its children."""
    os.environ.update(
        OKO_HOME=str(settings.home),
        OKO_DAGSTER_HOME=str(settings.dagster),
        OKO_DUCKDB_PATH=str(build_path(settings)),
        OKO_TARGET=settings.target,
        DAGSTER_HOME=str(settings.dagster),
        DO_NOT_TRACK="1",
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    )
    if settings.database_url:
        os.environ.update(_postgres_parts(settings.database_url), PGOPTIONS=BUILD_OPTIONS)


def _postgres_parts(url: str) -> dict[str, str]:
    """dbt has no setting for a whole URL."""
    parts = urlsplit(url)
    return {
        "OKO_PG_HOST": parts.hostname or "127.0.0.1",
        "OKO_PG_PORT": str(parts.port or 5432),
        "OKO_PG_USER": unquote(parts.username or ""),
        "OKO_PG_PASSWORD": unquote(parts.password or ""),
        "OKO_PG_DATABASE": unquote(parts.path.lstrip("/")),
        # sslmode, sslrootcert and their kin, which libpq takes from the environment too
        **{f"PG{name.upper()}": value for name, value in parse_qsl(parts.query) if name.startswith("ssl")},
    }


def database_name(settings: Settings) -> str:
    """What dbt calls the database of this target."""
    return _postgres_parts(str(settings.database_url))["OKO_PG_DATABASE"] if settings.target == "postgres" else build_path(settings).stem


def build_path(settings: Settings) -> Path:
    """The build database of the DuckDB target."""
    return settings.warehouse / "oko.duckdb"


def open_warehouse(settings: Settings, *, read_only: bool = False) -> Warehouse:
    """The warehouse of this installation. DuckDB lets one process in: a reader only while nobody writes."""
    if settings.target == "postgres":
        from warehouse.postgres_engine import PostgresWarehouse

        return PostgresWarehouse(str(settings.database_url), read_only=read_only)
    from warehouse.duckdb_engine import DuckDBWarehouse

    return DuckDBWarehouse(build_path(settings), read_only=read_only)


def code_version(*folders: str) -> str:
    """A hash over the code that decides what a refresh gives (without folders: all of it)."""
    digest = sha256()
    for folder in folders or _CODE:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            if path.suffix in _CODE_SUFFIXES and not _NOT_CODE & set(path.parts):
                digest.update(str(path.relative_to(REPOSITORY)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
