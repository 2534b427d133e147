"""One look at landing: what lies there, what is new, what left; new contents are copied into the archive.

Nothing is parsed here; which order and which lists the files are read by is decided in refresh.py.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

import polars as pl

from ingest.archive import UNKNOWN_SOURCE, Archive, FileChanged, LandingFile, NoFile, folder_of, located, scan, spoken
from ingest.vault import VaultError
from orchestration.home import code_version
from orchestration.progress import observer
from warehouse.engine import Warehouse
from warehouse.tables import File

# reasons that a later version of the readers and declarations may take away
WHOLE_FILE = ("unreadable_file", "unknown_layout", "missing_column", "too_large")
EPOCH = datetime(1970, 1, 1)
KEY_WITHOUT_CONTENT = (
    "Ключ псевдонимов сменён, а содержимого файлов ({}) нет в архиве, и перечитать их нельзя: {}. "
    "Верните их в landing или выполните «oko refresh --full», которое забудет их строки."
)
# faults of the disk that is written to: no file is to blame
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
WHAT_TO_DO = "Проверьте, что всё на месте, не занято и доступно: следующее обновление прочитает."


@dataclass(frozen=True)
class Options:
    """As on the command line. `sources`: only these folders of landing are looked at."""

    full: bool = False
    sources: tuple[str, ...] = ()

    def cover(self, folder: str) -> bool:
        """Whether this folder is looked at."""
        return not self.sources or folder in self.sources


@dataclass(frozen=True)
class Taken:
    """What a look found: files, contents to read, how many contents were forgotten; incomplete when a file could not be opened."""

    present: int
    queue: tuple[LandingFile, ...]
    forgotten: int
    is_complete: bool


class Intake:
    """Used once: `take` does everything."""

    def __init__(
        self, landing: Path, archive: Archive, warehouse: Warehouse, sources: Collection[str], options: Options, key_id: str
    ) -> None:
        self._landing = landing
        self._archive = archive
        self._warehouse = warehouse
        self._key_id = key_id
        self._sources = sources
        self._options = options
        self._unread: list[LandingFile] = []

    def take(self, read_by: str) -> Taken:
        """`read_by`: the version of ingest/ that read what the warehouse holds."""
        self._warehouse.forget_unread()
        files = [file for file in self._scan() if self._options.cover(file.folder)]
        contents = _least_copies(files)
        stored = self._warehouse.files()
        current = stored.filter("in_landing", pl.col("key_id").fill_null(self._key_id) == self._key_id)
        due = self._due(contents, set(current["file_sha256"]), read_by)
        observer().stage(f"Файлов: {len(files)}, к чтению: {len(due)}")
        observer().steps(len(due))
        queue = tuple(file for file in due if self._archived(file))
        forgotten = self._follow(contents, stored)
        self._archive.write_manifest([file for file in files if self._archive.path(file.sha256).exists()])
        return Taken(len(files), (*queue, *self._of_other_keys({file.sha256 for file in queue})), forgotten, is_complete=not self._unread)

    def _scan(self) -> list[LandingFile]:
        """Every file that can be opened. One that cannot, or a folder, is rejected and stands aside."""
        return scan(self._landing, self._archive.manifest(), self._refuse)

    def _refuse(self, path: Path, error: OSError) -> None:
        name = spoken(path.relative_to(self._landing).as_posix())
        if isinstance(error, NoFile):
            self._say_rejected(folder_of(name) or UNKNOWN_SOURCE, name, str(error.strerror))
        else:
            self._reject(LandingFile(0, name, 0, sha256=""), f"Не открывается ({error.strerror})")

    def _follow(self, contents: Mapping[str, LandingFile], stored: pl.DataFrame) -> int:
        """Marks what left landing; `--full` forgets it. The number of contents forgotten."""
        covered = [sha for sha, name in stored.select("file_sha256", "file_name").iter_rows() if self._could_be_seen(name)]
        absent = [sha for sha in covered if sha not in contents]
        if self._options.full:
            self._warehouse.forget(absent)
        self._warehouse.update_landing([as_file(file) for file in contents.values()], absent=absent)
        return len(absent) if self._options.full else 0

    def _could_be_seen(self, name: str) -> bool:
        """Whether a file of this name would have been found: what could not be opened has not left."""
        places = {name, *(parent.as_posix() for parent in PurePosixPath(name).parents)}
        return self._options.cover(folder_of(name) or UNKNOWN_SOURCE) and not places & {file.name for file in self._unread}

    def _due(self, contents: Mapping[str, LandingFile], read: set[str], read_by: str) -> list[LandingFile]:
        """New contents and those that came back; with `--full` all; after a change of the readers also what they could not read before."""
        if self._options.full:
            return sorted(contents.values())
        if read_by != code_version("ingest"):
            read -= set(self._warehouse.rejected_files(WHOLE_FILE, whole=True))
        return sorted(file for sha, file in contents.items() if sha not in read)

    def _of_other_keys(self, queued: Collection[str]) -> list[LandingFile]:
        """What was read by another key and is not queued: it left landing, or this look does not cover it, or it does not open. Rows of
        two keys never meet in one publication; their contents are in the archive."""
        files = self._warehouse.files()
        stale = files.filter(pl.col("key_id") != self._key_id, ~pl.col("file_sha256").is_in(list(queued)))
        found = [
            LandingFile((modified - EPOCH) // timedelta(microseconds=1) * 1000, name, 0, sha256)
            for sha256, name, modified in stale.select("file_sha256", "file_name", "modified_at").iter_rows()
        ]
        lost = [file.name for file in found if not self._archive.path(file.sha256).exists()]
        if lost:
            raise VaultError(KEY_WITHOUT_CONTENT.format(len(lost), ", ".join(sorted(lost)[:3])))
        return found

    def _archived(self, file: LandingFile) -> bool:
        """Copies a content into the archive, unless it vanished, is locked, or changes meanwhile. Raises OSError when the archive fails."""
        observer().step(file.name)
        try:
            self._archive.store(located(self._landing, file.name), file)
        except FileChanged:
            self._reject(file, "Файл изменялся, пока его читали")
        except OSError as error:
            if error.errno in NO_ROOM:
                raise
            self._reject(file, f"Не открывается ({error.strerror})")
        else:
            return True
        return False

    def _reject(self, file: LandingFile, why: str) -> None:
        """For this refresh only: the next one tries again."""
        self._unread.append(file)
        self._say_rejected(file.folder, file.name, f"{why}. {WHAT_TO_DO}")

    def _say_rejected(self, folder: str, name: str, message: str) -> None:
        self._warehouse.reject_unread(folder if folder in self._sources else UNKNOWN_SOURCE, name, message)


def as_file(file: LandingFile) -> File:
    """A file as the warehouse knows it."""
    return File(file.sha256, file.folder, file.name, file.modified_at.replace(tzinfo=None))


def _least_copies(files: Iterable[LandingFile]) -> dict[str, LandingFile]:
    """One file a content: of byte-identical copies the one that counts first."""
    contents: dict[str, LandingFile] = {}
    for file in sorted(files):
        contents.setdefault(file.sha256, file)
    return contents
