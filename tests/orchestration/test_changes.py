"""What changed between two publications and why, worked out by hand, on both engines."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from click.testing import CliRunner
from kept_publications import Kept, Made, Value

from ingest.settings import load_settings
from orchestration.changes import BY_ROWS, BY_SOURCES, NO_FILES, Changes, file_changes
from orchestration.changes_report import ROW_COLUMNS, SUMMARY_COLUMNS, detail, summary
from orchestration.cli import main
from orchestration.publications import named
from orchestration.published import pair
from warehouse.manifest import FileEntry, Manifest

OLD, NEW = "20240901T020000000000Z", "20240902T020000000000Z"

MEAN, COURSES, YEAR, DAY = "ege_mean_score", "pd_share_3y", "2024", "2024-09-01"

BEFORE = Made(
    values=[
        Value(MEAN, YEAR, "school", "540001", 70.0, 20, subject="1"),
        Value(MEAN, YEAR, "school", "540002", 50.0, 10, subject="1"),
        Value(MEAN, YEAR, "municipality", "m1", 190 / 3, 30, subject="1"),
        # five people of physics: shown today, one fewer tomorrow
        Value(MEAN, YEAR, "school", "540002", 61.0, 5, subject="3"),
        Value(MEAN, YEAR, "school", "540001", None, 3, subject="3", hidden="primary"),
        Value(MEAN, "2023", "region", "54", 66.0, 100, subject="1"),
        Value(COURSES, DAY, "school", "540001", 0.5, 12),
        Value(COURSES, DAY, "school", "540002", 0.5, 12),
    ],
    files=[("a1", "ege", "ege/a.csv"), ("b1", "ege", "ege/b.csv"), ("g1", "ege", "ege/gone.csv"), ("s1", "surveys", "surveys/s.csv")],
    exams=[
        f"({year}, DATE '{year}-06-01', '{subject}', '{school}', '{file}')"
        for year, subject, school, file in (
            *((2024, "1", "540001", "ege/a.csv"), (2024, "1", "540002", "ege/b.csv"), (2024, "3", "540001", "ege/a.csv")),
            *((2024, "3", "540002", "ege/b.csv"), (2023, "1", "540001", "ege/gone.csv")),
        )
    ],
)
AFTER = Made(
    values=[
        # the last bit of a double is no change
        Value(MEAN, YEAR, "school", "540001", 70.0 + 1e-11, 20, subject="1"),
        Value(MEAN, YEAR, "school", "540002", 56.0, 10, subject="1"),
        Value(MEAN, YEAR, "municipality", "m1", 196 / 3, 30, subject="1"),
        Value(MEAN, YEAR, "school", "540002", None, 4, subject="3", hidden="primary"),
        Value(MEAN, YEAR, "school", "540001", None, 2, subject="3", hidden="primary"),
        Value(COURSES, DAY, "school", "540001", 0.75, 12),
        Value(COURSES, DAY, "school", "540002", 0.5, 12),
        Value("satisfaction_index", "2024-02", "school", "540001", 80.0, 40),
        Value("no_such_indicator", YEAR, "region", "54", 1.0, 1),
    ],
    files=[
        *(("a1", "ege", "ege/a.csv"), ("b1", "ege", "ege/b.csv"), ("b2", "ege", "ege/b.csv")),
        *(("c1", "pd_courses", "pd_courses/c.csv"), ("d1", "pd_courses", "pd_courses/d.csv")),
        *(("s1", "surveys", "surveys/renamed.csv"), ("s2", "surveys", "surveys/new.csv")),
    ],
    exams=[
        f"(2024, DATE '2024-06-01', '{subject}', '{school}', '{file}')"
        for subject, school, file in (
            *(("1", "540001", "ege/a.csv"), ("1", "540002", "ege/b.csv"), ("3", "540001", "ege/a.csv"), ("3", "540002", "ege/b.csv")),
        )
    ],
    # the second document is too short, the third too late, to count on that day
    courses=[
        "('person-1', DATE '2024-08-01', 72, 'pd_courses/c.csv')",
        "('person-2', DATE '2024-08-01', 8, 'pd_courses/d.csv')",
        "('person-2', DATE '2024-10-01', 72, 'pd_courses/d.csv')",
    ],
    code="code-2",
    version="2",
    as_of="2024-12-31",
)


@pytest.fixture
def home(target: str, make_home: Callable[[], Path], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A home with the two publications."""
    url = request.getfixturevalue("postgres_url") if target == "postgres" else None
    kept = Kept(make_home(), url)
    monkeypatch.setenv("OKO_TARGET", target)
    if url:
        monkeypatch.setenv("OKO_DATABASE_URL", url)
    kept.publish(OLD, "2024-09-01T02:10:00+00:00", BEFORE)
    kept.publish(NEW, "2024-09-02T02:10:00+00:00", AFTER)
    return kept


@contextmanager
def changes(before: str = OLD, after: str = NEW) -> Iterator[Changes]:
    settings = load_settings()
    old, new = named(settings, before), named(settings, after)
    with pair(settings, old, new) as both:
        yield Changes(old, new, both)


def rows_of(found: Changes) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows by what they are about."""
    rows = [dict(zip(ROW_COLUMNS, row, strict=True)) for row in detail(found)]
    return {(row["Показатель"], row["Уровень"], row["Код"], row["Предмет"]): row for row in rows}


def test_figures_that_differ_and_the_files_behind_them(home: Kept) -> None:
    with changes() as found:
        rows = rows_of(found)
    assert set(rows) == {
        *(
            (MEAN, "школа", "540002", "1"),
            (MEAN, "муниципалитет", "m1", "1"),
            (MEAN, "школа", "540002", "3"),
            (MEAN, "школа", "540001", "3"),
        ),
        *((MEAN, "регион", "54", "1"), (COURSES, "школа", "540001", "")),
        *(("satisfaction_index", "школа", "540001", ""), ("no_such_indicator", "регион", "54", "")),
    }

    def said(*key: str) -> tuple[Any, ...]:
        names = ("Что", "Было", "Стало", "Было n", "Стало n", "Изменилось", "Файлы", "Чем установлены")
        return tuple(rows[key][name] for name in names)

    assert said(MEAN, "школа", "540002", "1") == ("изменено", 50.0, 56.0, 10, 10, "значение", "ege/b.csv", BY_ROWS)
    # the municipality has rows in both files, but only one of them is another
    assert said(MEAN, "муниципалитет", "m1", "1")[0] == "изменено"
    assert said(MEAN, "муниципалитет", "m1", "1")[-2:] == ("ege/b.csv", BY_ROWS)
    assert said(COURSES, "школа", "540001", "") == ("изменено", 0.5, 0.75, 12, 12, "значение", "pd_courses/c.csv", BY_ROWS)
    # what the removed file gave is read in the publication that had it
    assert said(MEAN, "регион", "54", "1") == ("убрано", 66.0, None, 100, None, "", "ege/gone.csv", BY_ROWS)
    # no fact says it: the files of the indicator's sources, whose names moved or which are new
    assert said("satisfaction_index", "школа", "540001", "")[-2:] == ("surveys/new.csv; surveys/renamed.csv", BY_SOURCES)
    assert said("no_such_indicator", "регион", "54", "") == ("добавлено", None, 1.0, None, 1, "", "", NO_FILES)


def test_what_is_closed_in_either_is_shown_in_neither(home: Kept) -> None:
    with changes() as found:
        rows = rows_of(found)
    for school, closed in (("540002", (False, True)), ("540001", (True, True))):
        row = rows[(MEAN, "школа", school, "3")]
        assert (row["Было"], row["Стало"]) == (None, None)
        assert (row["Было закрыто"], row["Стало закрыто"]) == closed
    assert "закрытие" in rows[(MEAN, "школа", "540002", "3")]["Изменилось"]
    assert rows[(MEAN, "школа", "540001", "3")]["Изменилось"] == "численность"


def test_the_summary(home: Kept) -> None:
    with changes() as found:
        rows = {(row[0], row[2]): row for row in summary(found)}
    # added, removed, changed, of these values, of these closed or opened, the greatest change of a value that both show
    assert rows[(MEAN, "школа")][3:9] == (0, 0, 3, 2, 1, 6.0)
    assert rows[(MEAN, "школа")][1] == "Средний балл"
    assert rows[(MEAN, "школа")][9:] == ("ege/b.csv", BY_ROWS)
    assert rows[(MEAN, "регион")][3:9] == (0, 1, 0, 0, 0, None)
    assert rows[("satisfaction_index", "школа")][3:5] == (1, 0)


def test_code_method_day_and_files_are_said(home: Kept) -> None:
    code, out, error = oko("diff", "предыдущая", "текущая")
    assert code == 0, error
    assert "на день 2024-12-31 (день другой)" in out
    assert "другой: code-1 → code-2" in out
    assert f"Методика: {COURSES} 1 → 2" in out
    assert "добавлен: 3, исправлен: 1, убран: 1, перемещён: 1" in out
    for line in ("исправлен ege/b.csv", "убран ege/gone.csv", "перемещён surveys/renamed.csv", "добавлен surveys/new.csv"):
        assert line in out
    assert "marts.indicator_values: строк 8 → 9" in out


def test_from_new_to_old_everything_turns_round(home: Kept) -> None:
    with changes(NEW, OLD) as found:
        rows = rows_of(found)
        assert found.files is not None and {(file.kind, file.name) for file in found.files} >= {("добавлен", "ege/gone.csv")}
    row = rows[(MEAN, "школа", "540002", "1")]
    assert (row["Было"], row["Стало"]) == (56.0, 50.0)
    assert rows[(MEAN, "регион", "54", "1")]["Что"] == "добавлено"


def test_tables_for_spreadsheets(home: Kept) -> None:
    done = CliRunner().invoke(main, ["diff", "2024-09-01", NEW, "--rows", "--format", "csv"])
    table = list(csv.reader(StringIO(done.stdout_bytes.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert tuple(table[0]) == ROW_COLUMNS and len(table) == 9
    done = CliRunner().invoke(main, ["diff", OLD, NEW, "--format", "xlsx"])
    sheet = openpyxl.load_workbook(BytesIO(done.stdout_bytes)).active
    assert tuple(cell.value for cell in sheet[1]) == SUMMARY_COLUMNS and sheet.max_row == 7


def test_without_the_core_the_files_are_those_of_the_sources(home: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    if home.url:
        monkeypatch.setenv("OKO_DATABASE_URL", _reader(home.url))
    else:
        # a file of mode 0600 whose owner is another: nothing that root could be shown
        monkeypatch.setattr("orchestration.published.os.access", lambda *_: False)
    with changes() as found:
        row = rows_of(found)[(MEAN, "школа", "540002", "1")]
    assert (row["Файлы"], row["Чем установлены"]) == ("ege/b.csv; ege/gone.csv", BY_SOURCES)


def _reader(url: str) -> str:
    """A login that reads what every reader reads."""
    with psycopg.connect(url) as admin:
        admin.execute("DO $$ BEGIN CREATE ROLE test_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        for suffix in ("", f"_{OLD.lower()}"):
            for schema in ("marts", "quality", "core"):
                admin.execute(f"GRANT USAGE ON SCHEMA {schema}{suffix} TO test_reader".encode())
            for schema in ("marts", "quality"):
                admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema}{suffix} TO test_reader".encode())
            admin.execute(f"GRANT SELECT ON core{suffix}.dim_indicator TO test_reader".encode())
    return url.replace("//oko@", "//test_reader@")


def test_publications_that_say_the_same(home: Kept) -> None:
    home.publish("20240903T020000000000Z", "2024-09-03T02:10:00+00:00", AFTER)
    code, out, _ = oko("diff", NEW, "текущая")
    assert code == 0
    for line in ("Код:    тот же", "Методика: та же", "Файлы:  те же", "Витрины: те же", "Показатели: те же"):
        assert line in out


def test_publications_without_manifests(make_home: Callable[[], Path]) -> None:
    kept = Kept(make_home(), None)
    kept.publish(OLD, "2024-09-01T02:10:00+00:00", BEFORE)
    kept.publish(NEW, "2024-09-02T02:10:00+00:00", AFTER)
    (kept.home / "publications" / OLD / "manifest.json").write_text("{", encoding="utf-8")
    code, out, _ = oko("diff", OLD, NEW)
    assert code == 0
    assert "Файлы:  неизвестно: публикация старше манифестов" in out and "файлы неизвестны" in out
    code, out, _ = oko("publications")
    assert code == 0 and OLD in out


def test_what_cannot_be_compared(make_home: Callable[[], Path]) -> None:
    kept = Kept(make_home(), None)
    kept.publish(OLD, "2024-09-01T02:10:00+00:00", BEFORE)
    code, _, error = oko("diff", "текущая", OLD)
    assert code == 1 and "одна и та же публикация" in error
    kept.publish(NEW, "2024-09-02T02:10:00+00:00", AFTER)
    (kept.home / "publications" / OLD / "oko.duckdb").write_bytes(b"no database")
    code, _, error = oko("diff", OLD, NEW)
    assert code == 1 and "Публикации не прочитаны" in error


def oko(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def _manifest(*files: tuple[str, str]) -> Manifest:
    entries = tuple(FileEntry(sha, "ege", name, "2024-09-01T00:00:00+00:00") for sha, name in files)
    return Manifest("p", "2024-09-01T00:00:00+00:00", None, "duckdb", "2024-09-01", "c", entries, {}, "")


def test_a_corrected_file_whose_old_content_goes_with_a_full_refresh() -> None:
    old, corrected, full = _manifest(("1", "a")), _manifest(("1", "a"), ("2", "a")), _manifest(("2", "a"))
    assert [(change.kind, change.name) for change in file_changes(old, corrected)] == [("исправлен", "a")]
    assert [(change.kind, change.name) for change in file_changes(old, full)] == [("исправлен", "a")]
    # the name is still there, its first content is not
    assert [(change.kind, change.name) for change in file_changes(corrected, full)] == [("убран", "a")]
    assert file_changes(full, full) == []
