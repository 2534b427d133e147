"""Whole files through `read_file`: the acceptance region's protocols and reports, and real files that nobody here wrote.

Row numbers and counts are compared with what the region's makers expect; values are compared by `make acceptance`.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from layout_grids import SHARED, needs_shared

from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.vault import Vault

pytestmark = needs_shared

LANDING = SHARED / "acceptance" / "landing"
EXPECTED = SHARED / "acceptance" / "expected"
# rows of reports 2 and 3 are not in loads.csv: a school each, as the reports themselves say in «Кол-во ОО»
SCHOOLS_IN_REPORTS = {2022: 16, 2023: 16, 2024: 15}
FORM = SHARED / "data" / "ege_by_school" / "directories_zabaykalskiy.xlsx"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault"))


def read(path: Path, root: Path, vault: Vault, known: FixedKnown) -> Reading:
    settings = Settings(as_of=date(2024, 12, 30))
    return read_file(path, path.relative_to(root).as_posix(), load_sources(), known, vault, settings)


def files(folder: str) -> list[Path]:
    """Protocols before their appeals."""
    return sorted((path for path in (LANDING / folder).rglob("*") if path.is_file()), key=lambda path: ("апелляции" in path.name, path))


@cache
def expected() -> dict[str, tuple[int, int]]:
    with (EXPECTED / "loads.csv").open(encoding="utf-8") as file:
        return {row["file_name"]: (int(row["rows_loaded"]), int(row["rows_rejected"])) for row in csv.DictReader(file)}


@cache
def expected_rejections() -> dict[str, list[tuple[int | None, str]]]:
    found: dict[str, list[tuple[int | None, str]]] = {}
    with (EXPECTED / "rejections.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["file_name"], []).append((int(row["row_number"]) if row["row_number"] else None, row["reason_code"]))
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def registers(vault: Vault) -> dict[str, frozenset[str]]:
    schools = pl.concat([read(path, LANDING, vault, FixedKnown()).rows["schools"] for path in files("schools")])
    return {name: frozenset(schools[name].drop_nulls()) for name in ("school_code", "school_login")}


@pytest.mark.parametrize("folder", ["ege", "oge", "vpr"])
def test_the_acceptance_region(folder: str, vault: Vault) -> None:
    codes, results = registers(vault), []
    differences = []
    for path in files(folder):
        name = path.relative_to(LANDING).as_posix()
        known = FixedKnown(codes, {"ege_result": pl.concat(results)} if results else {})
        reading = read(path, LANDING, vault, known)
        if "ege" in reading.rows:
            results.append(reading.rows["ege"].select("subject_code", "exam_date", "person_id"))
        rejected = sorted(reading.rejections.select("row_number", "reason_code").rows(), key=str)
        loads = expected().get(name, (SCHOOLS_IN_REPORTS[int(name[4:8])], 0) if reading.layout in ("vpr_marks", "vpr_journal") else (0, 0))
        if (reading.rows_loaded, reading.rows_rejected) != loads or rejected != expected_rejections().get(name, []):
            differences.append((name, reading.layout, reading.rows_loaded, reading.rows_rejected, rejected))
    assert differences == []


def test_one_document_is_one_person_in_every_variant(vault: Vault) -> None:
    """In the region the series and number of a standard protocol come as `Документ` in languages and appeals."""
    codes = registers(vault)
    people: dict[str, set[str]] = {}
    for path in files("ege"):
        if "/2022/" in path.as_posix() and "апелляции" not in path.name:
            for (subject,), rows in read(path, LANDING, vault, FixedKnown(codes)).rows["ege"].group_by("subject_code"):
                people.setdefault(str(subject), set()).update(rows["person_id"])
    # grep finds 25 of the 26 documents of the language in the protocols of Russian
    assert (len(people["9"]), len(people["9"] & people["1"])) == (26, 25)
    assert {len(person) for person in people["9"]} == {32}


def test_a_real_form_loads_without_rejections(vault: Vault) -> None:
    reading = read(FORM, SHARED / "data", vault, FixedKnown())
    assert reading.rejections.rows() == []
    assert set(reading.rows) == {"ege_by_school", "ege_applications"}
    rows = reading.rows["ege_by_school"].filter(row_kind="школа")
    assert rows["subject_code"].n_unique() == 21
    chemistry = rows.filter((pl.col("subject_code") == "4") & (pl.col("score_100") > pl.col("participants")))
    assert chemistry["year"].unique().to_list() == [2023]  # the workbook's own error, loaded to be found in quality


@pytest.mark.parametrize(
    ("name", "layout", "rows"),
    [
        ("moscow/data-9722-2016-10-31.csv", "ege_totals_by_school", 626),
        ("accreditation/examples_certificate_lines_StatusName_nullish.jsonl", "accreditation", 27),
        ("accreditation/examples_edu_programs_empty_EduLevelName.jsonl", "", 0),
        ("base_form.xlsx", "", 0),
    ],
)
def test_other_real_files(name: str, layout: str, rows: int, vault: Vault) -> None:
    reading = read(SHARED / "data" / name, SHARED / "data", vault, FixedKnown())
    assert (reading.layout, reading.rows_loaded, reading.rows_rejected) == (layout, rows, 0)
    assert reading.rejections["reason_code"].to_list() == ([] if layout else ["unknown_layout"])
