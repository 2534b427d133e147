"""What was written and who met whom: papers on their way to approval, publications, events.

Sources: documents, publications, events.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random

from ingest.sample.exports.plain import Row, in_numbers, plain
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.network import CENTRE, MEMBER, METHODICAL
from ingest.sample.model.plans import CENTRE as ASSESSMENT_CENTRE
from ingest.sample.model.plans import OPERATOR
from ingest.sample.untidy import any_case, quoted

DOCUMENTS = "Код документа;Название;Вид;Версия;Статус;Дата статуса;Код ОО;ОКТМО;Код узла;Ссылка"
LIFE = ["проект", "на экспертизе", "согласована", "апробирована", "утверждена"]
REGIONAL_DOCUMENTS = [
    ("Концепция информационной политики в системе общего образования", "концепция"), ("Форма отчета КЦ", "форма отчётности"),
    ("Форма отчета УМЦ", "форма отчётности"), ("Система показателей и критериев результативности", "методика"),
    ("Регламент внедрения ИС «Аттестация педагогических работников»", "регламент"), ("Модельное положение о МСОКО", "модельный документ"),
    ("Техническое задание для муниципальных проектных групп", "техническое задание"),
    ("Концепция регионального экспертного сообщества", "концепция"),
]  # fmt: skip

OUTLETS = [("статья", "Журнал «Кедрогорский учитель»"), ("сборник", "Сборник практик"), ("новость", "Сайт РЦОКО")]
PUBLICATIONS = "Публикация;Вид;Где опубликовано;Дата;Код ОО;ОКТМО;Код узла;Ссылка"
EVENTS = "Код мероприятия;Мероприятие;Вид;Дата;Дата окончания;Уровень;Организатор;Код ОО;ОКТМО;Код узла;Роль;Количество участников"
# (what, kind, month and day, days, level, whose nodes take part)
MEETINGS = [
    ("Сетевое взаимодействие в развитии качества", "совещание-семинар", (10, 25), 1, "региональный", (CENTRE, METHODICAL)),
    ("Образовательная выставка", "выставка", (3, 13), 3, "межмуниципальный", (CENTRE,)),
    ("ФГОС на основе СМК: проблемы и опыт", "веб-семинар", (4, 25), 1, "региональный", (METHODICAL, MEMBER)),
    ("Модели тиражирования систем УКО", "конференция", (8, 28), 2, "региональный", (CENTRE, METHODICAL)),
]


def write_documents(world: World, landing: Landing) -> None:
    """One row a status: models of КЦ and УМЦ on their way to approval, papers of the region, acts of schools."""
    rng = world.stream("export/documents")
    sheet = plain(DOCUMENTS, [], "Реестр документов")
    centres = [node for node in world.nodes if node.role != MEMBER]
    papers = [(f"МД-{node.code}", f"Модель деятельности {node.role}", "модель", "", node.code) for node in centres]
    papers += [(f"РД-{number:02d}", name, kind, "", "") for number, (name, kind) in enumerate(REGIONAL_DOCUMENTS, start=1)]
    acts = [("ВСОКО", "Положение о ВСОКО", "положение"), ("ООП", "ООП СОО", "ООП"), ("АООП", "АООП", "адаптированная программа")]
    papers += [(f"{code}-{node.school.code}", name, kind, node.school.code, "") for node in centres for code, name, kind in acts]
    for code, name, kind, school, node in papers:
        for status, day in _life(rng, world):
            sheet.record([code, quoted(rng, name), kind, "1", any_case(rng, status), day, school, "", node, ""])
    sheet.faulty("unknown_code", ["РД-Х1", "Письмо", "письмо", "1", "проект", date(world.last_year, 3, 1), "", "", "", ""])
    sheet.faulty("missing_value", ["РД-Х2", "", "приказ", "1", "проект", date(world.last_year, 3, 1), "", "", "", ""])
    landing.csv("documents/Реестр документов.csv", sheet, world.last_day, Csv("cp1251", "\t"))


def _life(rng: Random, world: World) -> Iterator[tuple[str, date]]:
    """A document's statuses, one after another, as far as it has come by the last day."""
    day = date(world.first_year - 1, 10, 1) + timedelta(days=rng.randrange(300))
    for status in LIFE:
        if day > world.last_day or rng.random() < 0.06:
            return
        yield status, day
        day += timedelta(days=rng.randrange(20, 150))


def write_publications(world: World, landing: Landing) -> None:
    """One row an organisation whose experience is told."""
    rng = world.stream("export/publications")
    sheet = plain(PUBLICATIONS, [])
    for year, node in product(world.years, world.nodes):
        if rng.random() < (0.6 if node.role != MEMBER else 0.15):
            kind, outlet = rng.choice(OUTLETS)
            day = date(year, rng.randrange(1, 10), 15)
            title = quoted(rng, f"Опыт «{node.school.short_name(day)}»")
            sheet.record([title, kind, outlet, day, node.school.code, "", node.code, f"https://oko.example/{year}/{sheet.sound + 1}"])
    sheet.faulty("bad_date", ["Опыт школы", "статья", "Сайт РЦОКО", "весна", "", "", "", ""])
    sheet.faulty("unknown_code", ["Опыт школы", "слух", "Сайт РЦОКО", date(world.last_year, 2, 2), "", "", "", ""])
    landing.csv("publications/Публикации.csv", sheet, date(world.last_year, 9, 22), Csv("utf-8-sig", ","))


def write_events(world: World, landing: Landing) -> None:
    """One row a participating organisation; one meeting more is planned, with nobody in it yet."""
    rng = world.stream("export/events")
    sheet = plain(EVENTS, [], "Журнал мероприятий")
    for year, (number, (name, kind, month_day, days, level, roles)) in product(world.years, enumerate(MEETINGS, start=1)):
        day = date(year - (month_day[0] > 9), *month_day)
        head: Row = [f"С-{year}-{number}", name, kind, day, day + timedelta(days=days - 1) if days > 1 else "", level, OPERATOR]
        for node in (node for node in world.nodes if node.role in roles and rng.random() < 0.8):
            role = rng.choice(("слушатель", "участник", "докладчик", ""))
            sheet.record([*head, node.school.code, "", node.code, role, rng.randrange(1, 6)])
        for home in world.places.municipalities:
            if rng.random() < 0.4:
                sheet.record([*head, "", home.on(day).oktmo, "", "участник", rng.randrange(1, 4)])
    ahead = date(world.last_year, 12, 10)
    sheet.record([f"С-{world.last_year}-Ф", "Форум участников агломерации", "форум", ahead, ahead, "региональный", ASSESSMENT_CENTRE])
    row: Row = ["С-Х", "Семинар", "семинар", date(world.last_year, 2, 2), "", "школьный", OPERATOR, "", "", ""]
    sheet.faulty("unknown_code", [*row, "зритель", 5])
    sheet.faulty("bad_number", [*row, "участник", "много"])
    landing.xlsx("events/Мероприятия.xlsx", in_numbers(sheet, 7, 8), world.last_day)
