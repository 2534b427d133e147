"""The parent's side of the child process that parses files: one child is kept for all of them; when it dies, the next file gets a new one.

Limits of memory and time are held here, those of rows, columns and sizes in the readers. Whoever knows which file comes next says so, and
the child parses it while its parent works on the one before.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import polars as pl

from ingest.faults import FileFault, too_large, unreadable
from ingest.grid import Grid
from ingest.settings import Limits

# the memory of the child itself, before it has read anything: libraries and thread stacks
_CHILD_BYTES = 2 * 1024**3
_ROOT = Path(__file__).resolve().parents[2]

_Request = dict[str, Any]


def read(path: Path, limits: Limits) -> list[Grid]:
    """What the child makes of a file; one that dies is replaced once, since an older file may have worn it out. Raises FileFault."""
    with _lock:
        for _ in range(2):
            child = _running_child(limits)
            answer = child.ask(path, limits)
            if not isinstance(answer, int):
                return answer
            close()
    if answer in (-signal.SIGABRT, -signal.SIGKILL):
        raise too_large("на его разбор не хватило памяти")
    raise unreadable("его содержимое повреждено")


def ahead(path: Path, limits: Limits) -> None:
    """This file will be read next: the child may begin with it as soon as the one before is handed over."""
    with _lock:
        _running_child(limits).following = _request(path, limits)


def _request(path: Path, limits: Limits) -> _Request:
    return {"path": str(path.resolve()), "limits": asdict(limits)}


class _Child:
    """One process of `ingest.readers.worker` and how to talk to it."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        # what is to be parsed next, and what is being parsed though nobody has asked for it yet
        self.following: _Request | None = None
        self._begun: _Request | None = None
        command = [sys.executable, "-m", "ingest.readers.worker", str(memory + _CHILD_BYTES)]
        pipe = subprocess.PIPE
        # whoever takes over a parser through a file finds no password in its environment
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OKO_")}
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=_ROOT, env=environment)

    def ask(self, path: Path, limits: Limits) -> list[Grid] | int:
        """The sheets, or the exit code of a child that died. Raises FileFault when the child says what is wrong."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(limits.reader_seconds, end)
        timer.start()
        try:
            self._begin(_request(path, limits))
            return self._answer()
        except (BrokenPipeError, EOFError):
            code = self.process.wait()
            if late.is_set():
                raise too_large(f"разбор не уложился в {limits.reader_seconds} с") from None
            return code
        finally:
            timer.cancel()

    def _begin(self, request: _Request) -> None:
        """Has the child parse this, unless it does already; what it did in vain is thrown away."""
        while self._begun not in (None, request):
            self._begun = None
            self._line()
        if self._begun != request:
            self._say(request)
        if self.following == request:
            self.following = None
        self._begun = None

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def _say(self, what: object) -> None:
        pipe = self._pipe(self.process.stdin)
        pipe.write(json.dumps(what).encode() + b"\n")
        pipe.flush()

    def _answer(self) -> list[Grid]:
        answer = self._line()
        if "fault" in answer:
            raise FileFault(*answer["fault"])
        if answer.get("error") == "memory":
            raise too_large("на его разбор не хватило памяти")
        if "error" in answer:
            is_locked = "password" in answer["error"].lower()
            raise unreadable("он защищён паролем; сохраните его без пароля" if is_locked else "его содержимое повреждено")
        return [Grid(name, cells, first) for name, cells, first in answer["sheets"]]

    def _line(self) -> dict[str, Any]:
        """One answer, its cells taken over, and the child set to what comes next."""
        line = self._pipe(self.process.stdout).readline()
        if not line.endswith(b"\n"):
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        if "sheets" in answer:
            cells = f"/proc/{self.process.pid}/fd"
            answer["sheets"] = [(name, pl.read_ipc(f"{cells}/{number}"), first) for name, number, first in answer["sheets"]]
            self._say("done")
        if self.following:
            self._begun, self.following = self.following, None
            self._say(self._begun)
        return answer

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe
        return pipe


_lock = threading.Lock()
_children: list[_Child] = []


def _running_child(limits: Limits) -> _Child:
    if _children and (_children[0].memory != limits.reader_memory_bytes or _children[0].process.poll() is not None):
        close()
    if not _children:
        _children.append(_Child(limits.reader_memory_bytes))
    return _children[0]


@atexit.register
def close() -> None:
    """End the child, if there is one."""
    while _children:
        _children.pop().close()
