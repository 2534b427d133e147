"""The landing folder that is being written: sheets of cells, how they become CSV, XLSX, ODS and Parquet files, what was planted in them.

Every file is a pure function of its cells: fixed times in archives, no clock, no hash order. What the cells say belongs to `exports`.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import polars as pl
import xlsxwriter

Cell = str | int | float | date | None
Encoding = Literal["utf-8", "utf-8-sig", "cp1251"]

CREATED = datetime(2000, 1, 1)

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""
ODS_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" \
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" \
office:version="1.2"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"""


@dataclass(frozen=True)
class Fault:
    """A row (1-based, as a person sees it), or without one a whole file, and the code of what a reader must say of it."""

    file: str
    row: int | None
    reason: str


@dataclass
class Planted:
    """What a reader must find: what to reject, what to remark on and load, how many sound records a file has, which files are copies,
    which lie in another source's folder (and whose they are).

    Files whose records are not rows (groups or subjects across) have no count in `sound`.
    """

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    sound: dict[str, int] = field(default_factory=dict)
    copies: list[str] = field(default_factory=list)
    astray: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    """One sheet, row by row. `records=False` where a record is not a row (forms with groups or subjects across)."""

    name: str = "Лист1"
    records: bool = True
    hidden: bool = False
    rows: list[Sequence[Cell]] = field(default_factory=list)
    sound: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[tuple[int | None, str]] = field(default_factory=list)

    def text(self, *cells: Cell) -> None:
        """A title, a header, a footer, an empty row: no record."""
        self.rows.append(cells)

    def record(self, cells: Sequence[Cell]) -> None:
        """A record that loads."""
        self.rows.append(cells)
        self.sound += 1

    def faulty(self, reason: str, cells: Sequence[Cell]) -> None:
        """A record that must be rejected with this reason."""
        self.rows.append(cells)
        self.faults.append((len(self.rows), reason))

    def remark(self, rule: str, *, whole: bool = False) -> None:
        """The row just written, or the sheet as a whole, breaks this rule of quality and loads all the same."""
        self.remarks.append((None if whole else len(self.rows), rule))


@dataclass(frozen=True)
class Csv:
    """How a CSV file is written."""

    encoding: Encoding = "cp1251"
    separator: str = ";"
    dates: str = "%d.%m.%Y"
    decimal: str = ","

    def cell(self, value: Cell) -> str | int | None:
        """The cell as this file spells it."""
        if isinstance(value, float):
            return f"{value:g}".replace(".", self.decimal)
        return value.strftime(self.dates) if isinstance(value, date) else value


class Landing:
    """A folder of files under construction."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.planted = Planted()

    def csv(self, name: str, sheet: Sheet, modified: date, style: Csv | None = None) -> None:
        """Writes the sheet as text."""
        style = style or Csv()
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=style.separator, lineterminator="\r\n")
        writer.writerows([value if isinstance(value, str) else style.cell(value) for value in row] for row in sheet.rows)
        self._write(name, buffer.getvalue().encode(style.encoding), modified)
        self._note(name, [sheet])

    def xlsx(self, name: str, sheets: Sheet | list[Sheet], modified: date) -> None:
        """Writes a workbook; dates are Excel dates, numbers are numbers."""
        sheets = [sheets] if isinstance(sheets, Sheet) else sheets
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": True}) as workbook:
            workbook.set_properties({"created": CREATED})
            day_format = workbook.add_format({"num_format": "dd.mm.yyyy"})
            for sheet in sheets:
                worksheet = workbook.add_worksheet(sheet.name)
                _fill(worksheet, sheet, day_format)
                if sheet.hidden:
                    worksheet.hide()
        self._write(name, buffer.getvalue(), modified)
        self._note(name, sheets)

    def ods(self, name: str, sheet: Sheet, modified: date) -> None:
        """Writes a workbook of LibreOffice, with typed cells as there."""
        table = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in sheet.rows)
        tables = f'<table:table table:name="{escape(sheet.name)}">{table}</table:table>'
        parts = {"mimetype": ODS_TYPE, "META-INF/manifest.xml": ODS_MANIFEST, "content.xml": ODS_CONTENT.format(tables=tables)}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part, text in parts.items():
                # The type comes first and unpacked, so that it can be told without unpacking.
                method = zipfile.ZIP_STORED if part == "mimetype" else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(part, CREATED.timetuple()[:6]), text, method)
        self._write(name, buffer.getvalue(), modified)
        self._note(name, [sheet])

    def lines(self, name: str, lines: Sequence[str], modified: date) -> None:
        """Writes one record a line."""
        self._write(name, "".join(f"{line}\n" for line in lines).encode(), modified)
        self.planted.sound[name] = len(lines)

    def parquet(self, name: str, frame: pl.DataFrame, modified: date, faults: Sequence[Fault] = ()) -> None:
        """Writes a frame as columns; `faults` are of this file."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        self._write(name, buffer.getvalue(), modified)
        self.planted.faults += faults
        self.planted.sound[name] = frame.height - len(faults)

    def stray(self, name: str, content: bytes, modified: date, reason: str) -> None:
        """Writes a file that must be rejected whole."""
        self._write(name, content, modified)
        self.planted.faults.append(Fault(name, None, reason))

    def copy(self, original: str, name: str, modified: date) -> None:
        """Writes a byte-identical copy of a file."""
        self._write(name, (self.root / original).read_bytes(), modified)
        self.planted.copies.append(name)

    def _write(self, name: str, content: bytes, modified: date) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        # The modification time decides which of two files is the corrected one, so it is part of the sample.
        moment = datetime.combine(modified, time(9), UTC).timestamp()
        os.utime(path, (moment, moment))

    def _note(self, name: str, sheets: list[Sheet]) -> None:
        self.planted.faults += [Fault(name, row, reason) for sheet in sheets for row, reason in sheet.faults]
        self.planted.remarks += [Fault(name, row, rule) for sheet in sheets for row, rule in sheet.remarks]
        if all(sheet.records for sheet in sheets):
            self.planted.sound[name] = sum(sheet.sound for sheet in sheets)


def _fill(worksheet: xlsxwriter.worksheet.Worksheet, sheet: Sheet, day_format: xlsxwriter.format.Format) -> None:
    for row, cells in enumerate(sheet.rows):
        for column, value in enumerate(cells):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                worksheet.write_string(row, column, value)
            elif isinstance(value, date):
                worksheet.write_datetime(row, column, value, day_format)
            else:
                worksheet.write_number(row, column, value)


def _ods_cell(value: Cell) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, str):
        attributes, text = 'office:value-type="string"', escape(value)
    elif isinstance(value, date):
        attributes, text = f'office:value-type="date" office:date-value="{value}"', f"{value:%d.%m.%Y}"
    else:
        attributes, text = f'office:value-type="float" office:value="{value}"', str(value)
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
