"""The classifier ОКТМО for the fictional region: a volume of before the conversions, one of after, and the table of Росстат.

None has a header. The prefix is one that the real classifier leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World, words
from ingest.sample.model.places import CITY, CONVERTED, DISTRICT, FOUNDED, OKTMO_DIGIT, Municipality

PREFIX = "09"
HEADINGS = {DISTRICT: "Муниципальные районы", CONVERTED: "Муниципальные округа", CITY: "Городские округа"}

# code, name, centre
Entry = tuple[str, str, str]


def write(world: World, landing: Landing) -> None:
    """Each file is an edition: by them one sees which districts became округа."""
    rng = world.stream("export/oktmo")
    conversion = max(version.valid_from for municipality in world.places.municipalities for version in municipality.versions)
    before = list(_entries(world.places.municipalities, FOUNDED))
    after = list(_entries(world.places.municipalities, world.last_day))
    landing.csv("oktmo/Том 9 (старый).csv", _volume(rng, before), date(conversion.year - 1, 11, 1), Csv("cp1251"))
    landing.csv("oktmo/Том 9.csv", _volume(rng, after), date(conversion.year, 2, 1), Csv("utf-8"))
    table = _table(rng, after, conversion)
    _plant(table, after[-1])
    landing.csv("oktmo/Таблица Росстата.csv", table, date(world.last_year, 2, 1), Csv("cp1251"))


def _entries(municipalities: list[Municipality], day: date) -> Iterator[Entry]:
    yield f"{PREFIX}000000", f"Муниципальные образования. {words.REGION_NAME}", ""
    for kind, heading in HEADINGS.items():
        versions = sorted(version.oktmo for version in (one.on(day) for one in municipalities) if version.kind == kind)
        if versions:
            yield f"{PREFIX}{OKTMO_DIGIT[kind]}00000", heading, ""
        for code in versions:
            name = next(one.on(day).name for one in municipalities if one.on(day).oktmo == code)
            yield code, name, f"с {name.split()[0]}" if kind != CITY else name.replace("город", "г")


def _volume(rng: Random, entries: list[Entry]) -> Sheet:
    sheet = Sheet()
    for code, name, centre in entries:
        spaced = f"{code[:2]} {code[2:5]} {code[5:]}    "
        sheet.record([spaced, with_check(code)[-1], f"- {name}" if centre else f"{name}/", centre])
        if centre and rng.random() < 0.05:
            sheet.text("", "", "Пояснение: границы изменены законом области", "")
    return sheet


def _table(rng: Random, entries: list[Entry], conversion: date) -> Sheet:
    """Thirteen columns: the parts of a code, check digit, section, name, centre, note, number and kind of change, two dates."""
    sheet = Sheet()
    for code, name, centre in entries:
        since = conversion if code[2] == OKTMO_DIGIT[CONVERTED] and centre else FOUNDED
        sheet.record([*_parts(code), with_check(code)[-1], "1", name, centre, "", "000", "0", date(2013, 6, 14), since])
        if centre:
            settlement = f"{code}{rng.randrange(1, 100):03d}"
            sheet.record([*_parts(settlement), with_check(settlement)[-1], "2", centre, "", "", "000", "0", date(2013, 6, 14), since])
    return sheet


def _parts(code: str) -> list[str]:
    return [code[:2], code[2:5], code[5:8], code[8:] or "000"]


def _plant(sheet: Sheet, last: Entry) -> None:
    code, name, centre = last
    tail: list[Cell] = ["", "000", "0", date(2013, 6, 14), FOUNDED]
    wrong = str((int(with_check(f"{code}777")[-1]) + 1) % 10)
    sheet.record([*_parts(f"{code}777"), wrong, "2", f"д {name}", "", *tail])
    sheet.remark("check_digits")
    sheet.faulty("unknown_code", [PREFIX, "7О1", "000", "000", "1", "1", name, centre, *tail])
    sheet.faulty("missing_value", [*_parts(f"{code}778"), with_check(f"{code}778")[-1], "2", "", "", *tail])


def with_check(code: str) -> str:
    """A code and its check digit: weights 1…10 over and over; where that gives 10, from 3 on; where that gives 10 too, 0."""
    for shift in (0, 2):
        control = sum(int(digit) * ((place + shift) % 10 + 1) for place, digit in enumerate(code)) % 11
        if control < 10:
            return f"{code}{control}"
    return f"{code}0"
