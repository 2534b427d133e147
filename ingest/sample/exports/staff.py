"""The personnel lists: four parts in four ways of writing, and last year's list of one municipality, which the new one replaces."""

from __future__ import annotations

from datetime import date
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.staff import Job
from ingest.sample.untidy import any_case, as_number, snils, spaced

HEADER = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Группа должностей;Основное место работы;Дата с;Дата по"
STYLES = [Csv("cp1251", ";"), Csv("utf-8", ",", "%Y-%m-%d"), Csv("utf-8-sig", "\t", "%Y.%m.%d")]


def write(world: World, landing: Landing) -> None:
    """One row a job."""
    rng = world.stream("export/staff")
    parts: list[list[Job]] = [[], [], [], []]
    for job in world.staff.jobs:
        parts[_part(job)].append(job)
    modified = date(world.last_year, 9, 18)
    for number, (jobs, style) in enumerate(zip(parts, STYLES, strict=False), start=1):
        sheet = _sheet(rng, jobs, with_title=number == 1)
        if number == 1:
            _plant(sheet, jobs[0])
        landing.csv(f"staff/Кадры, часть {number}.csv", _total(sheet), modified, style)
    if parts[3]:
        landing.xlsx("staff/кадры районов/Кадры, часть 4.xlsx", _total(_workbook(_sheet(rng, parts[3], with_title=True))), modified)
    _write_last_year(world, rng, landing)


def _part(job: Job) -> int:
    """The capital alone is the first part; the districts take turns in the others."""
    number = job.school.municipality.number
    return 0 if number == 1 else 1 + number % 3


def _sheet(rng: Random, jobs: list[Job], with_title: bool) -> Sheet:
    sheet = Sheet()
    if with_title:
        sheet.text("Сведения о кадрах")
        sheet.text()
    sheet.text(*HEADER.split(";"))
    for job in jobs:
        sheet.record(_row(rng, job))
    return sheet


def _row(rng: Random, job: Job) -> list[Cell]:
    person = job.worker.person
    main = any_case(rng, "да" if job.is_main else "нет") if not job.is_main or rng.random() > 0.05 else ""
    return [
        snils(rng, job.worker.snils),
        spaced(rng, person.last),
        person.first,
        spaced(rng, person.middle),
        job.school.code,
        spaced(rng, job.position),
        any_case(rng, job.group),
        main,
        job.start,
        job.end,
    ]


def _plant(sheet: Sheet, job: Job) -> None:
    row = _row(Random(0), job)
    dated = [*row[:5], "Методист", *row[6:8]]
    sheet.faulty("unknown_school", [*row[:4], "999999", *row[5:]])
    sheet.faulty("bad_date", [*dated, "31.02.2020", ""])
    sheet.faulty("unknown_code", [*row[:6], "совместитель", *row[7:]])
    sheet.faulty("conflicting_value", [*dated, date(2022, 9, 1), date(2021, 8, 31)])
    sheet.faulty("missing_value", ["", *row[1:]])


def _workbook(sheet: Sheet) -> Sheet:
    """The same rows as Excel keeps them: codes and unspaced СНИЛС become numbers."""
    for place, row in enumerate(sheet.rows):
        cells = list(row)
        for column in (0, 4):
            cell = cells[column] if len(cells) > 4 else None
            if isinstance(cell, str) and cell.isdigit():
                cells[column] = as_number(cell)
        sheet.rows[place] = cells
    return sheet


def _total(sheet: Sheet) -> Sheet:
    sheet.text("Итого", *[""] * 8, sheet.sound + len(sheet.faults))
    return sheet


def _write_last_year(world: World, rng: Random, landing: Landing) -> None:
    """What was known a year ago of the second municipality: who has left since then is still there."""
    then = date(world.last_year - 1, 9, 18)
    jobs = [job for job in world.staff.jobs if job.school.municipality.number == 2 and job.start <= then]
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for job in jobs:
        row = _row(rng, job)
        sheet.record([*row[:-1], job.end if job.end and job.end <= then else None])
    landing.csv(f"staff/архив/Кадры на {then:%d.%m.%Y}.csv", sheet, then)
