"""Municipalities and schools of the fictional region, with their histories: conversions, renamings, closures, openings.

Codes that no real place has: region 96 (no constituent entity has this number), ОКТМО from 09 (a prefix the classifier leaves out),
ИНН and ОГРН of tax office 9601. All check digits hold; an eight-digit ОКТМО carries none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ingest.sample.model import words

REGION_CODE = "96"
FOUNDED = date(2006, 1, 1)
SCHOOLS_KNOWN_SINCE = date(2008, 9, 1)

CITY, DISTRICT, CONVERTED = "городской округ", "муниципальный район", "муниципальный округ"
OKTMO_DIGIT = {CITY: "7", DISTRICT: "6", CONVERTED: "5"}

SCHOOLS_PER_MUNICIPALITY = 7.5
SHARE_OF_CAPITAL = 0.25
MOST_SCHOOLS_OF_A_MUNICIPALITY = 999


@dataclass(frozen=True)
class MunicipalityVersion:
    """A municipality as it was called and coded for a time."""

    name: str
    kind: str
    oktmo: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, eq=False)
class Municipality:
    """A municipality: its permanent number, its versions, and how well its schools do (ability in standard deviations)."""

    number: int
    versions: tuple[MunicipalityVersion, ...]
    quality: float
    drift: float

    @property
    def code(self) -> str:
        return f"m{REGION_CODE}-{self.number:02d}"

    @property
    def msu_code(self) -> str:
        return f"{self.number:03d}"

    @property
    def is_city(self) -> bool:
        return self.versions[0].kind == CITY

    def on(self, day: date) -> MunicipalityVersion:
        """The version of that day."""
        return next(version for version in reversed(self.versions) if version.valid_from <= day)


@dataclass(eq=False)
class School:
    """A school. `size` is a grade's pupils; `quality` and `drift` move its pupils' ability, `leniency` its teachers' marks."""

    code: str
    serial: int
    municipality: Municipality
    kind: str
    name: str
    is_urban: bool
    size: float
    quality: float
    drift: float
    leniency: float
    opened: date = SCHOOLS_KNOWN_SINCE
    closed: date | None = None
    successor: School | None = None
    renamed: tuple[date, str] | None = None
    is_evening: bool = False

    @property
    def is_registered(self) -> bool:
        """Whether the register knows it; the others have a name and no code."""
        return bool(self.code)

    @property
    def login(self) -> str:
        return f"edu{REGION_CODE}{self.serial:04d}"

    @property
    def inn(self) -> str:
        return with_inn_check(f"{REGION_CODE}01{self.serial:05d}")

    @property
    def ogrn(self) -> str:
        head = f"102{REGION_CODE}{self.serial:07d}"
        return f"{head}{int(head) % 11 % 10}"

    @property
    def cluster(self) -> str:
        """The cluster of comparable schools: selective, large, small town, rural."""
        if self.kind in {"103", "104"}:
            return "К1"
        if not self.is_urban:
            return "К4"
        return "К2" if self.size > 50 else "К3"

    def is_open(self, day: date) -> bool:
        return self.opened <= day and (self.closed is None or day <= self.closed)

    def full_name(self, day: date) -> str:
        kind = "Муниципальное бюджетное" if self.is_registered else "Частное"
        return f"{kind} общеобразовательное учреждение «{self._name_on(day)}»"

    def short_name(self, day: date) -> str:
        return f"МБОУ «{self._name_on(day).replace('Средняя общеобразовательная школа', 'СОШ')}»"

    def _name_on(self, day: date) -> str:
        return self.renamed[1] if self.renamed and day >= self.renamed[0] else self.name

    def ability(self, rng: Random, years_on: int) -> float:
        """The ability of one of its pupils, `years_on` years after the first year of the sample."""
        return self.quality + self.drift * years_on + rng.gauss(0, 0.85)


@dataclass(frozen=True)
class Places:
    """What the region consists of. `unregistered` schools appear in forms by name only."""

    municipalities: list[Municipality]
    schools: list[School]
    unregistered: list[School]


def with_inn_check(head: str) -> str:
    """Nine digits of an ИНН and the tenth that checks them."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return f"{head}{sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True)) % 11 % 10}"


def build_places(rng: Random, schools: int, first_year: int, last_year: int) -> Places:
    """Municipalities and schools; histories happen between the years."""
    municipalities = _municipalities(rng, schools, min(first_year + 1, last_year))
    homes = _homes(rng, municipalities, schools)
    places = [_school(rng, serial, home) for serial, home in enumerate(homes, start=1)]
    _number_within_municipality(rng, places)
    _write_history(rng, places, first_year, last_year)
    unregistered = [_private_school(rng, serial, municipalities[0]) for serial in range(1, 2 + schools // 75)]
    return Places(municipalities, places, unregistered)


def _municipalities(rng: Random, schools: int, conversion_year: int) -> list[Municipality]:
    names = [f"{begin}{end}" for begin in words.PLACE_BEGINNINGS for end in words.PLACE_ENDINGS]
    rng.shuffle(names)
    count = min(max(3, round(schools / SCHOOLS_PER_MUNICIPALITY)), len(names))
    cities = 1 + count // 6
    # The second municipality that is no city, and every third after it, becomes an округ.
    conversion = date(conversion_year, 1, 1)
    return [
        _municipality(rng, number, names[number - 1], number <= cities, conversion if (number - cities) % 3 == 2 else None)
        for number in range(1, count + 1)
    ]


def _municipality(rng: Random, number: int, word: str, is_city: bool, conversion: date | None) -> Municipality:
    def version(kind: str, since: date, until: date | None) -> MunicipalityVersion:
        city = words.CAPITAL if number == 1 else word.removesuffix("ий")
        name = f"город {city}" if kind == CITY else f"{word} {kind}"
        return MunicipalityVersion(name, kind, f"09{OKTMO_DIGIT[kind]}{number:02d}000", since, until)

    if is_city:
        versions = [version(CITY, FOUNDED, None)]
    elif conversion:
        versions = [version(DISTRICT, FOUNDED, conversion - timedelta(days=1)), version(CONVERTED, conversion, None)]
    else:
        versions = [version(DISTRICT, FOUNDED, None)]
    return Municipality(number, tuple(versions), rng.gauss(0.1 if is_city else -0.1, 0.15), rng.gauss(0.03, 0.06))


def _homes(rng: Random, municipalities: list[Municipality], schools: int) -> list[Municipality]:
    """Which municipality each school is in: one at least in each, the capital has a quarter, cities more than districts."""
    rest = [(home, 2.0 if home.is_city else 1.0) for home in municipalities[1:]]
    scale = (1 - SHARE_OF_CAPITAL) / sum(weight for _, weight in rest)
    weights = [SHARE_OF_CAPITAL, *(weight * scale for _, weight in rest)]
    free = max(0, schools - len(municipalities))
    homes = municipalities[:schools] + rng.choices(municipalities, weights, k=free)
    return sorted(homes, key=lambda home: home.number)


def _school(rng: Random, serial: int, home: Municipality) -> School:
    is_urban = home.is_city or rng.random() < 0.3
    if is_urban:
        size = max(20.0, rng.gauss(60 if home.is_city else 36, 15))
    else:
        size = rng.uniform(1.5, 6) if rng.random() < 0.25 else rng.uniform(6, 22)
    kind = rng.choices(["101", "102", "103", "104"], [7, 1, 1, 1])[0] if is_urban else "101"
    quality = home.quality + rng.gauss(0.55 if kind in {"103", "104"} else 0, 0.35) - (0 if is_urban else 0.1)
    return School("", serial, home, kind, "", is_urban, size, quality, home.drift + rng.gauss(0, 0.05), rng.gauss(0.05, 0.25))


def _number_within_municipality(rng: Random, schools: list[School]) -> None:
    """Codes and names: numbered in towns, after the village elsewhere; unique within a municipality, not beyond it."""
    taken: dict[Municipality, int] = {}
    villages: dict[Municipality, list[str]] = {}
    for school in schools:
        home = school.municipality
        number = taken[home] = taken.get(home, 0) + 1
        if number > MOST_SCHOOLS_OF_A_MUNICIPALITY:
            raise ValueError("Столько школ не пронумеровать шестью цифрами: уменьшите --schools")
        school.code = f"{home.msu_code}{number:03d}"
        free = villages.setdefault(home, rng.sample(words.VILLAGES, len(words.VILLAGES)))
        school.name = _name(rng, school, number, free)


def _name(rng: Random, school: School, number: int, villages: list[str]) -> str:
    if not school.is_urban and villages:
        return f"Средняя общеобразовательная школа села {villages.pop()}"
    kind = {"103": "Гимназия", "104": "Лицей"}.get(school.kind, "Средняя общеобразовательная школа")
    honoured = f" имени {rng.choice(words.HONOURED)}" if rng.random() < 0.1 else ""
    return f"{kind} № {number}{honoured}"


def _write_history(rng: Random, schools: list[School], first_year: int, last_year: int) -> None:
    """A few schools close into the largest neighbour, take a new name, open late, teach adults in the evening."""
    years = range(first_year, max(first_year + 1, last_year))
    largest: dict[Municipality, School] = {}
    for school in sorted(schools, key=lambda school: school.size):
        largest[school.municipality] = school
    others = [school for school in rng.sample(schools, len(schools)) if school is not largest[school.municipality]]
    rural, urban = ([school for school in others if school.is_urban is kind] for kind in (False, True))
    few = 1 + len(schools) // 40
    for school in sorted(rural[: 3 * few], key=lambda school: school.size)[:few]:
        school.closed, school.successor = date(rng.choice(years), 8, 31), largest[school.municipality]
    for school in urban[:few]:
        school.renamed = (date(rng.choice(years), 9, 1), f"{school.name.split(' имени ')[0]} имени {rng.choice(words.HONOURED)}")
    for school in urban[few : 2 * few]:
        school.opened = date(rng.choice(years), 9, 1)
    for school in urban[2 * few : 2 * few + max(1, few // 2)]:
        school.is_evening = True


def _private_school(rng: Random, serial: int, home: Municipality) -> School:
    name = f"Школа {rng.choice(['Росток', 'Парус', 'Ступени', 'Вереск'])}-{serial}"
    return School("", 9000 + serial, home, "101", name, True, rng.uniform(12, 40), rng.gauss(0.3, 0.2), 0.03, 0.2)
