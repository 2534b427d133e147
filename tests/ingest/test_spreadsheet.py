"""Workbooks of every format, and workbooks that mean harm."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from ingest_files import write_csv, write_ods, write_raw_xlsx, write_xls, write_xlsx

from ingest.faults import FileFault
from ingest.grid import Grid
from ingest.readers import child, read_grids, spreadsheet
from ingest.settings import Limits

ROWS = [["Код ОО", "Класс"], ["080101", "11А"]]
CALAMINE = Path(__file__).parents[3] / "shared" / "data" / "spreadsheets_calamine"
needs_calamine = pytest.mark.skipif(not CALAMINE.is_dir(), reason="../shared is not there")


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
    (running,) = child._children
    running.process.kill()
    running.process.wait()
    assert only(path).height == 2


@needs_calamine
@pytest.mark.parametrize("kind", ["xls", "xlsx", "xlsb"])
@pytest.mark.parametrize(("system", "day_ten"), [("date", "1900-01-10"), ("date_1904", "1904-01-11")])
def test_dates_of_both_systems(kind: str, system: str, day_ten: str) -> None:
    """Excel counts days from 1900, on a Macintosh from 1904: the tenth day is another one, the dates that people typed are the same."""
    rows = only(CALAMINE / f"tests~{system}.{kind}").cells.rows()
    assert rows == [("2021-01-01 00:00:00", "15"), ("2021-01-02 00:00:00", "16"), (f"{day_ten} 15:10:10", "17")]


@needs_calamine
def test_dates_that_are_written_in_iso() -> None:
    assert only(CALAMINE / "tests~date_iso.xlsx").cells["c0"].to_list()[:3] == ["2021-01-01", "2021-01-01T10:10:10", "10:10:10"]
    assert only(CALAMINE / "tests~date.ods").cells["c0"].to_list()[:2] == ["2021-01-01", "2021-01-01T10:10:10"]


@needs_calamine
@pytest.mark.parametrize("kind", ["xls", "xlsx", "ods"])
def test_sheets_of_every_visibility(kind: str) -> None:
    names = [grid.sheet for grid in read_grids(CALAMINE / f"tests~any_sheets.{kind}", Limits())]
    assert names == ["Visible", "Hidden", "VeryHidden", "Chart"]


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx", {"date_1904": True, "default_date_format": "dd.mm.yyyy"})
    book.add_worksheet().write_row(0, 0, [date(2024, 5, 28), "Алла"])
    book.close()
    assert str(only(tmp_path / "x.xlsx").cells.item(0, 0))[:10] == "2024-05-28"


def test_formulas_by_their_stored_values_and_merged_cells_by_their_first(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    sheet = book.add_worksheet("Очень скрытый")
    sheet.very_hidden()
    book.add_worksheet("Видимый").activate()
    sheet.merge_range(0, 0, 0, 2, "Протокол")
    sheet.write_formula(1, 0, "=10+5", value=15)
    sheet.write_formula(1, 1, '="11"&"А"', value="11А")
    sheet.write_formula(1, 2, "=NA()", value="#N/A")
    book.close()
    (grid, _) = read_grids(tmp_path / "x.xlsx", Limits())
    assert grid.cells.rows()[0] == ("Протокол", None, None)
    assert grid.cells.rows()[1][:2] == ("15", "11А")


def test_an_error_of_excel_is_an_empty_cell(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><v>1</v></c></row>'
    assert only(write_raw_xlsx(tmp_path / "x.xlsx", f"<sheetData>{row}</sheetData>")).cells.rows() == [(None, "1")]


# ---- before it is parsed -----------------------------------------------------------------------------------------------------


def write_raw_ods(path: Path, rows: str) -> Path:
    """An .ods whose one sheet has these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="Л1">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return path


def cell(text: str, times: int = 1) -> str:
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if not text:
        return f"<table:table-cell{repeated}/>"
    return f'<table:table-cell{repeated} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


ODS_BOMBS = {
    "a cell that is repeated in a row that is repeated": row(cell("x", 16_384), times=1_048_576),
    "a cell after empty ones below empty rows": row(cell(""), times=1_048_575) + row(cell("", 16_383), cell("x")),
    "a small row a billion times": row(cell("x"), times=999_999_999),
}


@pytest.mark.parametrize("rows", ODS_BOMBS.values(), ids=ODS_BOMBS)
def test_an_ods_that_repeats_itself_is_not_parsed(tmp_path: Path, rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_parse", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(FileFault) as fault:
        spreadsheet.read(write_raw_ods(tmp_path / "x.ods", rows), Limits())
    assert fault.value.reason == "too_large"


def test_empty_cells_that_fill_a_sheet_of_ods_are_nothing(tmp_path: Path) -> None:
    rows = row(cell("Код ОО"), cell("", 16_383)) + row(cell("080101"), cell("11А", 2)) + row(cell("", 16_384), times=1_048_574)
    assert only(write_raw_ods(tmp_path / "x.ods", rows)).cells.rows() == [("Код ОО", None, None), ("080101", "11А", "11А")]


def test_empty_columns_before_a_table_of_ods_do_not_shift_it(tmp_path: Path) -> None:
    rows = row(cell("", 2)) + row(cell("", 2), cell("Код ОО")) + row(cell("", 2), cell("080101"))
    assert only(write_raw_ods(tmp_path / "x.ods", rows)).cells.rows() == [
        (None, None, None),
        (None, None, "Код ОО"),
        (None, None, "080101"),
    ]


def test_an_xlsb_that_says_how_large_it_is(tmp_path: Path) -> None:
    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def record(kind: int, content: bytes) -> bytes:
        return bytes([kind & 0x7F | 0x80, kind >> 7, len(content)]) + content

    relation = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'
    with zipfile.ZipFile(tmp_path / "x.xlsb", "w") as archive:
        archive.writestr("xl/workbook.bin", record(131, b"") + record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Лист1")))
        archive.writestr("xl/_rels/workbook.bin.rels", relation)
        archive.writestr("xl/worksheets/sheet1.bin", record(129, b"") + record(148, struct.pack("<4I", 0, 1_048_575, 0, 16_383)))
    fault = fault_of(tmp_path / "x.xlsb")
    assert (fault.reason, "1048576 строк и 16384 столбцов" in fault.message) == ("too_large", True)
