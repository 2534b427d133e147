"""Real files that nobody here wrote: the yearly form of one region, the register of accreditation, open data of Moscow.

They stay in ../shared/data (terms there) and are only read; without them these tests are skipped. What the workbook says is counted a
second time here, with openpyxl, and held against what the job published.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from .conftest import REPOSITORY, Published

DATA = REPOSITORY.parent / "shared" / "data"
WORKBOOK = DATA / "ege_by_school" / "directories_zabaykalskiy.xlsx"
MOSCOW = DATA / "moscow" / "data-9722-2016-10-31.csv"
REGISTER = sorted((DATA / "accreditation").glob("examples_certificate_line*.jsonl"))
AS_OF = "2026-11-01"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files of ../shared/data are not here")

SUBJECTS = {
    "Русский язык": "1", "Математика профильная": "2", "Физика": "3", "Химия": "4", "Биология": "6", "История": "7", "География": "8",
    "Английский язык": "9", "Немецкий язык": "10", "Французский язык": "11", "Обществознание": "12", "Испанский язык": "13",
    "Китайский язык": "14", "Литература": "18", "Математика базовая": "22", "Информатика и ИКТ (КЕГЭ)": "25",
    "Английский язык (устный)": "29", "Немецкий язык (устный)": "30", "Французский язык (устный)": "31",
    "Испанский язык (устный)": "33", "Китайский язык (устный)": "34",
}  # fmt: skip
COMPARED = ["1", "2", "3", "6", "7", "12", "18"]


@dataclass(frozen=True)
class Line:
    """One subject of one school, or of the workbook's own total row, as it stands there."""

    year: str
    municipality: str
    school: str | None
    subject: str
    graduates: int
    participants: int
    below_min: int
    hundreds: int
    mean: float | None


def _lines(year: str) -> Iterator[Line]:
    with warnings.catch_warnings(action="ignore"):
        rows = list(openpyxl.load_workbook(WORKBOOK, data_only=True)[year].iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[0] == "Муниципальное образование")
    columns = {at: SUBJECTS[str(name)] for at, name in enumerate(rows[top]) if name in SUBJECTS}
    assert len(columns) == 21
    for row in rows[top + 2 :]:
        if not row[0]:
            continue
        for at, subject in columns.items():
            sat, below, _, hundreds, mean = row[at : at + 5]
            school = str(row[1]) if row[1] else None
            yield Line(year, str(row[0]), school, subject, int(row[3] or 0), int(sat or 0), int(below or 0), int(hundreds or 0), mean)


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    """The results of both years."""
    return [line for year in ("2022", "2023") for line in _lines(year)]


def _mean(lines: list[Line]) -> tuple[float, int]:
    """(Σ mean·participants / Σ participants, Σ participants) over the schools where somebody sat."""
    sat = [(line.participants, line.mean) for line in lines if line.participants and line.mean is not None]
    n = sum(participants for participants, _ in sat)
    return sum(participants * mean for participants, mean in sat) / n, n


@pytest.fixture(scope="session")
def form(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[Path, str], Published]) -> Published:
    """The workbook alone in an empty home."""
    home = tmp_path_factory.mktemp("form")
    folder = home / "landing" / "ege_by_school"
    folder.mkdir(parents=True)
    shutil.copy(WORKBOOK, folder)
    return refreshed(home, AS_OF)


def test_the_workbook_loads_without_a_rejection(form: Published) -> None:
    assert form.rows("SELECT * FROM quality.rejections", "oko.duckdb") == []
    assert len(form.rows("SELECT * FROM quality.loads", "oko.duckdb")) >= 1


def test_participants_add_up_to_the_workbooks_own_total(form: Published, lines: list[Line]) -> None:
    sql = "SELECT exam_year, subject_code, sum(participants) AS n FROM core.fct_ege_school_result GROUP BY exam_year, subject_code"
    loaded = {(str(row["exam_year"]), row["subject_code"]): int(row["n"]) for row in form.rows(sql)}
    totals = {(line.year, line.subject): line.participants for line in lines if line.school is None}
    assert len(totals) == 42
    assert loaded == {key: n for key, n in totals.items() if n}


def test_regional_means_are_those_of_the_schools(form: Published, lines: list[Line]) -> None:
    sql = "SELECT * FROM core.indicator_values WHERE indicator_code = 'ege_mean_score' AND level = 'region'"
    rows = {(row["period"], row["subject_code"]): row for row in form.rows(sql)}
    for year in ("2022", "2023"):
        for subject in COMPARED:
            mean, n = _mean([line for line in lines if (line.year, line.subject) == (year, subject) and line.school])
            row = rows[year, subject]
            assert (row["entity_code"], row["entity_name"], row["n"]) == ("00", "Регион", n)
            assert row["value"] == pytest.approx(mean, abs=1e-9), (year, subject)
    # the workbook's own total says 9.74
    assert rows["2023", "7"]["value"] == pytest.approx(49.9526, abs=1e-4)


@pytest.mark.parametrize("subject", ["1", "7"])
def test_municipal_means_are_those_of_their_schools(form: Published, lines: list[Line], subject: str) -> None:
    where = f"indicator_code = 'ege_mean_score' AND level = 'municipality' AND subject_code = '{subject}'"
    rows = form.rows(f"SELECT * FROM core.indicator_values WHERE {where}")
    for year in ("2022", "2023"):
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if (line.year, line.subject) == (year, subject) and line.school and line.participants:
                groups[re.sub(r"\s+", " ", line.municipality.lower()).strip()].append(line)
        got = sorted((row["n"], round(row["value"], 6)) for row in rows if row["period"] == year)
        assert got == sorted((n, round(mean, 6)) for mean, n in map(_mean, groups.values()))


def test_means_without_a_spread_have_neither_interval_nor_dynamics(form: Published) -> None:
    rows = form.rows("SELECT * FROM core.indicator_values WHERE indicator_code = 'ege_mean_score'")
    assert any(row["previous_value"] is not None and row["n"] >= 10 for row in rows)
    assert {(row["ci_low"], row["ci_high"], row["dynamics"], row["assessment"]) for row in rows} == {
        (None, None, "нет данных", "нет данных")
    }


def test_open_marts_have_what_the_dashboard_draws(form: Published) -> None:
    for table in ("ege_by_region", "ege_by_municipality", "ege_by_school", "region_overview"):
        assert form.rows(f"SELECT count(*) AS n FROM marts.{table}", "oko.duckdb")[0]["n"] > 0, table


def test_nobody_sat_is_no_result(form: Published, lines: list[Line]) -> None:
    sql = "SELECT * FROM core.indicator_values WHERE indicator_code LIKE 'ege%' AND level = 'school'"
    rows = form.rows(sql)
    assert all(row["n"] > 0 for row in rows)
    zeros = {(row["period"], row["subject_code"]) for row in rows if row["indicator_code"] == "ege_mean_score" and row["value"] == 0}
    assert zeros <= {(line.year, line.subject) for line in lines if line.school and line.participants and line.mean == 0}


def test_names_without_codes_become_provisional(form: Published, lines: list[Line]) -> None:
    entities = form.rows("SELECT DISTINCT level, entity_code FROM core.indicator_values WHERE indicator_code LIKE 'ege%'")
    codes = {level: {row["entity_code"] for row in entities if row["level"] == level} for level in ("school", "municipality")}
    assert all(re.fullmatch(r"p-[0-9a-f]{10}", code) for code in codes["school"])
    assert all(re.fullmatch(r"pm-[0-9a-f]{10}", code) for code in codes["municipality"])
    # «Город Чита» of one year and «Город чита» of the other are one
    names = {re.sub(r"\s+", " ", line.municipality.lower()).strip() for line in lines if line.school and line.participants}
    assert len(codes["municipality"]) == len(names)


# ---- the workbook's own errors are found and reported -----------------------------------------------------------------------------------


def test_the_wrong_total_of_history_is_found(form: Published) -> None:
    found = form.rows("SELECT * FROM quality.findings WHERE subject_code = '7' AND period = '2023' AND value IS NOT NULL", "oko.duckdb")
    assert [row for row in found if sorted((round(row["value"], 2), round(row["expected"] or 0, 2))) == [9.74, 49.95]]


def test_hundreds_beyond_participants_are_found_in_117_schools(form: Published, lines: list[Line]) -> None:
    wrong = [line for line in lines if line.school and line.hundreds > line.participants]
    assert {(line.year, line.subject) for line in wrong} == {("2023", "4")} and len(wrong) == 117
    found = form.rows("SELECT * FROM quality.findings WHERE subject_code = '4' AND period = '2023'", "oko.duckdb")
    by_rule: dict[str, set[str]] = defaultdict(set)
    for row in found:
        by_rule[row["rule_code"]].add(row["entity_code"])
    assert 117 in {len(schools) for schools in by_rule.values()}, {rule: len(schools) for rule, schools in by_rule.items()}


def test_more_participants_than_graduates_are_found(form: Published, lines: list[Line]) -> None:
    wrong = [line for line in lines if line.school and line.participants > line.graduates]
    assert {line.year for line in wrong} == {"2022"}
    found = form.rows("SELECT * FROM quality.findings WHERE period = '2022' AND value IS NOT NULL AND expected IS NOT NULL", "oko.duckdb")
    pairs = {(row["subject_code"], int(row["value"]), int(row["expected"])) for row in found}
    assert {(line.subject, line.participants, line.graduates) for line in wrong} <= pairs


# ---- the register of accreditation and open data of Moscow ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[Path, str], Published]) -> Published:
    """The examples of the register and the set 9722."""
    landing = tmp_path_factory.mktemp("registers") / "landing"
    for folder, files in (("accreditation", REGISTER), ("ege_by_school", [MOSCOW])):
        (landing / folder).mkdir(parents=True)
        for file in files:
            shutil.copy(file, landing / folder)
    return refreshed(landing.parent, AS_OF)


def test_every_certificate_of_the_register_loads(registers: Published) -> None:
    texts = [line for file in REGISTER for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    certificates = {record["Id"]: record for record in map(json.loads, texts)}
    rows = registers.rows("SELECT certificate_id, registration_number, inn FROM core.fct_accreditation")
    assert {row["certificate_id"]: row["registration_number"] for row in rows} == {key: r["RegNumber"] for key, r in certificates.items()}
    assert registers.rows("SELECT * FROM quality.rejections", "oko.duckdb") == []


def test_moscow_loads_whole(registers: Published) -> None:
    with MOSCOW.open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file, delimiter=";"))
    rows = registers.rows("SELECT * FROM core.fct_ege_school_total")
    assert len(rows) == len(records) == 626
    assert {row["academic_year"] for row in rows} == {"2015/2016"}
    for ours, theirs in (("participants", "PASSED_NUMBER_FULL"), ("over_220", "PASSES_OVER_220"), ("under_160", "PASSER_UNDER_160")):
        assert sum(row[ours] or 0 for row in rows) == sum(int(record[theirs] or 0) for record in records), ours
