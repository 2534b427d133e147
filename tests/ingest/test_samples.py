"""Every layout of every source, read from a tiny file of its own: the rows that load, as raw holds them, and the faults."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from ingest_files import write_xlsx

from ingest.declarations import Layout, load_sources
from ingest.known import FixedKnown, Known
from ingest.reading import Reading

Read = Callable[..., Reading]
SAMPLES = Path(__file__).parent / "samples"
EXPECTED = ".expected.json"
FILES = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(EXPECTED))
KNOWN = FixedKnown(
    {
        "school_code": ["080101", "081103", "082104", "080105", "080106", "087102"],
        "school_login": ["edu080101", "edu080102", "edu087102"],
        "school_inn": ["0850000005"],
        "oktmo": ["08701000", "08603000", "08604000"],
        "municipality_code": ["m08-01", "m08-02"],
        "node_code": ["КЦ-01", "КЦ-02", "УМЦ-01", "УМЦ-02", "УМЦ-03"],
        "survey_wave": ["2024-02"],
    },
    {
        "survey_questions": pl.DataFrame(
            [
                ("УП-РОД", "1", "родители", "В01", "Насколько Вы удовлетворены качеством преподавания?", "вопрос", "1-5", "нет"),
                (
                    "УП-РОД",
                    "1",
                    "родители",
                    "В02",
                    "Часто ли ребёнок жалуется на перегрузку?",
                    "вопрос",
                    "1-5 (никогда=1; иногда=3; часто=5)",
                    "да",
                ),
                ("УП-РОД", "1", "родители", "В03", "Посоветуете ли Вы школу знакомым?", "вопрос", "0-10", "нет"),
                ("УП-РОД", "1", "родители", "ОО", "Код школы", "Код ОО", "1-5", "нет"),
            ],
            schema=["survey_code", "version", "respondent_group", "question_code", "question_text", "purpose", "scale", "is_reversed"],
            orient="row",
        ),
        "survey_waves": pl.DataFrame(
            [("УП-РОД", "2024-02", date(2024, 2, 1), date(2024, 2, 29), None, None)],
            schema=["survey_code", "wave", "starts_on", "ends_on", "respondent_group", "rated_node_code"],
            orient="row",
        ),
    },
)
# sources whose samples a spreadsheet would spoil in every way: zeros lost, dates and numbers of its own
TYPED_IN_EXCEL = ["capa", "enrolment", "extra_education", "monitoring_classes", "planned_courses", "schools", "site_checks", "staff"]


def expected_of(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(path.with_name(path.stem + EXPECTED).read_text(encoding="utf-8"))
    return expected


def rows_of(frame: pl.DataFrame, layout: Layout) -> dict[str, Any]:
    """The rows as the expected file writes them."""
    hidden = [name for name, column in layout.columns.items() if column.personal == "pseudonym"]
    shown = frame.drop("_sheet", "_row_number").with_columns(
        pl.when(pl.col(name).str.contains("^[0-9a-f]{32}$")).then(pl.lit("…")).alias(name) for name in hidden
    )
    rows = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in shown.rows()]
    return {"columns": shown.columns, "rows": rows}


def faults_of(reading: Reading) -> list[list[Any]]:
    return [list(row) for row in reading.rejections.select("row_number", "column_name", "reason_code").rows()]


def holds(reading: Reading, source: str, expected: dict[str, Any]) -> None:
    assert reading.source == source, reading.rejections["message_ru"].to_list()
    layouts = load_sources()[source].layouts
    assert {name: rows_of(frame, layouts[name]) for name, frame in reading.rows.items()} == expected["layouts"]
    assert sorted(faults_of(reading)) == sorted(expected["rejected"])
    assert reading.rows_in == reading.rows_loaded + reading.rows_rejected


def known_for(path: Path, read: Read) -> Known:
    """What is known when this sample is read: for an appeal, the results of the protocol beside it."""
    source = load_sources()[path.parent.name]
    checks = [check.known_row for name in expected_of(path)["layouts"] for check in source.layouts[name].checks]
    wanted = {row.known: row.columns for row in checks if row}
    if not wanted:
        return KNOWN
    results = read(path.with_name(f"{source.source}.csv"), known=KNOWN).rows[source.source]
    return FixedKnown({"school_code": KNOWN.codes("school_code")}, {name: results.select(columns) for name, columns in wanted.items()})


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_gives_its_rows(path: Path, read: Read) -> None:
    reading = read(path, name=f"{path.parent.name}/{path.name}", known=known_for(path, read))
    holds(reading, path.parent.name, expected_of(path))


@pytest.mark.parametrize("source", TYPED_IN_EXCEL)
def test_a_sample_typed_in_excel_gives_the_same_rows(source: str, read: Read, tmp_path: Path) -> None:
    path = SAMPLES / source / f"{source}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[_as_excel_has_it(cell) for cell in row] for row in csv.reader(file, delimiter=";")]
    workbook = write_xlsx(tmp_path / "книга.xlsx", {"Лист1": rows})
    holds(read(workbook, known=KNOWN), source, expected_of(path))


def _as_excel_has_it(cell: str) -> object:
    if match := re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", cell):
        day, month, year = map(int, match.groups())
        return date(year, month, day)
    if re.fullmatch(r"-?\d{1,15}(,\d+)?", cell):
        return float(cell.replace(",", "."))
    return cell


def test_one_child_with_its_names_spelled_in_two_ways_is_one_pseudonym(read: Read) -> None:
    reading = read(SAMPLES / "olympiads" / "olympiads.csv", known=KNOWN)
    people = reading.rows["olympiads"]["person_id"].to_list()
    assert people[0] == people[1] != people[2]
    assert people[3] is None


def _layouts_with_rows(source: str) -> Iterator[str]:
    for path in FILES:
        if path.parent.name == source:
            yield from (name for name, table in expected_of(path)["layouts"].items() if table["rows"])


@pytest.mark.parametrize("source", sorted(load_sources()))
def test_every_layout_has_a_sample_and_every_source_a_fault(source: str) -> None:
    assert set(_layouts_with_rows(source)) == set(load_sources()[source].layouts)
    assert any(expected_of(path)["rejected"] for path in FILES if path.parent.name == source)
