"""Tables for people: what a Russian Excel and a person at a terminal get."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from orchestration import export

COLUMNS = ["Школа", "Доля", "n", "Скрыто", "День"]
ROW: Sequence[Any] = ("Лицей; «№ 1»", 0.125, 40, False, date(2024, 9, 1))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[bytes, list[list[str]]]:
    stream = BytesIO()
    export.write_csv(stream, columns, rows)
    return stream.getvalue(), list(csv.reader(StringIO(stream.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_opens_in_russian_excel() -> None:
    content, table = _csv(COLUMNS, [ROW, (None, None, None, True, None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert table == [COLUMNS, ["Лицей; «№ 1»", "0,125", "40", "нет", "2024-09-01"], ["", "", "", "да", ""]]


@pytest.mark.parametrize("text", ["=1+1", "+7 383", "-скрыто", "@cmd", "\t=1", "\r=1"])
def test_csv_carries_no_formula(text: str) -> None:
    _, table = _csv([text], [(text,)])
    assert table == [[f"'{text}"], [f"'{text}"]]


def test_csv_leaves_negative_numbers_alone() -> None:
    _, table = _csv(["d"], [(-0.5,), (-3,), (Decimal("-1.5"),)])
    assert table[1:] == [["-0,5"], ["-3"], ["-1,5"]]


def _xlsx(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    stream = BytesIO()
    export.write_xlsx(stream, COLUMNS, rows)
    sheet = openpyxl.load_workbook(BytesIO(stream.getvalue()))["Данные"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_xlsx_keeps_types() -> None:
    moment = datetime(2024, 9, 1, 12, 30)
    table = _xlsx([ROW, ("=СУММ(A1)", Decimal("-1.5"), None, True, moment), ("http://x", float("nan"), 2**60, None, date(1, 1, 1))])
    assert table[0] == COLUMNS
    assert table[1] == ["Лицей; «№ 1»", 0.125, 40, False, datetime(2024, 9, 1)]
    assert table[2] == ["=СУММ(A1)", -1.5, None, True, moment]
    assert table[3] == ["http://x", "nan", str(2**60), None, "0001-01-01"]


def test_xlsx_text_like_a_formula_is_text() -> None:
    stream = BytesIO()
    export.write_xlsx(stream, ["a"], [("=1+1",)])
    assert openpyxl.load_workbook(BytesIO(stream.getvalue())).active["A2"].data_type == "s"


def test_xlsx_says_when_rows_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    assert len(_xlsx([ROW] * 2)) == 3
    with pytest.raises(export.TooManyRows, match="csv"):
        _xlsx([ROW] * 3)


def test_a_table_on_the_screen_says_that_it_is_cut(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(export, "SCREEN_ROWS", 2)
    export.print_table(["[b]имя[/b]", "n"], [("[red]" + "длинное имя " * 20, 1), ("б", None), ("в", 3)])
    out, error = capsys.readouterr()
    assert "[b]имя[/b]" in out and "длинное имя " * 20 in out and "в" not in out.split("имя " * 20)[-1]
    assert "первые 2 строк" in error
    export.print_table(["n"], [(1,), (2,)])
    assert capsys.readouterr().err == ""
