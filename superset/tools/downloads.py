"""What a person takes away: CSV that Excel with Russian settings opens by a double click, XLSX with typed cells; neither carries a formula.

Installed by superset_config.py in the place of Superset's own writers, which leave decimals with a point and dates in ISO, let `{=1+1}` and
a leading tab through, and answer a download "as shown" with an error. Knows nothing of queries and of who may download.
"""

from __future__ import annotations

import csv
import html
import io
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from audit import taken

# What spreadsheets take for the beginning of a formula; Excel knows the wide forms too.
_FORMULA = re.compile("[=+\\-@＝＋－＠\t\r]")
_NEGATIVE = re.compile(r"-\d+([.,]\d+)?")
# Names in tables lead to dashboards and tiles have a shape: away from Superset the words alone are of use.
_MARKUP = ("<a href=", "<div class=")
_TAG = re.compile(r"<[^>]*>")
# Excel keeps 15 digits of a number, 32767 characters of a cell, and knows no day before this one
_EXACT, _LONGEST, _FIRST_DAY = 10**15, 32_767, date(1900, 3, 1)
_DAY, _MOMENT = "%d.%m.%Y", "%d.%m.%Y %H:%M:%S"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could compute this text: also behind spaces, which some drop when they read a file."""
    return bool(_FORMULA.match(text) or _FORMULA.match(text.lstrip())) and not _NEGATIVE.fullmatch(text)


def _text(value: object) -> str:
    text = str(value)
    return html.unescape(" ".join(_TAG.sub(" ", text).split())) if text.startswith(_MARKUP) else text


def _scalar(value: Any) -> Any:
    """None for everything that stands for "not known", Python's own types for those of numpy."""
    value = value.item() if hasattr(value, "item") and not isinstance(value, (list, dict)) else value
    nothing = value is None or type(value).__name__ in ("NaTType", "NAType")
    return None if nothing or (isinstance(value, (float, Decimal)) and value != value) else value


def _moment(value: date) -> str:
    return _MOMENT if isinstance(value, datetime) and value.time() != time() else _DAY


def csv_cell(value: Any, decimal: str = ",") -> str:
    """A cell as Excel with Russian settings reads it; a text that could be a formula stands behind an apostrophe."""
    value = _scalar(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, (int, float, Decimal)):
        return (f"{value:.15g}" if isinstance(value, float) else str(value)).replace(".", decimal)
    if isinstance(value, date):
        return value.strftime(_moment(value))
    text = _text(value)
    return f"'{text}" if is_formula(text) else text


def _rows(frame: Any, index: bool) -> Iterator[list[Any]]:
    """The titles, then the rows; an index of several levels as columns."""
    titles = [", ".join(map(str, title)) if isinstance(title, tuple) else str(title) for title in frame.columns]
    yield ([name or "" for name in frame.index.names] if index else []) + titles
    for row in frame.itertuples(index=index, name=None):
        first = row[0] if index and isinstance(row[0], tuple) else row[: int(index)]
        yield [*first, *row[int(index) :]]


def csv_text(frame: Any, index: bool = True, sep: str = ";", decimal: str = ",", **_: Any) -> str:
    """A data frame as CSV; the settings are those of CSV_EXPORT."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=sep)
    writer.writerows([csv_cell(value, decimal) for value in row] for row in _rows(frame, index))
    return buffer.getvalue()


def workbook(frame: Any, index: bool = True, **_: Any) -> bytes:
    """A data frame as XLSX: numbers, dates and truth values as such, text as text whatever it begins with."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Данные")
        formats = {
            "title": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            # as if typed behind an apostrophe: stays a text when somebody edits the cell
            "quoted": book.add_format({"quote_prefix": True}),
            _DAY: book.add_format({"num_format": "dd.mm.yyyy"}),
            _MOMENT: book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}),
        }
        titles, *rows = _rows(frame, index)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, formats["title"])
            sheet.set_column(column, column, 16)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, number, column, _scalar(value), formats)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)) and abs(value) <= _EXACT:
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.date() >= _FIRST_DAY:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats[_moment(value)])
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
        sheet.write_datetime(row, column, value, formats[_DAY])
    else:
        text = value.strftime(_moment(value)) if isinstance(value, date) else _text(value)
        text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        sheet.write_string(row, column, text, formats["quoted"] if is_formula(text) else None)


# --- in the place of Superset's own ------------------------------------------------------------------------------------


def install() -> None:
    """Once, after Superset has been imported. Whatever is downloaded from the server goes through one of these."""
    from superset.charts.data import api
    from superset.commands.streaming_export import base
    from superset.common.query_context_processor import QueryContextProcessor
    from superset.utils import csv as csv_of_superset
    from superset.utils import excel

    csv_of_superset.df_to_escaped_csv = csv_text
    excel.df_to_excel = workbook
    # cells are typed by their values, and this one fails where two columns have one title
    excel.apply_column_types = lambda frame, _: frame
    QueryContextProcessor.get_data = _titled(QueryContextProcessor.get_data)
    api.apply_client_processing = _as_shown(api.apply_client_processing)
    base.csv = SimpleNamespace(writer=_Streamed, QUOTE_MINIMAL=csv.QUOTE_MINIMAL)


class _Streamed:
    """Where Superset's answer in portions expects a writer of the standard library."""

    def __init__(self, buffer: io.StringIO, **_: Any) -> None:
        buffer.write(BOM_UTF8.decode())
        self._writer = csv.writer(buffer, delimiter=";")

    def writerow(self, row: Any) -> None:
        self._writer.writerow([csv_cell(value) for value in row])


def _titled(get_data: Callable[..., Any]) -> Callable[..., Any]:
    """Superset puts the titles of columns into a download, but knows no column of a pivot («metric, series»)."""

    def titled(self: Any, frame: Any, types: Any) -> Any:
        context = self._query_context
        if context.result_format not in ("csv", "xlsx"):
            return get_data(self, frame, types)
        taken(self._qc_datasource)
        if context.result_type == "post_processed":
            return frame.to_dict(orient="records")  # written by _as_shown
        titles = self._qc_datasource.data.get("verbose_map", {})
        frame.columns = [_title(str(column), titles) for column in frame.columns]
        return get_data(self, frame, types)

    return titled


def _title(column: str, titles: dict[str, str]) -> str:
    metric, comma, series = column.partition(", ")
    return titles.get(column) or f"{titles.get(metric, metric)}{comma}{series}"


def _as_shown(process: Callable[..., Any]) -> Callable[..., Any]:
    """Superset works on its own CSV, read back with commas whatever CSV_EXPORT says, and on no XLSX: here it works on rows."""

    def as_shown(result: dict[str, Any], form_data: dict[str, Any] | None = None, datasource: Any = None) -> dict[str, Any]:
        from pandas import DataFrame

        wanted = result["query_context"].result_format
        if wanted not in ("csv", "xlsx"):
            return process(result, form_data, datasource)
        titles = datasource.data.get("verbose_map", {}) if datasource else {}
        for query in result["queries"]:
            query["result_format"] = "json"
        for query in process(result, form_data, datasource)["queries"]:
            frame = DataFrame(query["data"])
            frame.columns = [_title(str(column), titles) for column in frame.columns]
            index = list(frame.index) != list(range(len(frame)))
            query["data"] = csv_text(frame, index) if wanted == "csv" else workbook(frame, index)
        return result

    return as_shown
