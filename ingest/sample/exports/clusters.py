"""The clusters of comparable schools, one for every academic year that ends with exams."""

from __future__ import annotations

from datetime import date

from ingest.sample.files import Csv, Landing, Sheet
from ingest.sample.model import World

HEADER = "Код ОО;Учебный год;Кластер"


def write(world: World, landing: Landing) -> None:
    """One row a school and academic year."""
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for year in world.years:
        for school in world.places.schools:
            if school.is_open(date(year, 1, 1)):
                sheet.record([school.code, f"{year - 1}/{year}", school.cluster])
    first = world.places.schools[0]
    sheet.faulty("missing_value", [first.code, f"{world.first_year - 2}/{world.first_year - 1}", ""])
    landing.csv("clusters/Кластеры школ.csv", sheet, date(world.last_year, 3, 1), Csv("cp1251"))
