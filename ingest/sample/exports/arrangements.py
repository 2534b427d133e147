"""Who has arranged what with whom: groups of schools and municipalities, projects, agreements.

Sources: groups, projects, agreements.
"""

from __future__ import annotations

from datetime import date, timedelta

from ingest.sample.exports.plain import Row, in_numbers, plain
from ingest.sample.files import Landing
from ingest.sample.model import World
from ingest.sample.model.network import BEGUN, CENTRE, MEMBER

GROUPS = "Группа;Вид группы;Объект;Роль;Действует с;Действует по"

PROJECTS = "Код проекта;Проект;Код ОО;ОКТМО;Код узла;Цель;Показатель результата;Дата начала;Срок;Дата завершения"

AGREEMENTS = "Номер договора;Дата заключения;Предмет договора;Код ОО;ОКТМО;Код узла;Действует по;Дата расторжения"


def write_groups(world: World, landing: Landing) -> None:
    """One row a member: innovation sites, an agglomeration of municipalities, the schools of a project."""
    sheet = plain(GROUPS, [], "Группы школ и муниципалитетов")
    for node in world.nodes:
        if node.role != MEMBER:
            kind = "РИП" if node.role == CENTRE else "опорная площадка"
            name = f"Площадки РЦОКО: {kind}"
            sheet.record([name, kind, node.school.code, "стажировочная" if node.role == CENTRE else "пилотная", node.valid_from])
    for home in world.places.municipalities[1::2]:
        sheet.record(["Образовательная агломерация", "агломерация", home.code, "МОУО", BEGUN, None])
    start = date(world.first_year - 1, 9, 1)
    for school in world.supported:
        sheet.record(["Школы с низкими результатами", "проект", school.code, "", start, date(world.last_year, 8, 31)])
    sheet.faulty("unknown_school", ["Образовательная агломерация", "агломерация", "m96-99", "МОУО", BEGUN, None])
    sheet.faulty("conflicting_value", ["Образовательная агломерация", "агломерация", "m96-01", "МОУО", BEGUN, date(2016, 9, 1)])
    landing.xlsx("groups/Группы.xlsx", in_numbers(sheet, 2), date(world.last_year, 2, 14))


def write_projects(world: World, landing: Landing) -> None:
    """One row a project; some have no goal or no indicator written down."""
    rng = world.stream("export/projects")
    sheet = plain(PROJECTS, [], "Реестр проектов")
    for number, node in enumerate(world.nodes, start=1):
        if node.role != MEMBER or rng.random() < 0.5:
            start = date(rng.choice(world.years) - 1, 9, 1)
            due = date(start.year + 2, 5, 31)
            goal = "Повысить качество образования на основе СМК" if rng.random() < 0.8 else ""
            end = due if due <= world.last_day and rng.random() < 0.7 else None
            measure = "доля выпускников, сдавших ЕГЭ" if goal and rng.random() < 0.85 else ""
            what = [f"ПР-{number:03d}", "Внедрение модели управления качеством", node.school.code, "", node.code]
            sheet.record([*what, goal, measure, start, due, end])
    row: Row = ["Ресурсный класс", "", "", world.network[0].code, "", ""]
    sheet.faulty("conflicting_value", ["ПР-Х1", *row, date(2024, 9, 1), date(2023, 5, 31), ""])
    sheet.faulty("unknown_school", ["ПР-Х2", row[0], "", "", "", "", "", date(2024, 9, 1), "", ""])
    landing.ods("projects/Реестр проектов.ods", in_numbers(sheet, 2), date(world.last_year, 9, 14))


def write_agreements(world: World, landing: Landing) -> None:
    """One row a party: the centre's agreements with municipal bodies and with nodes."""
    rng = world.stream("export/agreements")
    sheet = plain(AGREEMENTS, [], "Договоры и соглашения о взаимодействии")
    for number, home in enumerate(world.places.municipalities, start=1):
        if rng.random() < 0.75:
            day = date(rng.choice(world.years), 5, rng.randrange(10, 28))
            ended = day + timedelta(days=300) if rng.random() < 0.1 else None
            end = date(day.year + 2, 12, 31) if rng.random() < 0.8 else None
            terminated = ended if ended and ended <= world.last_day else None
            sheet.record([f"{number}-Д", day, "О взаимодействии по совершенствованию МСОКО", "", home.on(day).oktmo, "", end, terminated])
    for number, node in enumerate((node for node in world.nodes if node.role == CENTRE), start=1):
        sheet.record([f"{number}-С", date(world.first_year - 1, 10, 2), "О стажировочной площадке", "", "", node.code, None, None])
    sheet.faulty("unknown_code", ["Х-1", date(world.last_year, 2, 1), "О сотрудничестве", "", "", "КЦ-99", None, None])
    sheet.faulty("bad_date", ["Х-2", "б/д", "О сотрудничестве", "", "", "", None, None])
    landing.xlsx("agreements/Договоры.xlsx", in_numbers(sheet, 4), date(world.last_year, 9, 2))
