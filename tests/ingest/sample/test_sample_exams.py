"""ОГЭ, ГВЭ and the specifications of the fictional region: scales, shares, who sits what, tasks that make up the papers."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ingest.sample.model import World, build_world
from ingest.sample.model.exams import Attempt, Graduate
from ingest.sample.model.subjects import BY_CODE, GVE_SUBJECTS, OGE_SUBJECTS, RUSSIAN, SUBJECTS, Subject

SCALES = Path(__file__).parents[3] / "dbt_project" / "seeds" / "ege_score_scales.csv"


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(schools=40, years=3, seed=1, last_year=2026)


@pytest.mark.parametrize("subject", [*OGE_SUBJECTS, *GVE_SUBJECTS], ids=lambda subject: subject.name)
def test_marks_rise_from_two_to_five(subject: Subject) -> None:
    assert list(subject.scale) == sorted(subject.scale)
    assert set(subject.scale) == {2, 3, 4, 5}
    assert subject.pass_score == 3


def test_the_marks_of_oge_are_those_of_2023() -> None:
    """Domain dossier 2.4: Russian 15, 23, 29 of 33; mathematics 8, 15, 22 of 31."""
    russian, maths = (subject.scale for subject in OGE_SUBJECTS[:2])
    assert [russian.index(mark) for mark in (3, 4, 5)] == [15, 23, 29] and len(russian) == 34
    assert [maths.index(mark) for mark in (3, 4, 5)] == [8, 15, 22] and len(maths) == 32


def test_tables_are_those_that_protocols_are_held_against() -> None:
    """The scales of 2025 as the quality rules have them; a score that they do not know may be any."""
    known: dict[str, list[str]] = defaultdict(list)
    with SCALES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["year_from"]) <= 2025 <= int(row["year_to"]):
                known[row["subject_code"].zfill(2)].append(row["test_score"])
    for subject in (subject for subject in SUBJECTS if subject.table):
        assert [known_score or str(score) for known_score, score in zip(known[subject.code], subject.scale, strict=True)] == [
            str(score) for score in subject.scale
        ]
    assert set(known) == {subject.code for subject in SUBJECTS if subject.table}


def test_results_of_oge_are_in_the_range_of_real_ones(world: World) -> None:
    assert list(world.oge) == [2025, 2026]
    for attempts in world.oge.values():
        for subject in OGE_SUBJECTS[:2]:
            first: dict[Graduate, int] = {}
            for attempt in attempts:
                if attempt.subject is subject and attempt.score is not None:
                    first.setdefault(attempt.graduate, attempt.score)
            marks = Counter(first.values())
            assert 0.02 < marks[2] / marks.total() < 0.2
            assert 0.4 < (marks[4] + marks[5]) / marks.total() < 0.85


def test_only_who_failed_or_was_away_comes_again(world: World) -> None:
    for attempts in world.oge.values():
        earlier: dict[tuple[Graduate, Subject], Attempt] = {}
        for attempt in sorted(attempts, key=lambda attempt: attempt.day):
            before = earlier.get((attempt.graduate, attempt.subject))
            assert before is None or not before.is_passed
            earlier[attempt.graduate, attempt.subject] = attempt
    assert {attempt.day.month for attempt in world.oge[2026]} == {6, 7, 9}


def test_nobody_sits_oge_and_gve_and_no_document_is_anybody_elses(world: World) -> None:
    forms: dict[Graduate, set[bool]] = defaultdict(set)
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    for years in (world.exams, world.oge, world.gve):
        for attempts in years.values():
            for attempt in attempts:
                forms[attempt.graduate].add(attempt.subject in GVE_SUBJECTS)
                people[attempt.graduate.series, attempt.graduate.number].add(id(attempt.graduate))
    assert {len(kinds) for kinds in forms.values()} == {1}
    assert {len(owners) for document, owners in people.items() if document != ("", "")} == {1}
    assert {attempt.graduate.grade for attempts in world.gve.values() for attempt in attempts} == {"11"}


@pytest.mark.parametrize("subject", [*SUBJECTS, *OGE_SUBJECTS, *GVE_SUBJECTS], ids=lambda subject: subject.name)
def test_the_tasks_are_the_paper(subject: Subject) -> None:
    assert tuple(task.top for task in subject.tasks) == subject.paper.maxima
    assert len({task.number for task in subject.tasks}) == len(subject.tasks)
    levels = [task.level for task in subject.tasks]
    assert levels == sorted(levels, key="БПВ".index) and set(levels) == {"Б", "П", "В"}


def test_the_essay_has_criteria() -> None:
    """25 short tasks, then ten criteria of task 26."""
    numbers = [task.number for task in BY_CODE[RUSSIAN].tasks]
    assert numbers[24:28] == ["25", "26К1", "26К2", "26К3"] and numbers[-1] == "26К10"
