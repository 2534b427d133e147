"""The reports of ФИС ОКО on ВПР, 1 (pupils), 2 (marks), 3 (marks against the journal), 4 (scores), 5 (tasks), what a region repacks
of them, and the scales by which points became marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from random import Random

from ingest.sample.files import Cell, Csv, Fault, Landing, Sheet
from ingest.sample.model import World, words
from ingest.sample.model.places import REGION_CODE, School
from ingest.sample.model.vpr import MARK_BORDERS, PAPER, TASKS, PupilWork, Work
from ingest.sample.untidy import quoted

PUPILS, MARKS, JOURNAL = "Индивидуальные результаты", "Статистика по отметкам", "Сравнение отметок с отметками по журналу"
SCORES, TASK_SHARES = "Распределение первичных баллов", "Выполнение заданий"
KINDS = (PUPILS, MARKS, JOURNAL, SCORES, TASK_SHARES)

# Which reports of a class are handed in.
REPORTS = {5: (PUPILS,), 6: (MARKS, JOURNAL, SCORES, TASK_SHARES), 7: (MARKS, SCORES, TASK_SHARES)}
ALSO = {(5, "Русский язык"): (MARKS, SCORES, TASK_SHARES)}
# Works whose completion of tasks comes as report 7, which has the pupils of each group by their marks as well.
BY_MARKS = {(6, "Русский язык")}
FLAT_CLASSES = {4, 8}
# The region's table of scores has room for the longest work there is.
FLAT_HIGHEST = 39

PUPIL_HEADER = "ОО;Муниципалитет;Название ОО;Код участника;Класс;Вариант"
FLAT_HEADER = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;2;3;4;5"
PLACE_HEADER = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников"
SCALE_HEADER = "Год;Класс;Предмет;Минимум для «3»;Минимум для «4»;Минимум для «5»;Максимальный первичный балл;Источник"
BIAS_HEADER = "Год;Муниципалитет;Логин;ОО;4 РУ;4 МА;5 РУ;5 МА;Количество маркеров"
# From this leniency on a school's results look overstated.
CONSPICUOUS = 0.3
UNREADABLE_JOURNAL = ["", "", "—", "-", "НЕТ ОТМЕТКИ"]

Group = tuple[str, list[PupilWork]]


def write(world: World, landing: Landing) -> None:
    """A file a report, and flat tables over all years."""
    flat, scores = Sheet(), Sheet()
    flat.text(*FLAT_HEADER.split(";"))
    scores.text(*PLACE_HEADER.split(";"), *range(FLAT_HIGHEST + 1))
    for work in world.works:
        pupils = world.pupils(work)
        rng = world.stream(f"export/vpr/{work.year}/{work.grade}/{work.subject}")
        for report in REPORTS.get(work.grade, ()) + ALSO.get((work.grade, work.subject), ()):
            _write_report(world, landing, rng, work, pupils, report)
        if work.grade in FLAT_CLASSES:
            _add_flat(flat, rng, work, pupils, _mark_shares)
            _add_flat(scores, rng, work, pupils, _score_shares)
    nowhere: list[Cell] = [world.last_year, 8, "Математика", "", f"edu{REGION_CODE}9999", "МБОУ СОШ", 10]
    flat.faulty("unknown_school", [*nowhere, 0, 50, 50, 0])
    scores.faulty("unknown_school", [*nowhere, 100])
    scores.faulty("bad_number", [*scores.rows[1][:7], "нет данных"])
    landing.xlsx("vpr/marks.xlsx", flat, date(world.last_year, 6, 10))
    landing.xlsx("vpr/scores.xlsx", scores, date(world.last_year, 6, 10))
    landing.xlsx("vpr/bias.xlsx", _markers(world), date(world.last_year, 9, 20))


def write_scales(world: World, landing: Landing) -> None:
    """From which points each mark is given, as the description of every work says."""
    sheet = Sheet()
    sheet.text(*SCALE_HEADER.split(";"))
    for work in world.works:
        sheet.record([work.year, work.grade, work.subject, *MARK_BORDERS, PAPER.highest, "описание проверочной работы"])
    sheet.faulty("conflicting_value", [world.last_year, 4, "Русский язык", 20, 14, 28, 38, ""])
    landing.csv("vpr_mark_scales/Шкалы ВПР.csv", sheet, date(world.last_year, 3, 1), Csv("utf-8-sig"))


def _write_report(world: World, landing: Landing, rng: Random, work: Work, pupils: list[PupilWork], report: str) -> None:
    number = 1 + KINDS.index(report)
    name = f"vpr/{work.year}/Ф{number} {work.subject} {work.grade} класс {work.year}"
    modified = work.day + timedelta(days=40)
    sheet = Sheet(report[:31], records=report == PUPILS)
    _head(sheet, work, report)
    if report == PUPILS:
        _fill_pupils(sheet, rng, work, pupils)
        if work.year == world.last_year and work.subject == "Математика":
            _plant(sheet, pupils)
    else:
        FILLED_BY[report](sheet, work, pupils)
    # Somebody saved the pupils' reports of earlier years as text, and always those of Russian.
    if report == PUPILS and (work.year < world.last_year or work.subject == "Русский язык"):
        landing.csv(f"{name}.csv", sheet, modified, Csv("utf-8-sig"))
    else:
        landing.xlsx(f"{name}.xlsx", sheet, modified)
    if report == TASK_SHARES and (work.grade, work.subject) in BY_MARKS:
        landing.planted.remarks.append(Fault(f"{name}.xlsx", None, "columns_left_out"))


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


def _fill_scores(sheet: Sheet, work: Work, pupils: list[PupilWork]) -> None:
    """Physics comes with one decimal, class 6 with the number of schools."""
    has_schools, decimals = work.grade == 6, 1 if work.subject == "Физика" else 2
    sheet.text("Группы участников", *["Кол-во ОО"] * has_schools, "Кол-во участников", *range(PAPER.highest + 1))
    marked = [pupil for pupil in pupils if pupil.mark]
    for name, group in [("Вся выборка", marked), *_groups(work, marked)]:
        schools = [len({pupil.school for pupil in group})] * has_schools
        sheet.record([name, *schools, len(group), *_score_shares(group, decimals)])


def _fill_tasks(sheet: Sheet, work: Work, pupils: list[PupilWork]) -> None:
    """The most points stand in a row of their own under merged cells, in class 7 in the labels."""
    head = ["Группы участников", "Кол-во ОО", "Кол-во участников"]
    if work.grade == 7:
        sheet.text(*head, *(f"{task} ({top}б)" for task, top in zip(TASKS, PAPER.maxima, strict=True)))
    else:
        sheet.text(*head, "Номер задания")
        sheet.text("", "", "", *TASKS)
        sheet.text("Макс балл", "", "", *PAPER.maxima)
    marked = [pupil for pupil in pupils if pupil.mark]
    for name, group in [("Вся выборка", marked), *_groups(work, marked)]:
        sheet.record([name, len({pupil.school for pupil in group}), len(group), *_task_shares(group)])
        for mark in (2, 3, 4, 5) if (work.grade, work.subject) in BY_MARKS else ():
            same = [pupil for pupil in group if pupil.mark == mark]
            sheet.text(f"  Ср.% вып. уч. гр.баллов {mark}", "", len(same), *_task_shares(same))


FILLED_BY: dict[str, Callable[[Sheet, Work, list[PupilWork]], None]] = {
    MARKS: _fill_marks,
    JOURNAL: _fill_journal,
    SCORES: _fill_scores,
    TASK_SHARES: _fill_tasks,
}


def _add_flat(
    sheet: Sheet, rng: Random, work: Work, pupils: list[PupilWork], shares_of: Callable[[list[PupilWork]], Sequence[Cell]]
) -> None:
    for school, group in _by_school([pupil for pupil in pupils if pupil.mark]):
        place = [school.municipality.on(work.day).name, school.login, quoted(rng, school.short_name(work.day))]
        sheet.record([work.year, work.grade, work.subject, *place, len(group), *shares_of(group)])


def _markers(world: World) -> Sheet:
    """The region's list of conspicuous schools: blank is no, and somebody counts one marker too many now and then."""
    sheet = Sheet()
    sheet.text(*BIAS_HEADER.split(";"))
    for year in world.years:
        rng, day = world.stream(f"export/vpr/{year}/bias"), date(year, 4, 20)
        for school in world.places.schools:
            markers = [school.leniency > CONSPICUOUS and rng.random() < 0.6 for _ in range(4)]
            if school.is_open(day) and any(markers):
                count = sum(markers) + (rng.random() < 0.05)
                place = [school.municipality.on(day).name, school.login, quoted(rng, school.short_name(day))]
                sheet.record([year, *place, *(1 if marker else "" for marker in markers), count])
    sheet.faulty("unknown_school", [world.last_year, "", f"edu{REGION_CODE}9999", "МБОУ СОШ", 1, "", "", "", 1])
    return sheet


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


def _score_shares(group: list[PupilWork], decimals: int = 2) -> list[float]:
    counts = Counter(pupil.points for pupil in group)
    return [_percent(counts[score], len(group), decimals) for score in range(PAPER.highest + 1)]


def _task_shares(group: list[PupilWork]) -> list[float]:
    points = [sum(task) for task in zip(*(pupil.tasks for pupil in group), strict=True)] or [0] * len(TASKS)
    return [_percent(reached, top * len(group)) for reached, top in zip(points, PAPER.maxima, strict=True)]


def _percent(part: int, whole: int, decimals: int = 2) -> float:
    return round(100 * part / whole, decimals) if whole else 0.0
