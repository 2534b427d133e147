"""The yearly form of ЕГЭ by school: a tiny one by hand, a real workbook against its own totals, and the Moscow table."""

from __future__ import annotations

import polars as pl
import pytest
from layout_grids import SHARED, needs_shared, only, records, sheet

from ingest.declarations import load_sources
from ingest.grid import Grid, Table
from ingest.known import FixedKnown
from ingest.layouts import ege_by_school
from ingest.readers import read_grids
from ingest.settings import Limits

MEASURES = "приняло участие;не преодолен min порог;высокобалльники (80-99 баллов);получили 100 баллов;средний балл"
FIRST = "Муниципальное образование;Образовательная организация (школа);Профиль (при наличии);Всего выпускников в 2023 году, чел."
RESULTS = [f"{FIRST};Русский язык;;;;;Физика", f";;;;{MEASURES};{MEASURES}"]
TITLE = "Информация о результатах ЕГЭ выпускников школ в 2023 году"
WORKBOOK = SHARED / "data" / "ege_by_school" / "directories_zabaykalskiy.xlsx"
MOSCOW = SHARED / "data" / "moscow" / "data-9722-2016-10-31.csv"


def read(*grids: Grid) -> list[Table]:
    return ege_by_school.tables(list(grids), load_sources()["ege_by_school"], FixedKnown())


def form(*rows: str) -> list[Table]:
    return read(sheet("", TITLE, *RESULTS, *rows, name="2023"))


# ---- a tiny form -------------------------------------------------------------------------------------------------------------


def test_a_row_for_every_school_and_subject() -> None:
    russian, physics = form(
        "Лесной округ;СОШ № 1;X;41;41;1;8;;70,25;7;;;;45",
        "Лесной округ;СОШ № 2;X;10;10;;;1;62",
        "Итого по краю;;;51;51;1;8;1;68,6;7;0;0;0;45",
    )
    assert {russian.layout, physics.layout} == {"ege_by_school"}
    columns = ["_row", "year", "subject_code", "row_kind", "municipality_name", "school_name", "homonym", "graduates"]
    assert records(russian, *columns) == [
        (5, "2023", "Русский язык", "школа", "Лесной округ", "СОШ № 1", "1", "41"),
        (6, "2023", "Русский язык", "школа", "Лесной округ", "СОШ № 2", "1", "10"),
        (7, "2023", "Русский язык", "итог", "Итого по краю", None, "1", "51"),
    ]
    measures = ["participants", "below_min", "high_80_99", "score_100", "mean_score"]
    assert records(russian, *measures) == [("41", "1", "8", None, "70,25"), ("10", None, None, "1", "62"), ("51", "1", "8", "1", "68,6")]
    # the second school left physics empty
    assert records(physics, "_row", "subject_code", *measures) == [
        (5, "Физика", "7", None, None, None, "45"),
        (7, "Физика", "7", "0", "0", "0", "45"),
    ]
    assert physics.headers["mean_score"] == ("Физика: средний балл", "N")
    assert physics.headers["school_name"] == ("Образовательная организация (школа)", "B")


def test_two_schools_of_one_name_are_both_kept() -> None:
    russian, _ = form(
        "Лесной округ;МБОУ «СОШ № 1»;X;41;41;1;8;;70;7",
        'лесной округ;МБОУ "СОШ №1";X;9;9;;;;50;1',
        "Степной округ;МБОУ «СОШ № 1»;X;5;5;;;;50;1",
    )
    assert records(russian, "_row", "homonym", "participants") == [(5, "1", "41"), (6, "2", "9"), (7, "1", "5")]


def test_a_municipality_merged_down_its_schools() -> None:
    russian, _ = form(
        "1;2;3;4;5;6;7;8;9;10",
        "Лесной округ;СОШ № 1;X;41;41;1;8;;70;7",
        ";СОШ № 2;X;9;9;;;;50;1",
        "Итого по Лесному округу;;;50;50;1;8;;66;8",
        "Степной округ;СОШ № 3;X;5;5;;;;50;1",
        "Всего по краю;;;55;55;1;8;;65;9",
        "Исполнитель: отдел оценки качества",
    )
    assert records(russian, "_row", "row_kind", "municipality_name", "school_name") == [
        (6, "школа", "Лесной округ", "СОШ № 1"),
        (7, "школа", "Лесной округ", "СОШ № 2"),
        (9, "школа", "Степной округ", "СОШ № 3"),
        (8, "итог", "Итого по Лесному округу", None),
        (10, "итог", "Всего по краю", None),
    ]


def test_applications() -> None:
    grid = sheet(
        "Информация о поданных выпускниками школ 2024 года заявлениях на участие в ЕГЭ",
        f";{FIRST.replace('2023', '2024')}",
        ";;;;;Русский язык;Информатика (КЕГЭ)",
        ";Лесной округ;СОШ № 1;X;41;41;",
        ";Лесной округ;СОШ № 2;X;;3;0",
    )
    russian, computing = read(grid)
    assert russian.layout == "ege_applications"
    columns = ["_row", "year", "subject_code", "row_kind", "school_name", "graduates", "applications"]
    assert records(russian, *columns) == [
        (4, "2024", "Русский язык", "школа", "СОШ № 1", "41", "41"),
        (5, "2024", "Русский язык", "школа", "СОШ № 2", None, "3"),
    ]
    assert records(computing, *columns) == [(5, "2024", "Информатика (КЕГЭ)", "школа", "СОШ № 2", None, "0")]


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("2022", TITLE, "2022"),  # the title was copied from next year's sheet
        ("2022 год", TITLE, "2022"),
        ("Лист1", TITLE, "2023"),
        ("результаты 2021", "Информация о результатах ЕГЭ", "2021"),
        ("Лист1", "Информация о результатах ЕГЭ", "2023"),  # from «Всего выпускников в 2023 году»
    ],
)
def test_the_year(name: str, title: str, year: str) -> None:
    tables = read(sheet(title, *RESULTS, "Лесной округ;СОШ № 1;X;41;41;1;8;;70;7", name=name))
    assert {value for table in tables for value in table.rows["year"]} == {year}


def test_what_is_missing() -> None:
    row = "Лесной округ;СОШ № 1;X;41;41;1;8;;70;7"
    without_mean = [line.replace("средний балл", "") for line in RESULTS]
    without_school = [line.replace("Образовательная организация (школа)", "") for line in RESULTS]
    without_year = [line.replace(" в 2023 году", "") for line in RESULTS]
    found = [read(sheet(*lines, row)) for lines in (without_mean, without_school, without_year)]
    assert [[table.missing for table in tables] for tables in found] == [
        [["средний балл"]],
        [["Образовательная организация"]],
        [[ege_by_school.YEAR_EXAMPLE]],
    ]
    assert read(sheet("Муниципальное образование;Образовательная организация (школа);Директор", "Лесной округ;СОШ № 1;Барсуков")) == []


# ---- real files --------------------------------------------------------------------------------------------------------------


@needs_shared
def test_the_schools_of_a_real_workbook_add_up_to_its_totals() -> None:
    tables = read(*read_grids(WORKBOOK, Limits()))
    assert all(not table.missing for table in tables)
    rows = pl.concat([table.rows for table in tables if table.layout == "ege_by_school"]).with_columns(
        pl.col("participants").cast(pl.Int64)
    )
    sums = rows.group_by("year", "subject_code", "row_kind").agg(pl.col("participants").sum()).pivot("row_kind", values="participants")
    assert sums.group_by("year").len().sort("year").rows() == [("2022", 21), ("2023", 21)]
    assert sums.filter(pl.col("школа") != pl.col("итог")).rows() == []
    assert sums.filter(subject_code="Русский язык").sort("year")["школа"].to_list() == [5211, 4955]
    schools = rows.filter(row_kind="школа", subject_code="Русский язык").group_by("year").len().sort("year")
    assert schools.rows() == [("2022", 371), ("2023", 373)]
    assert rows["homonym"].unique().to_list() == ["1"]


@needs_shared
def test_the_applications_of_a_real_workbook_add_up_to_their_totals() -> None:
    tables = [table for table in read(*read_grids(WORKBOOK, Limits())) if table.layout == "ege_applications"]
    assert len(tables) == 21
    for table in tables:
        rows = table.rows.with_columns(pl.col("applications").cast(pl.Int64))
        total = rows.filter(row_kind="итог")["applications"].to_list()
        assert (rows["year"].unique().to_list(), [rows.filter(row_kind="школа")["applications"].sum()]) == (["2024"], total)


@needs_shared
def test_the_moscow_table_is_read_by_declaration() -> None:
    table = only(read(*read_grids(MOSCOW, Limits())))
    assert (table.layout, table.rows.height) == ("ege_totals_by_school", 626)
    assert records(table, "_row", "academic_year", "municipality_name", "ogrn", "participants", "over_220", "under_160")[0] == (
        *(2, "2015-2016", "район Аэропорт", "1027700566761"),
        *("109", "80", "101"),
    )
