"""Writes the golden landing folder from its readable text forms.

`landing/<path>.txt` is `;`-separated UTF-8; `#` begins a comment that stays here, `#!` says how the real file is written,
`name=value; …`: encoding, bom, separator (comma, tab), sheet, modified. A path that ends in .xlsx becomes a workbook in which, as in Excel,
what looks like a number or a date is one (so codes lose their zeros), unless an apostrophe stands before it.
What the values are is not said here.
"""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

TEXT_FORMS = Path(__file__).parent / "landing"
SEPARATORS = {"comma": ",", "tab": "\t", "semicolon": ";"}
MODIFIED = "2024-10-01"


def _read(path: Path) -> tuple[dict[str, str], list[list[str]]]:
    """What `#!` says, and the cells."""
    lines = path.read_text(encoding="utf-8").splitlines()
    directives = dict(word.strip().split("=") for line in lines if line.startswith("#!") for word in line[2:].split(";"))
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return directives, list(csv.reader(io.StringIO(text), delimiter=";"))


def _write_text(path: Path, cells: list[list[str]], directives: dict[str, str]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=SEPARATORS[directives.get("separator", "semicolon")], lineterminator="\r\n").writerows(cells)
    mark = "\ufeff" if directives.get("bom") == "yes" else ""
    path.write_bytes((mark + out.getvalue()).encode(directives.get("encoding", "utf-8")))


def _write_cell(sheet: Worksheet, row: int, column: int, text: str, date_format: object) -> None:
    if text.startswith("'"):
        sheet.write_string(row, column, text[1:])
    elif re.fullmatch(r"\d+([.,]\d+)?", text):
        sheet.write_number(row, column, float(text.replace(",", ".")))
    elif re.fullmatch(r"\d\d\.\d\d\.\d{4}", text):
        sheet.write_datetime(row, column, datetime.strptime(text, "%d.%m.%Y"), date_format)
    elif text:
        sheet.write_string(row, column, text)


def _write_workbook(path: Path, cells: list[list[str]], sheet_name: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        date_format = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet(sheet_name)
        for row, texts in enumerate(cells):
            for column, text in enumerate(texts):
                _write_cell(sheet, row, column, text, date_format)


def write_landing(landing: Path) -> None:
    """The whole golden region as real files, with the modification times that decide between them."""
    for form in sorted(TEXT_FORMS.rglob("*.txt")):
        path = landing / form.relative_to(TEXT_FORMS).with_suffix("")
        path.parent.mkdir(parents=True, exist_ok=True)
        directives, cells = _read(form)
        if path.suffix == ".xlsx":
            _write_workbook(path, cells, directives.get("sheet", "Лист1"))
        else:
            _write_text(path, cells, directives)
        modified = datetime.fromisoformat(directives.get("modified", MODIFIED)).replace(tzinfo=UTC).timestamp()
        os.utime(path, (modified, modified))


def _column(cells: list[list[str]], header: str) -> list[str]:
    """The values under a header, wherever its row stands."""
    for at, row in enumerate(cells):
        if header in row:
            column = row.index(header)
            return [r[column] for r in cells[at + 1 :] if len(r) > column and r[column]]
    return []


def personal_data() -> tuple[set[str], set[str]]:
    """(surnames, numbers) of the people in the files: none of them may reach a database. Numbers are digits alone."""
    surnames: set[str] = set()
    numbers: set[str] = set()
    for form in TEXT_FORMS.rglob("*.txt"):
        _, cells = _read(form)
        surnames.update(word for header in ("Фамилия", "Фамилия получателя") for word in _column(cells, header))
        numbers.update(re.sub(r"\D", "", word) for header in ("СНИЛС", "Документ", "Номер документа") for word in _column(cells, header))
        numbers.update(word for word in _column(cells, "Номер") if re.fullmatch(r"\d{6}", word))
    return surnames, numbers
