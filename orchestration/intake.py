"""One look at landing: what lies there, what is new, what left; new contents are copied into the archive.

Nothing is parsed here; which order and which lists the files are read by is decided in refresh.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ingest.archive import UNKNOWN_SOURCE, Archive, LandingFile, folder_of, scan, sha256_of
from orchestration.home import code_version
from orchestration.progress import observer
from warehouse.engine import Warehouse
from warehouse.tables import File

# reasons that a later version of the readers and declarations may take away
WHOLE_FILE = ("unreadable_file", "unknown_layout", "missing_column", "too_large")
WHAT_TO_DO = "Проверьте, что он на месте и не занят: следующее обновление прочитает его."


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

    def __init__(self, landing: Path, archive: Archive, warehouse: Warehouse, sources: Collection[str], options: Options) -> None:
        self._landing = landing
        self._archive = archive
        self._warehouse = warehouse
        self._sources = sources
        self._options = options
        self._unread: list[LandingFile] = []

    def take(self, read_by: str) -> Taken:
        """`read_by`: the version of ingest/ that read what the warehouse holds."""
        self._warehouse.forget_unread()
        files = [file for file in self._scan() if self._options.cover(file.folder)]
        contents = _least_copies(files)
        stored = self._warehouse.files()
        due = self._due(contents, set(stored.filter("in_landing")["file_sha256"]), read_by)
        forgotten = self._follow(contents, stored)
        observer().stage(f"Файлов: {len(files)}, к чтению: {len(due)}")
        observer().steps(len(due))
        queue = tuple(file for file in due if self._archived(file))
        self._archive.write_manifest([file for file in files if self._archive.path(file.sha256).exists()])
        return Taken(len(files), queue, forgotten, is_complete=not self._unread)

    def _scan(self) -> list[LandingFile]:
        """Every file that can be opened. One that cannot is rejected and stands aside; one that vanished is not there at all."""
        seen = self._archive.manifest()
        while True:
            try:
                return [file for file in scan(self._landing, [*seen, *self._unread]) if file not in self._unread]
            except OSError as error:
                path = Path(error.filename)
                if path.is_file():
                    status, name = path.stat(), path.relative_to(self._landing).as_posix()
                    self._reject(
                        LandingFile(status.st_mtime_ns, name, status.st_size, sha256=""), f"Файл не открывается ({error.strerror})"
                    )

    def _follow(self, contents: Mapping[str, LandingFile], stored: pl.DataFrame) -> int:
        """Marks what left landing; `--full` forgets it. The number of contents forgotten."""
        folders = stored["file_name"].map_elements(lambda name: folder_of(name) or UNKNOWN_SOURCE, return_dtype=pl.String)
        covered = stored.filter(folders.is_in(list(self._options.sources))) if self._options.sources else stored
        absent = [sha for sha in covered["file_sha256"] if sha not in contents]
        if self._options.full:
            self._warehouse.forget(absent)
        self._warehouse.update_landing([as_file(file) for file in contents.values()], absent=absent)
        return len(absent) if self._options.full else 0

    def _due(self, contents: Mapping[str, LandingFile], read: set[str], read_by: str) -> list[LandingFile]:
        """New contents and those that came back; with `--full` all; after a change of the readers also what they could not read before."""
        if self._options.full:
            return sorted(contents.values())
        if read_by != code_version("ingest"):
            read -= set(self._warehouse.rejected_files(WHOLE_FILE, whole=True))
        return sorted(file for sha, file in contents.items() if sha not in read)

    def _archived(self, file: LandingFile) -> bool:
        """Copies a content into the archive, unless it vanished, is locked, or changes meanwhile."""
        observer().step(file.name)
        try:
            is_new = not self._archive.path(file.sha256).exists()
            copy = self._archive.store(self._landing / file.name, file)
            if not is_new or sha256_of(copy) == file.sha256:
                return True
            copy.unlink()
            self._reject(file, "Файл изменялся, пока его читали")
        except OSError as error:
            self._reject(file, f"Файл не открывается ({error.strerror})")
        return False

    def _reject(self, file: LandingFile, why: str) -> None:
        """For this refresh only: the next one tries again."""
        self._unread.append(file)
        source = file.folder if file.folder in self._sources else UNKNOWN_SOURCE
        self._warehouse.reject_unread(source, file.name, f"{why}. {WHAT_TO_DO}")


def as_file(file: LandingFile) -> File:
    """A file as the warehouse knows it."""
    return File(file.sha256, file.folder, file.name, file.modified_at.replace(tzinfo=None))


def _least_copies(files: Iterable[LandingFile]) -> dict[str, LandingFile]:
    """One file a content: of byte-identical copies the one that counts first."""
    contents: dict[str, LandingFile] = {}
    for file in sorted(files):
        contents.setdefault(file.sha256, file)
    return contents
