"""The register of schools: a text file and, for the later municipalities, a workbook with numbers for codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.places import School
from ingest.sample.untidy import as_number, quoted

HEADER = (
    "Код ОО;Логин ФИС ОКО;Полное наименование;Краткое наименование;ИНН;ОГРН;Вид ОО;ОКТМО;Тип населённого пункта;"
    "Действует с;Действует по;Код преемника"
)


def write(world: World, landing: Landing) -> None:
    """One row a version of a school."""
    rng = world.stream("export/schools")
    text, book = Sheet(), Sheet()
    text.text("Реестр образовательных организаций")
    text.text()
    text.text(*HEADER.split(";"))
    book.text(*HEADER.replace("ё", "е").split(";"))
    half = len(world.places.municipalities) // 2
    for school in world.places.schools:
        is_text = school.municipality.number <= half
        for row in _versions(rng, school):
            (text if is_text else book).record(row if is_text else _in_numbers(row))
    text.faulty("missing_value", ["999001", "", "Дом детского творчества", "ДДТ", *[""] * 5, date(2010, 9, 1)])
    landing.csv("schools/Реестр ОО.csv", text, date(world.last_year, 9, 14), Csv("utf-8-sig", "\t"))
    if book.sound:
        landing.xlsx("schools/новые/Реестр ОО (дополнение).xlsx", book, date(world.last_year, 9, 15))


def _versions(rng: Random, school: School) -> Iterator[list[Cell]]:
    """A version for every change of name or municipality; some registers never noticed that their район became an округ."""
    breaks = {school.opened}
    if rng.random() > 0.15:
        breaks |= {version.valid_from for version in school.municipality.versions[1:]}
    breaks |= {school.renamed[0]} if school.renamed else set()
    starts = sorted(start for start in breaks if start >= school.opened and school.is_open(start))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        end = following - timedelta(days=1) if following else school.closed
        yield [
            school.code,
            school.login,
            quoted(rng, school.full_name(start)),
            quoted(rng, school.short_name(start)),
            school.inn,
            school.ogrn,
            school.kind,
            school.municipality.on(start).oktmo,
            "городской" if school.is_urban else "сельский",
            start,
            end,
            school.successor.code if school.successor and not following else "",
        ]


def _in_numbers(row: list[Cell]) -> list[Cell]:
    return [as_number(cell) if place in {0, 4, 5, 6, 7, 11} and isinstance(cell, str) and cell else cell for place, cell in enumerate(row)]
