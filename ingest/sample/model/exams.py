"""ЕГЭ, ОГЭ and ГВЭ as they went: who graduates, what they choose, how each attempt ends, appeals, reserve days, retakes.

What a protocol prints belongs to `exports.protocols`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from ingest.sample.model import subjects
from ingest.sample.model.people import Person, document, draw_person
from ingest.sample.model.places import School
from ingest.sample.model.subjects import GVE_SUBJECTS, OGE_SUBJECTS, SUBJECTS, Subject

GRADUATES_OF_A_GRADE = 0.42
YEARLY_GAIN = 0.05

RESERVE_DAYS = {subjects.RUSSIAN: (6, 20), subjects.BASE_MATHS: (6, 24)}
OTHER_RESERVE_DAY = (6, 25)
JULY_RETAKE = (7, 4)
SEPTEMBER_DAYS = {subjects.RUSSIAN: (9, 5), subjects.BASE_MATHS: (9, 9)}
# Since 2024 a graduate may sit one subject of his choice again in July; the new result replaces the old.
JULY_RETAKE_SINCE = 2024

NINTH_GRADERS_OF_A_GRADE = 0.8
OGE_YEARS = 2
# Documents of those who sit ОГЭ and ГВЭ are counted from here.
NINTH_GRADERS, LAST_GRADERS = 40_000_000, 80_000_000
SHARE_OF_GVE = 0.03
OGE_JULY, OGE_SEPTEMBER = (7, 1), (9, 3)
# Whoever fails more exams than this comes back next year.
MOST_RETAKEN = 2

ANNULLED, UNFINISHED, ABSENT = "аннулирован", "не завершил", "X"


@dataclass(slots=True, eq=False)
class Graduate:
    """Somebody who sits exams at a school: this year's graduate, or (class blank) one of earlier years. The document may be blank."""

    person: Person
    series: str
    number: str
    school: School
    grade: str
    ability: float


@dataclass(slots=True, frozen=True)
class Appeal:
    """What an appeal or a recheck asked for, and the result that stood before it."""

    kind: str
    granted: bool
    points_before: int
    score_before: int
    sent: date


@dataclass(slots=True)
class Attempt:
    """One sitting: points of each task, the result after appeals (None with a note where there is none)."""

    graduate: Graduate
    subject: Subject
    day: date
    tasks: bytes
    points: int | None
    score: int | None
    note: str = ""
    appeal: Appeal | None = None

    @property
    def is_passed(self) -> bool:
        return self.score is not None and self.score >= self.subject.pass_score


def hold_exams(rng: Random, schools: list[School], first_year: int, last_year: int) -> dict[int, list[Attempt]]:
    """All attempts of every year, in order of subject, day and school."""
    serial = count(1)
    return {year: _hold_year(rng, schools, year, year - first_year, serial) for year in range(first_year, last_year + 1)}


def _hold_year(rng: Random, schools: list[School], year: int, years_on: int, serial: Iterator[int]) -> list[Attempt]:
    attempts: list[Attempt] = []
    for school in schools:
        if school.is_open(date(year, 5, 25)):
            for graduate in _graduates(rng, school, years_on, serial):
                attempts += _sit(rng, graduate, year)
    order = {subject.code: place for place, subject in enumerate(SUBJECTS)}
    return sorted(attempts, key=lambda attempt: (order[attempt.subject.code], attempt.day))


def _graduates(rng: Random, school: School, years_on: int, serial: Iterator[int]) -> Iterator[Graduate]:
    number = max(1, round(school.size * GRADUATES_OF_A_GRADE * rng.gauss(1, 0.12)))
    grade = "12" if school.is_evening else "11"
    letters = "АБВ"[: 1 + number // 26] if number > 25 else ""
    names = sorted((draw_person(rng, 0.54) for _ in range(number)), key=lambda person: (person.last, person.first, person.middle))
    for person in names:
        letter = rng.choice(letters) if letters else ""
        # Those who stay for grade 11 are the stronger ones of their year.
        ability = school.ability(rng, years_on) + 0.25 + YEARLY_GAIN * years_on - (0.8 if school.is_evening else 0)
        papers = document(next(serial))
        # A few protocols come without documents: then the name and the school tell who it is, so it must be nobody's namesake.
        if rng.random() < 0.001 and names.count(person) == 1:
            papers = ("", "")
        yield Graduate(person, *papers, school, f"{grade}{letter}", ability)
    if rng.random() < 0.25:
        ability = school.ability(rng, years_on) - 0.2
        yield Graduate(draw_person(rng), *document(next(serial)), school, "", ability)


def _sit(rng: Random, graduate: Graduate, year: int) -> list[Attempt]:
    attempts: list[Attempt] = []
    for subject in _choose(rng, graduate):
        attempts += _sit_subject(rng, graduate, subject, year)
    if year >= JULY_RETAKE_SINCE and rng.random() < 0.06:
        voluntary = [attempt for attempt in attempts if attempt.is_passed and not attempt.subject.is_base_maths]
        if voluntary:
            again = rng.choice(voluntary).subject
            attempts.append(_attempt(rng, graduate, again, date(year, *JULY_RETAKE), better=0.25))
    return attempts


def _choose(rng: Random, graduate: Graduate) -> list[Subject]:
    others = [subject for subject in SUBJECTS[2:] if not subject.is_base_maths and rng.random() < subject.share]
    if not graduate.grade:
        return others[:2] or [subjects.BY_CODE[subjects.RUSSIAN]]
    wants_profile = rng.random() < 0.5 + 0.18 * graduate.ability
    maths = subjects.BY_CODE[subjects.PROFILE_MATHS if wants_profile else subjects.BASE_MATHS]
    return [subjects.BY_CODE[subjects.RUSSIAN], maths, *others]


def _sit_subject(rng: Random, graduate: Graduate, subject: Subject, year: int) -> Iterator[Attempt]:
    """The main day; a reserve day for who was ill or failed a mandatory subject; September for who failed again."""
    attempt = _attempt(rng, graduate, subject, subject.exam_day(year))
    yield attempt
    mandatory = subject.code in {subjects.RUSSIAN, subjects.BASE_MATHS, subjects.PROFILE_MATHS}
    if attempt.note == ANNULLED or attempt.is_passed or not graduate.grade:
        return
    if attempt.note:
        attempt = _attempt(rng, graduate, subject, date(year, *RESERVE_DAYS.get(subject.code, OTHER_RESERVE_DAY)))
        yield attempt
    if not mandatory or attempt.is_passed:
        return
    # Whoever failed profile mathematics may come back for the base paper.
    retaken = subjects.BY_CODE[subjects.BASE_MATHS] if subject.code == subjects.PROFILE_MATHS else subject
    for days in (RESERVE_DAYS, SEPTEMBER_DAYS):
        day = date(year, *days[retaken.code])
        if day > attempt.day and rng.random() < 0.9:
            attempt = _attempt(rng, graduate, retaken, day, better=0.3)
            yield attempt
            if attempt.is_passed:
                return


def _attempt(rng: Random, graduate: Graduate, subject: Subject, day: date, better: float = 0.0) -> Attempt:
    tasks = subject.paper.points(rng, graduate.ability + better + rng.gauss(0, 0.35))
    chance = rng.random()
    if chance < 0.006:
        note = ANNULLED if chance < 0.001 else UNFINISHED if chance < 0.004 else ABSENT
        return Attempt(graduate, subject, day, tasks, None, None, note)
    points = sum(tasks)
    attempt = Attempt(graduate, subject, day, tasks, points, subject.scale[points])
    if day == subject.exam_day(day.year) and not subject.is_base_maths and rng.random() < 0.012:
        _appeal(rng, attempt)
    return attempt


def _appeal(rng: Random, attempt: Attempt) -> None:
    """The result of the attempt is the one after the appeal; the one before it moves into the appeal."""
    assert attempt.points is not None and attempt.score is not None
    granted = rng.random() < 0.6
    before, score_before = attempt.points, attempt.score
    if granted:
        attempt.points = min(attempt.subject.paper.highest, max(0, before + rng.choice([-1, 1, 1, 2, 2, 3])))
        attempt.score = attempt.subject.scale[attempt.points]
    kind = "перепроверка" if rng.random() < 0.15 else "апелляция"
    attempt.appeal = Appeal(kind, granted, before, score_before, attempt.day + timedelta(days=rng.randrange(10, 14)))


# ---- ОГЭ and ГВЭ -------------------------------------------------------------------------------------------------------------


def hold_oge(rng: Random, schools: list[School], first_year: int, last_year: int) -> dict[int, list[Attempt]]:
    """All attempts of ОГЭ and ГВЭ-9 of the last years, in order of subject, day and school."""
    serial = count(NINTH_GRADERS)
    return {
        year: _hold_oge_year(rng, schools, year, year - first_year, serial)
        for year in range(max(first_year, last_year - OGE_YEARS + 1), last_year + 1)
    }


def _hold_oge_year(rng: Random, schools: list[School], year: int, years_on: int, serial: Iterator[int]) -> list[Attempt]:
    attempts: list[Attempt] = []
    for school in schools:
        if not school.is_open(date(year, 5, 25)):
            continue
        for number in range(max(1, round(school.size * NINTH_GRADERS_OF_A_GRADE * rng.gauss(1, 0.1)))):
            grade = f"9{'АБВГ'[number % 2]}" if school.size > 25 else "9"
            pupil = Graduate(draw_person(rng), *document(next(serial)), school, grade, school.ability(rng, years_on))
            attempts += _sit_gve(rng, pupil, year) if rng.random() < SHARE_OF_GVE else _sit_oge(rng, pupil, year)
    return _in_order(attempts)


def hold_gve(rng: Random, leaving: list[tuple[School, int]], first_year: int) -> dict[int, list[Attempt]]:
    """ГВЭ-11 of one graduate of each of these schools in these years, in order of subject, day and school."""
    serial = count(LAST_GRADERS)
    years: dict[int, list[Attempt]] = {}
    for school, year in leaving:
        graduate = Graduate(draw_person(rng), *document(next(serial)), school, "11", school.ability(rng, year - first_year))
        years.setdefault(year, []).extend(_sit_gve(rng, graduate, year))
    return {year: _in_order(attempts) for year, attempts in years.items()}


def _in_order(attempts: list[Attempt]) -> list[Attempt]:
    order = {subject.code: place for place, subject in enumerate([*OGE_SUBJECTS, *GVE_SUBJECTS])}
    return sorted(attempts, key=lambda attempt: (order[attempt.subject.code], attempt.day))


def _sit_gve(rng: Random, pupil: Graduate, year: int) -> list[Attempt]:
    return [_attempt(rng, pupil, subject, subject.exam_day(year)) for subject in GVE_SUBJECTS]


def _sit_oge(rng: Random, pupil: Graduate, year: int) -> list[Attempt]:
    """The main days; the reserve days of July for who was ill or failed, September for who failed again."""
    chosen = [subject for subject in OGE_SUBJECTS if rng.random() < subject.share]
    attempts = [_attempt(rng, pupil, subject, subject.exam_day(year)) for subject in chosen]
    open_exams = [attempt.subject for attempt in attempts if not attempt.is_passed and attempt.note != ANNULLED]
    for day in (OGE_JULY, OGE_SEPTEMBER):
        if len(open_exams) > MOST_RETAKEN:
            break
        again = [_attempt(rng, pupil, subject, date(year, *day), better=0.3) for subject in open_exams if rng.random() < 0.9]
        attempts += again
        open_exams = [attempt.subject for attempt in again if not attempt.is_passed]
    return attempts
