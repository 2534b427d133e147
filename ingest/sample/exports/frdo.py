"""The export of ФИС ФРДО, template «ДПО» of 40 columns: originals, duplicates of lost, changed and spoilt ones, corrected documents."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from random import Random

from ingest.sample.exports.pd_courses import listed
from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.staff import Course
from ingest.sample.untidy import as_number, spaced

HEADER = (
    "Вид документа;Статус документа;Подтверждение утраты;Подтверждение обмена;Подтверждение уничтожения;Серия документа;Номер документа;"
    "Дата выдачи документа;Регистрационный номер;"
    "Дополнительная профессиональная программа (повышение квалификации/ профессиональная переподготовка);"
    "Наименование дополнительной профессиональной программы;Наименование области профессиональной деятельности;"
    "Укрупненные группы специальностей;Наименование квалификации, профессии, специальности;Уровень образования ВО/СПО;"
    "Фамилия указанная в дипломе о ВО или СПО;Серия документа о ВО/СПО;Номер документа о ВО/СПО;Год начала обучения;Год окончания обучения;"
    "Срок обучения, часов;Фамилия получателя;Имя;Отчество;Дата рождения;Пол;СНИЛС;Форма обучения;Источник финансирования обучения;"
    "Форма получения образования на момент прекращения образовательных отношений;Гражданство (код ОКСМ);"
    "Наименование документа об образовании (оригинала);Серия (оригинала);Номер (оригинала);Регистрационный N (оригинала);"
    "Дата выдачи (оригинала);Фамилия получателя (оригинала);Имя получателя (оригинала);Отчество получателя (оригинала);"
    "Номер документа для изменения"
)
KIND, STATUS, LOST, EXCHANGED, DESTROYED, NUMBER, ISSUED, HOURS, SNILS = 0, 1, 2, 3, 4, 6, 7, 20, 26
ORIGINAL_NUMBER, ORIGINAL_ISSUED, CORRECTED = 33, 35, 39

SHORT, RETRAINING = "Удостоверение о повышении квалификации", "Диплом о профессиональной переподготовке"


def in_frdo(course: Course) -> bool:
    """Whether ФРДО has the document: all that the institute's lists lack, and some that they have."""
    return not listed(course) or int(course.document) % 20 < 2


def write(world: World, landing: Landing) -> None:
    """One row a document."""
    rng = world.stream("export/frdo")
    courses = sorted(filter(in_frdo, world.staff.courses), key=lambda course: (course.end, course.document))
    for year, group in groupby(courses, key=lambda course: course.end.year):
        modified = min(date(year + 1, 2, 20), world.last_day)
        sheet = _sheet(rng, list(group), world.last_day)
        if year == world.last_year:
            _plant(sheet, courses[-1])
            landing.xlsx(f"frdo/ФРДО ДПО {year}.xlsx", [_in_numbers(sheet), _vocabulary()], modified)
        else:
            landing.csv(f"frdo/ФРДО ДПО {year}.csv", sheet, modified, Csv("cp1251"))


def _sheet(rng: Random, courses: list[Course], last_day: date) -> Sheet:
    sheet = Sheet("Шаблон")
    sheet.text(*HEADER.split(";"))
    for course in courses:
        sheet.record(_row(rng, course))
        duplicate_day = course.end + timedelta(days=60)
        chance = rng.random()
        if chance < 0.015 and duplicate_day <= last_day:
            sheet.record(_duplicate(_row(rng, course), course, duplicate_day, rng.choice((LOST, LOST, EXCHANGED, DESTROYED))))
        elif chance > 0.99:
            sheet.record(_correction(_row(rng, course), course))
    return sheet


def _row(rng: Random, course: Course) -> list[Cell]:
    person, worker = course.worker.person, course.worker
    retraining = course.hours >= 250
    return [
        RETRAINING if retraining else SHORT,
        "Оригинал",
        "Нет",
        "Нет",
        "Нет",
        "",
        course.document,
        course.end,
        f"ПК-{rng.randrange(1, 10_000)}",
        "Профессиональная переподготовка" if retraining else "Повышение квалификации",
        spaced(rng, course.programme),
        "Образование и наука",
        "",
        "",
        "ВО",
        person.last,
        "",
        f"{rng.randrange(10**6):06d}",
        course.start.year,
        course.end.year,
        course.hours,
        spaced(rng, person.last),
        person.first,
        person.middle,
        worker.born,
        "Жен" if person.middle.endswith("на") else "Муж",
        worker.snils,
        "Очная",
        "За счет бюджета",
        "В образовательной организации",
        "643",
        *[""] * 9,
    ]


def _duplicate(row: list[Cell], course: Course, day: date, reason: int) -> list[Cell]:
    row[STATUS], row[reason] = "Дубликат", "Да"
    row[NUMBER], row[ISSUED] = f"{course.document}9", day
    row[ORIGINAL_NUMBER - 2 : ORIGINAL_ISSUED + 4] = [row[KIND], "", course.document, row[8], course.end, *row[21:24]]
    return row


def _correction(row: list[Cell], course: Course) -> list[Cell]:
    """The document as it should have been, under a number of its own; it names the one that it corrects."""
    row[NUMBER], row[CORRECTED] = f"{course.document}8", course.document
    return row


def _plant(sheet: Sheet, course: Course) -> None:
    def changed(column: int, value: Cell, number: str) -> list[Cell]:
        row = _row(Random(0), course)
        row[NUMBER] = number
        row[column] = value
        return row

    sheet.faulty("missing_value", changed(NUMBER, "", ""))
    sheet.faulty("bad_date", changed(ISSUED, "30.02.2025", "969900000001"))
    sheet.faulty("bad_number", changed(HOURS, "тридцать шесть", "969900000002"))
    # The same number twice: the last row wins.
    sheet.faulty("duplicate_key", changed(HOURS, 72, "969900000003"))
    sheet.record(changed(HOURS, 36, "969900000003"))


def _in_numbers(sheet: Sheet) -> Sheet:
    for place, row in enumerate(sheet.rows):
        cells = list(row)
        number = cells[SNILS]
        if isinstance(number, str) and number.isdigit():
            cells[SNILS] = as_number(number)
        sheet.rows[place] = cells
    return sheet


def _vocabulary() -> Sheet:
    sheet = Sheet("Справочники")
    for words in (("Вид документа",), (SHORT,), (RETRAINING,)):
        sheet.text(*words)
    return sheet
