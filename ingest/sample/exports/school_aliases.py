"""What the names in forms mean, as far as somebody has confirmed it."""

from __future__ import annotations

from datetime import date

from ingest.sample.exports.ege_by_school import aliased
from ingest.sample.files import Landing, Sheet
from ingest.sample.model import World
from ingest.sample.untidy import as_number

HEADER = "Наименование как в файле;Муниципалитет как в файле;Код ОО"


def write(world: World, landing: Landing) -> None:
    """One row a confirmed name, for every name its municipality had in those years."""
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for school, name in aliased(world).items():
        for version in school.municipality.versions:
            sheet.record([name, version.name, as_number(school.code)])
    sheet.faulty("missing_value", ["", "", as_number(world.places.schools[0].code)])
    landing.xlsx("school_aliases/Соответствие названий.xlsx", sheet, date(world.last_year, 9, 20))
