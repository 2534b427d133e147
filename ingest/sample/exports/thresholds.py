"""Thresholds of ЕГЭ, and the draft of one that a later file corrects."""

from __future__ import annotations

from datetime import date

from ingest.sample.files import Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.subjects import RUSSIAN, SUBJECTS

HEADER = "Процедура;Год;Код предмета;Вид порога;Значение;Источник"
SOURCE = "распоряжение Рособрнадзора"


def write(world: World, landing: Landing) -> None:
    """One row a year, subject and kind."""
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for year in world.years:
        for subject in SUBJECTS:
            if subject.is_base_maths:
                continue
            kinds = {"минимум_вуз": subject.minimum[1], "ТБ1": subject.minimum[1], "ТБ2": subject.high_score(year)}
            if subject.certificate_minimum:
                kinds["минимум_аттестат"] = subject.certificate_minimum
            for kind, value in kinds.items():
                sheet.record(["ЕГЭ", year, subject.code, kind, value, SOURCE])
    sheet.faulty("bad_number", ["ЕГЭ", world.last_year, "18", "ТБ1", "тридцать два", ""])
    landing.csv("thresholds/Пороги ЕГЭ.csv", sheet, date(world.last_year, 2, 1), Csv("utf-8-sig"))

    draft = Sheet()
    draft.text(*HEADER.split(";")[:-1])
    draft.record(["ЕГЭ", world.last_year, RUSSIAN, "ТБ2", 70])
    landing.csv("thresholds/Пороги (проект).csv", draft, date(world.last_year - 1, 11, 20))
