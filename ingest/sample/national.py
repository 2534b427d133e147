"""`oko sample --scale national`: the exams of twenty regions over ten years, as columns, and the registers without which they do not load.

Fifty million results of tasks and more, written file by file: what is in memory is one year's people. How a task is solved and what a
result is worth is the model's (`model.papers`, `model.subjects`), as in the ordinary sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

import polars as pl

from ingest.sample.chance import draw_bytes, draw_normal, draw_shares, draw_words
from ingest.sample.crowd import GRADUATES, NINTH_GRADE, Cohort, Crowd
from ingest.sample.exports import clusters, kim_tasks, municipalities, network, schools, thresholds
from ingest.sample.exports.protocols import STRANGERS
from ingest.sample.files import Fault, Landing
from ingest.sample.model import World, build_registers
from ingest.sample.model.exams import ABSENT, ANNULLED, OGE_JULY, RESERVE_DAYS, UNFINISHED
from ingest.sample.model.papers import BOUND, STEPS, Paper
from ingest.sample.model.people import document
from ingest.sample.model.subjects import BASE_MATHS, OGE_SUBJECTS, PROFILE_MATHS, RUSSIAN, SUBJECTS, Subject

# some twenty graduates a school, as in the country
SCHOOLS, YEARS, ITEMS = 1000, 10, 50_000_000
REGISTERS = (municipalities.write, schools.write, thresholds.write, kim_tasks.write, clusters.write, network.write)
# more people of one subject and year go to further files
ROWS_OF_A_FILE = 100_000
NINTH_GRADERS_FOR_A_GRADUATE = 2.0
WITHOUT_RESULT, NOTES = 0.006, (ANNULLED, UNFINISHED, ABSENT)
SPREAD_OF_A_DAY, BETTER_AGAIN, SHARE_OF_SECOND_ATTEMPTS = 0.35, 0.3, 0.9
SCORE = "score"


@dataclass(frozen=True)
class Exam:
    """One of the two exams: who sits which subjects, and on which day those come again who failed."""

    system: str
    cohort: Cohort
    subjects: Sequence[Subject]
    people_for_a_graduate: float

    @property
    def items(self) -> float:
        """How many tasks a person answers, all subjects together."""
        return sum(subject.share * len(subject.tasks) for subject in self.subjects)

    def again(self, subject: Subject, year: int) -> date | None:
        """The day of the second attempt, where there is one."""
        day = OGE_JULY if self.system == "oge" else RESERVE_DAYS.get(subject.code)
        return date(year, *day) if day else None


EXAMS = (Exam("ege", GRADUATES, SUBJECTS, 1.0), Exam("oge", NINTH_GRADE, OGE_SUBJECTS, NINTH_GRADERS_FOR_A_GRADUATE))


def write_national(landing: Landing, schools: int, years: int, items: int, seed: int, last_year: int) -> None:
    """About so many results of tasks, and the registers."""
    world = build_registers(schools, years, seed, last_year)
    for write in REGISTERS:
        write(world, landing)
    graduates = items / years / sum(exam.items * exam.people_for_a_graduate for exam in EXAMS)
    for exam in EXAMS:
        crowd = Crowd(exam.cohort, world.places.schools, world.first_year)
        for year in world.years:
            people = crowd.of_year(world.stream(f"crowd/{exam.system}/{year}"), year, graduates * exam.people_for_a_graduate)
            for subject in exam.subjects:
                _write_subject(world, landing, exam, subject, year, people)


def _write_subject(world: World, landing: Landing, exam: Exam, subject: Subject, year: int, people: pl.DataFrame) -> None:
    rng = world.stream(f"national/{exam.system}/{year}/{subject.code}")
    day = subject.exam_day(year)
    sitters = people.filter(_choose(world, exam, subject, year, people))
    for number, part in enumerate(sitters.iter_slices(ROWS_OF_A_FILE), start=1):
        protocol = pl.concat(_attempts(rng, exam, subject, year, part))
        name = f"{exam.system}/{year}/{subject.code}_{day:%d%m%Y}_протокол{f' ({number})' if number > 1 else ''}.parquet"
        is_planted = number == 1 and year == world.last_year and exam.system == "ege" and subject.code == RUSSIAN
        protocol, faults = _plant(name, protocol) if is_planted else (protocol, [])
        landing.parquet(name, protocol, day + timedelta(days=40), faults)


def _choose(world: World, exam: Exam, subject: Subject, year: int, people: pl.DataFrame) -> pl.Series:
    """Who sits a subject. Of the two papers in mathematics of ЕГЭ everybody sits one, the more able ones the profile paper."""
    is_one_of_two = exam.system == "ege" and subject.code in {PROFILE_MATHS, BASE_MATHS}
    rng = world.stream(f"national/{exam.system}/{year}/choice/{PROFILE_MATHS if is_one_of_two else subject.code}")
    chance = draw_shares(rng, people.height)
    if not is_one_of_two:
        return chance < subject.share
    wants_profile = chance < 0.5 + 0.18 * people["ability"]
    return wants_profile if subject.code == PROFILE_MATHS else ~wants_profile


def _attempts(rng: Random, exam: Exam, subject: Subject, year: int, people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The main day, and the day on which most of those come again who failed."""
    first = _sat(rng, subject, subject.exam_day(year), people, people["ability"])
    yield first.drop(SCORE)
    day = exam.again(subject, year)
    failed = people.filter((first[SCORE] < subject.pass_score) & (draw_shares(rng, people.height) < SHARE_OF_SECOND_ATTEMPTS))
    if day and failed.height:
        yield _sat(rng, subject, day, failed, failed["ability"] + BETTER_AGAIN).drop(SCORE)


def _sat(rng: Random, subject: Subject, day: date, people: pl.DataFrame, ability: pl.Series) -> pl.DataFrame:
    """The protocol of one day, with the result as a number beside it."""
    rows = people.height
    points = _points(rng, subject.paper, ability)
    first, second = len(subject.short), len(subject.short) + len(subject.long)
    chances = pl.DataFrame({"result": draw_shares(rng, rows), "room": draw_bytes(rng, rows), "note": draw_words(rng, rows, NOTES)})
    has_result = pl.col("result") >= WITHOUT_RESULT
    total = pl.when(has_result).then(pl.sum_horizontal(point.name for point in points).cast(pl.Int64))
    spoken = pl.when(has_result).then(pl.sum_horizontal([pl.lit(0), *(point.name for point in points[second:])]).cast(pl.Int64))
    score = pl.lit(pl.Series(subject.scale)).gather(total)
    protocol: dict[str, str | pl.Expr] = {
        "Предмет": pl.lit(subject.code),
        "Дата экзамена": pl.lit(day),
        "Код МСУ": "msu_code",
        "Код ОО": "school_code",
        "Класс": "class",
        "Код ППЭ": pl.col("msu_code").str.tail(2) + "01",
        "Аудитория": (pl.col("room") % 30).cast(pl.String).str.zfill(4),
        **{"Фамилия": "last", "Имя": "first", "Отчество": "middle", "Серия": "series", "Номер": "number"},
        "Задания с кратким ответом": _answers(points[:first], subject.short, _short),
        "Задания с развёрнутым ответом": _answers(points[first:second], subject.long, _judged),
        "Первичный балл": total,
        "Оценка" if subject.marks else "Балл": pl.when(has_result).then(score.cast(pl.String)).otherwise("note"),
    }
    if subject.is_language:
        protocol["Устная часть"] = _answers(points[second:], subject.oral, _judged)
        protocol |= {"Первичный балл устной части": spoken, "Первичный балл письм. части": total - spoken}
    return people.hstack(chances).hstack(points).select(score.alias(SCORE), **protocol)


def _points(rng: Random, paper: Paper, ability: pl.Series) -> list[pl.Series]:
    """The points of every task, a column a task: looked up where `Paper.points` looks, for all people at once."""
    step = ((ability + SPREAD_OF_A_DAY * draw_normal(rng, len(ability))) * STEPS).round().clip(-BOUND, BOUND).cast(pl.Int32) + BOUND
    return [table.gather(step * 256 + draw_bytes(rng, len(ability))).alias(f"task {place}") for place, table in enumerate(_tables(paper))]


@cache
def _tables(paper: Paper) -> list[pl.Series]:
    """For every task its points by step of ability and byte of chance."""
    outcomes = [paper.outcomes(step) for step in range(-BOUND, BOUND + 1)]
    return [pl.Series(list(b"".join(of_step[place] for of_step in outcomes)), dtype=pl.UInt8) for place in range(len(paper.maxima))]


def _answers(points: Sequence[pl.Series], maxima: Sequence[int], spell: Callable[[int, int], str]) -> pl.Expr:
    """One part of the answers, as a protocol has it; nothing where there are no tasks."""
    spelled = [
        pl.lit(pl.Series([spell(got, top) for got in range(top + 1)])).gather(task.name) for task, top in zip(points, maxima, strict=True)
    ]
    return pl.concat_str(spelled) if spelled else pl.lit(None, pl.String)


def _short(got: int, top: int) -> str:
    return "+" if got == top else str(got) if got else "-"


def _judged(got: int, top: int) -> str:
    return f"{got}({top})"


def _plant(name: str, protocol: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The last row again, with documents of their own and a fault each; of the same work scanned twice the last row wins."""

    def stranger(serial: int, **changes: str | None) -> pl.DataFrame:
        series, number = document(STRANGERS + serial)
        cells = {"Серия": series, "Номер": number, **changes}
        return protocol.tail(1).with_columns(pl.lit(value, pl.String).alias(title) for title, value in cells.items())

    faulty = {
        "out_of_range": stranger(0, **{"Балл": "101"}),
        "unknown_school": stranger(1, **{"Код ОО": "999999"}),
        "missing_value": stranger(2, **{"Код ОО": None}),
        "duplicate_key": stranger(3, **{"Балл": "40"}),
    }
    faults = [Fault(name, row, reason) for row, reason in enumerate(faulty, start=protocol.height + 1)]
    return pl.concat([protocol, *faulty.values(), stranger(3)]), faults
