"""Fixtures that every folder of tests may use: a real Postgres for the session, and empty homes.

No fixture here knows a source or an indicator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from own_postgres import BINARIES, OwnPostgres
from xdist.scheduler import LoadFileScheduling

# folders whose files share what takes minutes to make, once a worker: a region, a Superset, a parsed project
TOGETHER = ("tests/golden/", "tests/e2e/", "tests/dbt/")
# with two workers the longest go first, or one of them ends alone
FIRST = (
    "tests/golden/",
    "tests/e2e/",
    "tests/test_acceptance.py",
    "tests/orchestration/test_night.py",
    "tests/crash/test_kills",
    "tests/dbt/",
)


class _TogetherScheduling(LoadFileScheduling):
    """Tests of a file go to one worker, and so do all of the folders whose files share a fixture that is dear."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), str(super()._split_scope(nodeid)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, everything else as it stands."""
    items.sort(key=lambda item: next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """How `make test` shares the tests out."""
    return _TogetherScheduling(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a Postgres of this session's own, without a database name; ended with the session."""
    if not BINARIES:
        pytest.fail("Postgres is missing: apt-get install postgresql (.ci/run does it)")
    server = OwnPostgres()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"oko_{uuid4().hex[:8]}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield f"{postgres_server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def make_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes an empty home, names it in OKO_HOME and clears what else the environment says of Oko."""

    def make(name: str = "home") -> Path:
        home = tmp_path / name
        (home / "landing").mkdir(parents=True)
        for variable in [name for name in os.environ if name.startswith("OKO_")]:
            monkeypatch.delenv(variable)
        monkeypatch.setenv("OKO_HOME", str(home))
        return home

    return make
