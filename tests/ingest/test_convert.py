"""Text cells to typed values, and what a cell is rejected for."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ingest.convert import date_of, faults_of, number_of, value_of
from ingest.declarations import Column
from ingest.settings import Settings

SETTINGS = Settings(as_of=date(2024, 12, 30))


def judged(column: Column, *cells: str | None) -> list[tuple[object, str | None]]:
    """Value and first reason of each cell."""
    text, value = pl.col("text"), pl.col("value")
    frame = pl.DataFrame({"text": cells}, schema={"text": pl.String}).with_columns(value_of(text, column, SETTINGS).alias("value"))
    reasons = [pl.when(is_wrong).then(pl.lit(reason)) for reason, is_wrong in faults_of(text, value, column, SETTINGS)]
    return frame.select("value", pl.coalesce(*reasons, pl.lit(None, pl.String)).alias("reason")).rows()


@pytest.mark.parametrize(
    "text",
    [
        *("05.07.2021", "5.7.2021", "2021.07.05", "2021-07-05", "2021-07-05 00:00:00", "2021-07-05T09:54:41.5Z"),
        *("5.07.2021 9:54:41", "05.07.2021 г.", "44382", "44382.5", "44382,5"),
    ],
)
def test_dates_as_people_and_programs_write_them(text: str) -> None:
    assert date_of(text) == date(2021, 7, 5)


@pytest.mark.parametrize(
    "text", ["31.02.2024", "2023-02-29", "2024-13-01", "32.01.2024", "вчера", "05.07.21", "2024", "12345", "99999", "0.0.0000"]
)
def test_what_is_no_day_of_the_calendar(text: str) -> None:
    assert date_of(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1,5", 1.5), ("1.5", 1.5), ("-3", -3.0), ("−3", -3.0), ("1 234,5", 1234.5), ("1\u00a0234", 1234.0), ("1,234.5", 1234.5)),
        *(("1.234,5", 1234.5), ("45 %", 45.0), ("1E+05", 100000.0), (".5", 0.5), ("15.", 15.0)),
    ],
)
def test_numbers_as_people_and_programs_write_them(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["X", "нет данных", "1,2,3", "1..5", "1e999", "nan", "inf", "", "12 баллов", "5-6", "٣"])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


def test_a_number_that_must_be_whole() -> None:
    column = Column(header="Численность", type="integer", required=True)
    assert judged(column, "46", "46.0", "46,5", "сорок", None) == [
        (46, None),
        (46, None),
        (None, "bad_number"),
        (None, "bad_number"),
        (None, "missing_value"),
    ]


def test_bounds_include_both_ends() -> None:
    column = Column(header="Балл", type="number", min=0, max=100)
    assert [reason for _, reason in judged(column, "0", "100", "101", "-1", None)] == [None, None, "out_of_range", "out_of_range", None]


@pytest.mark.parametrize("words", ["X", "Х", "аннулирован", "не завершил", "—", None])
def test_words_in_place_of_a_result_are_a_row_without_a_result(words: str | None) -> None:
    assert judged(Column(header="Балл", type="result", min=0, max=100), words) == [(None, None)]


def test_a_result_can_still_be_impossible() -> None:
    assert judged(Column(header="Балл", type="result", min=0, max=100), "101") == [(101.0, "out_of_range")]


def test_facts_lie_in_the_past_and_ends_may_not() -> None:
    cells = ("30.12.2024", "31.12.2024", "31.12.1899")
    fact = [reason for _, reason in judged(Column(header="Дата", type="date"), *cells)]
    end = [reason for _, reason in judged(Column(header="Действует по", type="date", future=True), *cells)]
    assert fact == [None, "out_of_range", "out_of_range"]
    assert end == [None, None, "out_of_range"]


def test_lists_ignore_letter_case_yo_and_spaces_and_know_synonyms() -> None:
    column = Column(header="Статус", values=["действует", "возобновлён", "прекращён"], synonyms={"отменён": "прекращён"}, required=True)
    cells = ("ДЕЙСТВУЕТ", "Возобновлен", "отменен", "Отменён", "утрачен", None)
    assert judged(column, *cells) == [
        ("действует", None),
        ("возобновлён", None),
        ("прекращён", None),
        ("прекращён", None),
        (None, "unknown_code"),
        (None, "missing_value"),
    ]


def test_a_blank_cell_takes_the_default() -> None:
    column = Column(header="Решение", values=["установлена", "отказано"], default="установлена")
    assert judged(column, None, "отказано") == [("установлена", None), ("отказано", None)]


def test_yes_and_no() -> None:
    column = Column(header="Основное место работы", type="yes_no")
    assert judged(column, "Да", "НЕТ", "true", "0", "совместитель", None) == [
        (True, None),
        (False, None),
        (True, None),
        (False, None),
        (None, "unknown_code"),
        (None, None),
    ]


def test_codes_that_cannot_be_read_have_a_reason() -> None:
    assert judged(Column(header="Код предмета", type="subject_code"), "астрология") == [(None, "unknown_code")]
    assert judged(Column(header="Учебный год", type="academic_year"), "2017") == [(None, "bad_date")]
    assert judged(Column(header="СНИЛС", type="snils", required=True), "-") == [(None, "missing_value")]
