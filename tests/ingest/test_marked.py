"""The marked copy of a checked file: cells where they stood, faults filled and commented; mended, it reads as the original would."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from ingest_files import CLUSTER, CLUSTERS, STAFF, TEACHER, THRESHOLD, THRESHOLDS, write_csv, write_ods, write_xlsx
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from ingest.check import Checked, Checker
from ingest.declarations import load_sources
from ingest.forms import Form, forms_of
from ingest.known import FixedKnown
from ingest.marked import MADE_BY, REMARKS, NotMarkable, write_marked
from ingest.settings import Limits, Settings

FAULT, FINDING, ROW_START = "FFFFC7CE", "FFFFEB9C", "FFF8CBAD"
OWN_FORMS = [form for source in load_sources().values() if source.reader != "tabular" for form in forms_of(source)]


@pytest.fixture
def checker(settings: Settings) -> Checker:
    """A region of one school, with the logins and codes of the forms' examples."""
    codes = {"540101", "edu540101", "080101"}
    return Checker(load_sources(), settings, FixedKnown({"school_code": codes, "school_login": codes}))


def marked(checked: Checked) -> openpyxl.Workbook:
    stream = BytesIO()
    write_marked(stream, checked, load_sources(), Limits())
    return openpyxl.load_workbook(stream)


def fills(sheet: Worksheet) -> dict[str, str]:
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.fill.fill_type]
    return {cell.coordinate: str(cell.fill.fgColor.rgb) for cell in cells}


def comment(sheet: Worksheet, place: str) -> str:
    cell = sheet[place]
    assert isinstance(cell, Cell) and cell.comment
    return str(cell.comment.text)


def test_faulty_cells_are_filled_and_commented(tmp_path: Path, checker: Checker) -> None:
    rows = [STAFF, TEACHER, [*TEACHER[:6], "дворник", *TEACHER[7:]], ["", *TEACHER[1:]], [*TEACHER[:8], "31.02.2020", ""]]
    sheet = marked(checker.check(write_csv(tmp_path / "x.csv", rows, encoding="cp1251")))["Лист1"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()] == rows
    assert fills(sheet) == {"A3": ROW_START, "G3": FAULT, "A4": FAULT, "A5": ROW_START, "I5": FAULT}
    assert comment(sheet, "G3").startswith("Ячейка G3 («Группа должностей»): такого значения нет в списке")
    assert comment(sheet, "A4").startswith("Ячейка A4 («СНИЛС»): пусто")
    assert sheet["A3"].comment is None


def test_a_fault_of_the_whole_row_is_said_at_its_start(tmp_path: Path, checker: Checker) -> None:
    sheet = marked(checker.check(write_csv(tmp_path / "x.csv", [CLUSTERS, CLUSTER, CLUSTER])))["Лист1"]
    assert fills(sheet) == {"A2": ROW_START}
    assert "те же, что в строке 3 ниже" in comment(sheet, "A2")


def test_both_cells_of_a_joined_column_are_marked(tmp_path: Path, checker: Checker) -> None:
    """Серия and Номер, J and K, of somebody without a name."""
    (form, *_) = forms_of(load_sources()["ege"])
    nobody = [*form.example[0][:6], "", "", "", "", "", *form.example[0][11:]]
    sheet = marked(checker.check(write_xlsx(tmp_path / "x.xlsx", {"ЕГЭ": [*form.head, nobody]})))["ЕГЭ"]
    assert fills(sheet) == {"A3": ROW_START, "J3": FAULT, "K3": FAULT}


def test_findings_are_marked_in_another_colour(tmp_path: Path, checker: Checker) -> None:
    """A СНИЛС whose check digits are 95, not 96."""
    sheet = marked(checker.check(write_csv(tmp_path / "x.csv", [STAFF, ["112-233-445 96", *TEACHER[1:]]])))["Лист1"]
    assert fills(sheet) == {"A2": FINDING}
    assert "контрольные цифры" in comment(sheet, "A2")


def test_codes_keep_their_zeros_and_formulas_stay_text(tmp_path: Path, checker: Checker) -> None:
    path = write_csv(tmp_path / "x.csv", [CLUSTERS, ["080101", "2023/2024", "=1+1"], ["080101", "2022/2023", "@SUM(A1)"]])
    sheet = marked(checker.check(path))["Лист1"]
    assert [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2, max_col=3)] == [
        [("080101", "s"), ("2023/2024", "s"), ("=1+1", "s")],
        [("080101", "s"), ("2022/2023", "s"), ("@SUM(A1)", "s")],
    ]


def test_dates_of_excel_look_like_dates(tmp_path: Path, checker: Checker) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Кадры": [STAFF, [*TEACHER[:8], date(2020, 9, 1), ""]]})
    assert marked(checker.check(path))["Кадры"]["I2"].value == "01.09.2020"


def test_sheets_keep_their_places_and_hidden_ones_stay_hidden(tmp_path: Path, checker: Checker) -> None:
    bad = ["089999", *CLUSTER[1:]]
    path = write_xlsx(tmp_path / "x.xlsx", {"Город": [CLUSTERS, CLUSTER], "Район": [CLUSTERS, bad]}, hidden="Район", corner=(2, 1))
    book = marked(checker.check(path))
    assert book.sheetnames == ["Город", "Район", REMARKS]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "hidden", "visible"]
    assert fills(book["Район"]) == {"A4": ROW_START, "B4": FAULT}


def test_the_remarks_link_to_their_cells(tmp_path: Path, checker: Checker) -> None:
    rows = [THRESHOLDS, THRESHOLD, [*THRESHOLD[:4], "173", ""]]
    sheet = marked(checker.check(write_xlsx(tmp_path / "x.xlsx", {"Лист 'А' 1": rows})))[REMARKS]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == f"{MADE_BY} x.xlsx"
    place = next(number for number, line in enumerate(lines, start=1) if line[2] == "out_of_range")
    assert sheet.cell(place, 1).value == "Лист «Лист 'А' 1». E3 · Значение"
    assert sheet.cell(place, 1).hyperlink.location == "'Лист ''А'' 1'!E3"


def _mend(book: openpyxl.Workbook, path: Path, cells: dict[str, str]) -> Path:
    for place, value in cells.items():
        book.worksheets[0][place] = value
    book.save(path)
    return path


def test_check_mark_mend_check(tmp_path: Path, checker: Checker) -> None:
    rows = [["Кадры района"], STAFF, TEACHER, [*TEACHER[:4], "80199", *TEACHER[5:8], "1 сентября", ""], ["", *TEACHER[1:]]]
    first = checker.check(write_csv(tmp_path / "x.csv", rows))
    assert first.reading.rows_rejected == 2
    half = checker.check(_mend(marked(first), tmp_path / "y.xlsx", {"E4": "080101"}))
    assert half.reading.rejections.select("column_name", "row_number").rows() == [("Дата с", 4), ("СНИЛС", 5)]
    mended = checker.check(_mend(marked(half), tmp_path / "z.xlsx", {"I4": "02.09.2020", "A5": "112-233-446 97"}))
    assert not mended.would_reject and mended.reading.rows_loaded == 3
    book = marked(mended)
    assert book.sheetnames == ["Лист1", REMARKS] and fills(book["Лист1"]) == {"A5": FINDING}


def test_what_loads_loads_the_same_from_the_marked_copy(tmp_path: Path, checker: Checker, settings: Settings) -> None:
    settings.vault.mkdir()
    (settings.vault / "pseudonym.key").write_bytes(b"k" * 32)
    path = write_ods(tmp_path / "x.ods", [STAFF, TEACHER, [*TEACHER[:4], "080199", *TEACHER[5:]]])
    first = checker.check(path)
    marked(first).save(tmp_path / "y.xlsx")
    second = checker.check(tmp_path / "y.xlsx")
    assert second.reading.rows["staff"].equals(first.reading.rows["staff"])
    assert second.reading.rejections.equals(first.reading.rejections)


@pytest.mark.parametrize("form", OWN_FORMS, ids=[f"{form.layout} {form.sheet}" for form in OWN_FORMS])
def test_forms_that_are_no_plain_tables_survive_too(form: Form, tmp_path: Path, checker: Checker) -> None:
    first = checker.check(write_xlsx(tmp_path / "x.xlsx", {form.sheet: [*form.head, *form.example]}))
    assert first.reading.rows[form.layout].height and not first.would_reject
    marked(first).save(tmp_path / "y.xlsx")
    second = checker.check(tmp_path / "y.xlsx").reading
    assert not second.findings.height
    pseudonymous = [name for name, column in first.insight.judged[0].layout.columns.items() if column.personal]
    assert (
        second.rows[form.layout].drop(pseudonymous, strict=False).equals(first.reading.rows[form.layout].drop(pseudonymous, strict=False))
    )


def test_the_remarks_look_like_no_form(tmp_path: Path, checker: Checker) -> None:
    """Even where a column's name stands in every line, the sheet is not taken for a table: `school_aliases` has two headers only."""
    rows = [["Наименование как в файле", "Код ОО"], *[["Школа", ""]] * 5, *[["", "080101"]] * 5]
    marked(checker.check(write_csv(tmp_path / "x.csv", rows))).save(tmp_path / "y.xlsx")
    reading = checker.check(tmp_path / "y.xlsx").reading
    assert (reading.layout, reading.rows_rejected, reading.findings.height) == ("school_aliases", 10, 0)


def test_a_sheet_of_the_same_name_is_kept(tmp_path: Path, checker: Checker) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Кластеры": [CLUSTERS, CLUSTER], REMARKS: [["Позвонить в школу"]]})
    book = marked(checker.check(path))
    assert book.sheetnames == ["Кластеры", REMARKS, f"{REMARKS} (2)"]
    assert book[REMARKS]["A1"].value == "Позвонить в школу"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "пуст"),
        ("x.xls", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        ("x.xml", b"<?xml version='1.0'?><r><a><b>1</b></a></r>", "XML"),
        ("x.parquet", b"PAR1 PAR1", "Parquet"),
        ("x.csv", ";".join(CLUSTERS).encode() + b"\r\n080101;2023/2024;" + b"x" * 40_000, "32767"),
    ],
    ids=["empty", "html", "xml", "parquet", "a cell too long"],
)
def test_what_is_no_table_is_not_written(name: str, content: bytes, words: str, tmp_path: Path, checker: Checker) -> None:
    (tmp_path / name).write_bytes(content)
    stream = BytesIO()
    with pytest.raises(NotMarkable, match=words):
        write_marked(stream, checker.check(tmp_path / name), load_sources(), Limits())
    assert stream.getvalue() == b""


def test_a_file_that_is_rejected_whole_is_written_with_its_reason(tmp_path: Path, checker: Checker) -> None:
    book = marked(checker.check(write_csv(tmp_path / "x.csv", [STAFF[:7], TEACHER[:7]])))
    texts = [str(cell) for row in book[REMARKS].iter_rows(values_only=True) for cell in row if cell]
    assert any("«Дата с»" in text for text in texts) and "missing_column" in texts
    assert book["Лист1"]["A2"].value == TEACHER[0]


def test_numbers_of_a_workbook_stay_readable(tmp_path: Path, checker: Checker) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"П": [THRESHOLDS, ["ЕГЭ", 2024, 1, "ТБ2", 73.5, "методика"]]})
    first = checker.check(path)
    marked(first).save(tmp_path / "y.xlsx")
    second = checker.check(tmp_path / "y.xlsx")
    assert second.reading.rows["thresholds"].equals(first.reading.rows["thresholds"])
    assert second.reading.rows["thresholds"].select(pl.col("value")).item() == 73.5
