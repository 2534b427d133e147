"""Whoever sits the exams of a year in twenty regions, as columns: the same people as `model.exams` makes, too many to be made one by one.

What they sit and how it ends belongs to `national`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import polars as pl
from polars import selectors

from ingest.sample.chance import draw_normal, draw_shares, draw_words
from ingest.sample.model import words
from ingest.sample.model.exams import LAST_GRADERS, NINTH_GRADERS, YEARLY_GAIN
from ingest.sample.model.people import DOCUMENT_SERIES, ROOM, STEP, feminine
from ingest.sample.model.places import School

ABILITY_WITHIN_A_SCHOOL, EVENING_LAG = 0.85, 0.8
PUPILS_OF_A_CLASS, LETTERS = 26, "АБВГДЕЖЗ"
# of ЕГЭ: people of earlier years and of colleges have a word or nothing for a class
SHARE_OF_OTHERS, OTHERS = 0.02, ("ВПЛ", "СПО", "")


@dataclass(frozen=True)
class Cohort:
    """Who sits: their class, and how much better than the average of their school those are who got so far."""

    grade: str
    evening_grade: str
    advantage: float
    yearly_gain: float
    first_document: int
    last_document: int
    share_of_others: float = 0.0


GRADUATES = Cohort("11", "12", 0.25, YEARLY_GAIN, 1, NINTH_GRADERS - 1, SHARE_OF_OTHERS)
NINTH_GRADE = Cohort("9", "9", 0.0, 0.0, NINTH_GRADERS, LAST_GRADERS - 1)


class Crowd:
    """The cohort of one exam, year after year: no document is given twice."""

    def __init__(self, cohort: Cohort, schools: Sequence[School], first_year: int) -> None:
        self._cohort = cohort
        self._schools = schools
        self._first_year = first_year
        self._serial = cohort.first_document

    def of_year(self, rng: Random, year: int, expected: float) -> pl.DataFrame:
        """About so many people of this year, school by school: what a protocol says of them, and their ability."""
        if self._serial + 2 * expected > self._cohort.last_document:
            raise ValueError("Столько участников не пронумеровать: уменьшите --items")
        people = self._seats(rng, year, expected)
        documents = self._documents(people.height)
        return people.select("msu_code", "school_code", "class", "ability").hstack(_names(rng, people.height)).hstack(documents)

    def _seats(self, rng: Random, year: int, expected: float) -> pl.DataFrame:
        cohort, schools = self._cohort, self._open_schools(year)
        room = pl.col("size") / pl.col("size").sum() * expected + draw_shares(rng, schools.height)
        seats = schools.with_columns(people=room.floor().cast(pl.UInt32)).filter(pl.col("people") > 0)
        seats = seats.select(pl.all().repeat_by("people")).explode(selectors.all())
        rows = seats.height
        letters = pl.lit(pl.Series(list(LETTERS)))
        letter = letters.gather(
            (draw_shares(rng, rows) * (pl.col("people") // PUPILS_OF_A_CLASS + 1).clip(1, len(LETTERS))).cast(pl.UInt32)
        )
        grade = pl.when(pl.col("people") > PUPILS_OF_A_CLASS).then(pl.col("grade") + letter).otherwise("grade")
        is_other = draw_shares(rng, rows) < cohort.share_of_others
        ability = pl.col("quality") + ABILITY_WITHIN_A_SCHOOL * draw_normal(rng, rows)
        return seats.with_columns(
            pl.when(is_other).then(draw_words(rng, rows, OTHERS)).otherwise(grade).alias("class"), ability.alias("ability")
        )

    def _open_schools(self, year: int) -> pl.DataFrame:
        cohort, years_on = self._cohort, year - self._first_year
        gained = cohort.advantage + cohort.yearly_gain * years_on
        rows = [
            (
                school.municipality.msu_code,
                school.code,
                cohort.evening_grade if school.is_evening else cohort.grade,
                school.size,
                school.quality + school.drift * years_on + gained - (EVENING_LAG if school.is_evening else 0),
            )
            for school in self._schools
            if school.is_open(date(year, 5, 25))
        ]
        return pl.DataFrame(rows, schema=["msu_code", "school_code", "grade", "size", "quality"], orient="row")

    def _documents(self, people: int) -> pl.DataFrame:
        """Those of `model.people.document`, in turn."""
        first, self._serial = self._serial, self._serial + people
        number = pl.int_range(first, self._serial, dtype=pl.Int64, eager=True) * STEP % ROOM
        digits = number.cast(pl.String).str.zfill(8)
        return pl.DataFrame({"series": DOCUMENT_SERIES + digits.str.head(2), "number": digits.str.tail(6)})


def _names(rng: Random, people: int) -> pl.DataFrame:
    is_woman = draw_shares(rng, people) < 0.5

    def drawn(women: Sequence[str], men: Sequence[str]) -> pl.Series:
        return draw_words(rng, people, women).zip_with(is_woman, draw_words(rng, people, men))

    return pl.DataFrame(
        {
            "last": drawn([feminine(surname) for surname in words.SURNAMES], words.SURNAMES),
            "first": drawn(words.WOMEN, words.MEN),
            "middle": drawn([f"{father}на" for father in words.FATHERS], [f"{father}ич" for father in words.FATHERS]),
        }
    )
