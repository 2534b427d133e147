"""Fixtures that every folder of tests may use: a real Postgres for the session, and empty homes.

No fixture here knows a source or an indicator.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from xdist.scheduler import LoadFileScheduling

# folders whose files share what takes minutes to make, once a worker: a region, a Superset, a parsed project
TOGETHER = ("tests/golden/", "tests/e2e/", "tests/dbt/")
# with two workers the longest go first, or one of them ends alone
FIRST = ("tests/golden/", "tests/e2e/", "tests/test_acceptance.py", "tests/orchestration/test_night.py", "tests/dbt/")
POSTGRES_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
START_SECONDS = 60


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


def _as_postgres(arguments: list[str | Path]) -> list[str]:
    """Postgres refuses to run as root: then it runs as the system's own user."""
    words = [str(word) for word in arguments]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words] if os.geteuid() == 0 else words


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Postgres of this session's own, without a database name; ended with the session."""
    if not POSTGRES_BINARIES:
        pytest.fail("Postgres is missing: apt-get install postgresql (.ci/run does it)")
    binaries = POSTGRES_BINARIES[-1]
    # not below pytest's folder: that one is closed to other users, and the path of a socket must be short
    folder = Path("/tmp") / f"oko-postgres-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    initdb = [binaries / "initdb", "-D", data, "-U", "oko", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(_as_postgres(initdb), check=True, capture_output=True, cwd=folder)
    fast = [word for setting in ("fsync=off", "full_page_writes=off", "synchronous_commit=off") for word in ("-c", setting)]
    start = [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, *fast]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(_as_postgres(start), stdout=log, stderr=log, cwd=folder)
    try:
        url = f"postgresql://oko@127.0.0.1:{port}"
        _wait_until_ready(f"{url}/postgres", server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


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
