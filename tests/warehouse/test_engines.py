"""Both engines do the same to schema `raw`: every test runs on a DuckDB file and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl
import psycopg
import pytest

from warehouse.duckdb_engine import DuckDBWarehouse
from warehouse.engine import Warehouse
from warehouse.postgres_engine import PostgresWarehouse, UnfitDatabase
from warehouse.tables import File, Part, RawTable

SCHOOLS = RawTable(
    "schools", {"school_code": "text", "name": "text", "pupils": "bigint", "valid_from": "date"}, ("school_code", "valid_from")
)
MARKS = RawTable("marks", {"school_code": "text", "share": "double", "is_final": "boolean"}, ("school_code",))
EXAMS = RawTable("exams", {"day": "date", "subject": "text", "score": "bigint"}, ("day", "subject"), Part("day", "subject"))
FAULTS = {"sheet": pl.String, "row_number": pl.Int64, "column_name": pl.String}


@dataclass(frozen=True)
class Read:
    """A reading made by hand."""

    rows: dict[str, pl.DataFrame]
    rejections: pl.DataFrame = field(default_factory=lambda: faults("reason_code"))
    findings: pl.DataFrame = field(default_factory=lambda: faults("rule_code", "severity"))
    source: str = "schools"
    rows_in: int = 2
    rows_loaded: int = 2
    rows_rejected: int = 0

    @property
    def layout(self) -> str:
        return ", ".join(self.rows)


def faults(*names: str, rows: list[tuple[object, ...]] | None = None) -> pl.DataFrame:
    schema = {**FAULTS, **dict.fromkeys(names, pl.String), "message_ru": pl.String}
    return pl.DataFrame(rows or [], schema=schema, orient="row")


def schools(*rows: tuple[str, str | None, int | None], start: date = date(2020, 1, 1)) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), schema={"school_code": pl.String, "name": pl.String, "pupils": pl.Int64}, orient="row")
    return frame.with_columns(
        pl.lit(start).alias("valid_from"), pl.lit("Лист1").alias("_sheet"), pl.int_range(2, pl.len() + 2).alias("_row_number")
    )


def file(sha: str, name: str | None = None, day: int = 1) -> File:
    return File(sha, "schools", name or f"schools/{sha}.csv", datetime(2024, 9, day, 12))


Open = Callable[[], Warehouse]


@pytest.fixture(params=["duckdb", "postgres"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same warehouse anew."""
    if request.param == "duckdb":
        return lambda: DuckDBWarehouse(tmp_path / "warehouse" / "oko.duckdb")
    url = request.getfixturevalue("postgres_url")
    return lambda: PostgresWarehouse(url)


@pytest.fixture
def warehouse(reopen: Open) -> Iterator[Warehouse]:
    with reopen() as opened:
        opened.prepare([SCHOOLS, MARKS, EXAMS])
        yield opened


def rows_of(warehouse: Warehouse, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    return warehouse.query(f"SELECT {columns} FROM raw.{table} ORDER BY 1, 2").rows()


def test_rows_arrive_with_their_types_and_their_origin(warehouse: Warehouse) -> None:
    odd = 'Школа «№ 1», "имени; Петрова"\nвторая строка'
    warehouse.replace(file("a"), Read({"schools": schools(("040101", odd, None), ("040102", "", 7))}), "L1")
    assert rows_of(warehouse, "schools") == [
        ("040101", odd, None, date(2020, 1, 1), "a", "Лист1", 2, "L1"),
        ("040102", "", 7, date(2020, 1, 1), "a", "Лист1", 3, "L1"),
    ]
    load = warehouse.query("SELECT * FROM raw._loads").row(0, named=True)
    assert load["layout"] == "schools" and load["rows_in"] == 2 and isinstance(load["loaded_at"], datetime)


def test_booleans_and_doubles_keep_null_apart_from_false_and_zero(warehouse: Warehouse) -> None:
    marks = pl.DataFrame(
        {
            "school_code": ["1", "2", "3"],
            "share": [0.0, None, 33.3],
            "is_final": [False, None, True],
            "_sheet": [""] * 3,
            "_row_number": [2, 3, 4],
        }
    )
    warehouse.replace(file("a"), Read({"marks": marks}), "L1")
    assert rows_of(warehouse, "marks", "school_code, share, is_final") == [("1", 0.0, False), ("2", None, None), ("3", 33.3, True)]


def test_the_same_content_twice_leaves_one_copy(warehouse: Warehouse) -> None:
    for load_id in ("L1", "L2"):
        warehouse.replace(file("a"), Read({"schools": schools(("040101", "А", 1))}), load_id)
    assert rows_of(warehouse, "schools", "school_code, _load_id") == [("040101", "L2")]
    assert rows_of(warehouse, "_loads", "load_id, file_sha256") == [("L2", "a")]
    assert rows_of(warehouse, "_files", "file_sha256, in_landing") == [("a", True)]


def test_judged_again_keeps_the_counts_of_the_first_reading(warehouse: Warehouse) -> None:
    waiting = faults("reason_code", rows=[("", 3, "Код ОО", "unknown_school", "Школы нет в реестре")])
    warehouse.replace(file("a"), Read({"schools": schools(("040101", "А", 1))}, waiting, rows_loaded=1, rows_rejected=1), "L1")
    assert warehouse.rejected_files(["unknown_school"]) == ["a"]
    assert warehouse.rejected_files(["unknown_school"], whole=True) == []
    warehouse.replace(file("a"), Read({"schools": schools(("040101", "А", 1), ("040102", "Б", 1))}), "L2", keep_load=True)
    assert rows_of(warehouse, "_loads", "load_id, rows_loaded, rows_rejected") == [("L1", 1, 1)]
    assert rows_of(warehouse, "schools", "school_code, _row_number") == [("040101", 2), ("040102", 3)]
    assert warehouse.rejections().height == 0


def test_a_failure_in_the_middle_of_a_file_leaves_nothing_of_it(warehouse: Warehouse) -> None:
    warehouse.replace(file("a"), Read({"schools": schools(("040101", "А", 1))}), "L1")
    broken = pl.DataFrame({"school_code": ["1"]})
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        warehouse.replace(file("a"), Read({"schools": schools(("040109", "Я", 9)), "marks": broken}), "L2")
    assert rows_of(warehouse, "schools", "school_code, _load_id") == [("040101", "L1")]
    assert rows_of(warehouse, "_loads", "load_id, layout") == [("L1", "schools")]


def test_the_later_file_decides_whatever_the_order_of_loading(warehouse: Warehouse) -> None:
    warehouse.replace(file("late", day=9), Read({"schools": schools(("040101", "новое", 1))}), "L1")
    warehouse.replace(file("early", day=2), Read({"schools": schools(("040101", "старое", 1), ("040102", "вторая", 1))}), "L2")
    assert warehouse.current("schools", ["name"])["name"].to_list() == ["вторая", "новое"]


def test_of_two_files_of_one_time_the_greater_path_decides(warehouse: Warehouse) -> None:
    warehouse.replace(file("x", "schools/б.csv"), Read({"schools": schools(("040101", "б", 1))}), "L1")
    warehouse.replace(file("y", "schools/а.csv"), Read({"schools": schools(("040101", "а", 1))}), "L1")
    assert warehouse.current("schools", ["name"])["name"].to_list() == ["б"]


def test_known_values_leave_out_empty_ones(warehouse: Warehouse) -> None:
    warehouse.replace(file("a"), Read({"schools": schools(("040101", None, 1), ("040102", "Б", 1))}), "L1")
    assert warehouse.current("schools", ["school_code", "name"]).rows() == [("040102", "Б")]


def test_rows_are_looked_for_by_the_columns_that_are_asked_for(warehouse: Warehouse) -> None:
    """Values must stand together in one row; a row that another file beats counts too."""
    warehouse.replace(file("a"), Read({"schools": schools(("040101", "А", 1), ("040102", "Б", 1))}), "L1")
    warehouse.replace(file("b", day=2), Read({"schools": schools(("040101", "В", 1), start=date(2021, 1, 1))}), "L1")
    days = {"school_code": ["040101", "040102", "040103"], "valid_from": [date(2021, 1, 1), date(2021, 1, 1), date(2020, 1, 1)]}
    assert warehouse.among("schools", pl.DataFrame(days)).rows() == [("040101", date(2021, 1, 1))]
    assert warehouse.among("schools", pl.DataFrame({"name": ["А", "Г"]})).rows() == [("А",)]
    assert warehouse.among("schools", pl.DataFrame({"name": ["А"]}).clear()).is_empty()
    assert warehouse.among("schools", pl.DataFrame({"no_such_column": ["А"]})).is_empty()
    assert warehouse.row_counts("schools").rows() == [("a", 2), ("b", 1)]
    assert warehouse.row_counts("no_such_table").is_empty()


def test_a_column_that_a_declaration_gained_is_added(reopen: Open) -> None:
    with reopen() as before:
        before.prepare([SCHOOLS])
        before.replace(file("a"), Read({"schools": schools(("040101", "А", 1))}), "L1")
    wider = RawTable("schools", {**SCHOOLS.columns, "inn": "text"}, SCHOOLS.key)
    with reopen() as after:
        after.prepare([wider, MARKS])
        after.prepare([wider, MARKS])
        assert rows_of(after, "schools", "school_code, inn") == [("040101", None)]
        after.replace(file("b"), Read({"schools": schools(("040102", "Б", 1)).with_columns(inn=pl.lit("0400000001"))}), "L2")
        assert rows_of(after, "schools", "school_code, inn") == [("040101", None), ("040102", "0400000001")]


def test_landing_decides_flag_name_and_time(warehouse: Warehouse) -> None:
    for sha in ("a", "b", "c"):
        rejected = faults("reason_code", rows=[("", 5, "Код ОО", "unknown_school", "…")])
        warehouse.replace(file(sha), Read({"schools": schools((f"04010{sha}", "А", 1))}, rejected), "L1")
    warehouse.update_landing([file("a"), file("b", "schools/новое имя.csv", day=7)], absent=["c"])
    assert rows_of(warehouse, "_files", "file_sha256, file_name, in_landing") == [
        ("a", "schools/a.csv", True),
        ("b", "schools/новое имя.csv", True),
        ("c", "schools/c.csv", False),
    ]
    assert rows_of(warehouse, "_rejections", "file_sha256, file_name") == [("a", "schools/a.csv"), ("b", "schools/новое имя.csv")]
    assert rows_of(warehouse, "schools", "_file_sha256, _row_number")[2] == ("c", 2)
    warehouse.update_landing([file("c")], absent=[])
    assert rows_of(warehouse, "_files", "file_sha256, in_landing")[2] == ("c", True)


def test_forgotten_files_leave_nothing(warehouse: Warehouse) -> None:
    for sha in ("a", "b"):
        warehouse.replace(file(sha), Read({"schools": schools((f"04010{sha}", "А", 1))}), "L1")
    warehouse.forget(["a", "never seen"])
    for table, column in (("schools", "_file_sha256"), ("_files", "file_sha256"), ("_loads", "file_sha256")):
        assert warehouse.query(f"SELECT {column} FROM raw.{table}").rows() == [("b",)]


def test_an_unread_file_stands_rejected_until_the_next_try(warehouse: Warehouse) -> None:
    warehouse.reject_unread("staff", "staff/занят.xlsx", "Файл занят другой программой")
    assert warehouse.rejections().select("source", "file_name", "row_number", "reason_code").rows() == [
        ("staff", "staff/занят.xlsx", None, "unreadable_file")
    ]
    assert warehouse.rejected_files(["unreadable_file"], whole=True) == []
    warehouse.forget_unread()
    assert warehouse.rejections().height == 0


def test_characters_that_postgres_cannot_hold(warehouse: Warehouse) -> None:
    warehouse.replace(file("a"), Read({"schools": schools(("040101", "Шко\x00ла % ? ' \\. \\N", 1))}), "L1")
    name = warehouse.query("SELECT replace(name, chr(1), '') AS name FROM raw.schools")["name"][0]
    assert name.replace("\x00", "") == "Школа % ? ' \\. \\N"


# what an export may hold and COPY could take for its own
AWKWARD = (
    *("", " ", "\\N", "\\.", "\\.\n\\.", '"', '""', "'", ",", ";", "\t", "\n", "\r\n", "\\", "%s", "{}", "NULL", "null", "Ё\u0301", "😀"),
    *("\ufeffначало", "\u00a0", "\u2028", "\x01", "\x7f", "ﷺ", "a" * 9000),
)


def test_twenty_thousand_awkward_rows_arrive_as_they_are(warehouse: Warehouse) -> None:
    rows = [(f"{number:06d}", AWKWARD[number % len(AWKWARD)], None if number % 7 == 0 else number) for number in range(20_000)]
    warehouse.replace(file("a"), Read({"schools": schools(*rows)}), "L1")
    assert rows_of(warehouse, "schools", "school_code, name, pupils") == rows


def test_a_client_of_another_encoding_reads_the_same(reopen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "WIN1251")
    with reopen() as opened:
        opened.prepare([SCHOOLS, MARKS, EXAMS])
        opened.replace(file("a"), Read({"schools": schools(("040101", "Школа № 1 😀", 1))}), "L1")
        assert opened.query("SELECT name FROM raw.schools").rows() == [("Школа № 1 😀",)]


def test_a_database_that_cannot_hold_russian_is_refused(postgres_server: str) -> None:
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        try:
            with pytest.raises(UnfitDatabase, match="нужна UTF8"):
                PostgresWarehouse(f"{postgres_server}/latin")
        finally:
            admin.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_whole_journal_table_is_rewritten(warehouse: Warehouse) -> None:
    for title in ("первое", "второе"):
        warehouse.rewrite(
            "_sources", pl.DataFrame({"source": ["schools"], "title": [title], "cadence": ["yearly"], "layouts": ["schools"]})
        )
    assert rows_of(warehouse, "_sources", "source, title") == [("schools", "второе")]


def test_whole_rows_that_count_are_those_of_the_latest_file_within_what_is_asked_for(warehouse: Warehouse) -> None:
    """Of school 1 the later file's row counts; a blank school is asked for along with every list of schools."""
    assert warehouse.current_rows("schools", {}).is_empty()
    warehouse.replace(file("a", day=1), Read({"schools": schools(("1", "А", 1), ("2", "Б", 2))}), "L1")
    warehouse.replace(file("b", day=2), Read({"schools": schools(("1", "В", 3), ("3", "Г", 4))}), "L2")
    blank = schools(("4", "Д", 5)).with_columns(school_code=pl.lit(None, pl.String))
    warehouse.replace(file("c", day=3), Read({"schools": blank}), "L3")

    def names(within: dict[str, list[object]]) -> list[str]:
        return sorted(warehouse.current_rows("schools", within)["name"])

    assert names({}) == ["Б", "В", "Г", "Д"]
    assert names({"school_code": ["1", "2"], "valid_from": [date(2020, 1, 1)]}) == ["Б", "В", "Д"]
    assert names({"school_code": []}) == ["Д"]
    assert names({"_file_sha256": ["a"]}) == ["Б"]
    row = warehouse.current_rows("schools", {"school_code": ["2"]}).filter(pl.col("school_code") == "2").row(0, named=True)
    assert (row["_modified_at"], row["_row_number"], row["pupils"]) == (datetime(2024, 9, 1, 12), 3, 2)


def test_a_warehouse_knows_whether_a_refresh_ever_made_it(reopen: Open) -> None:
    with reopen() as opened:
        assert not opened.is_prepared()
        opened.prepare([SCHOOLS])
        assert opened.is_prepared()


def test_a_reader_of_postgres_changes_nothing(postgres_url: str) -> None:
    with PostgresWarehouse(postgres_url) as opened:
        opened.prepare([SCHOOLS])
    with PostgresWarehouse(postgres_url, read_only=True) as reader, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader.execute("DELETE FROM raw._files")


def exams(*days: tuple[int, str]) -> pl.DataFrame:
    rows = [(date(year, 5, 28), subject, 50, "", 2) for year, subject in days]
    schema = {"day": pl.Date, "subject": pl.String, "score": pl.Int64, "_sheet": pl.String, "_row_number": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def touched(warehouse: Warehouse) -> set[tuple[int, str]]:
    """The parts noted since this was asked last."""
    found = set(warehouse.query("SELECT year, subject_code FROM raw._touched").rows())
    assert warehouse.begin_build("code") in (True, False)
    warehouse.prove_build("code", pl.DataFrame({"input": ["a"], "content": ["1"]}))
    return found


def test_parts_in_which_rows_come_go_or_change_their_file_are_noted(warehouse: Warehouse) -> None:
    warehouse.replace(file("a"), Read({"exams": exams((2023, "1"), (2024, "2"))}), "L1")
    warehouse.replace(file("b"), Read({"schools": schools(("040101", "А", 1))}), "L1")
    assert touched(warehouse) == {(2023, "1"), (2024, "2")}
    # what the content gave before, and what it gives now
    warehouse.replace(file("a"), Read({"exams": exams((2023, "1"), (2025, "3"))}), "L2")
    assert touched(warehouse) == {(2023, "1"), (2024, "2"), (2025, "3")}
    warehouse.update_landing([file("a"), file("b")], absent=[])
    assert touched(warehouse) == set()
    warehouse.update_landing([file("a", day=2), file("b", "schools/новый.csv")], absent=[])
    assert touched(warehouse) == {(2023, "1"), (2025, "3")}
    warehouse.forget(["a"])
    assert touched(warehouse) == {(2023, "1"), (2025, "3")}
    warehouse.forget(["b"])
    assert touched(warehouse) == set()


def test_a_part_is_noted_with_its_rows_or_not_at_all(warehouse: Warehouse) -> None:
    with pytest.raises(Exception, match="missing"):
        warehouse.replace(file("a"), Read({"exams": exams((2023, "1")), "marks": pl.DataFrame({"missing": [1]})}), "L1")
    assert touched(warehouse) == set()


def test_a_build_goes_on_only_from_a_proven_one_of_the_same_code(warehouse: Warehouse) -> None:
    inputs = pl.DataFrame({"input": ["dim_subject"], "content": ["20:1"]})
    assert not warehouse.begin_build("code")
    # killed, or nothing was published: nobody proved it
    assert not warehouse.begin_build("code")
    warehouse.replace(file("a"), Read({"exams": exams((2023, "1"))}), "L1")
    warehouse.prove_build("code", inputs)
    assert rows_of(warehouse, "_inputs", "input, content") == [("dim_subject", "20:1")]
    assert rows_of(warehouse, "_touched", "year, subject_code") == []
    assert warehouse.begin_build("code")
    assert not warehouse.begin_build("code")
    warehouse.prove_build("code", inputs)
    assert not warehouse.begin_build("other code")
