"""Cells as Excel with Russian settings reads them, without Superset; whole downloads are asked for in tests/e2e/test_downloads.py."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import downloads
import openpyxl
import pytest

HOSTILE = ["=1+1", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\tтекст", "  =1", "\n@x", "＝1", "-x", "-", '=HYPERLINK("http://a","b")']
HARMLESS = ["Школа № 1", "-5", "-5,3", "-5.3", "−2,1 п.п.", "5 = 5", "'=1", "", "а@б", "{=1+1}"]


class Frame:
    """What of a data frame the writers ask for."""

    def __init__(self, columns: list[object], rows: list[tuple[object, ...]], names: tuple[str | None, ...] = ()) -> None:
        self.columns, self._rows, self.index = columns, rows, SimpleNamespace(names=names)

    def itertuples(self, index: bool, name: None) -> Iterator[tuple[object, ...]]:
        return iter(self._rows)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    assert downloads.csv_cell(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay(text: str) -> None:
    assert downloads.csv_cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-2.5, "-2,5"),
        (Decimal("-3.10"), "-3,10"),
        (24.0, "24"),
        (0.1 + 0.2, "0,3"),
        (7, "7"),
        (True, "да"),
        (False, "нет"),
        (None, ""),
        (float("nan"), ""),
        (date(2026, 9, 1), "01.09.2026"),
        (datetime(2026, 9, 1), "01.09.2026"),
        (datetime(2026, 9, 1, 7, 5, 9), "01.09.2026 07:05:09"),
        ('<a href="/superset/dashboard/school/?x=(1)">Школа &amp; сад</a>', "Школа & сад"),
        ('<a href="/x">=1+1</a>', "'=1+1"),
        ('<div class="oko-tile"><b>56,0 %</b>город<br>n = 5</div>', "56,0 % город n = 5"),
        ("<b>не наше</b>", "<b>не наше</b>"),
    ],
)
def test_values(value: object, written: str) -> None:
    assert downloads.csv_cell(value) == written


def test_a_table_with_semicolons_quotes_and_lines_comes_back() -> None:
    text = downloads.csv_text(Frame(["=имя", "число"], [('а;б "в"\nг', -1.5)]), index=False)
    assert text == '\'=имя;число\r\n"а;б ""в""\nг";-1,5\r\n'


def test_an_index_of_levels_becomes_columns() -> None:
    frame = Frame([("доля", "2026")], [(("Школа", "=5"), 0.5)], names=("где", None))
    assert downloads.csv_text(frame, index=True) == "где;;доля, 2026\r\nШкола;'=5;0,5\r\n"


def test_a_metric_of_a_pivot_has_its_title() -> None:
    titles = {"share": "Доля", "year": "Год", "a, b": "Оба"}
    assert [downloads._title(name, titles) for name in ("share", "share, Химия, 9 класс", "year", "a, b", "новое")] == [
        *("Доля", "Доля, Химия, 9 класс", "Год", "Оба", "новое")
    ]


def cells(rows: list[tuple[object, ...]]) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(downloads.workbook(Frame(["=а"], rows), index=False)))
    return [row[0] for row in book.worksheets[0].iter_rows()]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    texts = [*HOSTILE, "{=1+1}", "http://a.b", "external:c:\\x.xlsx", "internal:A1!B2", "я" * 40_000]
    found = cells([(text,) for text in texts])
    assert {cell.data_type for cell in found} == {"s"}
    assert not any(cell.hyperlink for cell in found)
    # as openpyxl reads a carriage return
    assert [cell.value for cell in found[1:-1]] == [text.replace("\r", "_x000D_") for text in texts[:-1]]
    assert len(found[-1].value) == 32_767
    assert all(cell.quotePrefix for cell in found[1 : len(HOSTILE) + 1])


def test_cells_of_a_workbook_have_types() -> None:
    values = [-2.5, 7, Decimal("3.10"), True, date(2026, 9, 1), datetime(2026, 9, 1, 7, 5, 9), None, 10**18, date(1700, 1, 1), "5"]
    found = cells([(value,) for value in values])[1:]
    assert [cell.data_type for cell in found] == ["n", "n", "n", "b", "d", "d", "n", "s", "s", "s"]
    assert [cell.value for cell in found][6:] == [None, str(10**18), "01.01.1700", "5"]
    assert [cell.number_format for cell in found if cell.data_type == "d"] == ["dd.mm.yyyy", "dd.mm.yyyy hh:mm:ss"]
