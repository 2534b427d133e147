"""Readers of file formats: a path in, grids of text cells out. The format is told by the file's bytes, never by its name.

All parsing happens in a child process under limits (child.py, worker.py): whatever a file does, it cannot end ours.
No layout, no type and no source is known here.
"""

from __future__ import annotations

from pathlib import Path

from ingest.faults import too_large, unreadable
from ingest.grid import Grid
from ingest.readers import child
from ingest.settings import Limits


def ahead(path: Path, limits: Limits) -> None:
    """Says which file is read after the next one: it is parsed meanwhile. One that cannot be is found out when its turn comes."""
    if path.is_file() and 0 < path.stat().st_size <= limits.file_bytes:
        child.ahead(path, limits)


def read_grids(path: Path, limits: Limits) -> list[Grid]:
    """Every sheet of a file (a CSV has one, without a name). Raises FileFault."""
    size = path.stat().st_size
    if not size:
        raise unreadable("он пуст (0 байт)")
    if size > limits.file_bytes:
        raise too_large(f"{size / 1024**2:.0f} МБ при пределе {limits.file_bytes / 1024**2:.0f} МБ")
    return child.read(path, limits)
