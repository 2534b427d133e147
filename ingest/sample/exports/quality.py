"""Protocols of those who look at how quality is managed: audits and the actions after them, site checks, МУК, ECERS-R.

Sources: audits, capa, site_checks, muk, ecers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby, product
from random import Random

from ingest.sample.exports.plain import Row, doubled, in_numbers, plain
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.audits import HIGHEST, SITE_HIGHEST, Audit
from ingest.sample.model.places import School
from ingest.sample.untidy import any_case, spaced

AUDITS = "Код аудита;Вид;Код узла аудитора;Код узла;Объект;Дата;Код критерия;Балл;Максимальный балл;Несоответствие"
ACTIONS = "Код действия;Код узла;Код аудита;Тип;Описание;Срок;Дата выполнения;Дата проверки;Результативно"
SITES = "Код ОО;Дата проверки;Код критерия;Балл;Максимальный балл"

MUK = "ОКТМО;Год;Вид;Направление;Код критерия;Балл;Максимальный балл;Подтверждение"
DIRECTIONS = {
    "1.1": "Система оценки качества подготовки обучающихся",
    "1.2": "Система работы со школами с низкими результатами обучения",
    "2.1": "Система мониторинга эффективности руководителей",
    "2.2": "Система обеспечения профессионального развития педагогических работников",
}
MUK_HIGHEST = 10

ECERS = "Код ОО;Группа;Дата;Подшкала;Номер показателя;Балл"
# Subscales in the order of the items, with the last item of each; one Russian edition names some of them otherwise.
SUBSCALES = {
    "Пространство и оборудование": 8,
    "Присмотр и уход за детьми": 14,
    "Речь и мышление": 18,
    "Виды активности": 28,
    "Взаимодействие": 33,
    "Структурирование программы": 37,
    "Родители и персонал": 43,
}
GROUPS_A_YEAR = 10


def write_audits(world: World, landing: Landing) -> None:
    """One row a criterion of an audit; a sheet a year."""
    rng = world.stream("export/audits")
    sheets = [
        plain(AUDITS, (row for audit in audits for row in _criteria(rng, audit)), "Аудиты систем УКО", str(year))
        for year, audits in groupby(sorted(world.audits, key=lambda audit: audit.day), key=lambda audit: audit.day.year)
    ]
    node, day = world.network[0].code, date(world.first_year, 4, 1)
    sheets[0].faulty("unknown_code", ["АУД-Х1", "ревизия", "", node, "УКО", day, "К1", 2, HIGHEST, ""])
    sheets[0].faulty("conflicting_value", ["АУД-Х2", "внутренний", "", node, "УКО", day, "К1", 4, HIGHEST, ""])
    landing.xlsx("audits/Аудиты УКО.xlsx", sheets, date(world.last_year, 9, 29))


def _criteria(rng: Random, audit: Audit) -> Iterator[Row]:
    for criterion, score in audit.scores.items():
        head: Row = [audit.code, any_case(rng, audit.kind), audit.auditor, audit.node.code, audit.subject_matter, audit.day]
        yield [*head, criterion, score, HIGHEST, audit.nonconformity(criterion)]


def write_capa(world: World, landing: Landing) -> None:
    """One row an action; one was entered twice, first without its end."""
    rng = world.stream("export/capa")
    rows: list[Row] = [
        [action.code, action.node.code, action.audit, any_case(rng, action.kind), spaced(rng, action.description), action.due, action.done,
         action.verified, "" if action.is_effective is None else any_case(rng, "да" if action.is_effective else "нет")]
        for action in world.actions
    ]  # fmt: skip
    sheet = plain(ACTIONS, [], "Журнал корректирующих и предупреждающих действий")
    if rows:
        sheet.faulty("duplicate_key", [*rows[0][:6], "", "", ""])
    for row in rows:
        sheet.record(row)
    sheet.faulty("unknown_code", ["КД-Х1", world.network[0].code, "", "наказание", "", "", "", "", ""])
    sheet.faulty("bad_date", ["КД-Х2", world.network[0].code, "", "риск", "", "до конца года", "", "", ""])
    landing.csv("capa/КиПД.csv", sheet, world.last_day, Csv("utf-8"))


def write_site_checks(world: World, landing: Landing) -> None:
    """One row a criterion; merged cells of the form left their columns behind."""
    sheet = plain(SITES, [], "Мониторинг официальных сайтов ОО")
    for check in world.site_checks:
        for criterion, score in check.scores.items():
            sheet.record([check.school.code, check.day, criterion, score, SITE_HIGHEST])
    code = world.places.schools[0].code
    sheet.faulty("conflicting_value", [code, date(world.last_year, 1, 10), "С1", 3, SITE_HIGHEST])
    sheet.faulty("missing_value", [code, date(world.last_year, 1, 10), "", 1, SITE_HIGHEST])
    landing.csv("site_checks/Мониторинг сайтов.csv", doubled(sheet), date(world.last_year, 4, 20))


def write_muk(world: World, landing: Landing) -> None:
    """One row a criterion: what a municipality thinks of itself, and what the centre found."""
    rng = world.stream("export/muk")
    sheet = plain(MUK, [])
    for year, home, (code, direction) in product(world.years, world.places.municipalities, DIRECTIONS.items()):
        found = min(MUK_HIGHEST, max(0, round(rng.gauss(5.5 + 4 * home.quality + 0.5 * (year - world.first_year), 1.8))))
        oktmo, link = home.on(date(year, 6, 1)).oktmo, f"https://muk.example/{home.code}"
        for kind, score in (("самооценка", min(MUK_HIGHEST, found + rng.choice((0, 0, 1, 2)))), ("экспертиза", found)):
            sheet.record([oktmo, year, kind, direction, code, score, MUK_HIGHEST, link])
    sheet.faulty("unknown_code", ["09799000", world.last_year, "самооценка", "", "1.1", 5, MUK_HIGHEST, ""])
    sheet.faulty("out_of_range", [world.places.municipalities[0].versions[0].oktmo, 1999, "самооценка", "", "1.1", 5, MUK_HIGHEST, ""])
    landing.xlsx("muk/Механизмы управления качеством.xlsx", in_numbers(sheet, 0), date(world.last_year, 7, 15))


def write_ecers(world: World, landing: Landing) -> None:
    """One row an item; the groups are at schools of villages, where the youngest have no house of their own."""
    rng = world.stream("export/ecers")
    rural = [school for school in world.places.schools if not school.is_urban and school.is_open(world.last_day)] or world.places.schools
    schools = rng.sample(rural, min(len(rural), GROUPS_A_YEAR))
    sheet = plain(ECERS, [row for year in world.years for school in schools for row in _items(rng, school, year, year - world.first_year)])
    code = world.places.schools[0].code
    sheet.faulty("out_of_range", [code, "Пчёлки", date(world.last_year, 4, 3), "Взаимодействие", 30, 8])
    sheet.faulty("unknown_code", [code, "Пчёлки", date(world.last_year, 4, 3), "Питание", 31, 5])
    landing.csv("ecers/Шкалы ECERS-R.csv", sheet, date(world.last_year, 6, 5), Csv("utf-8-sig", "\t"))


def _items(rng: Random, school: School, year: int, years_on: int) -> Iterator[Row]:
    if not school.is_open(date(year, 4, 1)):
        return
    day, level, first = date(year, 4, rng.randrange(1, 28)), rng.gauss(4 + 0.2 * years_on, 0.5), 1
    for subscale, last in SUBSCALES.items():
        for item in range(first, last + 1):
            score = None if rng.random() < 0.03 else min(7, max(1, round(rng.gauss(level, 1.1))))
            yield [school.code, "Ромашка", day, subscale, item, score]
        first = last + 1
