"""`oko serve`: everything starts, answers on the loopback alone, and ends together. Superset itself is tested in tests/superset and e2e:
here a small web server stands in its place, Dagster's two processes are real.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from ingest.settings import REPOSITORY

STAND_IN = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"OK")
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""
DRIVER = """
import sys
from pathlib import Path
from orchestration import serve
serve.SUPERSET_PYTHON, serve.SUPERSET_TOOLS = Path(sys.executable), Path(sys.argv[1])
sys.argv = ["oko", "serve", "--superset-port", sys.argv[2], "--dagster-port", sys.argv[3]]
from orchestration.cli import main
main()
"""
Serve = Callable[[], "subprocess.Popen[str]"]
MARKED = "this-is-the-password"
LAUNCH = """mutation { launchRun(executionParams: {
    selector: {repositoryName: "__repository__", repositoryLocationName: "oko", jobName: "night"}, runConfigData: {}
}) { __typename } }"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "provision.py").write_text("print('Superset: без изменений')")
    (folder / "serve.py").write_text(STAND_IN)
    (folder / "warm.py").write_text("import time; time.sleep(3600)")
    return folder


@pytest.fixture
def ports() -> tuple[int, int]:
    return _free_port(), _free_port()


@pytest.fixture
def server(make_home: Callable[[], Path], tools: Path, ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts `oko serve`, in a session of its own, as a service may be: with nothing held back, and a password in the environment."""
    make_home()
    monkeypatch.setenv("OKO_DATABASE_URL", f"postgresql://oko:{MARKED}@127.0.0.1:1/none")
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", DRIVER, str(tools), *map(str, ports)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, umask=0)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _children(pid: int) -> set[int]:
    """Every living process below this one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(path.parent.name)] = int(fields[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _words(pid: int) -> set[bytes]:
    """The names of the files on the command line of a process."""
    return {word.rpartition(b"/")[2] for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")}


def _left(pids: set[int]) -> set[int]:
    """Those that still run when a killed process has had time to go: nobody waits for the children of a server that has ended."""
    deadline = time.monotonic() + 10
    while (left := {pid for pid in pids if _runs(pid)}) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said + (process.stderr.read() if process.stderr else ""))


def _changes_nothing(dagster: str) -> None:
    """The page of refreshes has no login, and a query may come from any site that a browser here has open: it only shows."""

    def ask(query: str) -> dict[str, Any]:
        with urlopen(f"{dagster}/graphql?{urlencode({'query': query})}", timeout=30) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
            return data

    assert not any(permission["value"] for permission in ask("{ permissions { permission value } }")["permissions"])
    assert ask(LAUNCH) == {"launchRun": {"__typename": "UnauthorizedError"}}
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{dagster}/report_asset_materialization/published", b"{}", {"Content-Type": "application/json"}), timeout=30)
    assert refused.value.code == 401


def _keeps_its_secrets(children: set[int]) -> None:
    """No command line shows the password, no log holds it, nothing is open to other users of the machine."""
    home = Path(os.environ["OKO_HOME"])
    said = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children if _runs(pid)]
    assert len(said) >= 3 and not any(MARKED.encode() in text for text in said)
    looked = 0
    for path in home.rglob("*"):
        # a journal of SQLite comes and goes while its server works
        with suppress(FileNotFoundError):
            if path.is_file():
                assert MARKED.encode() not in path.read_bytes(), path
                assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.is_symlink(), path
                looked += 1
    assert looked > 5


def test_both_pages_answer_until_ctrl_c_and_nothing_is_left(server: Serve, ports: tuple[int, int]) -> None:
    before = set(REPOSITORY.iterdir())
    process = server()
    said = _read_until(process, "Ctrl-C")
    for port in ports:
        assert f"http://127.0.0.1:{port}" in said
        with urlopen(f"http://127.0.0.1:{port}", timeout=30) as page:
            assert page.status == 200
    children = _children(process.pid)
    assert len(children) >= 3
    _changes_nothing(f"http://127.0.0.1:{ports[1]}")
    _keeps_its_secrets(children)
    behind = {word: os.getpriority(os.PRIO_PROCESS, pid) for pid in children for word in _words(pid)}
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert (behind[b"serve.py"], behind[b"dagster-daemon"], behind[b"warm.py"]) == (ours, min(19, ours + 10), 19)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert _left(children) == set()
    assert set(REPOSITORY.iterdir()) == before


def test_when_one_server_ends_the_others_end_too(server: Serve) -> None:
    process = server()
    _read_until(process, "Ctrl-C")
    children = _children(process.pid)
    (stand_in,) = [pid for pid in children if b"serve.py" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(stand_in, signal.SIGKILL)
    assert process.wait(timeout=60) == 1
    assert process.stderr is not None and "superset" in process.stderr.read()
    assert _left(children) == set()
