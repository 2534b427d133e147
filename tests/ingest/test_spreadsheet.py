"""Workbooks of every format, and workbooks that mean harm."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from ingest_files import write_csv, write_ods, write_raw_xlsx, write_xls, write_xlsx

from ingest.faults import FileFault
from ingest.grid import Grid
from ingest.readers import read_grids, spreadsheet
from ingest.settings import Limits

ROWS = [["Код ОО", "Класс"], ["080101", "11А"]]


def fault_of(path: Path, limits: Limits | None = None) -> FileFault:
    with pytest.raises(FileFault) as fault:
        read_grids(path, limits or Limits())
    return fault.value


def only(path: Path) -> Grid:
    (grid,) = read_grids(path, Limits())
    return grid


def test_xlsx_keeps_types_as_text_and_dates_as_iso(tmp_path: Path) -> None:
    row = ["080101", 80101, 15.5, 54080801010000, date(2024, 5, 28), datetime(2024, 5, 28, 9, 15), True]
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": [row]})
    first, second, third, fourth, day, moment, flag = only(path).cells.row(0)
    assert (first, second, third, fourth, flag) == ("080101", "80101", "15.5", "54080801010000", "true")
    assert (str(day)[:10], str(moment)[:16]) == ("2024-05-28", "2024-05-28 09:15")


def test_empty_rows_and_columns_before_the_table_do_not_shift_it(tmp_path: Path) -> None:
    grid = only(write_xlsx(tmp_path / "x.xlsx", {"Лист1": ROWS}, corner=(3, 2)))
    assert grid.cells.row(3) == (None, None, "Код ОО", "Класс")
    assert grid.cells.row(4) == (None, None, "080101", "11А")


def test_every_sheet_hidden_ones_too(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Первый": ROWS, "Скрытый": ROWS, "Пустой": []}, hidden="Скрытый")
    assert [(grid.sheet, grid.height) for grid in read_grids(path, Limits())] == [("Первый", 2), ("Скрытый", 2), ("Пустой", 0)]


@pytest.mark.parametrize("write", [write_xls, write_ods])
def test_xls_and_ods(tmp_path: Path, write: object) -> None:
    assert callable(write)
    assert only(write(tmp_path / "x", [["", ""], *ROWS])).cells.rows()[1:] == [tuple(row) for row in ROWS]


def test_the_name_says_nothing(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "на самом деле книга.csv", {"Лист1": ROWS})
    assert only(path).height == 2
    assert only(write_csv(tmp_path / "на самом деле текст.xlsx", ROWS)).height == 2


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": ROWS})
    path.write_bytes(path.read_bytes()[:-100])
    assert fault_of(path).reason == "unreadable_file"


def test_html_named_xls(tmp_path: Path) -> None:
    path = tmp_path / "выгрузка.xls"
    path.write_bytes("<!DOCTYPE html><html><table><tr><td>Код ОО</td></tr></table></html>".encode("cp1251"))
    assert (fault_of(path).reason, "HTML" in fault_of(path).message) == ("unreadable_file", True)


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert (fault_of(path).reason, "паролем" in fault_of(path).message) == ("unreadable_file", True)


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert fault_of(path).reason == "unreadable_file"


TWO_CORNERS = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def test_a_sheet_that_says_how_large_it_is(tmp_path: Path) -> None:
    assert fault_of(write_raw_xlsx(tmp_path / "x.xlsx", f'<dimension ref="A1:XFD1048576"/>{TWO_CORNERS}')).reason == "too_large"


def test_a_sheet_that_does_not_say_takes_only_its_reader_down(tmp_path: Path) -> None:
    """Two cells in opposite corners of a sheet: the parser asks for 17 billion cells, and dies."""
    assert fault_of(write_raw_xlsx(tmp_path / "x.xlsx", TWO_CORNERS)).reason == "too_large"
    assert only(write_xlsx(tmp_path / "next.xlsx", {"Лист1": ROWS})).height == 2


def test_an_archive_that_unpacks_to_far_more(tmp_path: Path) -> None:
    text = "A" * 20_000_000
    path = write_raw_xlsx(
        tmp_path / "x.xlsx", f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row></sheetData>'
    )
    assert fault_of(path).reason == "too_large"
    assert fault_of(path, Limits(unpacked_bytes=1_000_000)).reason == "too_large"


@pytest.mark.parametrize("limits", [Limits(cells=3), Limits(columns=1), Limits(sheets=1)])
def test_limits_of_cells_columns_and_sheets(tmp_path: Path, limits: Limits) -> None:
    assert fault_of(write_xlsx(tmp_path / "x.xlsx", {"Лист1": ROWS, "Лист2": ROWS}), limits).reason == "too_large"


def test_a_reader_that_does_not_end_is_ended(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": ROWS})
    assert fault_of(path, Limits(reader_seconds=0)).reason == "too_large"
    assert only(path).height == 2


def test_a_reader_that_died_is_replaced(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": ROWS})
    assert only(path).height == 2
    (child,) = spreadsheet._children
    child.process.kill()
    child.process.wait()
    assert only(path).height == 2
