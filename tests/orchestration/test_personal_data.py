"""The scan for personal data finds what it looks for, wherever it is put. Where it must find nothing: tests/golden, tests/e2e."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from personal_data import Needles, leaks_in_text, leaks_under, needles_of

from ingest.sample import write_sample

NEEDLES = Needles({("кузнечикова", "алла")}, {"11223344595", "401000123"}, {"УПК18000123"}, {"alla@example.org"})
SPELLINGS = [
    "Кузнечикова Алла Олеговна",
    "алла олеговна КУЗНЕЧИКОВА",
    "СНИЛС 112-233-445 95",
    "112-233-445-95;",
    "x11223344595".removeprefix("x"),
    "паспорт 0401 000123",
    "0401;000123",
    "401000123",
    "№ УПК-18-000123 от 1 мая",
    "Alla@Example.org",
]
INNOCENT = ["Кузнечикова Анна", "Алла Петровна", "112-233-445 96", "1122334459511", "0401 000124", "УПК-18-0001234", "МБОУ «СОШ № 112»"]

Plant = Callable[[Path, str], object]


def _duckdb(path: Path, text: str) -> None:
    """The words of the text in two columns of one row among many."""
    first, _, rest = text.partition(" ")
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute("CREATE TABLE raw.x AS SELECT n, 'х' || n AS a, 'МБОУ «Лицей»' AS school, 'у' AS b FROM range(3000) AS t(n)")
        connection.execute("UPDATE raw.x SET a = ?, b = ? WHERE n = 2000", [first, rest])


def _sqlite(path: Path, text: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE event_logs (id INTEGER, event BLOB)")
        connection.execute("INSERT INTO event_logs VALUES (1, ?)", [f'{{"message": "{text}"}}'.encode()])


def _zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<si><t>{text}</t></si>")


PLANTS: dict[str, Plant] = {
    **{
        encoding: lambda path, text, encoding=encoding: path.write_bytes(b"\x00\xff\x01" + text.encode(encoding) + b"\x00\x02")
        for encoding in ("utf-8", "cp1251", "utf-16", "utf-16-be")
    },
    "duckdb": _duckdb,
    "sqlite": _sqlite,
    "workbook": _zip,
    "gzip": lambda path, text: path.write_bytes(gzip.compress(f"лог: {text}".encode())),
    "parquet": lambda path, text: pl.DataFrame({"a": [None, text]}).write_parquet(path),
    "a file's name": lambda path, text: (path.parent / f"{text.replace(';', ' ')} — отклонено.csv").write_text("пусто"),
}


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_planted_needle_is_found(tmp_path: Path, plant: Plant, text: str) -> None:
    (tmp_path / "logs").mkdir()
    plant(tmp_path / "logs" / "file", text)
    assert leaks_under(tmp_path, NEEDLES)


def test_numbers_without_their_zeros_in_a_column_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "oko.duckdb")) as connection:
        connection.execute("CREATE TABLE x AS SELECT 11223344595::BIGINT AS person, [401000123] AS papers")
    assert {leak.rpartition(": ")[2] for leak in leaks_under(tmp_path, NEEDLES)} == {"11223344595", "401000123"}


def test_sealed_folders_are_not_searched(tmp_path: Path) -> None:
    for folder in ("vault", "landing", "archive"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(SPELLINGS[0])
    assert leaks_under(tmp_path, NEEDLES) == []


@pytest.mark.parametrize("text", INNOCENT)
def test_who_only_looks_like_a_needle_is_none(text: str) -> None:
    assert leaks_in_text(text, NEEDLES) == []


def test_needles_are_everybody_in_the_files(tmp_path: Path) -> None:
    """Of a sample: as many numbers and names as the files themselves show in plain text."""
    write_sample(tmp_path / "landing", schools=3, years=1, seed=1, last_year=2026)
    needles = needles_of(tmp_path / "landing")
    assert len(needles.pairs) > 50 and len(needles.numbers) > 80 and len(needles.documents) > 20
    protocol = next(path for path in sorted((tmp_path / "landing" / "ege").rglob("01_*.csv")) if "апелляции" not in path.name)
    line = protocol.read_bytes().decode("cp1251").splitlines()[3]
    assert leaks_in_text(line, needles)
