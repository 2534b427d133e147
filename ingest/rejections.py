"""What a person reads about a rejected row: which cell, what is wrong with it, what to do.

No message may carry personal data. Rows shift, so a name or a document number can stand in any column: in a layout with
personal columns no value is ever repeated; in others only one of at most 20 characters without a letter (`31.02.2024`), or a
ФИС ОКО login. A cell is named by its column letter, row and header, which is enough to find it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from ingest.declarations import Column, Layout
from ingest.faults import FileFault
from ingest.grid import Table

SCHEMA = pl.Schema(
    {
        "sheet": pl.String,
        "row_number": pl.Int64,
        "column_name": pl.String,
        "reason_code": pl.String,
        "message_ru": pl.String,
        # where the cell stands, `E` or `J:K`; empty for a fault of the whole row or file
        "column_letters": pl.String,
    }
)
ECHOED = r"^(?:[^\p{L}]{1,20}|(?i:edu|sch)[0-9]{1,12})$"

# in a message: the row's number; the value of the cell, where it may be repeated; the row that won a duplicate key
ROW_MARK, VALUE_MARK, WINNER_MARK = "{row}", "{value}", "{winner}"
_MARK = re.compile(r"(\{\w+\})")


@dataclass(frozen=True)
class Fault:
    """One way in which a row of a table can be wrong; `letters`: the columns of the file that are to be mended, if it is one cell.

    `waits`: the same row may be right at a later refresh.
    """

    column: str
    reason: str
    message: str
    letters: str = ""
    waits: bool = False


def cell(table: Table, layout: Layout, column: str) -> str:
    """How a message names a cell: `Ячейка E{row} («Код ОО»)`."""
    title = layout.columns[column].title
    places = " и ".join(f"{letter}{ROW_MARK}" for letter in re.findall("[A-Z]+", letters_of(table, column)))
    return f"Ячейка {places} («{title}»)" if places else f"Строка {ROW_MARK}, «{title}»"


def letters_of(table: Table, column: str) -> str:
    """Where a column stands in the file; empty where it has no place of its own."""
    return table.headers[column][1] if column in table.headers else ""


def cell_fault(table: Table, layout: Layout, column: str, reason: str, as_of: date) -> Fault:
    """What is wrong with one cell: its type, its bounds, its list of values."""
    message = f"{cell(table, layout, column)}: {_cell_text(layout.columns[column], reason, as_of)}"
    return Fault(column, reason, message, letters_of(table, column))


def _cell_text(column: Column, reason: str, as_of: date) -> str:
    if reason == "missing_value":
        return "пусто, а графа обязательна. Заполните ячейку."
    if reason == "bad_number":
        return f"здесь должно быть число{VALUE_MARK}. Запишите его цифрами, например {'12' if column.type == 'integer' else '12,5'}."
    if reason == "bad_date" and column.type == "academic_year":
        return f"здесь должен быть учебный год{VALUE_MARK}. Запишите его в виде 2023/2024."
    if reason == "bad_date":
        return f"такой даты нет{VALUE_MARK}. Запишите дату, которая есть в календаре, в виде 31.12.2024."
    if reason == "out_of_range" and column.type == "date":
        latest = "" if column.future else f"позже {as_of:%d.%m.%Y} или "
        return f"дата невозможна{VALUE_MARK}: она {latest}раньше 1900 года. Исправьте дату."
    if reason == "out_of_range":
        bounds = [f"{word} {bound:g}" for word, bound in (("от", column.min), ("до", column.max)) if bound is not None]
        return f"значение невозможно{VALUE_MARK}, допустимо {' '.join(bounds)}. Исправьте его."
    if column.advice:
        return f"{column.advice}."
    if column.type == "yes_no":
        return f"здесь должно быть «да» или «нет»{VALUE_MARK}. Исправьте значение."
    if column.values:
        return f"такого значения нет в списке{VALUE_MARK}. Выберите одно из: {', '.join(column.values)}."
    return f"такого кода нет{VALUE_MARK}. Исправьте его."


def unknown_fault(table: Table, layout: Layout, columns: list[str], reason: str) -> Fault:
    """A code that no register knows; of several columns, none is known."""
    cells = " и ".join(cell(table, layout, column) for column in columns)
    what, register = ("такой школы", "реестре организаций (schools)") if reason == "unknown_school" else ("такого кода", "справочнике")
    advice = layout.columns[columns[-1]].advice or f"{what} нет в {register}. Исправьте код или пришлите реестр, где он есть"
    if len(columns) > 1:
        advice = "ни по одной из этих граф никто не найден. Заполните хотя бы одну верным кодом или пришлите реестр, где он есть"
    message = f"{cells}{VALUE_MARK}: {advice}: строка загрузится сама."
    letters = ":".join(filter(None, (letters_of(table, column) for column in columns)))
    return Fault(columns[-1], reason, message, letters, waits=True)


def unknown_row_fault(layout: Layout, columns: list[str], reason: str) -> Fault:
    """A row that waits for another one with the same key."""
    titles = ", ".join(f"«{layout.columns[column].title}»" for column in columns)
    wanted = f"ещё не загружен протокол, где те же {titles}"
    message = f"Строка {ROW_MARK}: {wanted}. Проверьте их; когда протокол придёт, строка загрузится сама."
    return Fault(columns[-1], reason, message, waits=True)


def order_fault(table: Table, layout: Layout, columns: tuple[str, str], word: str) -> Fault:
    """Two cells of a row that contradict each other."""
    first, second = columns
    message = f"{cell(table, layout, second)}: {word}, чем «{layout.columns[first].title}» той же строки. Исправьте одно из двух."
    return Fault(second, "conflicting_value", message, letters_of(table, second))


def within_fault(table: Table, layout: Layout, column: str) -> Fault:
    """A number that its row's own bounds leave out."""
    message = f"{cell(table, layout, column)}: значение{VALUE_MARK} вне шкалы этой строки. Исправьте его."
    return Fault(column, "out_of_range", message, letters_of(table, column))


def duplicate_fault(layout: Layout) -> Fault:
    """A key that comes again further down."""
    columns = [key if key in layout.columns else key.removesuffix("_key") for key in layout.key]
    titles = ", ".join(f"«{layout.columns[column].title}»" for column in columns)
    message = f"Строка {ROW_MARK}: {titles} те же, что в строке {WINNER_MARK} ниже; загружена она. Оставьте одну из двух."
    return Fault(columns[0], "duplicate_key", message)


def messages(rows: pl.DataFrame, fault: Fault, layout: Layout) -> pl.DataFrame:
    """The rejections of rows (`_sheet`, `_row`, `_text`, `_winner`) that have this fault."""
    may_echo = pl.lit(not (layout.has_personal or layout.typed_freely)) & pl.col("_text").str.contains(ECHOED)
    parts = {
        ROW_MARK: pl.col("_row").cast(pl.String),
        WINNER_MARK: pl.col("_winner"),
        VALUE_MARK: pl.when(may_echo).then(pl.concat_str(pl.lit(" («"), "_text", pl.lit("»)"))).otherwise(pl.lit("")),
    }
    message = [parts.get(part, pl.lit(part)) for part in _MARK.split(fault.message) if part]
    return rows.select(
        sheet="_sheet",
        row_number="_row",
        column_name=pl.lit(layout.columns[fault.column].title),
        reason_code=pl.lit(fault.reason),
        message_ru=pl.concat_str(message),
        column_letters=pl.lit(fault.letters),
    ).cast(SCHEMA)


def file_rejection(fault: FileFault) -> pl.DataFrame:
    """The one rejection of a file that is not read at all."""
    place = {"sheet": fault.sheet, "row_number": None, "column_name": fault.column, "column_letters": ""}
    return pl.DataFrame([{**place, "reason_code": fault.reason, "message_ru": fault.message}], schema=SCHEMA)
