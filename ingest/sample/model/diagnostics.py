"""Diagnostic works beside ВПР: regional ones (РМ), municipal ones (МДР), НИКО in a few schools, a school's own (ВСОКО).

Which of them comes pupil by pupil and which class by class belongs to `exports.monitoring`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from ingest.sample.model.papers import Paper
from ingest.sample.model.places import Municipality, School
from ingest.sample.model.pupils import Enrolment, letters_of

REGIONAL, MUNICIPAL, NATIONAL, INTERNAL = "РМ", "МДР", "НИКО", "ВСОКО"

PAPER = Paper((1, 1, 1, 2, 2, 2, 3), ease=0.35)
# Points from which a mark is given: 2 below the first.
MARK_BORDERS = (4, 7, 10)

TAKES_PART = 0.93
SCHOOLS_OF_NATIONAL, SCHOOLS_OF_INTERNAL = 25, 12


@dataclass(frozen=True, eq=False)
class Diagnostic:
    """One work: what it is, when, in which grade of which schools. НИКО gives no marks."""

    procedure: str
    code: str
    day: date
    subject: str
    grade: int
    schools: tuple[School, ...]

    @property
    def autumn(self) -> int:
        """The year in which its academic year begins."""
        return self.day.year - (self.day.month < 9)


@dataclass(frozen=True, slots=True)
class Result:
    """A pupil's work; no tasks where a pupil came and handed nothing in."""

    school: School
    letter: str
    code: str
    tasks: bytes | None

    @property
    def points(self) -> int | None:
        return None if self.tasks is None else sum(self.tasks)

    @property
    def mark(self) -> int | None:
        return None if self.tasks is None else 2 + bisect_right(MARK_BORDERS, sum(self.tasks))


def plan_diagnostics(rng: Random, enrolment: Enrolment, first_year: int, last_year: int) -> list[Diagnostic]:
    """The works of every academic year that ends with exams."""
    return [work for year in range(first_year, last_year + 1) for work in _plan_year(rng, enrolment, year - 1)]


def results_of(rng: Random, work: Diagnostic, enrolment: Enrolment, years_on: int) -> Iterator[Result]:
    """The pupils' works, school by school and class by class."""
    for number, school in enumerate(work.schools, start=1):
        pupils = enrolment[school, work.autumn][str(work.grade)]
        letters = letters_of(pupils)
        for seat in range(pupils):
            if rng.random() < TAKES_PART:
                tasks = PAPER.points(rng, school.ability(rng, years_on)) if rng.random() > 0.01 else None
                yield Result(school, letters[seat * len(letters) // pupils], f"{number:03d}-{seat + 1:03d}", tasks)


def _plan_year(rng: Random, enrolment: Enrolment, autumn: int) -> Iterator[Diagnostic]:
    schools = [school for school, year in enrolment if year == autumn and not school.is_evening]
    there = [school for school in schools if school.is_open(date(autumn + 1, 5, 31))]
    yield Diagnostic(REGIONAL, f"РМ-{autumn}-МА8", date(autumn, 11, 20), "Математика", 8, tuple(there))
    national = rng.sample(there, max(1, len(there) // SCHOOLS_OF_NATIONAL)) if there else []
    yield Diagnostic(NATIONAL, f"НИКО-{autumn}-ИС6", date(autumn, 10, 16), "История", 6, tuple(national))
    home = _home_of_municipal(there)
    for month, half in ((12, 1), (5, 2)):
        day = date(autumn + (month < 9), month, 12)
        ours = tuple(school for school in there if school.municipality is home)
        yield Diagnostic(MUNICIPAL, f"МДР-{autumn}-{half}-РУ7", day, "Русский язык", 7, ours)
    for school in rng.sample(there, max(1, len(there) // SCHOOLS_OF_INTERNAL)) if there else []:
        yield Diagnostic(INTERNAL, f"ВСОКО-{autumn}-{school.code}-ФИ8", date(autumn + 1, 2, 18), "Физика", 8, (school,))


def _home_of_municipal(schools: list[School]) -> Municipality | None:
    """The last municipality of the list has works of its own, twice a year."""
    return max((school.municipality for school in schools), key=lambda home: home.number, default=None)
