"""Protocols of contests: the olympiad stage by stage, contests and НПК of pupils and teachers, competitions of organisations.

Sources: olympiads, contests, competitions.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from random import Random

from ingest.sample.exports.plain import Row, in_numbers, named, plain
from ingest.sample.files import Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.olympiads import MUNICIPAL, REGIONAL, SCHOOL, Entry
from ingest.sample.model.places import School
from ingest.sample.model.staff import TEACHER
from ingest.sample.untidy import academic_year, any_case, spaced, without_yo

OLYMPIADS = "Учебный год;Этап;Предмет;Шифр;Фамилия;Имя;Отчество;Код ОО;Класс обучения;Класс участия;Баллы;Максимум;Статус"
STYLES = [Csv("cp1251", ";"), Csv("utf-8-sig", "\t"), Csv("utf-8", ",")]

CONTESTS = (
    "Учебный год;Конкурс;Вид;Уровень;Форма участия;Участники;Номер заявки;Количество участников;Код ОО;СНИЛС;Фамилия;Имя;Отчество;"
    "Дата;Результат"
)
PUPILS_CONTESTS = [
    ("Научно-практическая конференция «Первые шаги»", "НПК", "районный"), ("Конкурс сочинений", "конкурс", "областной"),
    ("Всероссийский конкурс исследовательских работ", "конкурс", "всероссийский"),
]  # fmt: skip
TEACHERS_CONTESTS = [
    ("Учитель года", "профессиональное мастерство", "муниципальный"),
    ("Методист года", "профессиональное мастерство", "областной"),
]
RESULTS = ["победитель", "лауреат", "дипломант", "участник", "участник", "участник"]

COMPETITIONS = "Конкурс;Год;Номинация;Номер заявки;Код ОО;ОКТМО;Код критерия;Номер эксперта;Балл;Максимальный балл;Результат"
SITES, SYSTEMS = "Региональный конкурс официальных сайтов", "Региональный конкурс систем оценки качества образования"
ENTRIES, CRITERIA, EXPERTS, HIGHEST = 12, ["1", "2", "3", "4"], ["1", "2", "3"], 5


def write_olympiads(world: World, landing: Landing) -> None:
    """One row a work; the school stage is a text file a year, the later stages are sheets of one workbook."""
    rng = world.stream("export/olympiads")
    for year in world.years:
        of_stage: dict[str, list[Row]] = {SCHOOL: [], MUNICIPAL: [], REGIONAL: []}
        for entry in (entry for entry in world.olympiads if entry.year == year):
            of_stage[entry.stage.name].append(_work(rng, entry))
        school = plain(OLYMPIADS, of_stage[SCHOOL], f"Протокол школьного этапа, {year - 1}/{year} учебный год" if year % 2 else "")
        if year == world.last_year:
            _plant(school, of_stage[SCHOOL][0])
        landing.csv(f"olympiads/{year}/Школьный этап.csv", school, date(year - 1, 11, 10), STYLES[year % len(STYLES)])
        later = [plain(OLYMPIADS, of_stage[stage], name=stage) for stage in (MUNICIPAL, REGIONAL) if of_stage[stage]]
        if later:
            name = f"olympiads/{year}/Муниципальный и региональный этапы.xlsx"
            landing.xlsx(name, [in_numbers(sheet, 7) for sheet in later], date(year, 3, 5))


def _work(rng: Random, entry: Entry) -> Row:
    one = entry.contestant
    return [
        academic_year(rng, entry.year), entry.stage.name, one.subject, entry.code, spaced(rng, one.person.last), one.person.first,
        one.person.middle, one.school.code, one.grade, min(11, one.grade + (rng.random() < 0.03)), entry.points, entry.stage.maximum,
        without_yo(rng, any_case(rng, entry.status)),
    ]  # fmt: skip


def _plant(sheet: Sheet, row: Row) -> None:
    first, last = [*row[:3]], [*row[4:10]]
    sheet.faulty("conflicting_value", [*first, "Ш-Х1", *last, 60, 50, "участник"])
    sheet.faulty("unknown_code", [*first, "Ш-Х2", *last, 30, 50, "дипломант"])
    sheet.faulty("unknown_school", [*first, "Ш-Х3", *row[4:7], "989898", *row[8:10], 30, 50, "участник"])


def write_contests(world: World, landing: Landing) -> None:
    """One row an entry: better schools send more works of pupils; teachers take part by name."""
    rng = world.stream("export/contests")
    sheet = plain(CONTESTS, [], "Участие в конкурсах и НПК")
    schools = [school for school in world.places.schools if not school.is_evening]
    for year, (contest, kind, level) in product(world.years, PUPILS_CONTESTS):
        head, day = [academic_year(rng, year), contest, kind, level], date(year, 3, 15)
        for school in (school for school in schools if school.is_open(day) and rng.random() < 0.3 + 0.2 * school.quality):
            mode, team = rng.choice(("очно", "дистанционно", "")), rng.choice((1, 1, 3))
            entry: Row = [mode, "обучающиеся", f"{year}-{sheet.sound + 1:05d}", team, school.code]
            sheet.record([*head, *entry, "", "", "", "", day, any_case(rng, rng.choice(RESULTS))])
    teachers = [job for job in world.staff.jobs if job.group == TEACHER and job.is_main and not job.end and job.worker.drive > 1]
    for year, (contest, kind, level) in product(world.years, TEACHERS_CONTESTS):
        day = date(year, 4, 20)
        for job in [job for job in teachers if job.start <= day and rng.random() < 0.05]:
            entry = ["очная", "педагоги", f"{year}-{sheet.sound + 1:05d}", 1, job.school.code]
            sheet.record([f"{year - 1}/{year}", contest, kind, level, *entry, *named(rng, job.worker), day, rng.choice(RESULTS)])
    row = [f"{world.last_year - 1}/{world.last_year}", "Конкурс чтецов", "конкурс"]
    rest: Row = ["очно", "обучающиеся", "Х1", 1, world.places.schools[0].code, "", "", "", "", date(world.last_year, 2, 2)]
    sheet.faulty("unknown_code", [*row, "кустовой", *rest, "участник"])
    sheet.faulty("missing_value", [*row, "школьный", *rest, ""])
    landing.csv("contests/Конкурсы и НПК.csv", sheet, date(world.last_year, 6, 3), Csv("utf-8-sig", ";", "%Y.%m.%d"))


def write_competitions(world: World, landing: Landing) -> None:
    """One row a criterion and expert: sites of schools, quality systems of schools and municipal bodies."""
    rng = world.stream("export/competitions")
    sheet = plain(COMPETITIONS, [], "Протокол регионального конкурса")
    for year in world.years:
        day = date(year - 1, 10, 1)
        schools = [school for school in world.places.schools if school.is_open(day)]
        for competition, number in product((SITES, SYSTEMS), range(1, ENTRIES + 1)):
            school = rng.choice(schools)
            # In the competition of systems a municipal body enters now and then where its school would.
            whose: Row = [school.code, ""]
            if competition == SYSTEMS and number % 3 == 0:
                whose = ["", school.municipality.on(day).oktmo]
            nomination = "институциональная" if whose[0] else "муниципальная"
            for score in _scores(rng, school):
                sheet.record([competition, year - 1, nomination, f"{year}/{number}", *whose, *score])
    row: Row = [SITES, world.last_year - 1, "", "Х/1", "", "", "1", "1", 4, HIGHEST, ""]
    sheet.faulty("unknown_school", row)
    sheet.faulty("out_of_range", [SITES, 1899, "", "Х/2", world.places.schools[0].code, *row[5:]])
    landing.xlsx("competitions/Протоколы конкурсов.xlsx", in_numbers(sheet, 4, 5), date(world.last_year - 1, 12, 22))


def _scores(rng: Random, school: School) -> list[Row]:
    level, result = rng.gauss(3.2 + 0.5 * school.quality, 0.6), rng.choice(RESULTS)
    return [
        [criterion, expert, min(HIGHEST, max(0, round(rng.gauss(level, 0.7)))), HIGHEST, result]
        for criterion, expert in product(CRITERIA, EXPERTS)
    ]
