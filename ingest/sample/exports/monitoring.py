"""Diagnostic works as they come in: pupil by pupil (МДР, НИКО), task by task, class by class (РМ, ВСОКО); procedures and their timetable.

Sources: monitoring, monitoring_tasks, monitoring_classes, procedures, procedure_schedule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from random import Random
from statistics import mean

from ingest.sample.exports.plain import Row, hint, in_numbers, plain
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.diagnostics import INTERNAL, MUNICIPAL, NATIONAL, PAPER, REGIONAL, Diagnostic, Result
from ingest.sample.model.pupils import letters_of
from ingest.sample.untidy import academic_year

WORKS = "Процедура;Код работы;Дата проведения;Предмет;Код ОО;Класс;Код участника;Максимальный балл;Первичный балл;Отметка"
TASKS = "Код работы;Код ОО;Класс;Код участника;Номер задания;Балл за задание"
CLASSES = (
    "Процедура;Код работы;Дата проведения;Предмет;Код ОО;Класс;Количество участников;Отметка 2;Отметка 3;Отметка 4;Отметка 5;"
    "Средний балл;Максимальный балл"
)
MARKS = (2, 3, 4, 5)
# The words that a file has for a procedure.
SPELLED = {REGIONAL: "РДР", MUNICIPAL: "муниципальная диагностическая работа", NATIONAL: "НИКО", INTERNAL: "внутришкольный мониторинг"}

PROCEDURES = "Учебный год;Процедура;Уровень;Классы;Предметы;Источник данных;Основание"
REGISTER = [
    ("ЕГЭ", "федеральный", "11", "все", "ege"), ("ОГЭ", "федеральный", "9", "все", "oge"),
    ("ВПР", "федеральный", "4–8", "РУ, МА, ОМ, ФИ", "vpr"), ("НИКО", "федеральный", "6", "история", "monitoring"),
    ("РМ", "региональный", "8", "математика", "monitoring_classes"),
    ("МДР", "муниципальный", "7", "русский язык", "monitoring"), ("ВСОКО", "школьный", "8", "физика", "monitoring_classes"),
    ("ВсОШ", "школьный", "5–11", "4 предмета", "olympiads"), ("ECERS-R", "муниципальный", "", "", "ecers"),
]  # fmt: skip

SCHEDULE = "Код ОО;Класс;Дата по графику;Процедура;Предмет;Код работы;Количество уроков;Уроков по предмету за год"
LESSONS_A_YEAR = {"Математика": 170, "Русский язык": 170, "Физика": 68, "Окружающий мир": 68, "История": 68}


def write_monitoring(world: World, landing: Landing) -> None:
    """One row a pupil; X where a pupil handed nothing in."""
    sheet = plain(WORKS, [], "Результаты диагностических работ")
    for work in _works(world, MUNICIPAL, NATIONAL):
        head: Row = [SPELLED[work.procedure], work.code, work.day, work.subject]
        for result in world.results(work):
            points, mark = ("X", "X") if result.points is None else (result.points, "" if work.procedure == NATIONAL else result.mark)
            sheet.record([*head, result.school.code, f"{work.grade}{result.letter}", result.code, PAPER.highest, points, mark])
    row: Row = ["РМ", "РМ-Х", date(world.last_year, 2, 3), "Математика", world.places.schools[0].code, "8А"]
    sheet.faulty("out_of_range", [*row, "001", PAPER.highest, 8, 6])
    sheet.faulty("conflicting_value", [*row, "002", PAPER.highest, 40, 5])
    landing.csv("monitoring/Диагностические работы.csv", sheet, date(world.last_year, 6, 10), Csv("cp1251", "\t"))


def write_monitoring_tasks(world: World, landing: Landing) -> None:
    """One row a task of a pupil's work, of the municipal works alone."""
    sheet = plain(TASKS, [])
    for work in _works(world, MUNICIPAL):
        for result in world.results(work):
            for number, points in enumerate(result.tasks or (), start=1):
                sheet.record([work.code, result.school.code, f"{work.grade}{result.letter}", result.code, number, points])
    code = world.places.schools[0].code
    sheet.faulty("unknown_school", ["МДР-Х", "989898", "7А", "001", 1, 1])
    sheet.faulty("missing_value", ["МДР-Х", code, "7А", "", 1, 1])
    landing.csv("monitoring_tasks/Выполнение заданий МДР.csv", sheet, date(world.last_year, 6, 11), Csv("utf-8", ","))


def write_monitoring_classes(world: World, landing: Landing) -> None:
    """One row a class; the form has a hidden list of procedures."""
    rng = world.stream("export/monitoring_classes")
    rows = [row for work in _works(world, REGIONAL, INTERNAL) for row in _classes(rng, world, work)]
    sheet = plain(CLASSES, rows, "Итоги диагностических работ по классам", "Итоги")
    row: Row = [REGIONAL, "РМ-Х", date(world.last_year, 2, 3), "Математика", world.places.schools[0].code]
    sheet.faulty("conflicting_value", [*row, "8А", 10, 12, 0, 0, 0, 5.5, PAPER.highest])
    sheet.faulty("bad_number", [*row, "8Б", "два десятка", 0, 0, 0, 0, 5.5, PAPER.highest])
    landing.xlsx("monitoring_classes/РДР по классам.xlsx", [hint("списки", SPELLED), in_numbers(sheet, 4)], date(world.last_year, 6, 12))


def _classes(rng: Random, world: World, work: Diagnostic) -> Iterator[Row]:
    def of_class(result: Result) -> tuple[str, str]:
        return result.school.code, result.letter

    for (code, letter), results in groupby(world.results(work), key=of_class):
        done = [(result.points, result.mark) for result in results if result.tasks is not None]
        marks = Counter(mark for _, mark in done)
        if done:
            head: Row = [work.procedure if rng.random() < 0.5 else SPELLED[work.procedure], work.code, work.day, work.subject]
            middle = round(mean(points or 0 for points, _ in done), 2)
            counts = [marks[mark] for mark in MARKS]
            yield [*head, code, f"{work.grade}{letter}", len(done), *counts, middle, PAPER.highest]


def write_procedures(world: World, landing: Landing) -> None:
    """One row a procedure and year."""
    rng = world.stream("export/procedures")
    sheet = plain(PROCEDURES, [], "Реестр оценочных процедур")
    for year in world.years:
        for procedure, level, grades, subjects, source in REGISTER:
            sheet.record([academic_year(rng, year), procedure, level, grades, subjects, source, "приказ"])
    sheet.faulty("unknown_code", [f"{world.last_year - 1}/{world.last_year}", "НОКО", "региональный", "", "", "", ""])
    sheet.faulty("bad_date", ["текущий", "ВПР", "федеральный", "", "", "", ""])
    landing.ods("procedures/Реестр процедур.ods", sheet, date(world.last_year - 1, 9, 12))


def write_procedure_schedule(world: World, landing: Landing) -> None:
    """One row a class and work of the last academic year, as planned in its autumn."""
    rng = world.stream("export/procedure_schedule")
    sheet = plain(SCHEDULE, [], f"График оценочных процедур на {world.last_year - 1}/{world.last_year} учебный год")
    works = [("ВПР", work.day, work.subject, work.grade, "", world.places.schools) for work in world.works if work.year == world.last_year]
    works += [
        (work.procedure, work.day, work.subject, work.grade, work.code, list(work.schools))
        for work in _works(world, *SPELLED)
        if work.autumn == world.last_year - 1
    ]
    for procedure, day, subject, grade, code, schools in works:
        for school in schools:
            pupils = world.enrolment.get((school, world.last_year - 1), {}).get(str(grade))
            for letter in letters_of(pupils) if pupils else "":
                lessons = LESSONS_A_YEAR[subject] if rng.random() < 0.9 else ""
                sheet.record([school.code, f"{grade}{letter}", day, procedure, subject, code, rng.choice((1, 1, 2)), lessons])
                # Now and then a teacher plans a work of the school for the same day.
                if procedure != INTERNAL and rng.random() < 0.02:
                    sheet.record([school.code, f"{grade}{letter}", day, INTERNAL, subject, "", 1, lessons])
    row: Row = [world.places.schools[0].code, "5А", date(world.last_year, 3, 3), "ВПР"]
    sheet.faulty("unknown_code", [*row, "Краеведение Кедрогорья", "", 1, 34])
    sheet.faulty("conflicting_value", [*row, "Математика", "", 3, 2])
    landing.csv("procedure_schedule/График процедур.csv", sheet, date(world.last_year - 1, 9, 15), Csv("utf-8-sig", ";"))


def _works(world: World, *procedures: str) -> list[Diagnostic]:
    return [work for work in world.diagnostics if work.procedure in procedures]
