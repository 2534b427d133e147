"""The people who work at schools: jobs and how they change hands, attestation, courses.

Who is in which export, and under which spelling, belongs to `exports`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from ingest.sample.model.people import Person, draw_person, snils
from ingest.sample.model.places import School

HEAD, DEPUTY, TEACHER = "руководитель", "заместитель", "педагог"
HEAD_POSITION = "Директор"
DEPUTY_POSITIONS = ["Заместитель директора по УВР", "Заместитель директора по ВР"]
TEACHER_POSITIONS = [
    "Учитель начальных классов", "Учитель русского языка и литературы", "Учитель математики", "Учитель английского языка",
    "Учитель истории и обществознания", "Учитель физики", "Учитель химии", "Учитель биологии", "Учитель географии",
    "Учитель информатики", "Учитель физической культуры", "Учитель технологии", "Педагог-психолог", "Социальный педагог", "Воспитатель",
]  # fmt: skip
POSITION_WEIGHTS = [9, 5, 5, 4, 3, 2, 1, 2, 1, 2, 3, 2, 1, 1, 2]

PUPILS_OF_A_TEACHER, GRADES = 14, 10.5
LEAVE_IN_A_YEAR = {HEAD: 0.07, DEPUTY: 0.08, TEACHER: 0.08}

HIGHEST, FIRST = "высшая", "первая"
# Order 196 of 2023: categories given since then have no end.
OPEN_ENDED_SINCE = date(2023, 9, 1)
FIVE_YEARS = timedelta(days=5 * 365 + 1)

QUALITY_TOPIC = "УКО"
QUALITY_PROGRAMMES = [
    "Управление качеством образования на основе международных стандартов",
    "Внутренняя система оценки качества образования",
    "Внутренний аудит системы менеджмента качества школы",
]
PROGRAMMES = [
    ("Современные технологии обучения", ""), ("Обновлённые ФГОС: содержание и методика", "ФГОС"),
    ("Работа с одарёнными детьми", ""), ("Инклюзивное образование в школе", "ОВЗ"), ("Цифровая среда урока", ""),
    ("Подготовка экспертов предметных комиссий", "ГИА"), ("Первая помощь", ""), ("Классное руководство", ""),
]  # fmt: skip
HOURS, HOUR_WEIGHTS = [8, 15.5, 16, 18, 24, 36, 72, 108, 250], [1, 1, 3, 2, 3, 6, 5, 2, 1]


@dataclass(eq=False, slots=True)
class Worker:
    """Somebody who works at schools: since when, with how much drive, and since when at the first school that is known."""

    person: Person
    snils: str
    born: date
    career_from: date
    drive: float


@dataclass(eq=False, slots=True)
class Job:
    """A worker's job at a school."""

    worker: Worker
    school: School
    position: str
    group: str
    is_main: bool
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the attestation board."""

    worker: Worker
    school: School
    position: str
    category: str
    day: date
    until: date | None
    granted: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """A course that ended with a document."""

    document: str
    worker: Worker
    school: School
    position: str
    programme: str
    topic: str
    hours: float
    start: date
    end: date


@dataclass(frozen=True)
class Staff:
    """Jobs, attestation decisions and courses of the region."""

    jobs: list[Job]
    decisions: list[Decision]
    courses: list[Course]


def employ(rng: Random, schools: list[School], first_year: int, last_day: date) -> Staff:
    """Jobs held at any time since the September before the first year, and what their holders did up to the last day."""
    jobs = _Employment(rng, schools, date(first_year - 1, 9, 1), last_day).run()
    main = _main_jobs(jobs)
    decisions = [decision for job in main for decision in _attest(rng, job, date(first_year - 6, 1, 1), last_day)]
    serial = count(1)
    courses = [course for job in main for course in _learn(rng, job, date(first_year - 4, 1, 1), last_day, serial)]
    return Staff(jobs, decisions, courses)


class _Employment:
    """Fills every post, then lets Septembers pass."""

    def __init__(self, rng: Random, schools: list[School], start: date, last_day: date) -> None:
        self.rng, self.schools, self.start, self.last_day = rng, schools, start, last_day
        self.jobs: list[Job] = []
        self.leavers: list[Worker] = []
        self.serial = count(1)

    def run(self) -> list[Job]:
        for school in self.schools:
            self._staff(school, max(self.start, school.opened))
        for year in range(self.start.year + 1, self.last_day.year + 1):
            self._change(date(year, 9, 1))
        return self.jobs

    def _staff(self, school: School, day: date) -> None:
        rng = self.rng
        teachers = max(4, round(school.size * GRADES / PUPILS_OF_A_TEACHER * rng.gauss(1, 0.1)) + 3)
        posts = [(HEAD_POSITION, HEAD)]
        posts += [(position, DEPUTY) for position in DEPUTY_POSITIONS[: 1 + (school.size > 30)]]
        posts += [(position, TEACHER) for position in rng.choices(TEACHER_POSITIONS, POSITION_WEIGHTS, k=teachers)]
        workers = [self._hire(school, position, group, self._before(day)) for position, group in posts]
        self._add_second_jobs(workers[0], workers[-1], day)

    def _before(self, day: date) -> date:
        """A day on which somebody was hired who is there already (for a school that opens: its first day)."""
        if day > self.start:
            return day
        return day - timedelta(days=round(25 * 365 * self.rng.random() ** 1.7))

    def _add_second_jobs(self, head: Job, teacher: Job, day: date) -> None:
        """A head teaches a few lessons, a teacher helps out at the school next door: not the main job."""
        if self.rng.random() < 0.4:
            self.jobs.append(Job(head.worker, head.school, "Учитель истории и обществознания", TEACHER, False, head.start))
        other = self.rng.choice(self.schools)
        if other is not teacher.school and self.rng.random() < 0.5 and other.is_open(day):
            self.jobs.append(Job(teacher.worker, other, teacher.position, TEACHER, False, max(teacher.start, other.opened)))

    def _hire(self, school: School, position: str, group: str, day: date) -> Job:
        rng = self.rng
        if self.leavers and rng.random() < 0.3:
            worker = self.leavers.pop(0)
        else:
            person = draw_person(rng, 0.85 if group == TEACHER else 0.65)
            career = day - timedelta(days=round(rng.uniform(0, 12 if group == TEACHER else 25) * 365))
            born = career - timedelta(days=round(rng.uniform(22, 30) * 365))
            worker = Worker(person, snils(next(self.serial)), born, career, rng.gauss(0.4 * school.quality, 1))
        job = Job(worker, school, position, group, True, day)
        self.jobs.append(job)
        return job

    def _change(self, day: date) -> None:
        """The first of September: schools close, people leave, their posts are filled again."""
        eve = day - timedelta(days=1)
        for job in [job for job in self.jobs if job.end is None and job.start < eve]:
            if not job.school.is_open(day):
                self._move_to_successor(job, eve, day)
            elif self.rng.random() < LEAVE_IN_A_YEAR[job.group]:
                job.end = eve
                if job.is_main:
                    self._hire(job.school, job.position, job.group, day + timedelta(days=self.rng.choice((0, 0, 0, 14, 30))))
                    if self.rng.random() < 0.5:
                        self.leavers.append(job.worker)

    def _move_to_successor(self, job: Job, eve: date, day: date) -> None:
        """Most closed schools write the dismissal down; where nobody did, the job goes on at the successor all the same."""
        if self.rng.random() < 0.15:
            return
        job.end = eve
        if job.school.successor and job.is_main and job.group == TEACHER:
            self.jobs.append(Job(job.worker, job.school.successor, job.position, TEACHER, True, day))


def _main_jobs(jobs: list[Job]) -> list[Job]:
    """The first main job of every worker: careers are told once a worker."""
    seen: dict[str, Job] = {}
    for job in jobs:
        if job.is_main:
            seen.setdefault(job.worker.snils, job)
    return list(seen.values())


def _attest(rng: Random, job: Job, since: date, last_day: date) -> Iterator[Decision]:
    """Первая after a few years, высшая after some more, renewed in time by most while it still has to be."""
    worker, category = job.worker, ""
    if job.group == HEAD or worker.drive < -0.4:
        return
    day = worker.career_from + _years(rng, 1.5, 4)
    while day <= last_day:
        category = HIGHEST if category == HIGHEST or (category == FIRST and rng.random() < 0.25 + 0.1 * worker.drive) else FIRST
        granted = rng.random() > 0.03
        until = None if day >= OPEN_ENDED_SINCE or not granted else day + FIVE_YEARS
        if day >= since:
            yield Decision(worker, job.school, job.position, category, day, until, granted)
        if not until and category == HIGHEST and granted:
            yield from _mentor(rng, job, day, last_day)
            return
        day += _years(rng, 4.6, 5.0) if rng.random() < 0.88 else _years(rng, 5.2, 7)


def _mentor(rng: Random, job: Job, day: date, last_day: date) -> Iterator[Decision]:
    day += _years(rng, 0.2, 1.5)
    if day <= last_day and rng.random() < 0.15:
        category = rng.choice(["педагог-методист", "педагог-наставник"])
        yield Decision(job.worker, job.school, job.position, category, day, None)


def _learn(rng: Random, job: Job, since: date, last_day: date, serial: Iterator[int]) -> Iterator[Course]:
    """A course every year or three; heads learn quality management more and more often."""
    day = max(since, job.worker.career_from) + _years(rng, 0, 3)
    while day < last_day - timedelta(days=40):
        rising = (day.year - since.year) * 0.05
        about_quality = rng.random() < (0.12 + rising if job.group == HEAD else 0.02)
        programme, topic = (rng.choice(QUALITY_PROGRAMMES), QUALITY_TOPIC) if about_quality else rng.choice(PROGRAMMES)
        hours = rng.choices(HOURS, HOUR_WEIGHTS)[0]
        end = day + timedelta(days=min(30, 1 + round(hours / 6)))
        document = f"96{end.year % 100:02d}{next(serial):08d}"
        yield Course(document, job.worker, job.school, job.position, programme, topic, hours, day, end)
        day += _years(rng, 1.2, 4.6)


def _years(rng: Random, least: float, most: float) -> timedelta:
    return timedelta(days=round(365.25 * rng.uniform(least, most)))
