"""The list of the project's network."""

from __future__ import annotations

from datetime import date

from ingest.sample.files import Landing, Sheet
from ingest.sample.model import World
from ingest.sample.untidy import any_case

HEADER = "Код узла;Роль;Код ОО;Код узла верхнего уровня;Действует с;Действует по"


def write(world: World, landing: Landing) -> None:
    """One row a node and time."""
    rng = world.stream("export/network")
    sheet = Sheet()
    sheet.text("Сеть проекта")
    sheet.text()
    sheet.text(*HEADER.split(";"))
    for node in world.network:
        sheet.record([node.code, any_case(rng, node.role), node.school.code, node.upper, node.valid_from, node.valid_to])
    sheet.faulty("unknown_code", ["Ц-99", "ЦПМ", world.places.schools[0].code, "", date(world.first_year, 1, 1)])
    landing.xlsx("network/Сеть КЦ и УМЦ.xlsx", sheet, date(world.first_year, 9, 1))
