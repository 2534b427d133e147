"""The subjects of ЕГЭ: their papers, scales, thresholds and days. The scales have the shape of the official ones, not every point.

The scale of a subject is piecewise linear with two knots, as the federal method has it: the minimum (ТБ1) and the high level (ТБ2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from ingest.sample.model.papers import Paper

RUSSIAN, PROFILE_MATHS, BASE_MATHS, INFORMATICS = "01", "02", "22", "25"

BASE_MARKS = ((17, 5), (12, 4), (7, 3), (0, 2))


@dataclass(frozen=True)
class Subject:
    """A subject. Knots are (points, score), `day` is (month, day), `share` of graduates choose it; `short`, `long`, `oral` make the paper.

    `high_score_before` is (year, ТБ2 before that year).
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

    @cached_property
    def paper(self) -> Paper:
        return Paper(self.short + self.long + self.oral, self.ease, self.reach)

    @cached_property
    def scale(self) -> tuple[int, ...]:
        """The test score, or the mark of base mathematics, for every number of points."""
        points = range(self.paper.highest + 1)
        if self.is_base_maths:
            return tuple(next(mark for least, mark in BASE_MARKS if number >= least) for number in points)
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
        """What counts as passed: the certificate's minimum where there is one, else the universities'; base mathematics: mark 3."""
        return 3 if self.is_base_maths else self.certificate_minimum or self.minimum[1]

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
    Subject("01", "Русский язык", _short(22, 3), _RUSSIAN_ESSAY, (15, 36), (40, 73), (5, 28), 1, 0.15, 1.3, certificate_minimum=24),
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
    Subject("22", "Математика базовая", _short(21, 0), (), (7, 3), (17, 5), (5, 31), 0.5, 0.15, 1.3),
    Subject("25", "Информатика и ИКТ (КЕГЭ)", _short(25, 2), (), (6, 40), (24, 84), (6, 19), 0.19, -0.5, 1.4),
]

BY_CODE = {subject.code: subject for subject in SUBJECTS}
