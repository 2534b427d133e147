"""The register of attestation in three volumes; only the newest writes refusals down, so only there they appear."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.staff import OPEN_ENDED_SINCE, Decision
from ingest.sample.untidy import any_case, as_number, snils, spaced

HEADER = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Категория;Дата решения;Действует по;Номер приказа"
NEW_HEADER = f"{HEADER};Дата заявления;Решение"


def write(world: World, landing: Landing) -> None:
    """One row a decision."""
    rng = world.stream("export/attestation")
    ordered = sorted(world.staff.decisions, key=lambda decision: decision.day)
    old = [decision for decision in ordered if decision.day < date(2021, 1, 1) and decision.granted]
    middle = [decision for decision in ordered if date(2021, 1, 1) <= decision.day < OPEN_ENDED_SINCE and decision.granted]
    new = [decision for decision in ordered if decision.day >= OPEN_ENDED_SINCE]
    if old:
        landing.csv("attestation/архив/Аттестация до 2020.csv", _old_volume(rng, old), date(2021, 1, 25), Csv("cp1251"))
    if middle:
        landing.xlsx("attestation/Аттестация 2021-2023.xlsx", _middle_volume(rng, middle), date(2023, 9, 10))
    landing.csv("attestation/Аттестация с 09.2023.csv", _new_volume(rng, new, world), world.last_day, Csv("utf-8-sig"))


def _old_volume(rng: Random, decisions: list[Decision]) -> Sheet:
    sheet = Sheet()
    sheet.text("Реестр аттестованных педагогических работников")
    sheet.text()
    sheet.text(*HEADER.split(";"))
    for decision in decisions:
        sheet.record(_row(rng, decision))
    return sheet


def _middle_volume(rng: Random, decisions: list[Decision]) -> Sheet:
    sheet = Sheet("Реестр")
    sheet.text(*HEADER.split(";"))
    for decision in decisions:
        row = _row(rng, decision)
        sheet.record([*row[:4], as_number(decision.school.code), *row[5:]])
    return sheet


def _new_volume(rng: Random, decisions: list[Decision], world: World) -> Sheet:
    sheet = Sheet()
    sheet.text(*NEW_HEADER.split(";"))
    for decision in decisions:
        verdict = "установлена" if decision.granted else "отказано"
        blank = decision.granted and rng.random() < 0.2
        sheet.record([*_row(rng, decision), decision.day - timedelta(days=rng.randrange(20, 60)), "" if blank else verdict])
    worker = world.staff.jobs[0].worker
    person = [worker.snils, worker.person.last, worker.person.first, worker.person.middle, "", "Учитель математики"]
    sheet.faulty("unknown_code", [*person, "вторая", date(2024, 3, 1), "", "17-к"])
    sheet.faulty("bad_date", [*person, "первая", "30.02.2024", "", "17-к"])
    return sheet


def _row(rng: Random, decision: Decision) -> list[Cell]:
    person = decision.worker.person
    return [
        snils(rng, decision.worker.snils),
        spaced(rng, person.last),
        person.first,
        person.middle,
        decision.school.code,
        spaced(rng, decision.position),
        any_case(rng, decision.category),
        decision.day,
        decision.until,
        f"{rng.randrange(1, 600)}-к",
    ]
