"""Any small table, written in any allowed encoding, separator, date and number style, reads back the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_files import write_csv, write_xls, write_xlsx

from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.vault import Vault

HEADER = ["Код ОО", "Дата проверки", "Код критерия", "Балл", "Максимальный балл"]
AS_OF = date(2024, 12, 30)
KNOWN = FixedKnown({"school_code": [f"{code:06d}" for code in range(80101, 80200)]})

Row = tuple[str, date, str, float | None, float]

DATES: list[Callable[[date], str]] = [
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.day}.{day.month}.{day.year} 9:05:00",
    lambda day: str((day - date(1899, 12, 30)).days),
]
NUMBERS: list[Callable[[float], str]] = [
    lambda number: f"{number:.2f}",
    lambda number: f"{number:.2f}".replace(".", ","),
    lambda number: f"{number:,.2f}".replace(",", "\u00a0").replace(".", ","),
    lambda number: f"{number:,.2f}".replace(",", " "),
]
CODES: list[Callable[[str], str]] = [
    str,
    lambda code: code.lstrip("0"),
    lambda code: f"{code.lstrip('0')}.0",
    lambda code: f" {code}\u00a0",
]

SCORES = st.integers(0, 500_000).map(lambda number: number / 100)
ROWS = st.lists(
    st.tuples(
        st.integers(80101, 80199).map(lambda code: f"{code:06d}"),
        st.dates(date(1990, 1, 1), AS_OF),
        st.text("абвгдё-№ 1", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool),
        st.none() | SCORES,
        SCORES,
    ).filter(lambda row: row[3] is None or row[3] <= row[4]),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[:3],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("styles")


def read(path: Path) -> Reading:
    return read_file(path, path.name, load_sources(), KNOWN, Vault(path.parent / "vault"), Settings(as_of=AS_OF))


def loaded(reading: Reading) -> list[tuple[object, ...]]:
    assert reading.rejections.is_empty(), reading.rejections["message_ru"].to_list()
    return reading.rows["site_checks"].drop("_sheet", "_row_number").rows()


@settings(max_examples=40, deadline=None)
@given(
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1251"]),
    separator=st.sampled_from(";,\t"),
    newline=st.sampled_from(["\n", "\r\n"]),
    title=st.sampled_from([[], [["Проверка сайтов"], []]]),
    as_date=st.sampled_from(DATES),
    as_number=st.sampled_from(NUMBERS),
    as_code=st.sampled_from(CODES),
)
def test_csv(
    folder: Path,
    rows: list[Row],
    encoding: str,
    separator: str,
    newline: str,
    title: list[list[str]],
    as_date: Callable[[date], str],
    as_number: Callable[[float], str],
    as_code: Callable[[str], str],
) -> None:
    def cells(row: Row) -> list[str]:
        return [as_code(row[0]), as_date(row[1]), row[2], "" if row[3] is None else as_number(row[3]), as_number(row[4])]

    path = write_csv(folder / "x.csv", [*title, HEADER, *map(cells, rows)], encoding, separator, newline)
    assert loaded(read(path)) == rows


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, are_numbers=st.booleans())
def test_workbooks(folder: Path, rows: list[Row], are_numbers: bool) -> None:
    typed = [[int(code) if are_numbers else code, day, criterion, score, most] for code, day, criterion, score, most in rows]
    assert loaded(read(write_xlsx(folder / "x.xlsx", {"Лист1": [HEADER, *typed]}))) == rows
    serial = [[code, (day - date(1899, 12, 30)).days, *rest] for code, day, *rest in typed]
    assert loaded(read(write_xls(folder / "x.xls", [HEADER, *serial]))) == rows
