"""`oko backup`: what of an installation cannot be made again, as one file. The way back stands in restore.py, the file in backup_file.py.

No lock is needed, and a refresh is never in the way: contents of the archive never change once its manifest lists them, every other
file is replaced whole, and SQLite itself copies the databases of Superset and Dagster. What is read first needs nothing read later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.archive import MANIFEST, Archive, LandingFile, located, parse_listing, write_listing
from ingest.settings import Settings
from orchestration.backup_file import FORMAT, BackupError, BackupWriter, new_backup
from orchestration.home_format import HOME_FORMAT
from orchestration.published import QueryRefused, fetch
from warehouse import manifest
from warehouse.manifest import Manifest

# the publication that stands and the files behind it, by which a restore proves itself; and what lay in landing/
PUBLICATION, PUBLISHED, LANDING = "publication.json", "published.jsonl", "landing.jsonl"
ARCHIVE, VAULT = "archive", "vault"
# made anew from everything else, or of one machine alone; whatever else lies in the home is taken
DERIVED = (
    *("landing", "landing/*", "quarantine/*", "warehouse", "warehouse/*", "publications", "publications/*", "published", "published/*"),
    *("superset/cache/*", "superset/provisioned.json", "dagster/dagster.yaml", "logs/*.log", "logs/*.log.*"),
    *(PUBLICATION, PUBLISHED, LANDING, FORMAT),
)
_SQLITE = ".db"
_SQLITE_ASIDE = (".db-wal", ".db-shm", ".db-journal")
_BUSY_SECONDS = 60


@dataclass(frozen=True)
class Taken:
    """What a backup holds: parts, bytes of the file, contents of the archive, files of landing, and how many of those are not in it
    because no refresh has read them; the hash of the publication, None where there is none to compare with."""

    parts: int
    size: int
    contents: int
    landing: int
    unread: int
    publication: str | None


def take_backup(settings: Settings, path: Path) -> Taken:
    """Writes a backup of this installation to a new file. Raises BackupError, with nothing written."""
    _require_place(settings, path)
    try:
        with new_backup(path) as writer:
            taken = _fill(writer, settings)
        return replace(taken, size=path.stat().st_size)
    except OSError as error:
        name = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"Копия не записана: {error.strerror or error}{name}.") from error


def _require_place(settings: Settings, path: Path) -> None:
    if path.exists():
        raise BackupError(f"Файл «{path}» уже есть, поверх него копия не пишется.")
    if not path.parent.is_dir():
        raise BackupError(f"Папки «{path.parent}» нет.")
    if not settings.home.is_dir():
        raise BackupError(f"Папки {settings.home} нет: копировать нечего.")
    for folder in (settings.home, settings.archive, settings.vault):
        if path.parent.resolve().is_relative_to(folder):
            raise BackupError(f"Копия внутри {folder} пропадёт вместе с ней: назовите место вне папки Oko, лучше на другом диске.")


def _fill(writer: BackupWriter, settings: Settings) -> Taken:
    writer.add_text(FORMAT, f"{HOME_FORMAT}\n")
    published = published_manifest(settings)
    # one look at the archive's manifest: contents that it lists are whole and stay as they are
    listing = settings.archive / MANIFEST
    listed = listing.read_text(encoding="utf-8") if listing.exists() else ""
    ever = parse_listing(listed)
    behind = _behind(published, ever)
    present = list({file.name: file for file in ever if _lies_there(located(settings.landing, file.name), file)}.values())
    if published:
        writer.add_text(PUBLICATION, published.to_json())
        writer.add_text(PUBLISHED, write_listing(behind))
    writer.add_text(LANDING, write_listing(sorted(present)))
    writer.add_text(f"{ARCHIVE}/{MANIFEST}", listed)
    contents = _add_contents(writer, settings.archive, ever, {file.sha256 for file in [*present, *behind]})
    for name, file in _files(settings):
        _add_file(writer, name, file)
    unread = sum(map(_counts, settings.landing.rglob("*"))) - len(present)
    return Taken(len(writer.sums), 0, contents, len(present), unread, published.hash if published else None)


def _lies_there(path: Path, file: LandingFile) -> bool:
    """Whether landing/ holds a file as it was archived, by time and size: as a refresh tells it."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return (status.st_mtime_ns, status.st_size) == (file.modified_ns, file.size)


def published_manifest(settings: Settings) -> Manifest | None:
    """What stands published and from which files; None before the first publication with a manifest. Raises BackupError."""
    if settings.target == "duckdb":
        return manifest.read(settings.published.resolve())
    try:
        if not fetch(settings, "SELECT to_regclass('quality.manifest') IS NOT NULL")[0][0]:
            return None
        return Manifest.from_json(fetch(settings, "SELECT manifest FROM quality.manifest")[0][0])
    except QueryRefused as error:
        raise BackupError(f"Публикация в Postgres не читается. {error}") from error


def _behind(published: Manifest | None, ever: list[LandingFile]) -> list[LandingFile]:
    """The files that gave the publication, with times as exact as the archive's manifest has them."""
    known = {(file.sha256, file.name, file.modified_at.isoformat()): file for file in ever}
    behind = []
    for entry in published.files if published else ():
        file = known.get((entry.sha256, entry.name, entry.modified_at))
        if file is None:
            raise _damaged(entry.name, "его нет в списке архива")
        behind.append(file)
    return sorted(behind)


def _add_contents(writer: BackupWriter, folder: Path, ever: list[LandingFile], needed: set[str]) -> int:
    """How many contents were added. One that is gone must be needed by nobody any more, neither in landing nor in the publication."""
    archive = Archive(folder)
    names = {file.sha256: file.name for file in reversed(ever)}
    added = 0
    for sha256 in sorted(names):
        path = archive.path(sha256)
        if not path.exists() and sha256 not in needed:
            continue
        if not path.exists():
            raise _damaged(names[sha256], f"его содержимого нет, {path}. Выполните «oko refresh --full» и повторите")
        if writer.add_file(f"{ARCHIVE}/{path.relative_to(folder).as_posix()}", path) != sha256:
            raise _damaged(names[sha256], f"его содержимое изменилось, {path}. Верните его из прежней копии")
        added += 1
    return added


def _damaged(name: str, why: str) -> BackupError:
    return BackupError(f"Архив повреждён, копия не записана. Файл «{name}»: {why}.")


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Names in the backup and paths of everything but the contents of the archive."""
    roots = {settings.archive: ARCHIVE, settings.vault: VAULT}
    for path in sorted(settings.home.rglob("*")):
        if not any(path.is_relative_to(root) for root in roots):
            name = path.relative_to(settings.home).as_posix()
            if path.is_symlink() and path.is_dir() and not is_derived(name):
                raise BackupError(f"Копия не записана: {path} — ссылка на папку, и что в ней, в копию не попало бы. Уберите ссылку.")
            if _counts(path) and not is_derived(name):
                yield name, path
    for root, name in roots.items():
        # folders of the archive hold contents; a file beside them (what was destroyed, and when) is a part like any other
        for path in sorted(root.glob("*" if name == ARCHIVE else "**/*")):
            if _counts(path) and (name, path.name) != (ARCHIVE, MANIFEST):
                yield f"{name}/{path.relative_to(root).as_posix()}", path


def is_derived(name: str) -> bool:
    """Whether a path in the home is not taken."""
    return any(fnmatchcase(name, pattern) for pattern in DERIVED)


def _counts(path: Path) -> bool:
    """Not a link, and not what a program is still writing."""
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".") and not path.name.endswith(_SQLITE_ASIDE)


def _add_file(writer: BackupWriter, name: str, path: Path) -> None:
    """Adds a file as it is, a database as SQLite copies it beside its writers. What was deleted since it was listed is no part."""
    try:
        if path.suffix != _SQLITE:
            writer.add_file(name, path)
            return
        with TemporaryDirectory(prefix="oko-backup-") as folder:
            copy = Path(folder, path.name)
            _copy_database(path, copy)
            writer.add_file(name, copy)
    except FileNotFoundError:
        if path.exists():
            raise


def _copy_database(path: Path, copy: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        if not path.exists():
            raise FileNotFoundError(path) from error
        raise BackupError(f"Копия не записана: база {path} не читается ({error}).") from error
