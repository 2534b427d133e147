"""Reports of what was rejected: one CSV a file under quarantine/, in the folders of landing, for the person who sent the file.

Messages come from ingest/ and carry no personal data; the rejected file itself stays in landing and in the archive.
"""

from __future__ import annotations

import os
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import polars as pl

from orchestration.export import write_csv

SUFFIX = " — отклонено.csv"
# of a name, in bytes, as file systems have it; of folders in one another, so that a path stays short enough under any home
LONGEST, DEEPEST = 255, 8
COLUMNS = {
    "sheet": "Лист",
    "row_number": "Строка",
    "column_name": "Графа",
    "reason_code": "Код причины",
    "message_ru": "Что не так и что сделать",
}


def write_reports(folder: Path, rejections: pl.DataFrame) -> None:
    """Makes the reports say what stands rejected now; a report whose file is clean again is removed."""
    wanted = {}
    for (name,), rows in rejections.group_by(["file_name"], maintain_order=True):
        wanted[folder / report_of(str(name))] = rows
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, rows in wanted.items():
        _write(path, rows)
    _remove_empty(folder)


def report_of(name: str) -> Path:
    """Where the report of a file lies: never outside, and no name is too long, too deep, or in the place of another file's report."""
    *folders, last = [part for part in Path(name).parts if part not in ("/", "..")] or [""]
    if len(folders) > DEEPEST:
        folders = [folders[0], f"…{_digest(name)}"]
    return Path(*[_fitted(part, LONGEST) if part.endswith(SUFFIX) or _bytes(part) > LONGEST else part for part in folders], _file(last))


def _file(name: str) -> str:
    room = LONGEST - _bytes(SUFFIX)
    return f"{name if _bytes(name) <= room else _fitted(name, room)}{SUFFIX}"


def _fitted(name: str, room: int) -> str:
    """As much of a name as there is room for, and what tells it from others that begin so."""
    end = f"…{_digest(name)}"
    return name.encode()[: room - _bytes(end)].decode(errors="ignore") + end


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:10]


def _bytes(text: str) -> int:
    return len(text.encode())


def _write(path: Path, rows: pl.DataFrame) -> None:
    content = BytesIO()
    write_csv(content, list(COLUMNS.values()), rows.select(list(COLUMNS)).iter_rows())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    path.chmod(0o600)


def _remove_empty(folder: Path) -> None:
    for root, _, _ in os.walk(folder, topdown=False):
        if Path(root) != folder and not any(Path(root).iterdir()):
            Path(root).rmdir()
