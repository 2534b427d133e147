"""How many pupils each class of each school has, autumn by autumn: a cohort moves up, grade 11 is what graduates in spring.

What pupils are able to do belongs to the procedures that test them.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import ceil
from random import Random

from ingest.sample.model.exams import GRADUATES_OF_A_GRADE, Attempt
from ingest.sample.model.places import School

# The school and the year in whose September its pupils are counted → pupils of each grade.
Enrolment = dict[tuple[School, int], dict[str, int]]

COUNTING_DAY = (9, 20)
# A grade has more pupils than the works of a day: room for those who are ill.
ROOM = 1.25
PUPILS_OF_A_CLASS = 28


def enrol(rng: Random, schools: list[School], exams: dict[int, list[Attempt]], first_year: int, last_year: int) -> Enrolment:
    """Every school that is open, from the autumn before the first exams to the one after the last."""
    graduates = _graduates(exams)
    enrolment: Enrolment = {}
    for school in schools:
        cohorts = {year: rng.gauss(1, 0.06) for year in range(first_year - 12, last_year + 1)}
        usual = max(1, round(school.size * GRADUATES_OF_A_GRADE))
        for year in range(first_year - 1, last_year + 1):
            if school.is_open(date(year, *COUNTING_DAY)):
                leaving, following = graduates[school, year + 1] or usual, graduates[school, year + 2] or usual
                enrolment[school, year] = _juniors(school, cohorts, year) | _seniors(rng, school, leaving, following)
    return enrolment


def letters_of(pupils: int) -> str:
    """The letters of the parallel classes that so many pupils make."""
    return "АБВГДЕЖЗ"[: 1 + pupils // (PUPILS_OF_A_CLASS + 1)]


def _graduates(exams: dict[int, list[Attempt]]) -> Counter[tuple[School, int]]:
    people = {(attempt.graduate, year) for year, attempts in exams.items() for attempt in attempts if attempt.graduate.grade}
    return Counter((graduate.school, year) for graduate, year in people)


def _juniors(school: School, cohorts: dict[int, float], year: int) -> dict[str, int]:
    """Whoever comes in the evening begins with grade 9."""
    grades = (9,) if school.is_evening else range(1, 10)
    return {str(grade): ceil(school.size * ROOM * max(0.8, cohorts[year - grade])) for grade in grades}


def _seniors(rng: Random, school: School, leaving: int, following: int) -> dict[str, int]:
    """A pupil now and then is not admitted to the exams, or leaves on the way to the last grade."""
    grades = ("11", "12") if school.is_evening else ("10", "11")
    return dict(zip(grades, (following + rng.choice((0, 1, 2)), leaving + rng.choice((0, 0, 1))), strict=True))
