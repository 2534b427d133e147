"""Readers of file formats: a path in, grids of text cells out. The format is told by the file's bytes, never by its name.

No layout, no type and no source is known here.
"""

from __future__ import annotations

from pathlib import Path

from ingest.faults import too_large, unreadable
from ingest.grid import Grid
from ingest.readers import delimited, markup, spreadsheet
from ingest.settings import Limits

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# BIFF streams before Excel 97 may come without the OLE container
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x06\x00", b"\x09\x08\x08\x00")


def read_grids(path: Path, limits: Limits) -> list[Grid]:
    """Every sheet of a file (a CSV has one, without a name). Raises FileFault."""
    size = path.stat().st_size
    if not size:
        raise unreadable("он пуст (0 байт)")
    if size > limits.file_bytes:
        raise too_large(f"{size / 1024**2:.0f} МБ при пределе {limits.file_bytes / 1024**2:.0f} МБ")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((*_ZIP, _OLE, *_BIFF)):
        return spreadsheet.read(path, limits)
    data = path.read_bytes()
    kind = markup.sniff(data)
    if kind == "html":
        raise unreadable("это страница HTML, а не таблица; сохраните её в Excel как .xlsx")
    if kind == "excel 2003":
        raise unreadable("это XML-таблица Excel 2003; сохраните её в Excel как .xlsx")
    if kind == "xml":
        return markup.read_xml(data, limits)
    if kind == "json":
        return markup.read_json_lines(data, limits)
    return delimited.read(data, limits)
