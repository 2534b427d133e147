"""What is noticed about a file that loads all the same: check digits that do not hold, footers that differ from the rows.

A finding never stops anything and never repeats a value of a personal column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from ingest.codes import CHECKED_TYPES, check_digits_hold
from ingest.convert import number_of, numbers
from ingest.grid import PEOPLE, ROW, Footer, Table
from ingest.judge import FAULT, SHEET, Judged, written
from ingest.text import clean, fold

SCHEMA = pl.Schema(
    {
        "sheet": pl.String,
        "row_number": pl.Int64,
        "column_name": pl.String,
        "rule_code": pl.String,
        "severity": pl.String,
        "message_ru": pl.String,
    }
)
WARNING, NOTE = "предупреждение", "сведения"
_TOTAL = re.compile(r"(итого|всего)( участников| записей| строк| человек)?:?")
_LEAST = re.compile("минимальная граница:?")
LEAST_PASSED, HIGHEST_MARK = 3, 5
_MEAN = re.compile(r"(средние|среднее|средний балл|в среднем):?")


def none() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=SCHEMA)


def check_digits(judged: Judged) -> Iterator[pl.DataFrame]:
    """Codes of rows that load whose check digits do not hold."""
    checked = {name: column for name, column in judged.layout.columns.items() if column.type in CHECKED_TYPES}
    if not checked:
        return
    holds = [check_digits_hold(column.type, pl.col(written(name))).alias(name) for name, column in checked.items()]
    verdicts = judged.cells.filter(pl.col(FAULT).is_null()).select(SHEET, ROW, *holds)
    for name, column in checked.items():
        if not verdicts[name].all():
            message = f"«{column.title}»: контрольные цифры не сходятся. Проверьте код по документу; строка загружена."
            yield _rows(verdicts.filter(~pl.col(name)), column.title, "check_digits", message)


def footers(tables: list[Table], judged: Judged) -> Iterator[pl.DataFrame]:
    """Totals and means under a table that its rows do not give."""
    for table in tables:
        if not table.footers:
            continue
        is_here = (pl.col(SHEET) == table.sheet) & pl.col(ROW).is_in(table.rows[ROW].to_list())
        rows = judged.cells.filter(is_here)
        for footer in table.footers:
            for name, message in _differences(footer, rows, judged):
                where = pl.DataFrame({SHEET: [table.sheet], ROW: [footer.row]})
                title = judged.layout.columns[name].title if name in judged.layout.columns else ""
                yield _rows(where, title, "footer", message)


def sheet_not_read(table: Table, title: str) -> pl.DataFrame:
    """A sheet that looks like a layout, but is none, beside sheets that are read."""
    missing = ", ".join(f"«{column}»" for column in table.missing)
    where = pl.DataFrame({SHEET: [table.sheet], ROW: [None]}, schema={SHEET: pl.String, ROW: pl.Int64})
    return _rows(where, "", "sheet_not_read", f"Лист не прочитан: похож на «{title}», но нет граф {missing}.", NOTE)


def columns_left_out(tables: list[Table]) -> Iterator[pl.DataFrame]:
    """Columns with data that a reader does not take: what people write freely must not get into the warehouse."""
    for table in tables:
        if table.left_out:
            where = pl.DataFrame({SHEET: [table.sheet], ROW: [None]}, schema={SHEET: pl.String, ROW: pl.Int64})
            yield _rows(where, "", "columns_left_out", f"Не загружено: {', '.join(table.left_out)}.", NOTE)


def _differences(footer: Footer, rows: pl.DataFrame, judged: Judged) -> Iterator[tuple[str, str]]:
    """The columns in which a footer says something else than the rows, and what to tell about it."""
    if footer.covers is not None:
        message = _group_difference(footer, footer.covers, rows, PEOPLE in judged.layout.columns)
        if message:
            yield PEOPLE, message
        return
    for name, cell in footer.cells.items():
        message = _difference(footer, name, cell, rows) if name in judged.layout.columns else None
        message = message or _boundary_difference(footer, name, cell, rows)
        if message:
            yield name, message


def _group_difference(footer: Footer, covers: range, rows: pl.DataFrame, is_summed: bool) -> str | None:
    """The people of a group as its own row says and as the records under it say, with the rejected ones or without them."""
    said = number_of(footer.cells.get(PEOPLE) or "")
    inside = rows.filter(pl.col(ROW).is_between(covers.start, covers.stop, closed="left"))
    if said is None:
        return None
    counts = [
        float(part.select(numbers(pl.col(written(PEOPLE)))).to_series().sum() if is_summed else part.height)
        for part in (inside, inside.filter(pl.col(FAULT).is_null()))
    ]
    if said in counts:
        return None
    return f"«{clean(footer.label)}»: участников в файле {said:g}, по строкам {counts[0]:g}. Проверьте, все ли строки на месте."


def _difference(footer: Footer, name: str, cell: str, rows: pl.DataFrame) -> str | None:
    """What the footer says and what the rows say, or None where they agree, be it with the rejected rows or without them."""
    label = fold(footer.label)
    is_total, is_mean = _TOTAL.fullmatch(label), _MEAN.fullmatch(label)
    said = number_of(cell) if is_total or is_mean else None
    if said is None:
        return None
    counts = [float(rows.height), float(rows[FAULT].null_count())] if is_total else []
    values = rows.select(FAULT, _value=numbers(pl.col(written(name))))
    for column in (values["_value"], values.filter(pl.col(FAULT).is_null())["_value"]):
        value = column.mean() if is_mean else column.sum()
        counts += [float(value)] if isinstance(value, int | float) else []
    decimals = len(re.split("[.,]", cell)[1]) if re.search(r"[.,]\d", cell) else 0
    if not counts or any(abs(value - said) <= 0.5 * 10**-decimals + 1e-9 for value in counts):
        return None
    return f"«{footer.label}»: в файле {cell}, по строкам {round(counts[0], decimals + 1):g}. Проверьте, все ли строки на месте."


def _boundary_difference(footer: Footer, name: str, cell: str, rows: pl.DataFrame) -> str | None:
    """Marks that pass with fewer points than the boundary. It stands under the points, or under the marks, which go up to 5 themselves.

    Under test scores it says nothing that the rows could contradict.
    """
    said = number_of(cell) if _LEAST.fullmatch(fold(footer.label)) else None
    is_points = said is not None and (name == "raw_score" or (name == "mark" and said > HIGHEST_MARK))
    if not is_points or not {"raw_score", "mark"} <= set(rows.columns):
        return None
    is_wrong = pl.col(FAULT).is_null() & (pl.col("raw_score") < said) & (pl.col("mark") >= LEAST_PASSED)
    wrong = rows.filter(is_wrong).height
    if not wrong:
        return None
    return f"«{footer.label}»: в файле {cell}, а строк с меньшим первичным баллом и отметкой не ниже {LEAST_PASSED}: {wrong}. Сверьте их."


def _rows(where: pl.DataFrame, column: str, rule: str, message: str, severity: str = WARNING) -> pl.DataFrame:
    texts = {"column_name": column, "rule_code": rule, "severity": severity, "message_ru": message}
    return where.select(sheet=SHEET, row_number=ROW, **{name: pl.lit(text) for name, text in texts.items()}).cast(SCHEMA)
