"""Which format a file is in, by its first bytes, and the reader of that format.

Runs in the child process, and in a test that wants no process.
"""

from __future__ import annotations

from pathlib import Path

from ingest.faults import unreadable
from ingest.grid import Grid
from ingest.readers import delimited, markup, spreadsheet
from ingest.settings import Limits

_HEAD = 1000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PARQUET = (b"PAR1", b"PARE")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# BIFF streams before Excel 97 may come without the OLE container
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x06\x00", b"\x09\x08\x08\x00")


def parse(path: Path, limits: Limits) -> list[Grid]:
    """Every sheet of a file. Raises FileFault, and whatever a parser raises over a broken file."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((*_ZIP, _OLE, *_BIFF)):
        return spreadsheet.read(path, limits)
    if head.startswith(PARQUET):
        # the library takes long to import, and few files need it
        from ingest.readers import columnar

        return columnar.read(path, limits)
    kind = markup.sniff(head)
    if kind == "html":
        raise unreadable("это страница HTML, а не таблица; сохраните её в Excel как .xlsx")
    if kind == "excel 2003":
        raise unreadable("это XML-таблица Excel 2003; сохраните её в Excel как .xlsx")
    if kind == "xml":
        return markup.read_xml(path, limits)
    if kind == "json":
        return markup.read_json(path, limits)
    return delimited.read(path.read_bytes(), limits)
