"""Reports of what was rejected: one CSV a file under quarantine/, in the folders of landing, for the person who sent the file.

Messages come from ingest/ and carry no personal data; the rejected file itself stays in landing and in the archive.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import polars as pl

from orchestration.export import write_csv

SUFFIX = " — отклонено.csv"
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
        wanted[folder / f"{_inside(str(name))}{SUFFIX}"] = rows
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, rows in wanted.items():
        _write(path, rows)
    _remove_empty(folder)


def _inside(name: str) -> str:
    """The path of a report can never leave its folder."""
    return str(Path(*[part for part in Path(name).parts if part not in ("/", "..")]))


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
