"""The fictional region itself, before anybody exports it: places, exams, ВПР, staff, network, plans …, consistent over the years.

How files look belongs to `ingest.sample.exports`. Every part draws from a stream of its own, so a new part changes no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from ingest.sample.model.audits import Action, Audit, SiteCheck, act, audit, check_sites
from ingest.sample.model.certificates import CertificateEvent, certify
from ingest.sample.model.diagnostics import Diagnostic, Result, plan_diagnostics, results_of
from ingest.sample.model.exams import Attempt, hold_exams, hold_gve, hold_oge
from ingest.sample.model.network import Node, connect
from ingest.sample.model.olympiads import Entry, compete
from ingest.sample.model.places import Places, School, build_places
from ingest.sample.model.plans import PlannedItem, plan
from ingest.sample.model.pupils import Enrolment, enrol
from ingest.sample.model.social import Passport, describe
from ingest.sample.model.staff import Staff, employ
from ingest.sample.model.vpr import PupilWork, Work, plan_works, write_work

SHARE_OF_SUPPORTED = 0.2


@dataclass(frozen=True)
class World:
    """All that is true in the region. Nothing happens after `last_day`."""

    seed: int
    first_year: int
    last_year: int
    places: Places
    exams: dict[int, list[Attempt]]
    works: list[Work]
    staff: Staff
    certificates: list[CertificateEvent]
    network: list[Node]

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)

    @property
    def last_day(self) -> date:
        return last_day_of(self.last_year)

    def pupils(self, work: Work) -> list[PupilWork]:
        """The pupils' works of one ВПР: made when asked for (always the same), for a region has millions of them."""
        rng = self.stream(f"vpr/{work.year}/{work.grade}/{work.subject}")
        return write_work(rng, self.places.schools, work, work.year - self.first_year)

    @property
    def nodes(self) -> list[Node]:
        """The network as it is on the last day."""
        return [node for node in self.network if node.valid_to is None]

    @cached_property
    def supported(self) -> list[School]:
        """The schools that the region's help goes to: where pupils know least, evening schools aside."""
        able = [school for school in self.places.schools if not school.is_evening and not school.closed]
        return sorted(able, key=lambda school: school.quality)[: 1 + round(SHARE_OF_SUPPORTED * len(able))]

    # What only the registers of its own kind tell is made when they ask for it.

    @cached_property
    def oge(self) -> dict[int, list[Attempt]]:
        return hold_oge(self.stream("oge"), self.places.schools, self.first_year, self.last_year)

    @cached_property
    def gve(self) -> dict[int, list[Attempt]]:
        """ГВЭ-11: whoever is in grade 11 and sits no ЕГЭ."""
        sitting = {(attempt.graduate, year) for year, attempts in self.exams.items() for attempt in attempts if attempt.graduate.grade}
        seats = Counter((graduate.school, year) for graduate, year in sitting)
        pupils = [(school, autumn + 1, grades.get("11", 0)) for (school, autumn), grades in self.enrolment.items() if not school.is_evening]
        leaving = [(school, year) for school, year, number in pupils if year in self.years and number > seats[school, year] > 0]
        return hold_gve(self.stream("gve"), leaving, self.first_year)

    @cached_property
    def enrolment(self) -> Enrolment:
        return enrol(self.stream("pupils"), self.places.schools, self.exams, self.first_year, self.last_year)

    @cached_property
    def passports(self) -> list[Passport]:
        return describe(self.stream("social"), self.enrolment)

    @cached_property
    def olympiads(self) -> list[Entry]:
        return compete(self.stream("olympiads"), self.places.schools, self.first_year, self.last_year)

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        return plan_diagnostics(self.stream("diagnostics"), self.enrolment, self.first_year, self.last_year)

    @cached_property
    def audits(self) -> list[Audit]:
        return audit(self.stream("audits"), self.network, self.first_year, self.last_day)

    @cached_property
    def actions(self) -> list[Action]:
        return act(self.stream("actions"), self.audits, self.network, self.last_day)

    @cached_property
    def site_checks(self) -> list[SiteCheck]:
        return check_sites(self.stream("sites"), self.places.schools, self.first_year, self.last_year)

    @cached_property
    def plans(self) -> list[PlannedItem]:
        return plan(self.stream("plans"), self.last_day, self.places.municipalities[-1].code)

    def results(self, work: Diagnostic) -> Iterator[Result]:
        """The pupils' works of one diagnostic work, always the same."""
        return results_of(self.stream(f"diagnostics/{work.code}"), work, self.enrolment, work.autumn + 1 - self.first_year)

    def stream(self, part: str) -> Random:
        """A source of chance for one part: the same for the same seed, whatever the other parts do."""
        return stream(self.seed, part)


def stream(seed: int, part: str) -> Random:
    """Random numbers that depend on the seed and the part's name alone."""
    return Random(f"{seed}/{part}")


def last_day_of(last_year: int) -> date:
    """The day up to which a sample that ends with this exam year tells: after the September retakes."""
    return date(last_year, 9, 30)


def build_registers(schools: int, years: int, seed: int, last_year: int) -> World:
    """The region's places and network alone: nobody sits an exam, nobody works."""
    first_year = last_year - years + 1
    places = build_places(stream(seed, "places"), schools, first_year, last_year)
    network = connect(stream(seed, "network"), places.schools, first_year, last_year)
    return World(seed, first_year, last_year, places, {}, [], Staff([], [], []), [], network)


def build_world(schools: int, years: int, seed: int, last_year: int) -> World:
    """The region with this many schools over this many exam years."""
    first_year, last_day = last_year - years + 1, last_day_of(last_year)
    places = build_places(stream(seed, "places"), schools, first_year, last_year)
    sitting = places.schools + places.unregistered
    return World(
        seed,
        first_year,
        last_year,
        places,
        hold_exams(stream(seed, "exams"), sitting, first_year, last_year),
        plan_works(stream(seed, "vpr"), first_year, last_year),
        employ(stream(seed, "staff"), places.schools, first_year, last_day),
        certify(stream(seed, "certificates"), places.schools, first_year, last_day),
        connect(stream(seed, "network"), places.schools, first_year, last_year),
    )
