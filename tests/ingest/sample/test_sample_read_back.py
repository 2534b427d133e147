"""The sample, read by the very code that reads real files: it loads what the model says and rejects what was planted, no more."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
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
from ingest.sample.model.exams import Attempt
from ingest.sample.model.vpr import PupilWork
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
        network = [name for name in names if name.startswith("network/")]
        maps = [name for name in names if name.startswith(("survey_questions/", "survey_waves/"))]
        appeals = [name for name in names if name.endswith("апелляции.csv")]
        self.readings = read(registers, FixedKnown())
        self.readings |= read(network, FixedKnown(self._codes()))
        self.readings |= read(maps, FixedKnown())
        waves = self.rows("survey_waves")
        surveys = {"survey_questions": self.rows("survey_questions"), "survey_waves": waves}
        codes = {**self._codes(), "node_code": self.rows("network")["node_code"].to_list(), "survey_wave": waves["wave"].to_list()}
        self.readings |= read([name for name in names if name not in {*registers, *network, *maps, *appeals}], FixedKnown(codes, surveys))
        key = ["subject_code", "exam_date", "person_id"]
        results = {f"{layout}_result": self.rows(layout).select(key).unique() for layout in ("ege", "oge")}
        self.readings |= read(appeals, FixedKnown(codes, results))

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
    """Or, where it was put into the wrong folder, as what it is."""
    whole_files = {fault.file for fault in sample.planted.faults if fault.row is None}
    odd = {
        name: reading.source
        for name, reading in sample.readings.items()
        if name not in whole_files and reading.source != name.split("/")[0]
    }
    assert odd == sample.planted.astray
    assert set(odd.values()) == {"enrolment"}


def test_every_declared_source_is_written_and_has_a_planted_fault(sample: Sample) -> None:
    written = {reading.source for reading in sample.readings.values() if reading.rows_loaded}
    assert written == set(load_sources())
    faulty = {sample.readings[fault.file].source for fault in sample.planted.faults}
    # lists that come from one careful hand
    assert written - faulty <= {"municipalities", "accreditation", "ege_by_school", "kim_tasks"}


def test_every_record_is_loaded(sample: Sample) -> None:
    loaded = {name: sample.readings[name].rows_loaded for name in sample.planted.sound}
    assert loaded == sample.planted.sound


@pytest.mark.parametrize("system", ["ege", "oge"])
def test_protocols_carry_every_result_of_the_model(sample: Sample, system: str) -> None:
    """After the corrected protocol and the appeals, the sum of scores or marks by year and subject is the model's."""
    key = ["subject_code", "exam_date", "person_id"]
    after = sample.rows(f"{system}_appeal").select(*key, pl.col("score").alias("after"))
    final = _last_protocols(sample, system).join(after, on=key, how="left")
    totals = final.group_by("subject_code", year=pl.col("exam_date").dt.year()).agg(pl.coalesce("after", "result").sum())
    read = {(row["year"], row["subject_code"]): row["after"] for row in totals.to_dicts()}
    expected: dict[tuple[int, str], float] = {}
    for attempt in _attempts(sample.world, system):
        place = attempt.day.year, attempt.subject.code.lstrip("0")
        expected[place] = expected.get(place, 0) + (attempt.score or 0)
    assert read == expected


def _attempts(world: World, system: str) -> list[Attempt]:
    """The attempts that one system prints: ГВЭ of grade 11 stands with ЕГЭ."""
    systems = {"oge": [world.oge], "ege": [world.exams, world.gve]}
    attempts = [attempt for years in systems[system] for attempts in years.values() for attempt in attempts]
    return [attempt for attempt in attempts if attempt.graduate.school.is_registered]


def _last_protocols(sample: Sample, system: str) -> pl.DataFrame:
    """The rows that count, each with its `result`; what belongs to nobody of the model left out."""
    results = [name for name in ("test_score", "mark") if name in sample.rows(system).columns]
    protocols = sample.rows(system).sort(pl.col("_file").str.contains("исправления"), maintain_order=True)
    protocols = protocols.unique(["subject_code", "exam_date", "person_id"], keep="last").with_columns(result=pl.coalesce(results))
    return protocols.filter(~pl.col("_row_number").is_in(_added_rows(sample)) | ~_main_maths())


@pytest.mark.parametrize("system", ["ege", "oge"])
def test_answers_to_tasks_add_up_to_the_points(sample: Sample, system: str) -> None:
    """By the specifications of the year: as many answers as tasks, and their points are the raw score of the protocol."""
    tops: dict[tuple[object, ...], list[int]] = {}
    for row in sample.rows("kim_tasks").to_dicts():
        tops.setdefault((row["procedure"], row["year"], row["subject_code"], row["answer_kind"]), []).append(row["max_score"])
    checked = 0
    for row in _last_protocols(sample, system).drop_nulls("raw_score").to_dicts():
        paper = row["exam_form"], row["exam_date"].year, row["subject_code"]
        if (*paper, "краткий") in tops or (*paper, "развёрнутый") in tops:
            short = zip(row["short_answers"] or "", tops.get((*paper, "краткий"), []), strict=True)
            points = sum(top if mark == "+" else int(mark.replace("-", "0")) for mark, top in short)
            judged = re.findall(r"(\d+)[(](\d+)[)]", f"{row['long_answers'] or ''}{row.get('oral_answers') or ''}")
            assert [int(top) for _, top in judged] == [*tops.get((*paper, "развёрнутый"), []), *tops.get((*paper, "устный"), [])]
            assert points + sum(int(got) for got, _ in judged) == row["raw_score"]
            checked += 1
    assert checked > 1000


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


VPR_SUBJECTS = {"Русский язык": "1", "Математика": "2", "Физика": "3", "Окружающий мир": "101"}


def works_of(sample: Sample) -> dict[tuple[int, int, str], list[PupilWork]]:
    """Everybody's ВПР by year, class and subject code."""
    return {(work.year, work.grade, VPR_SUBJECTS[work.subject]): sample.world.pupils(work) for work in sample.world.works}


def test_reports_on_vpr_agree_with_the_model(sample: Sample) -> None:
    """Report 1 has a row a pupil; in reports 2 and 3 the schools sum to the pupils with marks."""
    pupils = works_of(sample)

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


@pytest.mark.parametrize(("layout", "works"), [("vpr_scores", 4), ("vpr_scores_flat", 3)])
def test_distributions_of_scores_on_vpr_give_the_pupils_back(sample: Sample, layout: str, works: int) -> None:
    """Shares of one or two decimals hide nobody in a class: rounded, they are the pupils with that score at that school."""
    read: Counter[tuple[object, ...]] = Counter()
    for row in sample.rows(layout).to_dicts():
        for score, share in json.loads(row["score_shares"]).items():
            if pupils := round(row["participants"] * (share or 0) / 100):
                read[row["year"], row["grade"], row["subject_code"], row["school_login"], int(score)] += pupils
    marked = ((work, pupil) for work, pupils in works_of(sample).items() for pupil in pupils if pupil.mark)
    expected = Counter((*work, pupil.school.login, pupil.points) for work, pupil in marked)
    covered = {key[:3] for key in read}
    assert len(covered) == works * len(sample.world.years)
    assert read == {key: count for key, count in expected.items() if key[:3] in covered}


def test_completion_of_tasks_on_vpr_gives_the_points_back(sample: Sample) -> None:
    read = {}
    for row in sample.rows("vpr_tasks").to_dicts():
        shares, tasks = json.loads(row["task_shares"]), json.loads(row["tasks"])
        points = [round(row["participants"] * task["most"] * shares[number] / 100) for number, task in tasks.items()]
        read[row["year"], row["grade"], row["subject_code"], row["school_login"]] = points
    expected = {}
    for work, pupils in works_of(sample).items():
        for login in {pupil.school.login for pupil in pupils}:
            tasks_of = [pupil.tasks for pupil in pupils if pupil.mark and pupil.school.login == login]
            expected[*work, login] = [sum(task) for task in zip(*tasks_of, strict=True)]
    covered = {key[:3] for key in read}
    assert len(covered) == 4 * len(sample.world.years)
    assert read == {key: points for key, points in expected.items() if key[:3] in covered and points}


def test_the_list_of_markers_on_vpr_has_schools_of_the_register(sample: Sample) -> None:
    rows = sample.rows("vpr_bias_flat")
    markers = rows.select(pl.sum_horizontal("^marker_.*$")).to_series()
    assert set(rows["school_login"]) <= {school.login for school in sample.world.places.schools}
    assert (markers > 0).all()


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
    assert {rule for _, _, rule in remarks} == {"check_digits", "footer", "columns_left_out"}


def test_pupils_add_up_to_what_the_passport_says(sample: Sample) -> None:
    """And grade 11 (12 in the evening) of an autumn is enough for everybody who sits ЕГЭ in spring."""
    enrolment = sample.rows("enrolment").with_columns(autumn=pl.col("counted_on").dt.year())
    assert set(enrolment["counted_on"].dt.strftime("%d.%m")) == {"20.09"}
    counted = enrolment.group_by("school_code", "autumn").agg(pl.col("pupils").sum())
    passports = sample.rows("context").filter(pl.col("indicator") == "Численность обучающихся")
    passports = passports.with_columns(autumn=pl.col("academic_year").str.head(4).cast(pl.Int32))
    both = counted.join(passports, on=["school_code", "autumn"], how="full")
    assert both.filter(pl.col("pupils").cast(float).ne_missing(pl.col("value"))).is_empty() and both.height == len(sample.world.passports)

    seniors = enrolment.filter(pl.col("grade").is_in(["11", "12"])).group_by("school_code", "autumn").agg(pl.col("pupils").sum())
    sat = sample.rows("ege").filter(pl.col("class").str.contains("^1[12]")).with_columns(autumn=pl.col("exam_date").dt.year() - 1)
    graduates = sat.group_by("school_code", "autumn").agg(pl.col("person_id").n_unique())
    short = graduates.join(seniors, on=["school_code", "autumn"], how="left").filter(pl.col("person_id") > pl.col("pupils").fill_null(0))
    # the planted duplicate is somebody else
    assert short.height <= 1 < graduates.height


def test_the_later_file_of_coefficients_corrects_the_draft(sample: Sample) -> None:
    key = ["school_code", "academic_year"]
    funding = sample.rows("funding").filter(~pl.col("_file").str.contains("почта"))
    draft, final = (funding.filter(pl.col("_file").str.contains("проект") == is_draft) for is_draft in (True, False))
    changed = draft.join(final, on=key, suffix="_final").filter(pl.col("coefficient") != pl.col("coefficient_final"))
    assert set(draft["coefficient"]) == {1.0} and 0 < changed.height < draft.height
    later, earlier = (max((sample.landing / name).stat().st_mtime for name in set(rows["_file"])) for rows in (final, draft))
    assert later > earlier


def test_everybody_in_a_list_of_people_is_on_the_personnel_lists(sample: Sample) -> None:
    staff = set(sample.rows("staff")["person_id"])
    for layout in ("experts", "group_members", "checkers", "staff_diagnostics", "contests"):
        people = set(sample.rows(layout)["person_id"].drop_nulls())
        assert people and people <= staff, layout


def test_who_did_well_at_a_stage_is_at_the_next(sample: Sample) -> None:
    """And more than half of the points make a winner, nobody else is one."""
    entries = sample.rows("olympiads")
    stages = [entries.filter(pl.col("stage") == stage) for stage in ("школьный", "муниципальный", "региональный")]
    key = ["academic_year", "subject_key", "person_id", "study_grade"]
    for before, after in pairwise(stages):
        invited = before.filter(pl.col("status") != "участник")
        assert not after.is_empty() and after.join(invited, on=key, how="anti").is_empty()
    winners = entries.filter(pl.col("status") == "победитель")
    assert winners.filter(pl.col("points") <= pl.col("max_points") / 2).is_empty() and not winners.is_empty()
    expected = sum(1 for entry in sample.world.olympiads)
    assert entries.height == expected


def test_diagnostic_works_add_up(sample: Sample) -> None:
    """Tasks to the pupil's score, pupils to the class, and no class is larger than the enrolment says."""
    key = ["work_code", "school_code", "class", "participant_code"]
    pupils = sample.rows("monitoring").filter(pl.col("procedure") == "МДР")
    tasks = sample.rows("monitoring_tasks").group_by(key).agg(pl.col("task_score").sum())
    both = pupils.filter(pl.col("raw_score").is_not_null()).join(tasks, on=key, how="full")
    assert both.height > 50 and both.filter(pl.col("raw_score").ne_missing(pl.col("task_score"))).is_empty()
    classes = sample.rows("monitoring_classes")
    assert classes.filter(pl.sum_horizontal("marks_2", "marks_3", "marks_4", "marks_5") != pl.col("participants")).is_empty()
    taught = {(school.code, autumn): grades for (school, autumn), grades in sample.world.enrolment.items()}
    for row in classes.group_by("school_code", "work_date", "procedure", "work_code").agg(pl.col("participants").sum()).to_dicts():
        autumn = row["work_date"].year - (row["work_date"].month < 9)
        assert row["participants"] <= taught[row["school_code"], autumn]["8"]


def test_audits_follow_the_network_and_actions_follow_audits(sample: Sample) -> None:
    network = sample.rows("network").select("node_code", "parent_code", "valid_from", "valid_to")
    external = sample.rows("audits").filter(pl.col("audit_kind") == "внешний").join(network, on="node_code")
    end = pl.col("valid_to").fill_null(date(2100, 1, 1))
    external = external.filter(pl.col("audit_date").is_between(pl.col("valid_from"), end))
    assert not external.is_empty() and external.filter(pl.col("auditor_node_code") != pl.col("parent_code")).is_empty()
    audits = sample.rows("audits").select("audit_code", "node_code").unique()
    corrective = sample.rows("capa").filter(pl.col("action_kind") == "корректирующее")
    assert not corrective.is_empty() and corrective.join(audits, on=["audit_code", "node_code"], how="anti").is_empty()


def test_terms_of_plans_are_worded_as_the_founding_documents_word_them(sample: Sample) -> None:
    terms = set(sample.rows("plan_items")["due"])
    kinds = {
        "a day": r"^\d\d\.\d\d\.\d{4}$",
        "a day in words": r"^28 сентября \d{4}",
        "several days": r"^До 15 января \d{4}, До 30 июня \d{4}, До 20\.01\.\d{4} года$",
        "a month": r"^Май \d{4} года$",
        "a month without a year": r"^Сентябрь$",
        "months": r"^Март Август Октябрь$",
        "an interval": r"^Январь \d{4} года – февраль \d{4} года$",
        "days of a month": r"^13-15 марта \d{4}$",
        "the whole time": r"^В течение всего периода",
        "as agreed": r"^по согласованию$",
    }
    column = pl.Series(sorted(terms))
    assert {kind: bool(column.str.contains(pattern).any()) for kind, pattern in kinds.items()} == dict.fromkeys(kinds, True)
