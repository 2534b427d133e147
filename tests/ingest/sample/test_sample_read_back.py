"""The sample, read by the very code that reads real files: it loads what the model says and rejects what was planted, no more."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading, read_file
from ingest.sample import write_sample
from ingest.sample.exports.ege_by_school import results_of
from ingest.sample.files import Planted
from ingest.sample.model import World, build_world
from ingest.settings import Settings
from ingest.vault import Vault

AS_OF = date(2026, 11, 21)


class Sample:
    """A sample folder and what reading it gave: registers first, protocols before appeals."""

    def __init__(self, home: Path, schools: int, years: int, seed: int) -> None:
        self.landing = home / "landing"
        self.planted: Planted = write_sample(self.landing, schools, years, seed, last_year=2026)
        self.world: World = build_world(schools, years, seed, last_year=2026)
        settings = replace(Settings(), home=home, archive=home / "archive", vault=home / "vault", as_of=AS_OF)
        vault, sources = Vault(settings.vault), load_sources()

        def read(names: list[str], known: FixedKnown) -> dict[str, Reading]:
            return {name: read_file(self.landing / name, name, sources, known, vault, settings) for name in names}

        names = sorted(str(path.relative_to(self.landing)) for path in self.landing.rglob("*") if path.is_file())
        registers = [name for name in names if name.startswith(("schools/", "municipalities/"))]
        appeals = [name for name in names if name.endswith("апелляции.csv")]
        self.readings = read(registers, FixedKnown())
        codes = self._codes()
        self.readings |= read([name for name in names if name not in {*registers, *appeals}], FixedKnown(codes))
        results = self.rows("ege").select("subject_code", "exam_date", "person_id").unique()
        self.readings |= read(appeals, FixedKnown(codes, {"ege_result": results}))

    def _codes(self) -> dict[str, list[str]]:
        schools, municipalities = self.rows("schools"), self.rows("municipalities")
        return {
            "school_code": schools["school_code"].to_list(),
            "school_login": schools["school_login"].to_list(),
            "school_inn": schools["inn"].to_list(),
            "oktmo": municipalities["oktmo"].to_list(),
            "municipality_code": municipalities["municipality_code"].to_list(),
        }

    def rows(self, layout: str) -> pl.DataFrame:
        """All rows of a layout, file by file."""
        frames = [
            reading.rows[layout].with_columns(_file=pl.lit(name)) for name, reading in self.readings.items() if layout in reading.rows
        ]
        return pl.concat(frames, how="diagonal_relaxed")

    def rejected(self) -> set[tuple[str, int | None, str]]:
        """Every rejection as (file, row, reason)."""
        return {
            (name, row["row_number"], row["reason_code"])
            for name, reading in self.readings.items()
            for row in reading.rejections.to_dicts()
        }


REGIONS = [(16, 2, 1), *([(60, 3, 2), (5, 1, 3)] if os.environ.get("OKO_TEST_FULL") else [])]


@pytest.fixture(scope="module", params=REGIONS, ids="{0[0]} schools, {0[1]} years, seed {0[2]}".format)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(tmp_path_factory.mktemp("sample"), *request.param)


def test_only_the_planted_faults_are_rejected(sample: Sample) -> None:
    assert sample.rejected() == {(fault.file, fault.row, fault.reason) for fault in sample.planted.faults}


def test_every_reason_is_shown_once_at_least(sample: Sample) -> None:
    """All reasons of contracts 3.3; a file that is too large would make a poor sample."""
    rows = {fault.reason for fault in sample.planted.faults if fault.row}
    files = {fault.reason for fault in sample.planted.faults if not fault.row}
    assert files == {"unreadable_file", "unknown_layout", "missing_column"}
    assert rows == {
        "missing_value",
        "bad_number",
        "bad_date",
        "out_of_range",
        "unknown_school",
        "unknown_code",
        "duplicate_key",
        "conflicting_value",
    }


def test_every_file_is_recognised_as_the_source_of_its_folder(sample: Sample) -> None:
    whole_files = {fault.file for fault in sample.planted.faults if fault.row is None}
    odd = {
        name: reading.source
        for name, reading in sample.readings.items()
        if name not in whole_files and reading.source != name.split("/")[0]
    }
    assert odd == {}


def test_every_record_is_loaded(sample: Sample) -> None:
    loaded = {name: sample.readings[name].rows_loaded for name in sample.planted.sound}
    assert loaded == sample.planted.sound


def test_protocols_carry_every_result_of_the_model(sample: Sample) -> None:
    """After the corrected protocol and the appeals, the sum of scores by year and subject is the model's."""
    key = ["subject_code", "exam_date", "person_id"]
    result = pl.coalesce("test_score", "mark").alias("result")
    protocols = sample.rows("ege").sort(pl.col("_file").str.contains("исправления"), maintain_order=True)
    protocols = protocols.unique(key, keep="last").filter(~pl.col("_row_number").is_in(_added_rows(sample)) | ~_main_maths())
    final = protocols.join(sample.rows("ege_appeal").select(*key, pl.col("score").alias("after")), on=key, how="left")
    totals = (
        final.with_columns(result).group_by("subject_code", year=pl.col("exam_date").dt.year()).agg(pl.coalesce("after", "result").sum())
    )
    read = {(row["year"], row["subject_code"]): row["after"] for row in totals.to_dicts()}
    expected: dict[tuple[int, str], float] = {}
    for year, attempts in sample.world.exams.items():
        for attempt in attempts:
            if attempt.graduate.school.is_registered:
                place = year, attempt.subject.code.lstrip("0")
                expected[place] = expected.get(place, 0) + (attempt.score or 0)
    assert read == expected


def _main_maths() -> pl.Expr:
    return pl.col("_file").str.ends_with("02_31052026_протокол.csv")


def _added_rows(sample: Sample) -> list[int]:
    """The row that wins over its planted duplicate belongs to nobody in the model."""
    return [
        fault.row + 1 for fault in sample.planted.faults if fault.file.startswith("ege/") and fault.row and fault.reason == "duplicate_key"
    ]


def test_the_yearly_form_agrees_with_the_model(sample: Sample) -> None:
    form = sample.rows("ege_by_school").filter(pl.col("row_kind") == "школа")
    sums = form.group_by("year", "subject_code").agg(pl.col("participants").sum())
    read = {(row["year"], row["subject_code"]): row["participants"] for row in sums.to_dicts() if row["participants"]}
    expected: dict[tuple[int, str], int] = {}
    for year, attempts in sample.world.exams.items():
        for school, (_, scores) in results_of(attempts).items():
            if not school.is_registered and year > sample.world.first_year:
                continue  # schools without a code are in the oldest form alone
            for subject, values in scores.items():
                place = year, subject.lstrip("0")
                expected[place] = expected.get(place, 0) + len(values)
    assert read == expected


def test_reports_on_vpr_agree_with_the_model(sample: Sample) -> None:
    """Report 1 has a row a pupil; in reports 2 and 3 the schools sum to the pupils with marks."""
    subjects = {"Русский язык": "1", "Математика": "2", "Физика": "3", "Окружающий мир": "101"}
    pupils = {(work.year, work.grade, subjects[work.subject]): sample.world.pupils(work) for work in sample.world.works}

    def by_work(layout: str, measure: pl.Expr) -> dict[tuple[int, int, str], int]:
        rows = sample.rows(layout)
        if "group_kind" in rows.columns:
            rows = rows.filter(pl.col("school_login").is_not_null())
        totals = rows.group_by("year", "grade", "subject_code").agg(measure.alias("total")).to_dicts()
        return {(row["year"], row["grade"], row["subject_code"]): row["total"] for row in totals}

    participants = pl.col("participants").sum()
    marked = {key: sum(pupil.mark is not None for pupil in works) for key, works in pupils.items()}
    compared = {key: sum(bool(pupil.mark and pupil.journal_mark) for pupil in works) for key, works in pupils.items()}
    individual, marks, flat = (
        by_work("vpr_individual", pl.len()),
        by_work("vpr_marks", participants),
        by_work("vpr_marks_flat", participants),
    )
    journal = by_work("vpr_journal", participants)
    assert individual == {key: len(pupils[key]) for key in individual} and len(individual) == 2 * len(sample.world.years)
    assert marks == {key: marked[key] for key in marks} and len(marks) == 4 * len(sample.world.years)
    assert flat == {key: marked[key] for key in flat} and len(flat) == 3 * len(sample.world.years)
    assert journal == {key: compared[key] for key in journal} and len(journal) == 2 * len(sample.world.years)


def test_people_keep_one_pseudonym_over_all_spellings(sample: Sample) -> None:
    """СНИЛС come in three spellings and as numbers; there are as many pseudonyms as people."""
    workers = {job.worker.snils for job in sample.world.staff.jobs}
    assert sample.rows("staff")["person_id"].n_unique() == len(workers)
    documents = {course.worker.snils for course in sample.world.staff.courses}
    read = pl.concat([sample.rows("pd_courses")["person_id"], sample.rows("frdo")["person_id"]])
    assert read.n_unique() == len(documents)
    assert set(read) <= set(sample.rows("staff")["person_id"])


def test_only_the_planted_remarks_are_made(sample: Sample) -> None:
    """Every other check digit holds and every other footer agrees with its rows."""
    remarks = {
        (name, row["row_number"], row["rule_code"]) for name, reading in sample.readings.items() for row in reading.findings.to_dicts()
    }
    assert remarks == {(remark.file, remark.row, remark.reason) for remark in sample.planted.remarks}
    assert len(remarks) == 2
