"""What the protocols of РИС ГИА have in common, whichever exam they are of: places, names, answer masks, footers, appeals.

The headers and files of ЕГЭ and of ОГЭ belong to `ege` and `oge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ingest.sample.files import Cell, Sheet
from ingest.sample.model.exams import Attempt, Graduate
from ingest.sample.model.subjects import Subject
from ingest.sample.untidy import spaced, without_yo

STANDARD = (
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
    "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл"
)
APPEAL = (
    "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
    "Дата отправки на обработку;Дата изменений;Балл до изменения;Текущие;;Разница"
)
APPEAL_SECOND = f"{';' * 16}Первичный балл;Балл;"

# Documents of people who appear in planted rows only are counted from here.
STRANGERS = 90_000_000


@dataclass(frozen=True)
class Printed:
    """The result as the protocol has it: before any appeal."""

    points: Cell
    score: Cell


def printed_result(attempt: Attempt, miscounted: bool = False) -> Printed:
    """The result in print; miscounted, two points are missing."""
    if attempt.points is None:
        return Printed("", attempt.note)
    points = attempt.appeal.points_before if attempt.appeal else attempt.points
    points = max(0, points - 2) if miscounted else points
    return Printed(points, attempt.subject.scale[points])


def title_of(subject: Subject, day: date) -> str:
    """`01 - Русский язык 2024.05.28`."""
    return f"{subject.code} - {subject.name} {day:%Y.%m.%d}"


def where(rng: Random, attempt: Attempt, with_msu: bool) -> list[Cell]:
    """School, class, station and room; of languages those of both parts."""
    school = attempt.graduate.school
    station, room = f"{school.municipality.number:02d}{rng.randrange(1, 9):02d}", f"{rng.randrange(1, 30):04d}"
    if attempt.subject.is_language:
        station, room = f"п:{station} у:1081", f"п:{room} у:29"
    return [*([school.municipality.msu_code] if with_msu else []), school.code, _class_of(attempt.graduate), station, room]


def _class_of(graduate: Graduate) -> str:
    """People of earlier years have a category in place of a class, or nothing."""
    return graduate.grade or ("ВПЛ", "СПО", "")[int(graduate.number) % 3]


def name_of(rng: Random, attempt: Attempt) -> list[Cell]:
    """Surname, name and patronymic, as untidy as people type them."""
    person = attempt.graduate.person
    return [without_yo(rng, person.last), spaced(rng, person.first), spaced(rng, person.middle)]


def document_of(attempt: Attempt) -> str:
    """Series and number in one cell."""
    return f"{attempt.graduate.series} {attempt.graduate.number}".strip()


def answers_of(attempt: Attempt) -> tuple[str, str, str]:
    """The masks of the three parts: `+` full, `-` nothing, a digit in between; `got(of)` for what experts judge."""
    subject, tasks = attempt.subject, attempt.tasks
    first, second = len(subject.short), len(subject.short) + len(subject.long)
    short = "".join("+" if got == top else str(got) if got else "-" for got, top in zip(tasks[:first], subject.short, strict=True))
    return short, _judged(tasks[first:second], subject.long), _judged(tasks[second:], subject.oral)


def _judged(tasks: bytes, maxima: tuple[int, ...]) -> str:
    return "".join(f"{got}({top})" for got, top in zip(tasks, maxima, strict=True))


def footers(sheet: Sheet, least: int, is_miscounted: bool = False) -> None:
    """The mean of the last column, the least result that passes, the number of records: one too many where miscounted."""
    records = [row for row in sheet.rows[2:] if row]
    results = [row[-1] for row in records if isinstance(row[-1], int)]
    width = len(sheet.rows[1]) - 2
    sheet.text("Средние", *[""] * width, round(sum(results) / len(results), 1) if results else "")
    sheet.text("Минимальная граница", *[""] * width, least)
    sheet.text("Всего участников", *[""] * width, len(records) + is_miscounted)
    if is_miscounted:
        sheet.remark("footer")


def appeal_sheet(rng: Random, title: str, attempts: list[Attempt]) -> Sheet:
    """The appeals against the results of one day."""
    sheet = Sheet()
    sheet.text(title)
    sheet.text(*APPEAL.split(";"))
    sheet.text(*APPEAL_SECOND.split(";"))
    for number, attempt in enumerate(attempts, start=1):
        sheet.record([number, *_appeal_row(rng, attempt)])
    return sheet


def _appeal_row(rng: Random, attempt: Attempt) -> list[Cell]:
    appeal = attempt.appeal
    assert appeal is not None and attempt.score is not None
    school, grade, station, room = where(rng, attempt, False)
    last, first, middle = name_of(rng, attempt)
    return [
        school,
        grade,
        station,
        room,
        last,
        first,
        "",
        middle,
        document_of(attempt),
        appeal.kind,
        "Удовлетворена" if appeal.granted else "Отклонена",
        "",
        f"{appeal.sent:%d.%m.%Y} 09:15:00",
        f"{appeal.sent + timedelta(days=2):%d.%m.%Y} 18:40:10",
        appeal.score_before,
        attempt.points,
        attempt.score,
        attempt.score - appeal.score_before,
    ]
