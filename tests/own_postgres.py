"""A Postgres of the tests' own: made in a folder of /tmp, on the loopback, by the binaries of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
START_SECONDS = 60


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OwnPostgres:
    """A server that can be stopped, hard too, and started again; `url` is its address without the name of a database."""

    def __init__(self) -> None:
        # not below pytest's folder: that one is closed to other users, and the path of a socket must be short
        self._folder = Path("/tmp") / f"oko-postgres-{uuid4().hex[:8]}"
        self._folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._port = free_port()
        self.url = f"postgresql://oko@127.0.0.1:{self._port}"
        data = ["-D", self._folder / "data", "-U", "oko", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(_as_postgres([BINARIES[-1] / "initdb", *data]), check=True, capture_output=True, cwd=self._folder)
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        fast = [word for setting in ("fsync=off", "full_page_writes=off", "synchronous_commit=off") for word in ("-c", setting)]
        places = ["-D", self._folder / "data", "-h", "127.0.0.1", "-p", str(self._port), "-k", self._folder]
        with (self._folder / "log").open("ab") as log:
            command = _as_postgres([BINARIES[-1] / "postgres", *places, *fast])
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(f"{self.url}/postgres").close()
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """SIGTERM waits for clients to leave, SIGINT sends them away, SIGQUIT ends all at once: what is written is found in the log."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(timeout=START_SECONDS)
            self._server = None

    def remove(self) -> None:
        """Ends it and takes its folder away."""
        self.stop(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)


def _as_postgres(arguments: list[str | Path]) -> list[str]:
    """Postgres refuses to run as root: then it runs as the system's own user."""
    words = [str(word) for word in arguments]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words] if os.geteuid() == 0 else words
