"""`oko restore`: a backup put back onto an empty home, which then proves itself: a full refresh must give the same publication.

What a backup holds is decided in backup.py. Killed at any moment, it is begun again with the same backup.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import IO

from ingest.archive import Archive, LandingFile, located, parse_listing
from ingest.settings import Settings, load_settings
from orchestration.backup import ARCHIVE, LANDING, PUBLICATION, PUBLISHED, VAULT, is_derived, published_manifest
from orchestration.backup_file import FORMAT, BackupError, is_plain, read_backup
from orchestration.home_format import HOME_FORMAT, RESTORING, require_known_format
from warehouse.manifest import Manifest

_NOTES = (FORMAT, PUBLICATION, PUBLISHED, LANDING)
_CHUNK = 1 << 20
_NAMED = 3


class Proof(Enum):
    """How the refresh after a restore ended: the same publication, another one, none at all, or nothing to compare with."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_PUBLISHED = "not published"
    NOTHING_TO_COMPARE = "nothing to compare"


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself: the publication and the files behind it, and what lay in landing/."""

    publication: Manifest | None
    behind: list[LandingFile]
    landing: list[LandingFile]
    fingerprint: str


# runs `oko refresh --full`; whether it published
Refresh = Callable[[Settings], bool]


def restore(settings: Settings, path: Path, refresh: Refresh) -> tuple[Proof, Contents]:
    """Puts a backup back and proves it. Raises BackupError where the home is not empty or the backup not whole: nothing is written then."""
    contents = verify(path)
    _require_empty(settings, contents)
    with _told(), _marked(settings.home / RESTORING, contents.fingerprint):
        read_backup(path, HOME_FORMAT, lambda name, stream: _put(settings, name, stream))
        # oko.toml is there now
        settings = load_settings()
        proof = _prove(settings, contents, refresh)
        _leave(settings, contents)
    return proof, contents


def verify(path: Path) -> Contents:
    """Reads a whole backup, checks it and writes nothing; what it says of itself. Raises BackupError."""
    notes: dict[str, str] = {}
    names: set[str] = set()

    def look(name: str, stream: IO[bytes]) -> None:
        names.add(name)
        if name in _NOTES:
            notes[name] = stream.read().decode()
        elif is_derived(name):
            raise BackupError(f"Это не резервная копия Oko: часть «{name}» не может в ней стоять.")

    read_backup(path, HOME_FORMAT, look)
    try:
        publication = Manifest.from_json(notes[PUBLICATION]) if PUBLICATION in notes else None
        behind, landing = parse_listing(notes.get(PUBLISHED, "")), parse_listing(notes[LANDING])
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(f"Это не резервная копия Oko: «{LANDING}» или «{PUBLICATION}» не читается.") from error
    archived = Archive(Path(ARCHIVE))
    for file in [*behind, *landing]:
        if not is_plain(str(located(Path(), file.name))) or archived.path(file.sha256).as_posix() not in names:
            raise BackupError(f"Это не резервная копия Oko: файл «{file.name}» назван, а содержимого его нет.")
    return Contents(publication, behind, landing, sha256("\n".join([*notes.values(), *sorted(names)]).encode()).hexdigest())


def _require_empty(settings: Settings, contents: Contents) -> None:
    """Empty folders are no hindrance; nor is what this backup's own broken-off restore left."""
    require_known_format(settings)
    mark = settings.home / RESTORING
    if mark.exists():
        # empty: broken off before anything else was written
        if mark.read_text(encoding="utf-8") not in ("", contents.fingerprint):
            raise BackupError(f"В {settings.home} не закончено восстановление из другой копии: повторите с ней или очистите папку.")
        return
    for folder in (settings.home, settings.archive, settings.vault):
        found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
        if found:
            names = ", ".join(str(path.relative_to(folder)) for path in found[:_NAMED]) + (" …" if len(found) > _NAMED else "")
            raise BackupError(f"Восстанавливают только в пустую папку, а в {folder} уже есть файлы ({names}). Назовите другую в OKO_HOME.")


@contextmanager
def _marked(mark: Path, fingerprint: str) -> Iterator[None]:
    """Until the block ends well the home says that it is not whole; two at once are refused."""
    mark.parent.mkdir(parents=True, exist_ok=True)
    with mark.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupError(f"В {mark.parent} уже идёт восстановление.") from error
        file.truncate(0)
        file.write(fingerprint)
        file.flush()
        yield
        mark.unlink()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        name = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"Восстановление прервано: {error.strerror or error}{name}. Исправьте и повторите с той же копией.") from error


def _put(settings: Settings, name: str, stream: IO[bytes]) -> None:
    if name in _NOTES and name != FORMAT:
        return
    path = _place(settings, name)
    try:
        _make_closed(path.parent)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
    except OSError as error:
        raise BackupError(f"Восстановление прервано: {error.strerror or error} ({path}). Исправьте и повторите с той же копией.") from error


def _place(settings: Settings, name: str) -> Path:
    first, _, rest = name.partition("/")
    roots = {ARCHIVE: settings.archive, VAULT: settings.vault}
    return roots[first] / rest if first in roots else settings.home / name


def _make_closed(folder: Path) -> None:
    """A folder for its owner alone, and those above it that are not there yet."""
    if not folder.is_dir():
        _make_closed(folder.parent)
        folder.mkdir(mode=0o700)


def _lay_out(settings: Settings, files: list[LandingFile]) -> None:
    """Files of landing/ with their times: copies of what the archive holds, because people change what lies there."""
    archive = Archive(settings.archive)
    for file in files:
        path = located(settings.landing, file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archive.path(file.sha256), path)
        os.utime(path, ns=(file.modified_ns, file.modified_ns))


def _leave(settings: Settings, contents: Contents) -> None:
    """Landing as it was when the backup was made: without those files behind the publication that had left it."""
    for name in {file.name for file in contents.behind} - {file.name for file in contents.landing}:
        located(settings.landing, name).unlink(missing_ok=True)
    _lay_out(settings, contents.landing)


def _prove(settings: Settings, contents: Contents, refresh: Refresh) -> Proof:
    """A full refresh over the files behind the publication, on its day: also over those that have left landing/ since, whose rows
    stood in it."""
    if contents.publication is None:
        return Proof.NOTHING_TO_COMPARE
    _lay_out(settings, contents.behind)
    with _on_the_day(contents.publication.as_of):
        if not refresh(load_settings()):
            return Proof.NOT_PUBLISHED
        again = published_manifest(settings)
    return Proof.SAME if again and again.hash == contents.publication.hash else Proof.DIFFERENT


@contextmanager
def _on_the_day(day: str) -> Iterator[None]:
    """Every part of a refresh asks the environment for its day."""
    before = os.environ.get("OKO_AS_OF")
    os.environ["OKO_AS_OF"] = day
    try:
        yield
    finally:
        if before is None:
            del os.environ["OKO_AS_OF"]
        else:
            os.environ["OKO_AS_OF"] = before
