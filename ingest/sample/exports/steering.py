"""What those who steer write down: targets, plans, decisions, who reported, who was helped, and what schools say to their figures.

Sources: targets, explanations, plan_items, decisions, reports, support_measures.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from random import Random

from ingest.sample.exports.plain import Row, in_numbers, plain
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.network import CENTRE, MEMBER
from ingest.sample.model.places import REGION_CODE
from ingest.sample.model.plans import MINISTRY, OPERATOR
from ingest.sample.untidy import any_case, spaced

TARGETS = "Код показателя;Уровень;Код;Период;Базовое значение;Целевое значение;Основание"
# Indicator, what a period of it is called, what it was, what it shall be: shares from 0 to 1.
REGIONAL_TARGETS = [
    ("ege_pass_share_mandatory", "{year}", 0.955, 0.975),
    ("ege_high_share_tb2", "{year}", 0.24, 0.3),
    ("leaders_pd_uko_share", "{year}-09-01", 0.2, 0.5),
    ("site_openness_index", "{year}-09-01", 62.5, 75.0),
    ("cert_active_count", "{year}-09-01", 30.0, 45.0),
    ("capa_on_time", "{year}-09-01", 0.7, 0.9),
]

# Teachers whose journals are so much kinder than ВПР have something to explain.
LENIENT = 0.35
EXPLANATIONS = "Код ОО;Период;Код показателя;Пояснение;Дата"
WORDS = [
    "Класс был две недели на карантине", "В школу перешли дети закрытой школы", "Учитель предмета сменился в середине года",
    "Работу писали в день отключения света", "Один класс учился во вторую смену",
]  # fmt: skip

PLAN = "План;Номер;Раздел;Мероприятие;Срок;Исполнители;Соисполнители;Участники;Место;Владелец;Ожидаемый результат;Статус;Дата выполнения"

COUNCIL = "Совет по реализации проекта"
DECISIONS = "Номер решения;Дата решения;Вид решения;Кем принято;Содержание;Код ОО;ОКТМО;Код узла;Код показателя;Срок;Дата выполнения"

REPORTS = "Отчёт;Отчётный период;Код ОО;ОКТМО;Код узла;Срок;Дата представления;Статус"

SUPPORT = "Код меры;Код ОО;ОКТМО;Вид поддержки;Предмет;Основание;Код узла;Дата начала;Дата окончания;Результат"
HELP = ["методическая помощь", "консультация", "наставничество", "КПК", "стажировка", "ресурсная поддержка"]


def write_targets(world: World, landing: Landing) -> None:
    """One row an indicator, entity and period: steps from what was to what shall be, for the region and for every centre."""
    steps = max(1, len(world.years) - 1)
    codes = [("регион", REGION_CODE), *(("КЦ", node.code) for node in world.nodes if node.role == CENTRE)]
    sheet = plain(TARGETS, [], "Целевые индикаторы реализации проекта")
    for (indicator, period, base, goal), (level, code), year in product(REGIONAL_TARGETS, codes, world.years):
        if indicator != "cert_active_count" or level == "регион":
            target = round(base + (goal - base) * (year - world.first_year) / steps, 4)
            sheet.record([indicator, level, code, period.format(year=year), base, target, "План по реализации проекта"])
    row: Row = ["ege_mean_score", "регион", REGION_CODE, str(world.last_year), 60.0]
    sheet.faulty("bad_number", [*row, "выше среднего", ""])
    sheet.faulty("unknown_code", [row[0], "страна", *row[2:], 62.0, ""])
    landing.csv("targets/Целевые показатели.csv", sheet, date(world.last_year - 1, 12, 25))


def write_explanations(world: World, landing: Landing) -> None:
    """One row a school and figure: what schools with a journal far from ВПР, or with weak results, say themselves."""
    rng = world.stream("export/explanations")
    sheet = plain(EXPLANATIONS, [])
    academic_year = f"{world.last_year - 1}/{world.last_year}"
    journal, exam = ("vpr_journal_confirm", academic_year), ("ege_below_min_share", str(world.last_year))
    for school in (school for school in world.places.schools if school.is_open(world.last_day)):
        if school.leniency > LENIENT or school in world.supported:
            indicator, period = journal if school.leniency > LENIENT else exam
            day = date(world.last_year, 9, rng.randrange(1, 28))
            sheet.record([school.code, period, indicator, spaced(rng, rng.choice(WORDS)), day])
            if indicator == journal[0]:
                sheet.record([school.code, period, "obj_markers_count", rng.choice(WORDS), day])
    row: Row = [world.places.schools[0].code, str(world.first_year), "ege_mean_score"]
    sheet.faulty("bad_date", [*row, WORDS[0], "сентябрь"])
    sheet.faulty("missing_value", [*row, "", date(world.last_year, 9, 1)])
    landing.csv("explanations/Пояснения школ.csv", sheet, world.last_day, Csv("utf-8", ","))


def write_plan_items(world: World, landing: Landing) -> None:
    """One row an item: the terms as the plans word them; a workbook with a sheet a plan."""
    plans = list(dict.fromkeys(planned.plan for planned in world.plans))
    sheets = [plain(PLAN, [], title, f"План {number}") for number, title in enumerate(plans, start=1)]
    for planned in world.plans:
        item = planned.item
        sheets[plans.index(planned.plan)].record(
            [planned.plan, item.number, planned.section, item.activity, planned.due, item.performers, item.co_performers,
             item.participants, item.place, planned.owner, item.result, planned.status, planned.done]
        )  # fmt: skip
    sheets[0].faulty("missing_value", [plans[0], "90", "", "", "Август 2018", OPERATOR])
    sheets[0].faulty("missing_value", [plans[0], "91", "", "Семинар", "Август 2018", ""])
    landing.xlsx("plan_items/Планы и дорожные карты.xlsx", sheets, world.last_day)


def write_decisions(world: World, landing: Landing) -> None:
    """One row a decision: of the council on the project every year, of the centre on the schools that were helped."""
    rng = world.stream("export/decisions")
    sheet = plain(DECISIONS, [], "Управленческие решения")
    for year in world.years:
        day = date(year, 6, 27)
        verdict, spread = any_case(rng, "об эффективности и результативности"), "о тиражировании"
        sheet.record([f"{year}/1", day, verdict, COUNCIL, "Признать реализацию проекта результативной"])
        sheet.record([f"{year}/2", day, spread, COUNCIL, "Использовать модели КЦ и УМЦ", "", "", "", "", date(year, 12, 31)])
        for number, school in enumerate(world.supported, start=3):
            due = date(year, 9, 1)
            done = due - timedelta(days=rng.randrange(-20, 30))
            head: Row = [f"{year}/{number}", day, "о поддержке", MINISTRY, "Оказать адресную методическую помощь", school.code]
            sheet.record([*head, "", "", "ege_pass_share_mandatory", due, done if done <= world.last_day else ""])
    day = date(world.last_year, 3, 1)
    sheet.faulty("conflicting_value", ["Х/1", day, "другое", MINISTRY, "Провести семинар", "", "", "", "", "", date(2020, 3, 1)])
    sheet.faulty("unknown_code", ["Х/2", day, "устное", MINISTRY, "Провести семинар", "", "", "", "", "", ""])
    landing.xlsx("decisions/Реестр решений.xlsx", in_numbers(sheet, 5), world.last_day)


def write_reports(world: World, landing: Landing) -> None:
    """One row a report: КЦ and УМЦ once a year, the operator twice; most in time."""
    rng = world.stream("export/reports")
    sheet = plain(REPORTS, [], "Представление отчётов")
    for year in world.years:
        due = date(year, 6, 30)
        for node in (node for node in world.nodes if node.role != MEMBER):
            sheet.record([f"Отчет {node.role} за год", str(year), "", "", node.code, due, *_handed_in(rng, due)])
        for half, day in ((1, date(year, 1, 15)), (2, due)):
            sheet.record(["Отчет регионального оператора", f"{half} полугодие {year - 1}/{year}", "", "", "", day, day, "Принят"])
    sheet.faulty("bad_date", ["Отчет КЦ за год", "2030", "", "", world.network[0].code, "по мере готовности", "", ""])
    sheet.faulty("unknown_code", ["Отчет КЦ за год", "2030", "", "", "КЦ-99", date(2030, 6, 30), "", ""])
    landing.csv("reports/Учёт отчётов.csv", sheet, world.last_day, Csv("utf-8-sig", ";", "%Y-%m-%d"))


def _handed_in(rng: Random, due: date) -> Row:
    """The day and what became of the report: most come in time, some late, a few never."""
    chance = rng.random()
    if chance > 0.97:
        return ["", ""]
    return [due + timedelta(days=rng.randrange(-14, 1) if chance < 0.85 else rng.randrange(1, 25)), rng.choice(("принят", "на доработке"))]


def write_support_measures(world: World, landing: Landing) -> None:
    """One row a measure: most of the weakest schools are helped, by a node where one looks after them."""
    rng = world.stream("export/support_measures")
    helpers = {node.school: node.upper for node in world.nodes if node.role == MEMBER}
    sheet = plain(SUPPORT, [])
    for year in world.years:
        for school in world.supported:
            if rng.random() < 0.8 and school.is_open(date(year - 1, 10, 1)):
                start = date(year - 1, 10, rng.randrange(1, 28))
                what: Row = [rng.choice(HELP), rng.choice(("Математика", "Русский язык", "")), "ege_pass_share_mandatory"]
                when: Row = [start, start + timedelta(days=200), "проведено"]
                sheet.record([f"М-{year}-{sheet.sound + 1:03d}", school.code, "", *what, helpers.get(school, ""), *when])
    day = date(world.last_year, 2, 2)
    sheet.faulty("unknown_school", ["М-Х1", "", "", "консультирование", "", "", "", day, "", ""])
    sheet.faulty("unknown_code", ["М-Х2", world.places.schools[0].code, "", "премия", "", "", "", day, "", ""])
    landing.csv("support_measures/Адресная поддержка.csv", sheet, date(world.last_year, 6, 20))
