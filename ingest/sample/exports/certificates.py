"""The register of certificates: a workbook up to the year before, a text file of the last year's events."""

from __future__ import annotations

from datetime import date
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.certificates import CertificateEvent
from ingest.sample.model.places import REGION_CODE, with_inn_check
from ingest.sample.untidy import any_case, as_number, quoted

HEADER = (
    "Номер сертификата;Дата регистрации;Код ОО;ИНН держателя;Держатель;Стандарт;Область сертификации;Орган по сертификации;"
    "Действует с;Действует по;Статус;Дата статуса"
)
# Words that registers have for a certificate that came to its end early.
ENDED = ["прекращён", "отменён", "аннулирован", "архивный"]


def write(world: World, landing: Landing) -> None:
    """One row an event."""
    rng = world.stream("export/certificates")
    border = date(world.last_year - 1, 9, 1)
    older = [event for event in world.certificates if event.day < border]
    newer = [event for event in world.certificates if event.day >= border]
    if older:
        landing.xlsx("certificates/Реестр сертификатов СМК.xlsx", _workbook(rng, older), border)
    landing.csv("certificates/СМК/Сертификаты, изменения.csv", _changes(rng, newer, world), world.last_day, Csv("utf-8-sig", "\t"))


def _workbook(rng: Random, events: list[CertificateEvent]) -> Sheet:
    sheet = Sheet("Реестр")
    sheet.text("Сертификаты систем менеджмента качества")
    sheet.text()
    sheet.text(*HEADER.split(";"))
    for event in events:
        row = _row(rng, event)
        sheet.record([as_number(cell) if place in {2, 3} and isinstance(cell, str) and cell else cell for place, cell in enumerate(row)])
    return sheet


def _changes(rng: Random, events: list[CertificateEvent], world: World) -> Sheet:
    sheet = Sheet()
    sheet.text(*(word.replace(" ", "  ", 1) for word in HEADER.split(";")))
    for event in events:
        sheet.record(_row(rng, event))
    school = world.places.schools[0]
    day = date(world.last_year, 3, 1)
    standard: list[Cell] = ["ГОСТ Р ИСО 9001-2015", "", "", day]
    # Two digits of the holder's ИНН changed places; the school's code is right, so the row loads.
    misspelled = f"{school.inn[:-2]}{school.inn[-1]}{school.inn[-2]}"
    sheet.record(
        ["РОСС RU.Х.4", day, school.code, misspelled, "", "ГОСТ Р ИСО 14001-2016", *standard[1:], date(2035, 3, 1), "действует", day]
    )
    sheet.remark("check_digits")
    stranger = with_inn_check(f"{REGION_CODE}0199999")
    sheet.faulty("unknown_school", ["РОСС RU.Х.1", day, "", stranger, "ООО «Вереск»", *standard, date(2035, 3, 1), "действует", day])
    sheet.faulty("unknown_code", ["РОСС RU.Х.2", day, school.code, school.inn, "", *standard, date(2035, 3, 1), "потерян", day])
    sheet.faulty("conflicting_value", ["РОСС RU.Х.3", day, school.code, school.inn, "", *standard, date(2020, 3, 1), "действует", day])
    return sheet


def _row(rng: Random, event: CertificateEvent) -> list[Cell]:
    status = rng.choice(ENDED) if event.status == "прекращён" else event.status
    return [
        event.number,
        event.registered,
        event.school.code if rng.random() < 0.85 else "",
        event.school.inn,
        quoted(rng, event.school.full_name(event.day)),
        event.standard,
        "образовательная деятельность",
        event.body,
        event.valid_from,
        event.valid_to,
        any_case(rng, status),
        event.day,
    ]
