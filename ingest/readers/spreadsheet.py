"""XLSX, XLSB, XLS and ODS. An archive is looked at before it is unpacked; what it hides from that look ends the child process.

Of an .xls the library does not say where its first column stands: empty columns before a table shift the letters in messages.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import ParseError

import fastexcel
import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, column_index, make_grid
from ingest.settings import Limits

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension[^>]*?\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
# kinds of records of an .xlsb: where the cells lie, and a sheet of the workbook
_WS_DIM, _BUNDLE_SHEET = 148, 156
_ODS_TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
_NAME = re.compile(rb'table:name="([^"]*)"')
_PART = 1024**2
_LONGEST_TAG = 64 * 1024
_BIG_ENTRY = 16 * 1024**2

Range = tuple[int, int, int, int]  # first column, first row, width, height


def read(path: Path, limits: Limits) -> list[Grid]:
    """Every sheet, hidden ones too. Raises FileFault."""
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    ranges = _look_into_archive(path, limits) if is_archive else {}
    if not is_archive and _ENCRYPTED in path.read_bytes():
        raise unreadable("он защищён паролем; сохраните его без пароля")
    return [_grid(name, cells, ranges.get(name)) for name, cells in _parse(path, limits)]


def _grid(name: str, cells: pl.DataFrame, declared: Range | None) -> Grid:
    """The library leaves out empty columns at the left; the declared range, where it fits, says how many."""
    columns = list(cells)
    if declared and (declared[2], declared[1] + declared[3]) == cells.shape[::-1]:
        columns = [pl.Series(pl.repeat(None, cells.height, dtype=pl.String, eager=True))] * declared[0] + columns
    return make_grid(name, columns)


def _look_into_archive(path: Path, limits: Limits) -> dict[str, Range]:
    """What the archive says of itself, before anything is unpacked: sizes are judged, ranges of sheets returned by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            _judge_sizes(archive.infolist(), limits)
            ranges = _declared_ranges(archive)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise unreadable("он повреждён или оборван и не раскрывается как книга Excel или ODS") from error
    for first, row, width, height in ranges.values():
        if (first + width) * (row + height) > limits.cells:
            raise too_large(f"лист занимает {row + height} строк и {first + width} столбцов")
    return ranges


def _judge_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise too_large(f"после распаковки {unpacked / 1024**2:.0f} МБ при пределе {limits.unpacked_bytes / 1024**2:.0f} МБ")
    for entry in entries:
        if entry.file_size > _BIG_ENTRY and entry.file_size > limits.unpacked_ratio * max(entry.compress_size, 1):
            raise too_large("он сжат неправдоподобно сильно")


def _declared_ranges(archive: zipfile.ZipFile) -> dict[str, Range]:
    """Where the cells of the sheets lie, as an .xlsx or .xlsb declares it at a sheet's beginning and as an .ods adds up to."""
    entries = set(archive.namelist())
    if "content.xml" in entries:
        return dict(_ods_ranges(archive))
    binary = "xl/workbook.bin" in entries
    ranges = {}
    for name, entry in (_xlsb_sheets(archive) if binary else _xlsx_sheets(archive)).items():
        if entry in entries:
            with archive.open(entry) as file:
                found = (_xlsb_range if binary else _xlsx_range)(file.read(4096))
            if found:
                ranges[name] = found
    return ranges


def _xlsx_range(head: bytes) -> Range | None:
    found = _DIMENSION.search(head)
    if not found:
        return None
    left, top, right, bottom = (part.decode() if part else None for part in found.groups())
    first, row = column_index(left or "A"), int(top or 1) - 1
    last, bottom_row = column_index(right or left or "A"), int(bottom or top or 1) - 1
    return first, row, last - first + 1, bottom_row - row + 1


def _xlsb_range(head: bytes) -> Range | None:
    found = next((content for kind, content in _records(head) if kind == _WS_DIM and len(content) == 16), None)
    if not found:
        return None
    top, bottom, left, right = struct.unpack("<4I", found)
    return left, top, right - left + 1, bottom - top + 1


def _xlsx_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names with the entries that hold them; none where the workbook says it otherwise."""
    try:
        workbook = fromstring(archive.read("xl/workbook.xml"))
    except (KeyError, ParseError, DefusedXmlException):
        return {}
    targets = _targets(archive, "xl/_rels/workbook.xml.rels")
    entries = {}
    for sheet in workbook.iter():
        relation_id = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if sheet.tag.endswith("}sheet") and relation_id in targets:
            entries[sheet.get("name", "")] = targets[relation_id]
    return entries


def _xlsb_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    targets = _targets(archive, "xl/_rels/workbook.bin.rels")
    entries = {}
    for kind, content in _records(archive.read("xl/workbook.bin")):
        if kind == _BUNDLE_SHEET:
            # its state, its number, then two texts: the relation and the name
            relation_id, rest = _wide_text(content[8:])
            entries[_wide_text(rest)[0]] = targets.get(relation_id, "")
    return entries


def _targets(archive: zipfile.ZipFile, entry: str) -> dict[str | None, str]:
    try:
        relations = fromstring(archive.read(entry))
    except (KeyError, ParseError, DefusedXmlException):
        return {}
    return {relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", "")))[1:] for relation in relations}


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part of an .xlsb: kind and length are numbers of seven bits a byte, the last byte below 128."""
    at = 0
    while at < len(data):
        numbers = []
        for most in (2, 4):
            number = 0
            for place in range(most):
                byte = data[at] if at < len(data) else 0
                number |= (byte & 0x7F) << 7 * place
                at += 1
                if byte < 0x80:
                    break
            numbers.append(number)
        yield numbers[0], data[at : at + numbers[1]]
        at += numbers[1]


def _wide_text(data: bytes) -> tuple[str, bytes]:
    end = 4 + 2 * int.from_bytes(data[:4], "little")
    return data[4:end].decode("utf-16-le", "replace"), data[end:]


def _ods_ranges(archive: zipfile.ZipFile) -> Iterator[tuple[str, Range]]:
    """Added up from the tags: a few of them can repeat a cell a million times. Cells without content count only before others."""
    name, sheet = "", _Extent()
    for tag, attributes in _ods_tags(archive):
        repeated = _REPEATED.search(attributes)
        times = int(repeated[1]) if repeated else 1
        if tag == b"table":
            yield name, sheet.range
            called = _NAME.search(attributes)
            name, sheet = unescape(called[1].decode()) if called else "", _Extent()
        elif tag == b"table-row":
            sheet.row(times)
        else:
            sheet.cell(times, is_empty=attributes.endswith(b"/"))
    yield name, sheet.range


class _Extent:
    """How far the cells with content of one sheet reach."""

    def __init__(self) -> None:
        self._rows_before = self._repeats = self._column = 0
        self._first, self._end, self._height = 1 << 30, 0, 0

    @property
    def range(self) -> Range:
        """From the first row on."""
        return (self._first, 0, self._end - self._first, self._height) if self._height else (0, 0, 0, 0)

    def row(self, times: int) -> None:
        """A row begins, and stands so often."""
        self._rows_before += self._repeats
        self._repeats, self._column = times, 0

    def cell(self, times: int, *, is_empty: bool) -> None:
        """A cell of the row, so often."""
        self._column += times
        if not is_empty:
            self._first = min(self._first, self._column - times)
            self._end = max(self._end, self._column)
            self._height = self._rows_before + self._repeats


def _ods_tags(archive: zipfile.ZipFile) -> Iterator[tuple[bytes, bytes]]:
    rest = b""
    with archive.open("content.xml") as file:
        while part := file.read(_PART):
            text = rest + part
            end = max(text.rfind(b">") + 1, len(text) - _LONGEST_TAG)
            yield from _ODS_TAG.findall(text, 0, end)
            rest = text[end:]


def _parse(path: Path, limits: Limits) -> Iterator[tuple[str, pl.DataFrame]]:
    """The cells of every sheet. Raises FileFault, and whatever the library raises over a broken workbook."""
    reader = fastexcel.read_excel(path.read_bytes())
    if len(reader.sheet_names) > limits.sheets:
        raise too_large(f"{len(reader.sheet_names)} листов при пределе {limits.sheets}")
    left = limits.cells
    for name in reader.sheet_names:
        # skip_rows=0 keeps empty rows at the top, so that row numbers are those of the sheet
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        left -= sheet.width * sheet.height
        if left < 0 or sheet.width > limits.columns or sheet.height > limits.rows:
            raise too_large(f"на листе «{name}» {sheet.height} строк и {sheet.width} столбцов")
        yield name, sheet.to_polars()
