"""The files under landing/ and their copies in the archive, in the order in which they count: (modification time, path).

A file's content is known by its sha256; nothing is parsed here. Whoever may drop files may drop anything under any name: here is decided
what counts as a file, and how its name is written wherever Oko says it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from ingest.durable import put_in_place

MANIFEST = "manifest.jsonl"
UNKNOWN_SOURCE = "unknown"
_IGNORED = {"thumbs.db", "desktop.ini"}
# what programs call a file that they have not finished sending
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
NO_FILE = "Это не файл, а {what}: Oko такого не читает. Положите сам файл."
_KINDS = {
    **{stat.S_IFLNK: "ссылка", stat.S_IFIFO: "канал", stat.S_IFSOCK: "сокет"},
    **{stat.S_IFCHR: "устройство", stat.S_IFBLK: "устройство"},
}
# what would break a line of a log, speak to a terminal, turn a name round on the screen or stand for bytes that are no UTF-8; and the
# backslash, so that no two files are written alike
_UNSPEAKABLE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_WRITTEN = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


class FileChanged(Exception):
    """A file of landing/ is not what it was when it was looked at."""


class NoFile(OSError):
    """What lies there is no file, and no later look will find it one; the message is Russian."""


@dataclass(frozen=True, order=True)
class LandingFile:
    """One file of landing/; sorts in the order in which files count. `name` is its path under landing/ as `spoken` writes it."""

    modified_ns: int
    name: str
    size: int
    sha256: str

    @property
    def modified_at(self) -> datetime:
        """The modification time, UTC."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)

    @property
    def folder(self) -> str:
        """The source folder that the file lies in, `unknown` for a file in bare landing/."""
        return folder_of(self.name) or UNKNOWN_SOURCE


def folder_of(name: str) -> str:
    """The first part of a path under landing/, empty for a file that lies in none."""
    first, slash, _ = name.partition("/")
    return first if slash else ""


def spoken(path: str) -> str:
    """A path as it is written in logs, reports and tables: `\\u000a` for a line end in it, a backslash doubled."""
    return _UNSPEAKABLE.sub(lambda found: "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):04x}", path)


def located(landing: Path, name: str) -> Path:
    """The path of a file whose name was `spoken`."""
    return landing / _WRITTEN.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", name)


Refused = Callable[[Path, OSError], None]


def _nothing_is_refused(_: Path, error: OSError) -> None:
    raise error


def scan(landing: Path, seen: Iterable[LandingFile] = (), refused: Refused = _nothing_is_refused) -> list[LandingFile]:
    """Every file under landing/. One that was seen with this time and size is not hashed again; one that vanishes meanwhile is none.

    What is no file (NoFile: a link, a pipe) and what cannot be opened, folders too, is left out where `refused`, which is told of it,
    does not raise; landing/ itself must open. A content that a program replaced with as many other bytes and then gave the old time back
    stays unseen; so would it by any means but reading everything every night.
    """
    known = {(file.name, file.modified_ns, file.size): file for file in seen}

    def closed(error: OSError) -> None:
        if Path(error.filename) == landing:
            raise error
        if not isinstance(error, FileNotFoundError):
            refused(Path(error.filename), error)

    files = []
    for path in sorted(path for path in entries(landing, closed) if counts(path.name)):
        try:
            status, name = path.lstat(), spoken(path.relative_to(landing).as_posix())
            if kind := _KINDS.get(stat.S_IFMT(status.st_mode)):
                raise NoFile(None, NO_FILE.format(what=kind), str(path))
            file = known.get((name, status.st_mtime_ns, status.st_size))
            files.append(file or LandingFile(status.st_mtime_ns, name, status.st_size, _sha256_inside(landing, path)))
        except FileNotFoundError:
            continue
        except OSError as error:
            refused(path, error)
    return sorted(files)


def entries(landing: Path, closed: Callable[[OSError], None]) -> Iterator[Path]:
    """Whatever lies under landing/ and is no folder, at any depth; `closed` hears of the folders that cannot be listed."""
    # not os.walk, which calls itself for every level: a thousand folders in one another would end it
    folders = [str(landing)]
    while folders:
        try:
            with os.scandir(folders.pop()) as listed:
                for entry in listed:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield Path(entry.path)
        except OSError as error:
            closed(error)


def counts(name: str) -> bool:
    """By its name: not a lock or a hidden file of an office program or a file manager, not half of a file that is being sent."""
    name = name.lower()
    return not (name.startswith((".", "~$")) or name.endswith(_UNFINISHED) or name in _IGNORED)


def _sha256_inside(landing: Path, path: Path) -> str:
    """The sha256 of a file that is opened under landing/ indeed: a folder on the way may become a link at any moment."""
    with _open(path) as file:
        opened = Path(f"/proc/self/fd/{file.fileno()}").readlink()
        if not opened.is_relative_to(landing.resolve()):
            raise OSError(None, "путь к нему ведёт наружу", str(path))
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path) -> BufferedReader:
    """Opens a file and nothing else, whatever stands there by now: no link is followed, no pipe waited for."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(None, "это не файл", str(path))
    return file


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_listing(files: Iterable[LandingFile]) -> str:
    """Files as lines of JSON: how the manifest keeps them."""
    return "".join(json.dumps(asdict(file), ensure_ascii=False) + "\n" for file in files)


def parse_listing(text: str) -> list[LandingFile]:
    """The files of such lines."""
    # not splitlines(): a name from before names were `spoken` may hold characters that Python takes for the end of a line
    return [LandingFile(**json.loads(line)) for line in text.split("\n") if line]


class Archive:
    """Every content that was read, once, under its sha256; and a manifest of which files had it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where a content lies."""
        return self._folder / sha256[:2] / sha256

    def store(self, source: Path, file: LandingFile) -> Path:
        """Copy a landing file in, unless its content is there; the path of the copy. Raises FileChanged, or what opening it raises.

        The copy has its name only once it is known to be that content and to be on disk: nobody looks into it again.
        """
        path = self.path(file.sha256)
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            try:
                with _open(source) as content, os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
                    shutil.copyfileobj(content, copy, 1024**2)
                if sha256_of(part) != file.sha256:
                    raise FileChanged(file.name)
                put_in_place(part, path)
            finally:
                part.unlink(missing_ok=True)
        return path

    def contents(self) -> list[str]:
        """The sha256 of every content that lies here."""
        return sorted(path.name for path in self._folder.glob("??/*") if not path.name.startswith("."))

    def destroy(self, sha256: str) -> None:
        """Removes a content; the manifest goes on saying that it was here. Nothing happens where it is gone already."""
        self.path(sha256).unlink(missing_ok=True)

    def write_manifest(self, files: Iterable[LandingFile]) -> None:
        """Add the files that the manifest does not list yet; it is replaced as a whole, so it is never half written."""
        known = self.manifest()
        all_files = sorted({*known, *files})
        if len(all_files) == len(known):
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{MANIFEST}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as manifest:
            manifest.write(write_listing(all_files))
        put_in_place(part, self._folder / MANIFEST)

    def manifest(self) -> list[LandingFile]:
        """Every file that was ever archived, in the order in which files count."""
        path = self._folder / MANIFEST
        return parse_listing(path.read_text(encoding="utf-8")) if path.exists() else []
