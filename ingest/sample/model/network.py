"""The project's network: consulting centres, the methodical centres under them, the schools that these look after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random

from ingest.sample.model.places import School

CENTRE, METHODICAL, MEMBER = "КЦ", "УМЦ", "ОО"
# The project's stage began then, and the founding news counts 9 КЦ and 29 УМЦ on 28.09.2017.
BEGUN = date(2017, 9, 1)
CENTRES, METHODICAL_CENTRES, MEMBERS_OF_A_METHODICAL = 9, 29, 4
SCHOOLS_FOR_A_CENTRE = 15


@dataclass(frozen=True)
class Node:
    """A school's role in the network for a time, under another node."""

    code: str
    role: str
    school: School
    upper: str
    valid_from: date
    valid_to: date | None = None

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def connect(rng: Random, schools: list[School], first_year: int, last_year: int) -> list[Node]:
    """Nine centres where schools suffice; every third member changes its methodical centre in the middle of the sample."""
    start, change = min(BEGUN, date(first_year - 1, 9, 1)), date(min(first_year + 1, last_year), 1, 1)
    able = [school for school in rng.sample(schools, len(schools)) if not school.closed and school.opened < start]
    free = iter(able)
    count = min(CENTRES, 1 + len(able) // SCHOOLS_FOR_A_CENTRE)
    centres = [Node(f"КЦ-{number:02d}", CENTRE, school, "", start) for number, school in zip(range(1, 1 + count), free, strict=False)]
    # In turns, so that no centre looks after many more than another.
    uppers = [centres[place % count].code for place in range(METHODICAL_CENTRES * count // CENTRES)]
    methodical = [
        Node(f"УМЦ-{number:02d}", METHODICAL, school, upper, start)
        for number, (upper, school) in enumerate(zip(uppers, free, strict=False), 1)
    ]
    nodes = [*centres, *methodical]
    places = [pair for _ in range(MEMBERS_OF_A_METHODICAL) for pair in pairwise([*methodical, *methodical[:1]])]
    for number, ((upper, next_upper), school) in enumerate(zip(places, free, strict=False), start=1):
        nodes += _membership(f"ОО-{number:03d}", school, upper, next_upper if number % 3 == 0 else None, start, change)
    return nodes


def _membership(code: str, school: School, upper: Node, later: Node | None, start: date, change: date) -> list[Node]:
    if later is None:
        return [Node(code, MEMBER, school, upper.code, start)]
    eve = date(change.year - 1, 12, 31)
    return [Node(code, MEMBER, school, upper.code, start, eve), Node(code, MEMBER, school, later.code, change)]
