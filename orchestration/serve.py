"""`oko serve`: Superset with what warms it, and the two processes of Dagster, on the loopback, ended together. What they serve is decided
elsewhere.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from ingest.settings import REPOSITORY, Settings
from orchestration.home import BACKGROUND, prepare_environment, prepare_home

HOST = "127.0.0.1"
READY_SECONDS = 180
GRACE_SECONDS = 15
SUPERSET_PYTHON = REPOSITORY / "superset" / ".venv" / "bin" / "python"
SUPERSET_TOOLS = REPOSITORY / "superset" / "tools"

OK, FAILED = 0, 1


def serve_until_signal(settings: Settings, superset_port: int, dagster_port: int) -> int:
    """Starts everything, waits for Ctrl-C or for the first process that ends by itself, then ends the rest."""
    prepare_home(settings)
    prepare_environment(settings)
    if not SUPERSET_PYTHON.exists():
        click.echo("Нет окружения Superset: выполните «make setup».", err=True)
        return FAILED
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    if subprocess.run([SUPERSET_PYTHON, SUPERSET_TOOLS / "provision.py"], check=False).returncode:
        return FAILED
    _make_history()
    with _running(_commands(superset_port, dagster_port), settings.logs) as servers:
        pages = {"Дашборды (Superset)": f"http://{HOST}:{superset_port}", "Обновления (Dagster)": f"http://{HOST}:{dagster_port}"}
        if _all_answer(pages, servers, stop):
            for title, address in pages.items():
                click.echo(f"· {title}: {address}")
            click.echo("Ctrl-C — остановить")
        while not stop.wait(0.5) and _ended(servers) is None:
            pass
        ended = None if stop.is_set() else _ended(servers)
    if ended:
        click.echo(f"Остановился «{ended}»; подробности в {settings.logs / ended}.log", err=True)
        return FAILED
    return OK


def _make_history() -> None:
    """The tables of Dagster's history, in a home that has none yet: its two servers would make them at the same moment, and one fail."""
    from dagster import DagsterInstance

    with DagsterInstance.from_config(str(REPOSITORY)):
        pass


def _commands(superset_port: int, dagster_port: int) -> dict[str, list[str | Path]]:
    binaries = Path(sys.executable).parent
    workspace = REPOSITORY / "workspace.yaml"
    return {
        "superset": [SUPERSET_PYTHON, SUPERSET_TOOLS / "serve.py", "--port", str(superset_port)],
        # it asks beforehand what people will ask, when the processors have nothing else to do
        "superset-warm": ["nice", "-n", "19", SUPERSET_PYTHON, SUPERSET_TOOLS / "warm.py", "--follow"],
        # it knows no login and takes a change from any page that a browser on this machine has open: it only shows
        "dagster-webserver": [binaries / "dagster-webserver", "-h", HOST, "-p", str(dagster_port), "-w", workspace, "--read-only"],
        # a scheduled refresh is its child and yields to the dashboards, as `oko refresh` does
        "dagster-daemon": ["nice", "-n", str(BACKGROUND), binaries / "dagster-daemon", "run", "-w", workspace],
    }


@contextmanager
def _running(commands: dict[str, list[str | Path]], logs: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Each server in a session of its own, so that Ctrl-C reaches this process alone, which then ends them with their children."""
    servers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("ab") as log:
                servers[name] = subprocess.Popen(command, stdout=log, stderr=log, cwd=REPOSITORY, start_new_session=True)
        yield servers
    finally:
        _end(list(servers.values()))


def _end(servers: list[subprocess.Popen[bytes]]) -> None:
    for server in servers:
        _signal_group(server, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for server in servers:
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=max(0.1, deadline - time.monotonic()))
        # children that outlived their parent are in its group still
        _signal_group(server, signal.SIGKILL)
        server.wait()


def _signal_group(server: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, number)


def _ended(servers: dict[str, subprocess.Popen[bytes]]) -> str | None:
    return next((name for name, server in servers.items() if server.poll() is not None), None)


def _all_answer(pages: dict[str, str], servers: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> bool:
    """Waits until every page answers, a server ends, or somebody stops the waiting."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = list(pages.values())
    while waiting and time.monotonic() < deadline and not stop.is_set() and _ended(servers) is None:
        waiting = [address for address in waiting if not _answers(address)]
        stop.wait(0.3)
    return not waiting


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as response:
            return bool(response.status < 500)
    except (URLError, OSError):
        return False
