"""The protocols of РИС ГИА-9: ОГЭ with its retakes in July and September, appeals, ГВЭ-9; and ГВЭ-11, which comes with those of ЕГЭ.

Titles that say the code twice or stand to the right, a workbook a year, the least points of mark 3 under the marks.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from random import Random

from ingest.sample.exports.protocols import STANDARD, STRANGERS, answers_of, appeal_sheet, footers, name_of, printed_result, title_of, where
from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.exams import Attempt
from ingest.sample.model.people import document
from ingest.sample.model.subjects import GVE_SUBJECTS, Subject

HEADER = STANDARD.removesuffix("Балл") + "Оценка"
AS_WORKBOOK = {"05"}
UTF8 = {"02": Csv("utf-8-sig"), "12": Csv("utf-8", "\t")}
TITLED_TWICE, TITLED_TO_THE_RIGHT = "01", "12"
MATHS = "02"


def write(world: World, landing: Landing) -> None:
    """A protocol for every subject and day, one of appeals where there were any."""
    for system, years in (("oge", world.oge), ("ege", world.gve)):
        for year, attempts in years.items():
            rng = world.stream(f"export/oge/{system}/{year}")
            for _, group in groupby(attempts, key=lambda attempt: (attempt.subject.code, attempt.day)):
                _write_day(landing, rng, f"{system}/{year}", list(group), world.last_year)


def _write_day(landing: Landing, rng: Random, folder: str, attempts: list[Attempt], last_year: int) -> None:
    subject, day = attempts[0].subject, attempts[0].day
    name = f"{folder}/{_folder(subject, day)}{subject.code}_{day:%d%m%Y}"
    sheet = _protocol(rng, subject, day, attempts)
    if subject.code == MATHS and day == subject.exam_day(last_year):
        _plant(sheet, len(attempts))
    footers(sheet, subject.minimum[0])
    _save(landing, f"{name}_протокол", subject, sheet, day)
    appeals = [attempt for attempt in attempts if attempt.appeal]
    if appeals:
        landing.csv(f"{name}_апелляции.csv", appeal_sheet(rng, title_of(subject, day), appeals), day + timedelta(days=20))


def _folder(subject: Subject, day: date) -> str:
    if subject in GVE_SUBJECTS:
        return "ГВЭ/"
    if day == subject.exam_day(day.year):
        return ""
    return "сентябрь/" if day.month == 9 else "резервные дни/"


def _save(landing: Landing, name: str, subject: Subject, sheet: Sheet, day: date) -> None:
    modified = day + timedelta(days=12)
    if subject.code in AS_WORKBOOK:
        landing.xlsx(f"{name}.xlsx", sheet, modified)
    else:
        landing.csv(f"{name}.csv", sheet, modified, UTF8.get(subject.code, Csv("cp1251")))


def _protocol(rng: Random, subject: Subject, day: date, attempts: list[Attempt]) -> Sheet:
    sheet = Sheet()
    title = title_of(subject, day)
    if subject.code == TITLED_TWICE:
        title = f"{subject.code} - {title}"
    sheet.text(*[""] * (7 if subject.code == TITLED_TO_THE_RIGHT else 0), title, "", "")
    sheet.text(*HEADER.split(";"))
    for number, attempt in enumerate(attempts, start=1):
        sheet.record([number, *_row(rng, attempt)])
    return sheet


def _row(rng: Random, attempt: Attempt) -> list[Cell]:
    short, long, _ = answers_of(attempt)
    graduate, printed = attempt.graduate, printed_result(attempt)
    papers: list[Cell] = [graduate.series, graduate.number]
    return [*where(rng, attempt, True), *name_of(rng, attempt), *papers, short, long, printed.points, printed.score]


def _plant(sheet: Sheet, rows: int) -> None:
    """Rows that must not load, under the last row."""
    header, last = HEADER.split(";"), list(sheet.rows[-1])
    for number, (reason, title, value) in enumerate([("out_of_range", "Оценка", "6"), ("unknown_school", "Код ОО", "999999")], start=1):
        row = [rows + number, *last[1:]]
        row[header.index("Серия")], row[header.index("Номер")] = document(STRANGERS + 1000 + number)
        row[header.index(title)] = value
        sheet.faulty(reason, row)
