"""The yearly form «ЕГЭ по школам»: a sheet a year, schools down, subjects across, names and no codes; and the form of applications.

It has the errors that such forms have: a cell with more 100-point results than people, a printed mean that nobody computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ingest.sample.files import Cell, Landing, Sheet
from ingest.sample.model import World, words
from ingest.sample.model.exams import Attempt
from ingest.sample.model.places import School
from ingest.sample.model.subjects import SUBJECTS, Subject

Results = dict[str, list[int]]

MEASURES = ["приняло участие", "не преодолен min порог", "высокобалльники (80-99 баллов)", "получили 100 баллов", "средний балл"]
SCHOOL_HEADERS = ["Муниципальное образование", "Образовательная организация (школа)", "Профиль (при наличии)"]

# How the forms call a few schools; the first ones have an alias, the last one waits for a person to confirm it. It stands in the
# applications alone: in the results its pupils would count twice beside their protocols, and the region would lose its intervals.
ALIASED, UNCONFIRMED = 3, 1


def write(world: World, landing: Landing) -> None:
    """One workbook of results, newest year first, and one of this year's applications."""
    sheets = [_results(world, year) for year in reversed(world.years)]
    landing.xlsx("ege_by_school/Результаты ЕГЭ по школам.xlsx", sheets, date(world.last_year, 9, 20))
    landing.xlsx("ege_by_school/Заявления на ЕГЭ.xlsx", _applications(world), date(world.last_year, 2, 10))


def aliased(world: World) -> dict[School, str]:
    """Those of the respelled schools that a person has confirmed."""
    return dict(list(respelled(world).items())[:ALIASED])


def respelled(world: World) -> dict[School, str]:
    """The schools that the forms call by another name than the register."""
    small = sorted(world.places.schools, key=lambda school: (school.size, school.code))
    chosen = [school for school in small if not school.closed and not school.renamed][: ALIASED + UNCONFIRMED]
    return {school: f"МОУ «{school.name.replace('Средняя общеобразовательная школа', 'СОШ').replace('села', 'с.')}»" for school in chosen}


def form_results(world: World, year: int) -> dict[School, tuple[int, Results]]:
    """What the form of a year lists. Schools outside the register stand in the oldest one alone: a form has no spread of scores, and where
    its schools are summed with those of protocols, the region has no interval."""
    return {school: found for school, found in results_of(world.exams[year]).items() if school.is_registered or year == world.first_year}


def results_of(attempts: list[Attempt]) -> dict[School, tuple[int, Results]]:
    """For every school its graduates with a result, and their last valid scores by subject."""
    last: dict[tuple[int, str], Attempt] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.day):
        if attempt.graduate.grade and attempt.score is not None:
            last[id(attempt.graduate), attempt.subject.code] = attempt
    people: dict[School, set[int]] = {}
    scores: dict[School, Results] = {}
    for (graduate, subject), attempt in last.items():
        people.setdefault(attempt.graduate.school, set()).add(graduate)
        scores.setdefault(attempt.graduate.school, {}).setdefault(subject, []).append(attempt.score or 0)
    return {school: (len(people[school]), results) for school, results in scores.items()}


def _results(world: World, year: int) -> Sheet:
    sheet = Sheet(str(year), records=False)
    _title(sheet, f"Информация о результатах ЕГЭ выпускников школ в {year} году")
    graduates = f"Всего выпускников в {year} году по программам среднего общего образования, принявших участие в ЕГЭ, чел."
    subjects = [cell for subject in SUBJECTS for cell in [_form_name(subject), "", "", "", ""]]
    sheet.text(*SCHOOL_HEADERS, graduates, *subjects)
    sheet.text("", "", "", "", *MEASURES * len(SUBJECTS))
    names, results = aliased(world), form_results(world, year)
    rows = [[*_place(school, names, year), "X", count, *_measures(scores)] for school, (count, scores) in results.items()]
    if year == world.first_year:
        rows[0][4 + 3] = 900
    for row in rows:
        sheet.record(row)
    everybody: Results = {}
    for _, scores in results.values():
        for code, values in scores.items():
            everybody.setdefault(code, []).extend(values)
    total = [f"Итого по {words.REGION_NAME_DATIVE}", "", "", sum(count for count, _ in results.values()), *_measures(everybody)]
    if year == world.last_year:
        total[4 + 4] = 9.74
    sheet.text(*total)
    return sheet


def _applications(world: World) -> Sheet:
    year = world.last_year
    sheet = Sheet(str(year), records=False)
    _title(sheet, f"Информация о поданных выпускниками школ {year} года\u00a0заявлениях на участие в ЕГЭ")
    graduates = f"Всего выпускников в {year} году по программам среднего общего образования, принявших участие в ЕГЭ, чел."
    sheet.text("", *SCHOOL_HEADERS, graduates)
    sheet.text(*[""] * 5, *(_form_name(subject) for subject in SUBJECTS))
    names = respelled(world)
    sums = [0] * (1 + len(SUBJECTS))
    for school, (count, scores) in form_results(world, year).items():
        applied = [count, *(len(scores.get(subject.code, ())) for subject in SUBJECTS)]
        sums = [total + more for total, more in zip(sums, applied, strict=True)]
        sheet.record(["", *_place(school, names, year), "X", *(number or None for number in applied)])
    sheet.text("", f"Всего по {words.REGION_NAME_DATIVE}", "", "", *sums)
    return sheet


def _title(sheet: Sheet, title: str) -> None:
    for line in (title, "", f"{words.REGION_NAME}\n{'_' * 53}", ""):
        sheet.text(line)


def _form_name(subject: Subject) -> str:
    return "Информатика (КЕГЭ)" if subject.name.startswith("Информатика") else subject.name


def _place(school: School, names: dict[School, str], year: int) -> list[Cell]:
    day = date(year, 6, 1)
    name = names.get(school) or school.full_name(day)
    return [school.municipality.on(day).name, name.replace("«", '"').replace("»", '"')]


def _measures(results: Results) -> Iterator[Cell]:
    """The five cells of every subject: blank instead of 0, and a mean of 0 where nobody sat, as such forms have it."""
    for subject in SUBJECTS:
        scores = results.get(subject.code, [])
        high = 0 if subject.is_base_maths else sum(80 <= score < 100 for score in scores)
        counts = [len(scores), sum(score < subject.pass_score for score in scores), high, sum(score == 100 for score in scores)]
        yield from (count or None for count in counts)
        yield round(sum(scores) / len(scores), 2) if scores else 0
