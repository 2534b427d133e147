"""The file that a backup is: a compressed tar of named parts, the list of their checksums last. `tar -xzf` and `sha256sum -c` open it too.

What is taken from a home stands in backup.py, where it goes back to in restore.py.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

# the first part: the format of the home folder (orchestration/home_format.py), in which the other parts are
FORMAT = "format"
# the last part: a line for each of the others, as sha256sum writes them; without it the file is not whole
SUMS = "SHA256SUMS"
_CHUNK = 1 << 20
_COMPRESSION = 6
# whatever Python says of bytes that are no gzip, no tar, or not all of one
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError)


class BackupError(Exception):
    """A backup cannot be written, read or put back; the message is Russian."""


class _Hashing:
    """A stream that knows the sha256 of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As of any stream."""
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        """The sha256 so far."""
        return self._digest.hexdigest()


class BackupWriter:
    """Adds parts, each under its name, once."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.sums: dict[str, str] = {}

    def add_file(self, name: str, path: Path) -> str:
        """Adds a file as long as it is now, even if it grows meanwhile; its sha256. Raises OSError where it vanished or shrank."""
        with path.open("rb") as stream:
            return self._add(name, stream, os.fstat(stream.fileno()).st_size)

    def add_text(self, name: str, text: str) -> None:
        """Adds a small part that is no file."""
        data = text.encode()
        self._add(name, BytesIO(data), len(data))

    def _add(self, name: str, stream: IO[bytes], size: int) -> str:
        if not name.isprintable():
            # a line of the list of checksums could not hold it
            raise BackupError(f"Копия не записана: в имени файла {name!r} есть знаки, которых в именах не бывает. Переименуйте его.")
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(stream)
        self._tar.addfile(info, hashing)
        self.sums[name] = hashing.hexdigest()
        return self.sums[name]

    def finish(self) -> None:
        """Adds the list of checksums."""
        self.add_text(SUMS, "".join(f"{digest}  {name}\n" for name, digest in self.sums.items()))


@contextmanager
def new_backup(path: Path) -> Iterator[BackupWriter]:
    """A backup to be filled; it is under its name, whole and on the disk, only when the block ends well. Mode 0600."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with gzip.GzipFile("", "wb", _COMPRESSION, file) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
                writer = BackupWriter(tar)
                yield writer
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise BackupError(f"Файл «{path}» уже есть, поверх него копия не пишется.")
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def read_backup(path: Path, newest: int, put: Callable[[str, IO[bytes]], None]) -> None:
    """Gives every part but the list of checksums to `put`, in the order in which they stand, and checks all of them.

    Raises BackupError where the file is no backup, of a format after `newest`, damaged, cut off, or not what its list says: at the
    latest after its last part, so whoever must not act on a bad file reads it twice. An OSError of `put` would be taken for damage.
    """
    sums: dict[str, str] = {}
    try:
        with gzip.open(path) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                listed = _read_parts(tar, newest, sums, put)
            # the checksum of the whole stands behind the tar
            while packed.read(_CHUNK):
                pass
    except _BROKEN as error:
        what = "повреждена или оборвана" if sums else "не похожа на резервную копию Oko"
        raise BackupError(f"Копия «{path}» {what} ({_why(error)}).") from error
    if listed != sums:
        raise BackupError(f"Копия «{path}» повреждена или оборвана: контрольные суммы не сходятся.")


def _read_parts(tar: tarfile.TarFile, newest: int, sums: dict[str, str], put: Callable[[str, IO[bytes]], None]) -> dict[str, str] | None:
    """What the list of checksums says, None without one; `sums` is filled with what the parts are."""
    listed = None
    for member in tar:
        stream = tar.extractfile(member) if member.isreg() else None
        if stream is None or not is_plain(member.name) or member.name in sums or listed is not None:
            raise BackupError(f"Это не резервная копия Oko: часть «{member.name}» не может в ней стоять.")
        if not sums:
            stream = BytesIO(_require_format(member, stream, newest))
        if member.name == SUMS:
            lines = [line.split("  ", 1) for line in stream.read().decode().split("\n") if line]
            listed = {name: digest for digest, name in lines}
            continue
        hashing = _Hashing(stream)
        put(member.name, hashing)  # type: ignore[arg-type]  # only read() is asked of it
        while hashing.read(_CHUNK):
            pass
        sums[member.name] = hashing.hexdigest()
    return listed


def _require_format(member: tarfile.TarInfo, stream: IO[bytes], newest: int) -> bytes:
    data = stream.read(32) if member.name == FORMAT else b""
    if not data.strip().isdigit():
        raise BackupError("Это не резервная копия Oko: в начале нет её формата.")
    if int(data) > newest:
        raise BackupError(f"Копия сделана более новой версией Oko (формат {int(data)}, эта версия знает {newest}): обновите Oko.")
    return data


def is_plain(name: str) -> bool:
    """Whether a name of a part, or of a file in landing/, stays where it is put."""
    return (
        name not in ("", ".") and "\0" not in name and name[0] != "/" and name == str(PurePosixPath(name)) and ".." not in name.split("/")
    )


def _why(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
