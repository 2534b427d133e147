"""The subjects of ЕГЭ, ОГЭ and ГВЭ: their papers, tasks, scales, thresholds and days.

The scale of a subject is the table of 2024-2026 where one is known (dbt_project/seeds/ege_score_scales.csv), else piecewise linear with two
knots, as the federal method has it: the minimum (ТБ1) and the high level (ТБ2); or it gives a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from ingest.sample.model.papers import Paper

RUSSIAN, PROFILE_MATHS, BASE_MATHS, INFORMATICS = "01", "02", "22", "25"

# The least points of each mark, the best mark first.
Marks = tuple[tuple[int, int], ...]
BASE_MARKS: Marks = ((17, 5), (12, 4), (7, 3), (0, 2))

# Test scores by points: what a protocol is held against must be what it is made with.
_RUSSIAN_TABLE = (
    *(0, 3, 5, 8, 10, 12, 14, 17, 20, 22, 24, 27, 29, 32, 34, 36, 37, 39, 40, 42, 43, 45, 46, 48, 49, 51),
    *(52, 54, 55, 57, 58, 60, 61, 63, 64, 66, 67, 69, 70, 72, 73, 75, 78, 81, 83, 86, 89, 91, 94, 97, 100),
)
_PROFILE_TABLE = (0, 6, 11, 17, 22, 27, 34, 40, 46, 52, 58, 64, *range(70, 95, 2), *range(95, 101), 100, 100)
_INFORMATICS_TABLE = (
    *(0, 7, 14, 20, 27, 34, 40, 43, 46, 48, 51, 54, 56, 59, 62),
    *(64, 67, 70, 72, 75, 78, 80, 83, 85, 88, 90, 93, 95, 98, 100),
)

SHORT, LONG, ORAL = "краткий", "развёрнутый", "устный"
# Which share of the tasks, the easiest first, is of each level.
LEVELS = ((0.6, "Б"), (0.85, "П"), (1.0, "В"))


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a specification. The number of a criterion is `27К2`: all of them judge one work."""

    number: str
    answer_kind: str
    level: str
    top: int


@dataclass(frozen=True)
class Subject:
    """A subject. Knots are (points, score), `day` is (month, day), `share` of graduates choose it; `short`, `long`, `oral` make the paper.

    `table` is the official scale; `high_score_before` is (year, ТБ2 before that year). With `marks` there are marks and no scores.
    `has_criteria`: what is judged at length is one work.
    """

    code: str
    name: str
    short: tuple[int, ...]
    long: tuple[int, ...]
    minimum: tuple[int, int]
    high: tuple[int, int]
    day: tuple[int, int]
    share: float
    ease: float
    reach: float = 1.0
    oral: tuple[int, ...] = ()
    certificate_minimum: int | None = None
    high_score_before: tuple[int, int] | None = None
    marks: Marks = ()
    has_criteria: bool = False
    table: tuple[int, ...] = ()

    @cached_property
    def paper(self) -> Paper:
        return Paper(self.short + self.long + self.oral, self.ease, self.reach)

    @cached_property
    def scale(self) -> tuple[int, ...]:
        """The test score, or the mark, for every number of points."""
        if self.table:
            return self.table
        points = range(self.paper.highest + 1)
        if self.marks:
            return tuple(next(mark for least, mark in self.marks if number >= least) for number in points)
        knots = ((0, 0), self.minimum, self.high, (self.paper.highest, 100))
        return tuple(_between(knots, number) for number in points)

    def high_score(self, year: int) -> int:
        """ТБ2 of the year."""
        if self.high_score_before and year < self.high_score_before[0]:
            return self.high_score_before[1]
        return self.high[1]

    @property
    def is_language(self) -> bool:
        return bool(self.oral)

    @property
    def is_base_maths(self) -> bool:
        return self.code == BASE_MATHS

    @property
    def pass_score(self) -> int:
        """What counts as passed: the certificate's minimum where there is one, else the universities'; of marks 3."""
        return 3 if self.marks else self.certificate_minimum or self.minimum[1]

    @cached_property
    def tasks(self) -> list[Task]:
        """The specification, in the order of the paper."""
        parts = [(SHORT, top) for top in self.short] + [(LONG, top) for top in self.long] + [(ORAL, top) for top in self.oral]
        levels = [next(level for share, level in LEVELS if place < share * len(parts)) for place in range(len(parts))]
        work, places = len(self.short) + 1, range(1, len(parts) + 1)
        numbers = [f"{work}К{place - work + 1}" if self.has_criteria and place >= work else str(place) for place in places]
        return [Task(number, kind, level, top) for number, (kind, top), level in zip(numbers, parts, levels, strict=True)]

    def exam_day(self, year: int) -> date:
        return date(year, *self.day)


def _between(knots: tuple[tuple[int, int], ...], points: int) -> int:
    (low, low_score), (top, top_score) = next(pair for pair in pairwise(knots) if points <= pair[1][0])
    return round(low_score + (top_score - low_score) * (points - low) / (top - low))


def _short(ones: int, twos: int) -> tuple[int, ...]:
    return (1,) * ones + (2,) * twos


_LANGUAGE_ORAL = (1, 4, 5, 10)

_RUSSIAN_ESSAY = (1, 3, 2, 1, 2, 3, 3, 3, 2, 2)
_LANGUAGE_SHORT, _LANGUAGE_LONG, _LANGUAGE_ORAL = _short(34, 4), (6, 14), (1, 4, 5, 10)
_LANGUAGE_KNOTS = ((17, 22), (68, 82))

SUBJECTS = [
    Subject(
        "01",
        "Русский язык",
        _short(22, 3),
        _RUSSIAN_ESSAY,
        (15, 36),
        (40, 73),
        (5, 28),
        1,
        0.15,
        1.3,
        certificate_minimum=24,
        has_criteria=True,
        table=_RUSSIAN_TABLE,
    ),
    Subject(
        "02",
        "Математика профильная",
        _short(12, 0),
        (2, 3, 2, 2, 3, 4, 4),
        (5, 27),
        (12, 70),
        (5, 31),
        0.5,
        -1.45,
        certificate_minimum=27,
        high_score_before=(2024, 64),
        table=_PROFILE_TABLE,
    ),
    Subject("03", "Физика", _short(10, 9), (3, 2, 2, 3, 3, 4), (8, 36), (28, 62), (6, 5), 0.16, -0.1),
    Subject("04", "Химия", _short(14, 11), (2, 2, 4, 5, 3, 4), (11, 36), (44, 80), (5, 23), 0.13, -0.25, 1.4),
    Subject("06", "Биология", _short(6, 15), (3,) * 7, (13, 36), (45, 79), (6, 11), 0.19, -0.4, 1.3),
    Subject("07", "История", _short(6, 7), (2, 2, 3, 3, 2, 3, 3, 4), (8, 32), (32, 72), (6, 4), 0.17, -0.1, 1.2),
    Subject("08", "География", _short(17, 4), (2,) * 7, (8, 37), (31, 69), (5, 24), 0.05, 0.1),
    Subject("09", "Английский язык", _LANGUAGE_SHORT, _LANGUAGE_LONG, *_LANGUAGE_KNOTS, (6, 14), 0.11, 0.8, 1.2, oral=_LANGUAGE_ORAL),
    Subject("10", "Немецкий язык", _LANGUAGE_SHORT, _LANGUAGE_LONG, *_LANGUAGE_KNOTS, (6, 14), 0.008, 0.6, oral=_LANGUAGE_ORAL),
    Subject("14", "Китайский язык", _LANGUAGE_SHORT, _LANGUAGE_LONG, *_LANGUAGE_KNOTS, (6, 14), 0.006, 0.6, oral=_LANGUAGE_ORAL),
    Subject("12", "Обществознание", _short(8, 11), (2, 2, 3, 4, 3, 3, 4, 7), (22, 42), (44, 72), (6, 7), 0.45, 0.25),
    Subject("18", "Литература", _short(7, 0), (6, 8, 6, 3, 18), (13, 32), (38, 73), (5, 24), 0.07, 0.8),
    Subject("22", "Математика базовая", _short(21, 0), (), (7, 3), (17, 5), (5, 31), 0.5, 0.15, 1.3, marks=BASE_MARKS),
    Subject("25", "Информатика и ИКТ (КЕГЭ)", _short(25, 2), (), (6, 40), (24, 84), (6, 19), 0.19, -0.5, 1.4, table=_INFORMATICS_TABLE),
]

BY_CODE = {subject.code: subject for subject in SUBJECTS}


def _with_marks(code: str, name: str, parts: tuple[tuple[int, ...], ...], least: tuple[int, int, int], **others: Any) -> Subject:
    """A subject whose marks 3, 4 and 5 begin at these points."""
    three, four, five = least
    short, long = parts
    return Subject(code, name, short, long, (three, 3), (five, 5), marks=((five, 5), (four, 4), (three, 3), (0, 2)), **others)


_ESSAY = (2, 3, 2, 2, 3, 2, 2, 1, 1, 1, 1, 1)
OGE_SUBJECTS = [
    _with_marks("01", "Русский язык", (_short(12, 0), _ESSAY), (15, 23, 29), day=(6, 3), share=1, ease=1.2, has_criteria=True),
    _with_marks("02", "Математика", (_short(19, 0), (2,) * 6), (8, 15, 22), day=(6, 6), share=1, ease=0.7),
    _with_marks("12", "Обществознание", (_short(13, 2), (4, 3, 3, 4, 3, 3)), (14, 24, 32), day=(6, 11), share=0.55, ease=0.9),
    _with_marks("05", "Информатика", (_short(10, 0), (2, 3, 2, 2)), (5, 11, 16), day=(6, 14), share=0.4, ease=0.9),
    _with_marks("03", "Физика", (_short(10, 7), (3, 3, 3, 3, 3, 2, 2, 2)), (11, 23, 35), day=(6, 18), share=0.1, ease=0.9),
    _with_marks("07", "История", (_short(9, 5), (2, 2, 3, 2, 3, 3, 3)), (11, 21, 30), day=(6, 20), share=0.06, ease=0.9),
]
GVE_SUBJECTS = [
    _with_marks("51", "Русский язык (ГВЭ)", ((), _ESSAY), (8, 12, 17), day=(6, 3), share=1, ease=0.5, has_criteria=True),
    _with_marks("52", "Математика (ГВЭ)", (_short(10, 0), (2, 2)), (4, 7, 11), day=(6, 6), share=1, ease=0.5),
]
