"""The list of municipalities as a workbook whose codes Excel turned into numbers, and a copy of it that somebody forgot."""

from __future__ import annotations

from datetime import date

from ingest.sample.files import Cell, Landing, Sheet
from ingest.sample.model import World, words
from ingest.sample.model.places import REGION_CODE
from ingest.sample.untidy import as_number

HEADER = "ОКТМО;Наименование;Тип;Код региона;Постоянный код;Код МСУ;Действует с;Действует по"
NAME = "municipalities/Справочник МО.xlsx"


def write(world: World, landing: Landing) -> None:
    """One row a version of a municipality."""
    sheet = Sheet()
    sheet.text(f"Муниципальные образования. {words.REGION_NAME}")
    sheet.text()
    sheet.text(*HEADER.split(";"))
    for municipality in world.places.municipalities:
        codes: list[Cell] = [as_number(REGION_CODE), municipality.code, as_number(municipality.msu_code)]
        for version in municipality.versions:
            sheet.record([as_number(version.oktmo), version.name, version.kind, *codes, version.valid_from, version.valid_to])
    modified = date(world.last_year, 1, 20)
    landing.xlsx(NAME, sheet, modified)
    landing.copy(NAME, "municipalities/архив/Справочник МО (копия).xlsx", modified)
