"""Answers in the long form, one row an answer: what the region's centre puts together from paper and its own site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.surveys import (
    ABOUT_A_NODE,
    ABOUT_A_SCHOOL,
    CENTRE_SURVEY,
    GROUPS,
    METHODICAL_SURVEY,
    PARENTS,
    WAVES,
    Question,
    Questionnaire,
    ask_about_nodes,
    ask_about_schools,
)
from ingest.sample.untidy import any_case, as_number

HEADER = "Код опроса;Волна;Группа респондентов;Код оценивающего узла;Код оцениваемого узла;Код ОО;ID анкеты;Код вопроса;Ответ"
STYLES = [Csv("cp1251", ";"), Csv("utf-8-sig", ",")]


def write(world: World, landing: Landing) -> None:
    """Parents year by year, but the last year's, who filled in a form; the network's nodes every year."""
    for year in world.years:
        years_on = year - world.first_year
        if year < world.last_year:
            asked = ask_about_schools(world.stream(f"surveys/{PARENTS}/{year}"), PARENTS, world.places.schools, year, years_on)
            sheet = _sheet(world.stream(f"export/surveys/{year}"), PARENTS, year, ABOUT_A_SCHOOL, asked)
            landing.csv(f"surveys/{year}/Удовлетворённость родителей.csv", sheet, date(year, 3, 5), STYLES[year % len(STYLES)])
        _write_network(world, landing, year, years_on)


def _write_network(world: World, landing: Landing, year: int, years_on: int) -> None:
    sheets = []
    for survey, title in ((CENTRE_SURVEY, "УМЦ о КЦ"), (METHODICAL_SURVEY, "ОО об УМЦ")):
        asked = ask_about_nodes(world.stream(f"surveys/{survey}/{year}"), survey, world.network, year, years_on)
        sheet = _sheet(world.stream(f"export/surveys/{survey}/{year}"), survey, year, ABOUT_A_NODE, asked)
        sheet.name = title
        sheets.append(sheet)
    if year == world.last_year:
        _plant(sheets[0], world.places.schools[0].code, f"{year}-05")
    landing.xlsx(f"surveys/{year}/Опросы сети.xlsx", sheets, date(year, 6, 10))


def _sheet(rng: Random, survey: str, year: int, questions: list[Question], asked: Iterable[Questionnaire]) -> Sheet:
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    wave = f"{year}-{WAVES[survey][0]:02d}"
    for one in asked:
        school = one.school.code if one.school else ""
        for question, answer in zip(questions, one.answers, strict=True):
            group = any_case(rng, GROUPS[survey])
            sheet.record([survey, wave, group, one.rater, one.rated, school, one.number, question.code, answer])
    return sheet


def _plant(sheet: Sheet, school: str, wave: str) -> None:
    def row(number: str, answer: Cell, group: str = "УМЦ", code: Cell = "") -> list[Cell]:
        return [CENTRE_SURVEY, wave, group, "", "", code, number, "В01", answer]

    sheet.faulty("out_of_range", row("9001", 6))
    sheet.faulty("bad_number", row("9002", "хорошо"))
    sheet.faulty("unknown_code", row("9003", 5, "гости"))
    sheet.faulty("unknown_school", row("9004", 5, code="999999"))
    sheet.faulty("missing_value", row("", 5))
    sheet.faulty("duplicate_key", row("9005", 2, code=as_number(school)))
    sheet.record(row("9005", 4, code=as_number(school)))
