"""Forms as Google and Yandex export them, and what they are read by: the map of surveys and the calendar of waves.

Every open answer and every address in them is made up; none may get anywhere from the landing folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.places import School
from ingest.sample.model.surveys import (
    ABOUT_A_SCHOOL,
    CENTRE_SURVEY,
    GROUPS,
    METHODICAL_SURVEY,
    PARENTS,
    PUPILS,
    WAVES,
    Question,
    Questionnaire,
    ask_about_schools,
)
from ingest.sample.untidy import spaced

MAP = "Код опроса;Версия;Группа респондентов;Код вопроса;Текст вопроса;Назначение;Шкала;Обратный"
CALENDAR = "Код опроса;Волна;Начало;Окончание;Группа респондентов;Код оцениваемого узла"

STEM = "Насколько Вы удовлетворены"
WORDS = ["полностью не удовлетворён", "скорее не удовлетворён", "трудно сказать", "скорее удовлетворён", "полностью удовлетворён"]
OFTEN = ["никогда", "редко", "иногда", "часто", "очень часто"]
RECOMMEND, HAS_SITE, VALUED = "Посоветуете ли Вы нашу школу знакомым?", "Пользуетесь ли Вы сайтом школы?", "Что Вы цените в школе?"
OPTIONS = ["Учителя", "Кружки, секции", "Близость к дому"]
SCHOOL, OPEN, ADDRESS = "Код школы", "Кого бы Вы хотели поблагодарить?", "Имя пользователя"


def write(world: World, landing: Landing) -> None:
    """The parents' Google form of the last year, downloaded twice; the pupils' Yandex form of every year."""
    _write_map(world, landing)
    _write_calendar(world, landing)
    _write_parents(world, landing)
    for year in world.years:
        _write_pupils(world, landing, year)


# ---- the map and the calendar --------------------------------------------------------------------------------------------------


def _scale(words: list[str]) -> str:
    return "; ".join(f"{word}={number}" for number, word in enumerate(words, start=1))


def _text(question: Question) -> str:
    return question.text if question.is_reversed else f"{STEM} [{question.text}]"


def _map_rows() -> Iterator[list[Cell]]:
    for survey in (PARENTS, PUPILS):
        for question in ABOUT_A_SCHOOL:
            scale = _scale(OFTEN) if question.is_reversed else _scale(WORDS) if survey == PARENTS else "1–5"
            reverse = "да" if question.is_reversed else ""
            yield [survey, "1", GROUPS[survey], question.code, _text(question), "вопрос", scale, reverse]
        yield [survey, "1", GROUPS[survey], "ОО", SCHOOL, "Код ОО", "", ""]
    yield [PARENTS, "1", GROUPS[PARENTS], "НПС", RECOMMEND, "", "0–10", ""]
    yield [PARENTS, "1", GROUPS[PARENTS], "САЙТ", HAS_SITE, "", "да/нет", ""]
    for number, option in enumerate(OPTIONS, start=1):
        yield [PARENTS, "1", GROUPS[PARENTS], f"ЦЕН.{number}", f"{VALUED} [{option}]", "", "выбор", ""]


def _write_map(world: World, landing: Landing) -> None:
    sheet = Sheet()
    sheet.text("Карта опросов")
    sheet.text()
    sheet.text(*MAP.split(";"))
    for row in _map_rows():
        sheet.record(row)
    sheet.faulty("unknown_code", [PARENTS, "1", GROUPS[PARENTS], "В99", "Довольны ли Вы?", "", "от плохо до хорошо", ""])
    sheet.faulty("missing_value", [PARENTS, "1", GROUPS[PARENTS], "В98", "", "", "", ""])
    landing.xlsx("survey_questions/Карта опросов.xlsx", sheet, date(world.first_year, 1, 15))


def _write_calendar(world: World, landing: Landing) -> None:
    sheet = Sheet()
    sheet.text(*CALENDAR.split(";"))
    for year in world.years:
        for survey in (PARENTS, PUPILS, CENTRE_SURVEY, METHODICAL_SURVEY):
            month, first, last = WAVES[survey]
            sheet.record([survey, f"{year}-{month:02d}", date(year, month, first), date(year, month, last), "", ""])
    year = world.last_year
    sheet.faulty("conflicting_value", [PARENTS, f"{year}-09", date(year, 9, 20), date(year, 9, 2), "", ""])
    landing.csv("survey_waves/Волны опросов.csv", sheet, date(year, 1, 15), Csv("utf-8"))


# ---- Google --------------------------------------------------------------------------------------------------------------------


def _write_parents(world: World, landing: Landing) -> None:
    year = world.last_year
    asked = ask_about_schools(world.stream(f"surveys/{PARENTS}/{year}"), PARENTS, world.places.schools, year, year - world.first_year)
    ordered = sorted(asked, key=lambda one: one.moment)
    half = ordered[: len(ordered) // 2]
    for name, rows, day in (
        ("Ответы, первая неделя", half, date(year, 2, 16)),
        ("Анкета для родителей (Ответы)", ordered, date(year, 3, 5)),
    ):
        # The second download has the very same rows and more.
        sheet = _parents_sheet(world, world.stream("export/survey_forms/parents"), rows)
        if rows is ordered and rows:
            _plant(sheet, ordered[0], world.places.schools[0])
        landing.csv(f"survey_forms/{year}/{name}.csv", sheet, day, Csv("utf-8", ","))


def _parents_sheet(world: World, rng: Random, rows: list[Questionnaire]) -> Sheet:
    sheet = Sheet(records=False)
    sheet.remark("columns_left_out", whole=True)
    questions = [f"{number}. {_text(question)}" for number, question in enumerate(ABOUT_A_SCHOOL, start=1)]
    sheet.text("Отметка времени", ADDRESS, *questions, RECOMMEND, HAS_SITE, VALUED, SCHOOL, OPEN)
    teachers = [job.worker.person for job in world.staff.jobs[:50]]
    for number, one in enumerate(rows, start=1):
        teacher = rng.choice(teachers)
        thanks = f"Спасибо, {teacher.first} {teacher.middle} {teacher.last}!" if rng.random() < 0.2 else ""
        address = f"roditel{number}@oko.example" if rng.random() < 0.5 else ""
        sheet.record([_google_moment(one), address, *_words(rng, one), *_further(rng, one), thanks])
    return sheet


def _google_moment(one: Questionnaire) -> str:
    half = "PM" if one.moment.hour >= 12 else "AM"
    return f"{one.moment:%Y/%m/%d} {(one.moment.hour - 1) % 12 + 1}:{one.moment:%M:%S} {half} GMT+7"


def _words(rng: Random, one: Questionnaire) -> list[Cell]:
    cells: list[Cell] = []
    for question, answer in zip(ABOUT_A_SCHOOL, one.answers, strict=True):
        words = OFTEN if question.is_reversed else WORDS
        cells.append(spaced(rng, words[answer - 1]).capitalize() if answer else rng.choice(("", "Затрудняюсь ответить")))
    return cells


def _further(rng: Random, one: Questionnaire) -> list[Cell]:
    liking = (one.answers[0] or 3) + rng.gauss(0, 0.5)
    chosen = [option for option in OPTIONS if rng.random() < 0.5] + (["Другое: рядом работа"] if rng.random() < 0.03 else [])
    assert one.school
    code = f"{one.school.code} — {one.school.name}" if rng.random() < 0.5 else one.school.code
    return [min(10, max(0, round(2 * liking))), rng.choice(("Да", "Нет", "")), ", ".join(chosen), code]


def _plant(sheet: Sheet, one: Questionnaire, school: School) -> None:
    good: list[Cell] = [*[WORDS[3]] * 6, OFTEN[1], 9, "Да", OPTIONS[0], school.code, ""]

    def row(moment: str, place: int = 0, cell: Cell = WORDS[3]) -> list[Cell]:
        return [moment, "", *good[:place], cell, *good[place + 1 :]]

    moment = _google_moment(one)
    sheet.faulty("unknown_code", row(moment, 0, "Всё отлично"))
    sheet.faulty("out_of_range", row(moment, 7, 11))
    sheet.faulty("unknown_school", row(moment, 10, "999999"))
    sheet.faulty("bad_date", row("30.02.2020 10:00:00"))
    # after the wave was over
    sheet.faulty("unknown_code", row(f"{one.moment + timedelta(days=40):%Y/%m/%d} 10:00:00 AM GMT+7"))


# ---- Yandex --------------------------------------------------------------------------------------------------------------------


def _write_pupils(world: World, landing: Landing, year: int) -> None:
    rng = world.stream(f"export/survey_forms/pupils/{year}")
    sheet = Sheet("Ответы", records=False)
    sheet.remark("columns_left_out", whole=True)
    questions = [_text(question).replace(" [", " / ").rstrip("]") for question in ABOUT_A_SCHOOL]
    sheet.text("ID", "Время создания", *questions, SCHOOL, "Пожелания")
    asked = ask_about_schools(world.stream(f"surveys/{PUPILS}/{year}"), PUPILS, world.places.schools, year, year - world.first_year)
    for number, one in enumerate(asked, start=year * 100_000):
        assert one.school
        answers = [
            OFTEN[answer - 1] if answer and question.is_reversed else answer
            for question, answer in zip(ABOUT_A_SCHOOL, one.answers, strict=True)
        ]
        wish = "Больше экскурсий с классным руководителем" if rng.random() < 0.1 else ""
        sheet.record([number, one.moment, *answers, one.school.code, wish])
    landing.xlsx(f"survey_forms/{year}/Анкета обучающегося.xlsx", sheet, date(year, 3, 6))
