"""Files as people drop them, written by the tests themselves. Everybody in them is fictional."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import odf.element
import odf.opendocument
import odf.table
import odf.text
import xlsxwriter
import xlwt

Rows = Sequence[Sequence[object]]

STAFF = ["СНИЛС", "Фамилия", "Имя", "Отчество", "Код ОО", "Должность", "Группа должностей", "Основное место работы", "Дата с", "Дата по"]
TEACHER = ["112-233-445 95", "Кузнечикова", "Алла", "Олеговна", "080101", "Учитель", "педагог", "да", "01.09.2020", ""]
THRESHOLDS = ["Процедура", "Год", "Код предмета", "Вид порога", "Значение", "Источник"]
THRESHOLD = ["ЕГЭ", "2024", "01", "ТБ2", "73", "методика"]
CLUSTERS = ["Код ОО", "Учебный год", "Кластер"]
CLUSTER = ["080101", "2023/2024", "К1"]


def lines(*texts: str) -> list[list[str]]:
    """Rows written with `;` between the cells."""
    return [text.split(";") for text in texts]


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8", separator: str = ";", newline: str = "\r\n") -> Path:
    """A CSV file in some encoding, with some separator."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=newline).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Rows], hidden: str = "", corner: tuple[int, int] = (0, 0)) -> Path:
    """A workbook; cells keep their Python types. `corner` is where each table begins."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name == hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            sheet.write_row(corner[0] + number, corner[1], row)
    book.close()
    return path


def write_xls(path: Path, rows: Rows) -> Path:
    """An Excel 97 workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Лист1")
    plain, day = xlwt.XFStyle(), xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell, day if isinstance(cell, date) else plain)
    book.save(str(path))
    return path


def write_ods(path: Path, rows: Rows) -> Path:
    """An OpenDocument spreadsheet; cells keep their Python types."""
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="Лист1")
    for row in rows:
        line = odf.table.TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def _ods_cell(cell: object) -> odf.element.Element:
    if cell is None or cell == "":
        return odf.table.TableCell()
    if isinstance(cell, date):
        made = odf.table.TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, int | float):
        made = odf.table.TableCell(valuetype="float", value=repr(cell))
    else:
        made = odf.table.TableCell(valuetype="string")
    made.addElement(odf.text.P(text=str(cell)))
    return made


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_raw_xlsx(path: Path, sheet: str) -> Path:
    """A workbook whose one sheet has this XML, whatever it does."""
    entries = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {_MAIN}>{sheet}</worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path
