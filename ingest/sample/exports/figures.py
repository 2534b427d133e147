"""What schools report about themselves once a year or a month: pupils, families, conditions, money, use of systems.

Sources: funding, enrolment, context, inclusive_conditions, extra_education, system_adoption.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product

from ingest.sample.exports.plain import Row, doubled, hint, in_numbers, plain, totalled
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.places import Municipality, School
from ingest.sample.model.pupils import COUNTING_DAY
from ingest.sample.model.social import COMPONENTS
from ingest.sample.model.staff import GRADES
from ingest.sample.untidy import academic_year, spaced

FUNDING = "Код ОО;Учебный год;Коэффициент финансирования"
# Small schools of villages and the selective ones have a raised coefficient: a rule of the cluster, not of results.
COEFFICIENTS = {"К1": 1.2, "К2": 1.0, "К3": 1.0, "К4": 1.15}

ENROLMENT = "Код ОО;Дата;Класс;Численность"
CONTEXT = "Код ОО;Учебный год;Показатель;Значение"
PUPILS, SPECIAL_NEEDS = "Численность обучающихся", "Численность обучающихся с ОВЗ"

CONDITIONS = (
    "Код ОО;Дата;Численность обучающихся с ОВЗ;Количество групп;Количество классов;Количество педагогов со специальным образованием"
)
CLASS_OF_SPECIAL_NEEDS = 12

EXTRA = "Код ОО;ОКТМО;Дата;Возраст;Численность детей;Охвачено"
AGES = range(5, 19)

ADOPTION = "ИС;Код ОО;Дата;Количество пользователей;Количество операций"
SYSTEMS = ["МАИС ОКО", "ИС «Аттестация педагогических работников»"]
MONTHS = 6


def write_funding(world: World, landing: Landing) -> None:
    """One row a school and academic year; before it a draft with nothing raised yet, which came twice."""
    rng = world.stream("export/funding")
    kept = {school for school in world.places.schools if rng.random() < 0.93}
    rows: list[Row] = [
        [school.code, academic_year(rng, year), COEFFICIENTS[school.cluster] if school in kept else 1.05]
        for year in world.years
        for school in world.places.schools
        if school.is_open(date(year, 1, 1))
    ]
    draft = plain(FUNDING, [[*row[:2], 1.0] for row in rows if str(row[1])[:4] == str(world.last_year - 1)])
    name, drafted = "funding/Коэффициенты (проект).csv", date(world.last_year - 1, 11, 5)
    landing.csv(name, draft, drafted, Csv("utf-8", ",", decimal="."))
    landing.copy(name, "funding/почта/Коэффициенты (проект) (1).csv", drafted)
    sheet = plain(FUNDING, rows, "Коэффициенты финансирования общеобразовательных организаций")
    code = world.places.schools[0].code
    sheet.faulty("bad_number", [code, f"{world.first_year - 2}/{world.first_year - 1}", "повышенный"])
    sheet.faulty("bad_date", [code, "2017/2019", 1.0])
    landing.ods("funding/Коэффициенты финансирования.ods", in_numbers(sheet, 0), date(world.last_year - 1, 12, 20))


def write_enrolment(world: World, landing: Landing) -> None:
    """One row a school, autumn and grade; the last municipality put its list into the folder next door."""
    last = world.places.municipalities[-1]
    rows: list[tuple[School, Row]] = [
        (school, [school.code, date(autumn, *COUNTING_DAY), grade, pupils])
        for (school, autumn), grades in world.enrolment.items()
        for grade, pupils in grades.items()
    ]
    sheet = plain(ENROLMENT, [row for school, row in rows if school.municipality is not last], "Численность обучающихся по классам")
    code = world.places.schools[0].code
    sheet.faulty("unknown_school", ["989898", date(world.last_year, 9, 1), "5", 20])
    sheet.faulty("bad_number", [code, date(world.last_year, 9, 1), "5", "20,5"])
    sheet.faulty("out_of_range", [code, date(2131, 9, 1), "5", 20])
    modified = date(world.last_year, 9, 28)
    landing.csv("enrolment/ОО-1, раздел 1.3.csv", totalled(sheet, 3), modified)
    astray = plain(ENROLMENT, [row for school, row in rows if school.municipality is last])
    if astray.sound:
        name = "context/Численность, дополнение.xlsx"
        landing.xlsx(name, in_numbers(astray, 0), modified)
        landing.planted.astray[name] = "enrolment"


def write_context(world: World, landing: Landing) -> None:
    """One row a school, academic year and figure; the last year on the form with a list to choose from, the others as text."""
    rng = world.stream("export/context")
    old, new = plain(CONTEXT, []), plain(CONTEXT, [], "Социальный паспорт общеобразовательной организации", "Паспорта")
    for passport in world.passports:
        figures: dict[str, float] = {PUPILS: passport.pupils, SPECIAL_NEEDS: passport.special_needs}
        # Not everybody says everything.
        figures |= {name: share for name, share in passport.shares.items() if rng.random() > 0.02}
        year, sheet = academic_year(rng, passport.autumn + 1), new if passport.autumn == world.last_year else old
        for name, value in figures.items():
            sheet.record([passport.school.code, year, spaced(rng, name), value])
    code = world.places.schools[0].code
    new.faulty("bad_number", [code, f"{world.first_year - 2}/{world.first_year - 1}", PUPILS, "нет данных"])
    new.faulty("missing_value", [code, "", PUPILS, 500])
    landing.csv("context/архив/Паспорта школ.csv", old, date(world.last_year, 1, 15), Csv("utf-8-sig", ","))
    landing.xlsx("context/Паспорта школ.xlsx", [in_numbers(new, 0), hint("Список", COMPONENTS)], date(world.last_year, 9, 29))


def write_inclusive_conditions(world: World, landing: Landing) -> None:
    """One row a school and autumn; the number of pupils is the passport's."""
    rng = world.stream("export/inclusive_conditions")
    sheet = plain(CONDITIONS, [], "Условия для детей с особыми образовательными потребностями")
    for passport in world.passports:
        pupils = passport.special_needs
        classes, groups = pupils // CLASS_OF_SPECIAL_NEEDS, rng.choice((0, 0, 1)) if pupils else 0
        staff = round(pupils / 9 * rng.uniform(0.5, 1.2))
        sheet.record([passport.school.code, date(passport.autumn, *COUNTING_DAY), pupils, groups or "", classes, staff])
    code = world.places.schools[0].code
    sheet.faulty("missing_value", [code, date(world.last_year, 1, 1), "", "", 1, 1])
    sheet.faulty("out_of_range", [code, date(world.last_year, 1, 2), -3, "", 1, 1])
    landing.csv("inclusive_conditions/Условия для ОВЗ.csv", doubled(sheet), date(world.last_year, 9, 25), Csv("utf-8-sig"))


def write_extra_education(world: World, landing: Landing) -> None:
    """A row a school, and a row a municipality and age, where every child counts once."""
    rng = world.stream("export/extra_education")
    sheet = plain(EXTRA, [])
    for autumn in (year - 1 for year in world.years):
        passports = [passport for passport in world.passports if passport.autumn == autumn]
        day, pupils = date(autumn, 12, 31), Counter[Municipality]()
        for passport in passports:
            pupils[passport.school.municipality] += passport.pupils
            # Where families live better, more children are covered.
            share = 0.5 + passport.shares["Доля семей с высшим образованием"] / 250
            sheet.record([passport.school.code, "", day, "", passport.pupils, round(passport.pupils * share)])
        for home, age in product(pupils, AGES):
            children = round(pupils[home] / GRADES * rng.uniform(0.97, 1.1))
            sheet.record(["", home.on(day).oktmo, day, age, children, round(children * rng.uniform(0.55, 0.85))])
    code = world.places.schools[0].code
    sheet.faulty("conflicting_value", [code, "", date(world.last_year, 5, 31), "", 100, 120])
    sheet.faulty("unknown_school", ["", "", date(world.last_year, 5, 31), 7, 100, 70])
    landing.xlsx("extra_education/Охват ДО.xlsx", in_numbers(sheet, 0, 1), date(world.last_year, 2, 3))


def write_system_adoption(world: World, landing: Landing) -> None:
    """One row a system, school and month, of the last months: more and more schools do something there."""
    rng = world.stream("export/system_adoption")
    sheet = plain(ADOPTION, [])
    starts = {(system, school): rng.randrange(-6, MONTHS + 2) for system in SYSTEMS for school in _open(world)}
    for month in range(MONTHS):
        day = date(world.last_year, 10 - MONTHS + month, 1) - timedelta(days=1)
        for (system, school), start in starts.items():
            users = 1 + round(school.size / 12)
            sheet.record([system, school.code, day, users, rng.randrange(1, 4 * users) if month >= start else 0])
    code = world.places.schools[0].code
    sheet.faulty("bad_date", [SYSTEMS[0], code, "31.06.2026", 1, 1])
    sheet.faulty("missing_value", ["", code, date(world.last_year, 1, 31), 1, 1])
    landing.csv("system_adoption/Использование ИС.csv", sheet, date(world.last_year, 9, 10), Csv("utf-8", "\t", "%Y-%m-%d", "."))


def _open(world: World) -> list[School]:
    return [school for school in world.places.schools if school.is_open(world.last_day)]
