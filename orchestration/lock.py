"""One refresh at a time: a lock on a file of the home that the kernel drops when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

# a record lock does not keep out its own process, so that one is kept out here
_held: set[Path] = set()
# struct flock of Linux: type, whence, start, length, process; `0q` is the padding at its end
_FLOCK = "hhqqi0q"


class RefreshRunning(Exception):
    """Another refresh holds the lock; the message is Russian and names its process."""


class RefreshLock:
    """Held from `with` to its end; under another name for what else may not run twice.

    A record lock, because it is not inherited by children that outlive a killed refresh.
    """

    def __init__(self, folder: Path, name: str = "refresh.lock") -> None:
        self.path = folder / name
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

    def is_held(self) -> bool:
        """Whether somebody holds the lock, without touching it: a refresh that starts this moment must not find it taken."""
        if self.path in _held:
            return True
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            asked = fcntl.fcntl(descriptor, fcntl.F_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        finally:
            os.close(descriptor)
        return bool(struct.unpack(_FLOCK, asked)[0] != fcntl.F_UNLCK)

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
