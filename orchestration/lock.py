"""One refresh at a time: a lock on a file of the home that the kernel drops when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

# a record lock does not keep out its own process, so that one is kept out here
_held: set[Path] = set()


class RefreshRunning(Exception):
    """Another refresh holds the lock; the message is Russian and names its process."""


class RefreshLock:
    """Held from `with` to its end. A record lock, because it is not inherited by children that outlive a killed refresh."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "refresh.lock"
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        if self.path in _held:
            raise self._running(os.getpid())
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(descriptor, 32, 0).decode().strip()
            os.close(descriptor)
            raise self._running(pid) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        _held.add(self.path)
        self._descriptor = descriptor
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
            _held.discard(self.path)

    def check(self) -> None:
        """Raises RefreshRunning when the lock could not be taken now."""
        if self.path.exists():
            with self:
                pass

    @staticmethod
    def _running(pid: int | str) -> RefreshRunning:
        return RefreshRunning(
            f"Уже идёт другое обновление (процесс {pid}). Дождитесь его окончания и повторите; опубликованное не изменилось."
        )
