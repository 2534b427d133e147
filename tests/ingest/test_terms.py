"""Terms of plans as the founding documents write them, to intervals: from the text alone, a year that it does not name stays open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.terms import term_of, years_of

TERMS = {
    # the region's plan of 2017–2018
    "28 сентября 2017": "2017-09-28/2017-09-28/day",
    "До 15 января 2018": "2018-01-15/2018-01-15/day",
    "До 15 января 2018, До 30 июня 2018, До 20.01.2019 года": "2018-01-15/2019-01-20/day",
    "08.09.2018": "2018-09-08/2018-09-08/day",
    "20 июля": "0000-07-20/0000-07-20/day",
    "Август 2018": "2018-08/2018-08/month",
    "Август - декабрь 2018 года": "2018-08/2018-12/month",
    "Октябрь 2017 года, Ноябрь 2018 года": "2017-10/2018-11/month",
    "13-15 марта 2018": "2018-03-13/2018-03-15/day",
    "В соответствии с планами КЦ и УМЦ Отчеты в мае 2018 года, в декабре 2018 года": "2018-05/2018-12/month",
    "В течение всего периода реализации проекта": "//open",
    "2 раза за период реализации проекта": "//open",
    "по согласованию": "//open",
    # the road maps: lists by a space, ranges over a line's end, a month's year behind the last
    "Март–октябрь 2017 г.": "2017-03/2017-10/month",
    "Май Август": "0000-05/0000-08/month",
    "Январь- март\nСентябрь - ноябрь": "0000-01/0000-11/month",
    "Ноябрь, декабрь 2019; Март 2020 года": "2019-11/2020-03/month",
    "Сентябрь 2019- декабрь 2021": "2019-09/2021-12/month",
    "декабрь 2021 г.-январь 2022 г.": "2021-12/2022-01/month",
    "Ежегодно.": "//open",
    # a range ends after it begins
    "ноябрь – февраль 2018": "2017-11/2018-02/month",
    "с 10.01 по 20.03.2018": "2018-01-10/2018-03-20/day",
    "с 1 по 15 марта 2018": "2018-03-01/2018-03-15/day",
    "сентябрь 2017 – май": "2017-09/0000-05/month",
    # quarters, halves, years, and what a spreadsheet makes of a date
    "I квартал 2018": "2018-01/2018-03/quarter",
    "III–IV кварталы 2018 г.": "2018-07/2018-12/quarter",
    "1-й квартал": "0000-01/0000-03/quarter",
    "первое полугодие 2018": "2018-01/2018-06/quarter",
    "в 2018 году": "2018-01/2018-12/year",
    "2017/2018 учебный год": "2017-09/2018-08/year",
    "2018-09-08 00:00:00": "2018-09-08/2018-09-08/day",
    "до 01.06.18": "2018-06-01/2018-06-01/day",
    # a day that no calendar has
    "31 июня 2018": None,
    "29 февраля 2019": None,
    "29 февраля": "0000-02-29/0000-02-29/day",
}
YEARS = {
    "План по реализации проекта в 2017-2018 годах": "2017-2018",
    "Дорожная карта на 2018 год": "2018-2018",
    "Программа на 2019 –2021 гг.": "2019-2021",
    "План на 2023/24 учебный год": "2023/2024",
    "План на 2017-2018 уч. год": "2017/2018",
    "План работы": None,
}


@pytest.mark.parametrize(("text", "expected"), TERMS.items())
def test_a_term(text: str, expected: str | None) -> None:
    assert term_of(text) == expected


@pytest.mark.parametrize(("text", "expected"), YEARS.items())
def test_the_years_of_a_name(text: str, expected: str | None) -> None:
    assert years_of(text) == expected


@given(st.text(alphabet="0123456789.-–,/ гиясентбрмайдкво", max_size=40))
def test_whatever_is_written_has_the_one_shape(text: str) -> None:
    spelled = term_of(text)
    day = r"\d{4}-\d\d(?:-\d\d)?"
    assert spelled is None or re.fullmatch(rf"{day}/{day}/(?:day|month|quarter|year)|//open", spelled)
