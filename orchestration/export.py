"""A table for a person: on the screen, as CSV that Russian Excel opens as it is, as XLSX with types. Where the rows come from is not known.

Text that a spreadsheet would take for a formula is disarmed.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO

SCREEN_ROWS = 1000
PIPE_WIDTH = 10_000
SHEET_ROWS = 1_048_575
EXACT_INTEGER = 2**53
# what spreadsheets take for the beginning of a formula, also behind spaces, which some drop; Excel knows the wide forms too
_FORMULA = re.compile("\\s*[=+\\-@＝＋－＠]|[\t\r\n\x00]")
LONGEST_CELL = 32_767

Rows = Iterable[Sequence[Any]]


def write(kind: str, columns: Sequence[str], rows: Rows) -> None:
    """A table to the standard output: `table`, `csv` or `xlsx`."""
    if kind == "table":
        print_table(columns, rows)
    else:
        (write_csv if kind == "csv" else write_xlsx)(sys.stdout.buffer, columns, rows)


class TooManyRows(Exception):
    """The result does not fit into one sheet; the message is Russian."""


def disarmed(text: str) -> str:
    """Text as a spreadsheet may safely open it."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_text(value: Any) -> str:
    """A value as a Russian reader writes it: decimal comma, да and нет, nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")
    return str(value)


def write_csv(stream: BinaryIO, columns: Sequence[str], rows: Rows) -> None:
    """UTF-8 with a BOM, `;`, decimal comma."""
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([disarmed(name) for name in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    text.detach()


def _cell(value: Any) -> str:
    """Numbers keep their minus; whatever else becomes text is disarmed."""
    text = as_text(value)
    return text if isinstance(value, int | float | Decimal) else disarmed(text)


def write_xlsx(stream: BinaryIO, columns: Sequence[str], rows: Rows) -> None:
    """One sheet with a frozen header; numbers, dates and booleans keep their types."""
    import xlsxwriter

    content = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet, bold = book.add_worksheet("Данные"), book.add_format({"bold": True})
        formats = {date: book.add_format({"num_format": "dd.mm.yyyy"}), datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm"})}
        # as if typed behind an apostrophe: stays a text when somebody edits the cell
        formats[str] = book.add_format({"quote_prefix": True})
        sheet.write_row(0, 0, columns, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_within_sheet(rows), start=1):
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, formats)
    stream.write(content.getvalue())


def _within_sheet(rows: Rows) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number == SHEET_ROWS:
            raise TooManyRows(f"В одном листе помещается {SHEET_ROWS} строк: сузьте запрос или возьмите --format csv.")
        yield row


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal) and -EXACT_INTEGER <= value <= EXACT_INTEGER:
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year > 1899:
        without_zone = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, without_zone, formats[type(value)])
    else:
        text = as_text(value)
        # more than a cell holds would be left out without a word
        shown = text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
        sheet.write_string(row, column, shown, formats[str] if _FORMULA.match(text) else None)


def print_table(columns: Sequence[str], rows: Rows) -> None:
    """A table on the screen, cut after so many rows with a word about it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = iter(rows)
    table = Table()
    for name in columns:
        table.add_column(Text(name))
    for row in islice(rows, SCREEN_ROWS):
        table.add_row(*[Text(as_text(value)) for value in row])
    console = Console()
    # in a pipe nothing is cut to the width of a screen that is not there
    (console if console.is_terminal else Console(width=PIPE_WIDTH)).print(table)
    if next(rows, None) is not None:
        Console(stderr=True).print(f"Показаны первые {SCREEN_ROWS} строк; все — с --format csv или xlsx.")
