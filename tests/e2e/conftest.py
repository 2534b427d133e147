"""The whole way once, for every test of this folder: sample files → refresh → Superset → a browser that has logged in.

What a page must show is in the tests; how it is read from the browser is in dashboard.py.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from .dashboard import Watch
from .labels import REMEMBER_DRAWN
from .region import Region, make_region, open_cores

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results"
SUPERSET_PYTHON = REPOSITORY / "superset" / ".venv" / "bin" / "python"
TOOLS = REPOSITORY / "superset" / "tools"
CHROMIUM = "/usr/bin/chromium"
# milliseconds; a page of fifty charts may keep a busy machine that long
PATIENCE = 90_000
# Nothing may leave the machine, whatever a page asks for: a name other than the loopback does not resolve.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


OKO = Path(sys.executable).with_name("oko")
# one publishes anew, which the others do not expect; the other looks at what all of them have left behind
LAST = ("test_night.py", "test_secrecy.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These files after the rest, each in its own order."""
    items.sort(key=lambda item: LAST.index(item.path.name) + 1 if item.path.parent == RESULTS.parent and item.path.name in LAST else 0)


def _oko(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [OKO, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"OKO_HOME": str(home)}, capture_output=True, text=True, check=False)


def provision(home: Path) -> subprocess.Popen[str]:
    command = [SUPERSET_PYTHON, TOOLS / "provision.py"]
    return subprocess.Popen(command, env=os.environ | {"OKO_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published home and a provisioned Superset; the two are made at the same time, because neither needs the other."""
    home = tmp_path_factory.mktemp("e2e")
    superset = provision(home)
    try:
        sample = _oko(home, "sample", "--schools", "24", "--years", "3", "--seed", "7")
        assert sample.returncode == 0, sample.stdout + sample.stderr
        refresh = _oko(home, "refresh")
        assert refresh.returncode in (0, 1), refresh.stdout + refresh.stderr
        said, _ = superset.communicate(timeout=300)
    finally:
        superset.kill()
    assert superset.returncode == 0, said
    (home / "logs" / "provision.txt").write_text(said)
    return home


@pytest.fixture(scope="session")
def marts(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The publication, read past Superset."""
    with duckdb.connect(str(home / "published" / "oko.duckdb"), read_only=True) as connection:
        yield connection


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            with urlopen(f"{url}/health", timeout=5):
                return
        except (URLError, OSError):
            assert server.poll() is None and time.monotonic() < deadline, "Superset does not answer: see superset.log"
            time.sleep(0.3)


@contextmanager
def serving(home: Path, workers: int = 1) -> Iterator[str]:
    """Superset of a home as `oko serve` starts it; its address."""
    port = _free_port()
    with (home / "logs" / "superset.log").open("wb") as log:
        server = subprocess.Popen(
            [SUPERSET_PYTHON, TOOLS / "serve.py", "--port", str(port), "--workers", str(workers)],
            env=os.environ | {"OKO_HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def superset_url(home: Path) -> Iterator[str]:
    with serving(home) as url:
        yield url


@pytest.fixture(scope="session")
def region(home: Path, superset_url: str) -> Iterator[Region]:
    """Users of every role, made from a list, and what each of them may see."""
    cores = open_cores(home)
    yield make_region(home, superset_url, cores)
    for connection in cores.values():
        connection.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def watched(browser: Browser, superset_url: str, home: Path) -> Iterator[tuple[Page, Watch]]:
    """A page whose user has logged in, and what was heard of it since."""
    page = browser.new_context(viewport={"width": 1600, "height": 1200}, locale="ru-RU").new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(REMEMBER_DRAWN)
    watch = Watch(page, superset_url)
    page.goto(f"{superset_url}/login/")
    page.get_by_text("Имя пользователя").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.fill("input#username", "admin")
    page.fill("input#password", (home / "secrets" / "superset_admin_password").read_text().strip())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url, timeout=60_000)
    yield page, watch
    page.context.close()
