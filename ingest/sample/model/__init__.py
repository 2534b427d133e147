"""The fictional region itself, before anybody exports it: places, exams, ВПР, staff, certificates, network, consistent over the years.

How files look belongs to `ingest.sample.exports`. Every part draws from a stream of its own, so a new part changes no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from ingest.sample.model.certificates import CertificateEvent, certify
from ingest.sample.model.exams import Attempt, hold_exams
from ingest.sample.model.network import Node, connect
from ingest.sample.model.places import Places, build_places
from ingest.sample.model.staff import Staff, employ
from ingest.sample.model.vpr import PupilWork, Work, plan_works, write_work


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

    def stream(self, part: str) -> Random:
        """A source of chance for one part: the same for the same seed, whatever the other parts do."""
        return stream(self.seed, part)


def stream(seed: int, part: str) -> Random:
    """Random numbers that depend on the seed and the part's name alone."""
    return Random(f"{seed}/{part}")


def last_day_of(last_year: int) -> date:
    """The day up to which a sample that ends with this exam year tells: after the September retakes."""
    return date(last_year, 9, 30)


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
