"""ВПР as it went: the works of a year and every pupil's points, mark and journal mark.

Which of the reports a work comes out in belongs to `exports.vpr`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from random import Random

from ingest.sample.model.papers import Paper
from ingest.sample.model.places import School

PAPER = Paper((1, 1, 1, 2, 1, 1, 2, 2, 2, 3, 3), ease=0.1)
TASKS = ["1", "2", "3", "4.1", "4.2", "5", "6", "7", "8", "9К1", "9К2"]
# Points from which a mark is given: 2 below the first.
MARK_BORDERS = (6, 11, 15)

TAKES_PART = 0.9


@dataclass(frozen=True)
class Work:
    """One ВПР: year of the exam, class, subject, and how easy it was."""

    year: int
    grade: int
    subject: str
    day: date
    ease: float


@dataclass(slots=True)
class PupilWork:
    """A pupil's work; no mark where the work was not finished, no journal mark where the journal has none."""

    school: School
    letter: str
    variant: int
    tasks: bytes
    mark: int | None
    journal_mark: int | None

    @property
    def points(self) -> int:
        return sum(self.tasks)


# (class, subject, day in April, ease)
WORKS = [
    (4, "Математика", 16, 0.5),
    (4, "Окружающий мир", 18, 0.55),
    (5, "Русский язык", 14, 0.05),
    (5, "Математика", 16, 0.15),
    (6, "Русский язык", 15, 0.0),
    (6, "Математика", 17, -0.05),
    (7, "Физика", 22, -0.1),
    (8, "Математика", 21, -0.25),
]


def plan_works(rng: Random, first_year: int, last_year: int) -> list[Work]:
    """Every work of every year; some years are a little easier than others."""
    return [
        Work(year, grade, subject, date(year, 4, april), ease + rng.gauss(0, 0.04))
        for year in range(first_year, last_year + 1)
        for grade, subject, april, ease in WORKS
    ]


def write_work(rng: Random, schools: list[School], work: Work, years_on: int) -> list[PupilWork]:
    """The pupils' works, school by school."""
    taking_part = [school for school in schools if school.is_open(work.day) and not school.is_evening]
    return [pupil for school in taking_part for pupil in _write(rng, school, work, years_on)]


def _write(rng: Random, school: School, work: Work, years_on: int) -> list[PupilWork]:
    count = max(1, round(school.size * TAKES_PART * rng.gauss(1, 0.1)))
    letters = "АБВГД"[: 1 + count // 28]
    return [_pupil(rng, school, work, letters[seat % len(letters)], 1 + seat % 2, years_on) for seat in range(count)]


def _pupil(rng: Random, school: School, work: Work, letter: str, variant: int, years_on: int) -> PupilWork:
    ability = school.ability(rng, years_on)
    tasks = PAPER.points(rng, ability + work.ease + 0.5 * max(0.0, school.leniency))
    mark = 2 + bisect_right(MARK_BORDERS, sum(tasks))
    pupil = PupilWork(school, letter, variant, tasks, mark, _journal_mark(rng, school, mark))
    if rng.random() < 0.01:
        pupil.mark = None
    return pupil


def _journal_mark(rng: Random, school: School, mark: int) -> int | None:
    if rng.random() < 0.04:
        return None
    shift = rng.gauss(0.12 + school.leniency, 0.55)
    return min(5, max(2, round(mark + shift)))
