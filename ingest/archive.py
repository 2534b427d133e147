"""The files under landing/ and their copies in the archive, in the order in which they count: (modification time, path).

A file's content is known by its sha256; nothing is parsed here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

MANIFEST = "manifest.jsonl"
UNKNOWN_SOURCE = "unknown"
_IGNORED = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, order=True)
class LandingFile:
    """One file of landing/; sorts in the order in which files count. `name` is its path under landing/."""

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


def scan(landing: Path, seen: Iterable[LandingFile] = ()) -> list[LandingFile]:
    """Every file under landing/. One that was seen with this time and size is not hashed again.

    A content that a program replaced with as many other bytes and then gave the old time back stays unseen; so would it by any
    means but reading everything every night.
    """
    known = {(file.name, file.modified_ns, file.size): file for file in seen}
    files = []
    for path in sorted(landing.rglob("*")):
        if not _counts(path):
            continue
        name, stat = path.relative_to(landing).as_posix(), path.stat()
        file = known.get((name, stat.st_mtime_ns, stat.st_size))
        files.append(file or LandingFile(stat.st_mtime_ns, name, stat.st_size, sha256_of(path)))
    return sorted(files)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counts(path: Path) -> bool:
    """Not a folder, not a lock or a hidden file of an office program or a file manager."""
    return path.is_file() and not path.name.startswith((".", "~$")) and path.name.lower() not in _IGNORED


class Archive:
    """Every content that was read, once, under its sha256; and a manifest of which files had it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where a content lies."""
        return self._folder / sha256[:2] / sha256

    def store(self, source: Path, file: LandingFile) -> Path:
        """Copy a landing file in, unless its content is there; the path of the copy.

        Whether the file changed while it was copied is for the caller to find out, who knows what to do then.
        """
        path = self.path(file.sha256)
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            shutil.copyfile(source, part)
            part.chmod(0o600)
            part.replace(path)
        return path

    def write_manifest(self, files: Iterable[LandingFile]) -> None:
        """Add the files that the manifest does not list yet; it is replaced as a whole, so it is never half written."""
        known = self.manifest()
        all_files = sorted({*known, *files})
        if len(all_files) == len(known):
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{MANIFEST}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as manifest:
            manifest.writelines(json.dumps(asdict(file), ensure_ascii=False) + "\n" for file in all_files)
        part.replace(self._folder / MANIFEST)

    def manifest(self) -> list[LandingFile]:
        """Every file that was ever archived, in the order in which files count."""
        path = self._folder / MANIFEST
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [LandingFile(**json.loads(line)) for line in lines]
