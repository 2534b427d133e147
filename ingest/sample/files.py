"""The landing folder that is being written: sheets of cells, how they become CSV and XLSX files, what was planted in them.

Every file is a pure function of its cells: fixed times in archives, no clock, no hash order. What the cells say belongs to `exports`.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import xlsxwriter

Cell = str | int | float | date | None
Encoding = Literal["utf-8", "utf-8-sig", "cp1251"]

CREATED = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Fault:
    """A row (1-based, as a person sees it), or without one a whole file, and the code of what a reader must say of it."""

    file: str
    row: int | None
    reason: str


@dataclass
class Planted:
    """What a reader must find: what to reject, what to remark on and load, how many sound records a file has, which files are copies.

    Files whose records are not rows (groups or subjects across) have no count in `sound`.
    """

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    sound: dict[str, int] = field(default_factory=dict)
    copies: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """One sheet, row by row. `records=False` where a record is not a row (forms with groups or subjects across)."""

    name: str = "Лист1"
    records: bool = True
    rows: list[Sequence[Cell]] = field(default_factory=list)
    sound: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)

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

    def remark(self, rule: str) -> None:
        """The row just written breaks this rule of quality and loads all the same."""
        self.remarks.append((len(self.rows), rule))


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
                _fill(workbook.add_worksheet(sheet.name), sheet, day_format)
        self._write(name, buffer.getvalue(), modified)
        self._note(name, sheets)

    def lines(self, name: str, lines: Sequence[str], modified: date) -> None:
        """Writes one record a line."""
        self._write(name, "".join(f"{line}\n" for line in lines).encode(), modified)
        self.planted.sound[name] = len(lines)

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
