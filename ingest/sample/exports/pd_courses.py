"""Course lists of the region's institute: a file a year, in turns text and workbook."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.staff import Course
from ingest.sample.untidy import snils, spaced

HEADER = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Программа;Тема;Объём, ч;Дата начала;Дата окончания;Номер документа;Дата выдачи"
STYLES = [Csv("cp1251", ";"), Csv("utf-8", ",", "%Y-%m-%d", "."), Csv("utf-8-sig", ";", "%Y.%m.%d")]


def listed(course: Course) -> bool:
    """Whether the course is on a list of the institute; the others are only in ФРДО, a few in both."""
    return int(course.document) % 20 < 12


def write(world: World, landing: Landing) -> None:
    """One row a document."""
    rng = world.stream("export/pd_courses")
    courses = sorted(filter(listed, world.staff.courses), key=lambda course: (course.end, course.document))
    for year, group in groupby(courses, key=lambda course: course.end.year):
        modified = min(date(year + 1, 1, 15), world.last_day)
        sheet = _sheet(rng, list(group), with_title=year % 2 == 0)
        if year == world.last_year:
            _plant(sheet, courses[-1])
        if year % 4 == 1:
            landing.xlsx(f"pd_courses/{year}/Список повысивших квалификацию.xlsx", sheet, modified)
        else:
            landing.csv(f"pd_courses/{year}/Список повысивших квалификацию.csv", sheet, modified, STYLES[year % len(STYLES)])


def _sheet(rng: Random, courses: list[Course], with_title: bool) -> Sheet:
    sheet = Sheet()
    if with_title:
        sheet.text("Список повысивших квалификацию")
        sheet.text()
    sheet.text(*HEADER.split(";"))
    for course in courses:
        sheet.record(_row(rng, course))
    return sheet


def _row(rng: Random, course: Course) -> list[Cell]:
    person = course.worker.person
    # The organiser often knows the person and not the school: the СНИЛС leads there.
    knows_school = rng.random() < 0.7
    return [
        snils(rng, course.worker.snils),
        spaced(rng, person.last),
        person.first,
        person.middle,
        course.school.code if knows_school else "",
        course.position if knows_school else "",
        spaced(rng, course.programme),
        course.topic,
        course.hours,
        course.start,
        course.end,
        course.document,
        course.end,
    ]


def _plant(sheet: Sheet, course: Course) -> None:
    row = _row(Random(0), course)
    sheet.faulty("bad_number", [*row[:8], "сорок", *row[9:11], "960000000001", row[12]])
    sheet.faulty("missing_value", [*row[:11], "", row[12]])
    sheet.faulty("out_of_range", [*row[:9], "", "", "960000000002", date(2131, 5, 5)])
