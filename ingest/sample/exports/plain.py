"""Plain tables, one header row and one record a row, and what happens to them on people's desks.

What stands in the rows belongs to the modules that export a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from ingest.sample.files import Cell, Sheet
from ingest.sample.model.staff import Worker
from ingest.sample.untidy import as_number, snils, spaced

Row = Sequence[Cell]


def plain(header: str, rows: Iterable[Row], title: str = "", name: str = "Лист1") -> Sheet:
    """A sheet with these records under this header (titles with `;` between them), and the title above."""
    sheet = Sheet(name)
    if title:
        sheet.text(title)
        sheet.text()
    sheet.text(*header.split(";"))
    for row in rows:
        sheet.record(row)
    return sheet


def in_numbers(sheet: Sheet, *columns: int) -> Sheet:
    """Excel has taken the codes in these columns for numbers."""
    for place, row in enumerate(sheet.rows):
        codes = {column: row[column] for column in columns if column < len(row)}
        numbers = {column: as_number(code) for column, code in codes.items() if isinstance(code, str) and code.isdigit()}
        sheet.rows[place] = [numbers.get(column, cell) for column, cell in enumerate(row)]
    return sheet


def doubled(sheet: Sheet) -> Sheet:
    """Merged cells have left an empty column after each."""
    sheet.rows = [[cell for value in row for cell in (value, "")] for row in sheet.rows]
    return sheet


def totalled(sheet: Sheet, column: int) -> Sheet:
    """A last row adds this column up, over the rows that are right."""
    faulty = {row for row, _ in sheet.faults}
    values = [row[column] for number, row in enumerate(sheet.rows, start=1) if len(row) > column and number not in faulty]
    sheet.text("Итого", *[""] * (column - 1), sum(value for value in values if isinstance(value, int | float)))
    return sheet


def named(rng: Random, worker: Worker) -> Row:
    """The four columns that say who somebody is: СНИЛС, last, first and middle name."""
    person = worker.person
    return [snils(rng, worker.snils), spaced(rng, person.last), person.first, person.middle]


def hint(name: str, words: Iterable[str]) -> Sheet:
    """The hidden sheet from which a form takes its drop-down list: no table."""
    sheet = Sheet(name, hidden=True)
    for word in words:
        sheet.text(word)
    return sheet
