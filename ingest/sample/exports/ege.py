"""The protocols of РИС ГИА-11 in all six layouts: standard, base mathematics, КЕГЭ, languages of two templates, appeals.

Main days, reserve days, retakes, one corrected protocol; doubled empty columns, shifted titles, footers. What ОГЭ has too: `protocols`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from ingest.sample.exports.protocols import (
    STANDARD,
    STRANGERS,
    Printed,
    answers_of,
    appeal_sheet,
    document_of,
    footers,
    name_of,
    printed_result,
    title_of,
    where,
)
from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.exams import Attempt
from ingest.sample.model.people import document
from ingest.sample.model.subjects import BASE_MATHS, INFORMATICS, PROFILE_MATHS, RUSSIAN, Subject

BASE = "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;Первичный балл;Оценка"
_LANGUAGE_PARTS = (
    "Часть с кратким ответом;Часть с развёрнутым ответом;Устная часть;"
    "Первичный балл устной части;Первичный балл письм. части;Первичный балл;Тестовый балл"
)
OLD_LANGUAGE = f"№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Документ;{_LANGUAGE_PARTS}"
NEW_LANGUAGE = f"№;Фамилия;;;Имя;;;Отчество;;Документ;Код ОО;Класс;Код ППЭ;Аудитория;;{_LANGUAGE_PARTS}"
# The template before 2022 lives on where hardly anybody sits the subject.
OLD_TEMPLATE = {"10"}
AS_WORKBOOK = {"07", INFORMATICS}
UTF8 = {"03": Csv("utf-8"), "04": Csv("utf-8-sig"), "06": Csv("utf-8", "\t"), PROFILE_MATHS: Csv("utf-8-sig")}
DOUBLED_COLUMNS = 6
SPOKEN_AFTER = timedelta(days=2)

CORRECTED_SUBJECT, CORRECTED_ROWS = "18", 3
MISCOUNTED_SUBJECT = "12"


def write(world: World, landing: Landing) -> None:
    """A protocol for every subject and day, one of appeals where there were any."""
    for year, attempts in world.exams.items():
        rng = world.stream(f"export/ege/{year}")
        registered = [attempt for attempt in attempts if attempt.graduate.school.is_registered]
        for (_, day), group in groupby(registered, key=lambda attempt: (attempt.subject.code, attempt.day)):
            protocol = list(group)
            _write_protocol(world, landing, rng, protocol, day)
            _write_appeals(world, landing, rng, [attempt for attempt in protocol if attempt.appeal], day)


def _write_protocol(world: World, landing: Landing, rng: Random, attempts: list[Attempt], day: date) -> None:
    subject = attempts[0].subject
    is_last_main_day = day == subject.exam_day(world.last_year)
    to_correct = [attempt for attempt in attempts if attempt.points and not attempt.appeal][:CORRECTED_ROWS]
    corrected = to_correct if is_last_main_day and subject.code == CORRECTED_SUBJECT else []
    sheet = _protocol(rng, subject, day, attempts, corrected, is_last_main_day)
    _save(landing, f"ege/{day.year}/{_folder(subject, day)}{subject.code}_{day:%d%m%Y}_протокол", subject, sheet, day)
    if corrected:
        again = _protocol(rng, subject, day, corrected, [], False)
        landing.csv(f"ege/{day.year}/исправления/{subject.code}_{day:%d%m%Y}_исправленный.csv", again, day + timedelta(days=30))


def _folder(subject: Subject, day: date) -> str:
    if day == subject.exam_day(day.year):
        return ""
    return "пересдача в сентябре/" if day.month == 9 else "резерв и пересдача/"


def _save(landing: Landing, name: str, subject: Subject, sheet: Sheet, day: date) -> None:
    modified = day + timedelta(days=14)
    if subject.code in AS_WORKBOOK and day.year % 2 == 0:
        landing.xlsx(f"{name}.xlsx", sheet, modified)
    else:
        landing.csv(f"{name}.csv", sheet, modified, UTF8.get(subject.code, Csv("cp1251")))


def _protocol(rng: Random, subject: Subject, day: date, attempts: list[Attempt], wrong: list[Attempt], plant: bool) -> Sheet:
    """The sheet of a protocol. `wrong` are rows printed with a score that a later file corrects."""
    layout = _layout(subject)
    sheet = Sheet()
    sheet.text(*[""] * (7 if subject.code == PROFILE_MATHS else 0), layout.title(subject, day), "", "")
    sheet.text(*_doubled(subject, layout.header.split(";")))
    for number, attempt in enumerate(attempts, start=1):
        printed = printed_result(attempt, miscounted=attempt in wrong)
        sheet.record(_doubled(subject, [number, *layout.row(rng, attempt, printed)]))
    if plant:
        _plant(sheet, rng, subject, layout, attempts)
    footers(sheet, subject.pass_score, is_miscounted=plant and subject.code == MISCOUNTED_SUBJECT)
    return sheet


def _doubled(subject: Subject, cells: Sequence[Cell]) -> list[Cell]:
    """Merged cells leave an empty column behind each of the first six: so the protocols of Russian come."""
    if subject.code != RUSSIAN:
        return list(cells)
    return [part for cell in cells[:DOUBLED_COLUMNS] for part in (cell, "")] + list(cells[DOUBLED_COLUMNS:])


@dataclass(frozen=True)
class _Layout:
    """A template: its title, its header, and a row without its number."""

    title: Callable[[Subject, date], str]
    header: str
    row: Callable[[Random, Attempt, Printed], list[Cell]]


def _layout(subject: Subject) -> _Layout:
    if subject.code == BASE_MATHS:
        return _Layout(title_of, BASE, _base_row)
    if subject.code in OLD_TEMPLATE:
        return _Layout(_old_language_title, OLD_LANGUAGE, _old_language_row)
    if subject.is_language:
        return _Layout(_new_language_title, NEW_LANGUAGE, _new_language_row)
    return _Layout(title_of, STANDARD, _standard_row)


def _old_language_title(subject: Subject, day: date) -> str:
    return f"{subject.name} п.: {day:%Y.%m.%d}, у.: {day + SPOKEN_AFTER:%Y.%m.%d}"


def _new_language_title(subject: Subject, day: date) -> str:
    return f"{subject.name} п:{day:%Y.%m.%d}; у:{day + SPOKEN_AFTER:%Y.%m.%d}"


def _standard_row(rng: Random, attempt: Attempt, printed: Printed) -> list[Cell]:
    short, long, _ = answers_of(attempt)
    graduate = attempt.graduate
    return [
        *where(rng, attempt, True),
        *name_of(rng, attempt),
        graduate.series,
        graduate.number,
        short,
        long,
        printed.points,
        printed.score,
    ]


def _base_row(rng: Random, attempt: Attempt, printed: Printed) -> list[Cell]:
    short, _, _ = answers_of(attempt)
    graduate = attempt.graduate
    return [*where(rng, attempt, False), *name_of(rng, attempt), graduate.series, graduate.number, short, printed.points, printed.score]


def _old_language_row(rng: Random, attempt: Attempt, printed: Printed) -> list[Cell]:
    return [*where(rng, attempt, True), *name_of(rng, attempt), document_of(attempt), *_language_parts(attempt, printed)]


def _new_language_row(rng: Random, attempt: Attempt, printed: Printed) -> list[Cell]:
    last, first, middle = name_of(rng, attempt)
    school, grade, station, room = where(rng, attempt, False)
    name: list[Cell] = [last, "", "", first, "", "", middle, ""]
    return [*name, document_of(attempt), school, grade, station, room, "", *_language_parts(attempt, printed)]


def _language_parts(attempt: Attempt, printed: Printed) -> list[Cell]:
    short, long, oral = answers_of(attempt)
    if not isinstance(printed.points, int):
        return [short, long, oral, "", "", printed.points, printed.score]
    spoken = min(printed.points, sum(attempt.tasks[len(attempt.subject.short) + len(attempt.subject.long) :]))
    return [short, long, oral, spoken, printed.points - spoken, printed.points, printed.score]


def _plant(sheet: Sheet, rng: Random, subject: Subject, layout: _Layout, attempts: list[Attempt]) -> None:
    """Rows that must not load, under the last row of the last year's mandatory subjects."""
    header = layout.header.split(";")

    def stranger(changes: dict[str, Cell]) -> list[Cell]:
        """The last row again, with a document of its own and with these cells changed."""
        cells: list[Cell] = [len(sheet.rows) - 1, *layout.row(rng, attempts[-1], printed_result(attempts[-1]))]
        series, number = document(STRANGERS + len(sheet.rows))
        for title, value in {"Серия": series, "Номер": number, **changes}.items():
            cells[header.index(title)] = value
        return _doubled(subject, cells)

    if subject.code == RUSSIAN:
        sheet.faulty("out_of_range", stranger({"Балл": 101}))
        sheet.faulty("unknown_school", stranger({"Код ОО": "999999"}))
        sheet.faulty("missing_value", stranger({"Код ОО": ""}))
    elif subject.code == BASE_MATHS:
        sheet.faulty("out_of_range", stranger({"Оценка": 6}))
    elif subject.code == PROFILE_MATHS:
        # The same work scanned twice: the last row wins.
        twice = stranger({"Балл": 40})
        sheet.faulty("duplicate_key", twice)
        sheet.record([*twice[:-1], 45])


def _write_appeals(world: World, landing: Landing, rng: Random, attempts: list[Attempt], day: date) -> None:
    if not attempts:
        return
    subject = attempts[0].subject
    sheet = appeal_sheet(rng, _layout(subject).title(subject, day), attempts)
    if day == subject.exam_day(world.last_year) and subject.code == RUSSIAN:
        row = list(sheet.rows[-1])
        # Nobody with this document sat the exam: the row waits for its protocol.
        sheet.faulty("unknown_code", [len(attempts) + 1, *row[1:9], " ".join(document(STRANGERS)), *row[10:]])
    landing.csv(f"ege/{day.year}/апелляции/{subject.code}_{day:%d%m%Y}_апелляции.csv", sheet, day + timedelta(days=25))
