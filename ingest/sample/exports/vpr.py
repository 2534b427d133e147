"""The reports of ФИС ОКО on ВПР: 1 (pupils), 2 (marks), 3 (marks against the journal), and the flat table that a region repacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World, words
from ingest.sample.model.places import REGION_CODE, School
from ingest.sample.model.vpr import PAPER, TASKS, PupilWork, Work
from ingest.sample.untidy import quoted

PUPILS, MARKS, JOURNAL = "Индивидуальные результаты", "Статистика по отметкам", "Сравнение отметок с отметками по журналу"

# Which reports of a class are handed in.
REPORTS = {5: (PUPILS,), 6: (MARKS, JOURNAL), 7: (MARKS,)}
ALSO = {(5, "Русский язык"): (MARKS,)}
FLAT_CLASSES = {4, 8}

PUPIL_HEADER = "ОО;Муниципалитет;Название ОО;Код участника;Класс;Вариант"
FLAT_HEADER = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;2;3;4;5"
UNREADABLE_JOURNAL = ["", "", "—", "-", "НЕТ ОТМЕТКИ"]

Group = tuple[str, list[PupilWork]]


def write(world: World, landing: Landing) -> None:
    """A file a report, and one flat table over all years."""
    flat = Sheet()
    flat.text(*FLAT_HEADER.split(";"))
    for work in world.works:
        pupils = world.pupils(work)
        rng = world.stream(f"export/vpr/{work.year}/{work.grade}/{work.subject}")
        for report in REPORTS.get(work.grade, ()) + ALSO.get((work.grade, work.subject), ()):
            _write_report(world, landing, rng, work, pupils, report)
        if work.grade in FLAT_CLASSES:
            _add_flat(flat, rng, work, pupils)
    flat.faulty("unknown_school", [world.last_year, 8, "Математика", "", f"edu{REGION_CODE}9999", "МБОУ СОШ", 10, 0, 50, 50, 0])
    landing.xlsx("vpr/marks.xlsx", flat, date(world.last_year, 6, 10))


def _write_report(world: World, landing: Landing, rng: Random, work: Work, pupils: list[PupilWork], report: str) -> None:
    number = 1 + (PUPILS, MARKS, JOURNAL).index(report)
    name = f"vpr/{work.year}/Ф{number} {work.subject} {work.grade} класс {work.year}"
    modified = work.day + timedelta(days=40)
    sheet = Sheet(report[:31], records=report == PUPILS)
    _head(sheet, work, report)
    if report == PUPILS:
        _fill_pupils(sheet, rng, work, pupils)
        if work.year == world.last_year and work.subject == "Математика":
            _plant(sheet, pupils)
    elif report == MARKS:
        _fill_marks(sheet, work, pupils)
    else:
        _fill_journal(sheet, work, pupils)
    # Somebody saved the pupils' reports of earlier years as text, and always those of Russian.
    if report == PUPILS and (work.year < world.last_year or work.subject == "Русский язык"):
        landing.csv(f"{name}.csv", sheet, modified, Csv("utf-8-sig"))
    else:
        landing.xlsx(f"{name}.xlsx", sheet, modified)


def _head(sheet: Sheet, work: Work, report: str) -> None:
    sheet.text(f"ВПР {work.year} {work.subject} {work.grade} класс")
    sheet.text(report)
    sheet.text("Предмет", work.subject)
    sheet.text("Максимальный первичный балл", PAPER.highest)
    sheet.text("Дата проведения", f"{work.day:%d.%m.%Y}")
    sheet.text()


def _fill_pupils(sheet: Sheet, rng: Random, work: Work, pupils: list[PupilWork]) -> None:
    sheet.text(*[""] * 6, *("П" if top > 1 else "Б" for top in PAPER.maxima), "", "", "")
    titles = [f"{task} ({top}б)" for task, top in zip(TASKS, PAPER.maxima, strict=True)]
    sheet.text(*PUPIL_HEADER.split(";"), *titles, "Первичный балл", "Отметка", "Отметка по журналу")
    for school, group in _by_school(pupils):
        name, municipality = school.short_name(work.day), school.municipality.on(work.day).name
        sheet.text(f"{name} ({school.login}) | Кол-во участников: {len(group)}")
        for seat, pupil in enumerate(group, start=1):
            code = f"{work.grade}{seat:03d}"
            sheet.record([school.login, municipality, quoted(rng, name), code, f"{work.grade}{pupil.letter}", *_result(rng, pupil)])


def _result(rng: Random, pupil: PupilWork) -> list[Cell]:
    """Variant, tasks (Х: not attempted), points and marks of a pupil."""
    tasks = ["Х" if not points and rng.random() < 0.15 else points for points in pupil.tasks]
    journal = pupil.journal_mark or rng.choice(UNREADABLE_JOURNAL)
    return [pupil.variant, *tasks, pupil.points if pupil.mark else "Х", pupil.mark or "Х", journal]


def _plant(sheet: Sheet, pupils: list[PupilWork]) -> None:
    school, tasks = pupils[-1].school, [1] * len(TASKS)
    sheet.faulty("out_of_range", [school.login, "", "", "5901", "5А", 1, *tasks, len(TASKS), 6, 4])
    sheet.faulty("unknown_school", [f"edu{REGION_CODE}9999", "", "МБОУ СОШ", "5902", "5А", 1, *tasks, len(TASKS), 4, 4])


def _fill_marks(sheet: Sheet, work: Work, pupils: list[PupilWork]) -> None:
    sheet.text("Группы участников", "Кол-во ОО", "Кол-во участников", "2", "3", "4", "5")
    marked = [pupil for pupil in pupils if pupil.mark]
    for name, group in [("Вся выборка", marked), *_groups(work, marked)]:
        sheet.record([name, len({pupil.school for pupil in group}), len(group), *_mark_shares(group)])


def _fill_journal(sheet: Sheet, work: Work, pupils: list[PupilWork]) -> None:
    sheet.text("Группы участников", "Кол-во участников", "%")
    comparisons: dict[str, Callable[[int, int], bool]] = {
        "Понизили (Отметка < Отметка по журналу)": int.__lt__,
        "Подтвердили (Отметка = Отметка по журналу)": int.__eq__,
        "Повысили (Отметка > Отметка по журналу)": int.__gt__,
    }
    marked = [pupil for pupil in pupils if pupil.mark and pupil.journal_mark]
    for name, group in _groups(work, marked):
        sheet.text(name)
        for label, compare in comparisons.items():
            count = sum(compare(pupil.mark or 0, pupil.journal_mark or 0) for pupil in group)
            sheet.text(label, count, _percent(count, len(group)))
        sheet.text("Всего", len(group), 100)


def _add_flat(sheet: Sheet, rng: Random, work: Work, pupils: list[PupilWork]) -> None:
    for school, group in _by_school([pupil for pupil in pupils if pupil.mark]):
        place = [school.municipality.on(work.day).name, school.login, quoted(rng, school.short_name(work.day))]
        sheet.record([work.year, work.grade, work.subject, *place, len(group), *_mark_shares(group)])


def _groups(work: Work, pupils: list[PupilWork]) -> Iterator[Group]:
    """The region, then every municipality followed by its schools."""
    yield words.REGION_NAME, pupils
    for municipality, inhabitants in groupby(pupils, key=lambda pupil: pupil.school.municipality):
        members = list(inhabitants)
        yield municipality.on(work.day).name, members
        for school, group in _by_school(members):
            yield f"({school.login}) {school.short_name(work.day)}", group


def _by_school(pupils: list[PupilWork]) -> Iterator[tuple[School, list[PupilWork]]]:
    for school, group in groupby(pupils, key=lambda pupil: pupil.school):
        yield school, list(group)


def _mark_shares(group: list[PupilWork]) -> list[float]:
    counts = Counter(pupil.mark for pupil in group)
    return [_percent(counts[mark], len(group)) for mark in (2, 3, 4, 5)]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
