"""A checked file written back as a workbook: its cells where they stood, faulty ones filled and commented, a sheet «Замечания».

Every cell is text, so that codes keep their zeros and nothing becomes a formula; mended, the workbook is read as its original
would be. It holds the personal data of the file that was checked: whoever writes it guards it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import polars as pl
import xlsxwriter
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.check import Checked
from ingest.check_report import place_of, schools, summary
from ingest.declarations import Layout, Source
from ingest.faults import FileFault
from ingest.grid import Grid, Table, column_index, column_letter
from ingest.readers import read_grids
from ingest.readers.formats import PARQUET
from ingest.readers.markup import sniff
from ingest.settings import Limits

REMARKS = "Замечания"
MADE_BY = "Замечания Ока к файлу"
MOST_REMARKS = 10_000
SHEET_ROWS, SHEET_COLUMNS, CELL_CHARACTERS, NAME_CHARACTERS = 1_048_576, 16_384, 32_767, 31
WIDEST = 45

_FILLS = {"fault": "#FFC7CE", "finding": "#FFEB9C", "row": "#F8CBAD"}
_MIDNIGHT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00(?:\.0+)?)?")


class NotMarkable(Exception):
    """The file cannot be written back as a workbook; the message is Russian."""


@dataclass(frozen=True)
class _Mark:
    """Why a cell is filled, and what its comment says."""

    kind: str
    text: str = ""


# by row and column, from 0
_Marks = dict[tuple[int, int], _Mark]


def write_marked(stream: BinaryIO, checked: Checked, sources: Mapping[str, Source], limits: Limits) -> None:
    """Writes the workbook. Raises NotMarkable before anything is written."""
    grids = [grid for grid in _grids(checked.path, limits) if not _is_ours(grid)]
    names = _sheet_names(grids)
    marks = _marks(checked)
    dates = _date_columns(checked)
    hidden = _hidden_sheets(checked.path)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = {kind: book.add_format({"num_format": "@", "bg_color": colour}) for kind, colour in _FILLS.items()}
        formats[""] = book.add_format({"num_format": "@"})
        for grid in grids:
            sheet = book.add_worksheet(names[grid.sheet])
            _fill(sheet, grid, marks.get(grid.sheet, {}), dates.get(grid.sheet, set()), formats)
            if grid.sheet in hidden:
                sheet.hide()
        _write_remarks(book, checked, sources, names)


# ---- the file as it is ---------------------------------------------------------------------------------------------------------


def _grids(path: Path, limits: Limits) -> list[Grid]:
    with path.open("rb") as file:
        head = file.read(1000)
    if sniff(head) in ("xml", "json") or head.startswith(PARQUET):
        raise NotMarkable("это выгрузка XML, JSON или Parquet, а не таблица")
    try:
        grids = read_grids(path, limits)
    except FileFault as fault:
        raise NotMarkable(fault.message) from fault
    for grid in grids:
        if grid.height > SHEET_ROWS or grid.width > SHEET_COLUMNS:
            raise NotMarkable("строк или столбцов больше, чем помещается на лист Excel; разделите файл")
        longest = grid.cells.select(pl.max_horizontal(pl.all().str.len_chars().max())).item() if grid.width else 0
        if (longest or 0) > CELL_CHARACTERS:
            raise NotMarkable(f"в ячейке больше {CELL_CHARACTERS} знаков, в книгу Excel она не поместится")
    return grids


def _is_ours(grid: Grid) -> bool:
    """A sheet of remarks from an earlier check."""
    return any((cell or "").startswith(MADE_BY) for row in grid.head(1) for cell in row)


def _sheet_names(grids: list[Grid]) -> dict[str, str]:
    """Names that Excel takes; a CSV has none."""
    names: dict[str, str] = {}
    for grid in grids:
        name = re.sub(r"[\[\]:*?/\\]", " ", grid.sheet).strip().strip("'")[:NAME_CHARACTERS] or "Лист1"
        names[grid.sheet] = _free_name(name, names)
    return names


def _free_name(name: str, taken: Mapping[str, str]) -> str:
    used = {other.lower() for other in taken.values()}
    number, free = 2, name
    while free.lower() in used:
        free = f"{name[: NAME_CHARACTERS - 5]} ({number})"
        number += 1
    return free


def _hidden_sheets(path: Path) -> set[str]:
    """The sheets that an .xlsx hides; in other formats they come to light."""
    try:
        with zipfile.ZipFile(path) as archive:
            workbook = fromstring(archive.read("xl/workbook.xml"))
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException):
        return set()
    sheets = [sheet for sheet in workbook.iter() if sheet.tag.endswith("}sheet")]
    return {sheet.get("name", "") for sheet in sheets if sheet.get("state", "visible") != "visible"}


def _date_columns(checked: Checked) -> dict[str, set[int]]:
    """By sheet, the columns that hold dates: what Excel kept as a date is shown as one again."""
    found: dict[str, set[int]] = {}
    for table, layout in _tables(checked):
        for name, (_, letters) in table.headers.items():
            if layout.columns[name].type == "date" and letters:
                found.setdefault(table.sheet, set()).add(column_index(letters))
    return found


def _tables(checked: Checked) -> Iterator[tuple[Table, Layout]]:
    layouts = {one.name: one.layout for one in checked.insight.judged}
    return ((table, layouts[table.layout]) for table in checked.insight.tables)


# ---- marks ---------------------------------------------------------------------------------------------------------------------


def _marks(checked: Checked) -> dict[str, _Marks]:
    """By sheet, what is said about which cell; a rejected row is marked at its start too."""
    found: dict[str, _Marks] = {}
    for row in checked.reading.rejections.filter(pl.col("row_number").is_not_null()).iter_rows(named=True):
        marks, line = found.setdefault(row["sheet"], {}), row["row_number"] - 1
        columns = _columns(row["column_letters"])
        for column in columns or [0]:
            marks[line, column] = _Mark("fault" if columns else "row", row["message_ru"])
        marks.setdefault((line, 0), _Mark("row"))
    for row, letters in _findings(checked):
        marks = found.setdefault(row["sheet"], {})
        for column in _columns(letters):
            # a fault of the same cell says more
            marks.setdefault((row["row_number"] - 1, column), _Mark("finding", row["message_ru"]))
    return found


def _findings(checked: Checked) -> Iterator[tuple[dict[str, Any], str]]:
    """The findings about rows, and in which column of the file they are."""
    letters = {
        (table.sheet, layout.columns[name].title): place for table, layout in _tables(checked) for name, (_, place) in table.headers.items()
    }
    for row in checked.reading.findings.filter(pl.col("row_number").is_not_null()).iter_rows(named=True):
        yield row, letters.get((row["sheet"], row["column_name"]), "")


def _columns(letters: str) -> list[int]:
    return [column_index(letter) for letter in re.findall("[A-Z]+", letters)]


def _fill(sheet: Any, grid: Grid, marks: _Marks, dates: set[int], formats: Mapping[str, Any]) -> None:
    """The cells of a sheet where they stood."""
    lengths = grid.cells.head(200).select(pl.all().str.len_chars().max()).row(0) if grid.width else ()
    for column, length in enumerate(lengths):
        sheet.set_column(column, column, min(max(length or 0, 8), WIDEST) + 2, formats[""])
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letter(SHEET_COLUMNS - 1)}{SHEET_ROWS}"})
    comments = 0
    for line, cells in enumerate(grid.cells.iter_rows()):
        for column, cell in enumerate(cells):
            mark = marks.get((line, column))
            kind = mark.kind if mark else ""
            if cell is not None:
                sheet.write_string(line, column, _shown(cell) if column in dates else cell, formats[kind])
            elif mark:
                sheet.write_blank(line, column, None, formats[kind])
            if mark and mark.text and comments < MOST_REMARKS:
                comments += 1
                sheet.write_comment(line, column, mark.text, {"author": "Око", "x_scale": 2.5, "y_scale": 1 + len(mark.text) // 120})


def _shown(cell: str) -> str:
    """A date as Russian readers write it; with a time of day it stays as it is."""
    iso = _MIDNIGHT.fullmatch(cell)
    return f"{iso[3]}.{iso[2]}.{iso[1]}" if iso else cell


# ---- remarks -------------------------------------------------------------------------------------------------------------------


def _write_remarks(book: Any, checked: Checked, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
    """What the check says, each line with a link to its cell. No cell may be just a header: this sheet must look like no form."""
    sheet = book.add_worksheet(_free_name(REMARKS, names))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 110)
    sheet.set_column(2, 2, 20)
    sheet.write_string(0, 0, f"{MADE_BY} {checked.path.name}", bold)
    line = 1
    for text in summary(checked, sources):
        sheet.write_string(line, 0, text)
        line += 1
    line += 1
    sheet.write_row(line, 0, ["Где", "Что не так и что сделать", "Код причины"], bold)
    remarks = list(_remarks(checked, names))
    for place, target, text, code in remarks[:MOST_REMARKS]:
        line += 1
        if target:
            sheet.write_url(line, 0, target, string=place)
        else:
            sheet.write_string(line, 0, place)
        sheet.write_string(line, 1, text, wrapped)
        sheet.write_string(line, 2, code)
    if len(remarks) > MOST_REMARKS:
        line += 1
        sheet.write_string(line, 0, f"… и ещё {len(remarks) - MOST_REMARKS}")
    for counts in checked.schools.values():
        for text in ("", *schools(counts, "", len(counts.schools))):
            line += 1
            sheet.write_string(line, 0, text)
    sheet.activate()


def _remarks(checked: Checked, names: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Where, a link there, what is said, its code: rejections first."""
    for row in checked.reading.rejections.iter_rows(named=True):
        columns = _columns(row["column_letters"])
        yield *_place(row, columns, names), row["message_ru"], row["reason_code"]
    for row, letters in _findings(checked):
        yield *_place(row, _columns(letters), names), row["message_ru"], row["severity"]
    for row in checked.reading.findings.filter(pl.col("row_number").is_null()).iter_rows(named=True):
        yield *_place(row, [], names), row["message_ru"], row["severity"]


def _place(row: Mapping[str, Any], columns: list[int], names: Mapping[str, str]) -> tuple[str, str]:
    """The cell in words, never its header alone, and a link to it."""
    sheet = names.get(row["sheet"])
    if sheet is None or row["row_number"] is None:
        return place_of(row).strip() or "Файл", ""
    cell = f"{column_letter(columns[0] if columns else 0)}{row['row_number']}"
    quoted = sheet.replace("'", "''")
    return f"{place_of(row)}{cell} · {row['column_name']}", f"internal:'{quoted}'!{cell}"
