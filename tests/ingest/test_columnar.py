"""Parquet: what it gives, what is wrong with one that is spoilt, hostile or of other types, and protocols as columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from ingest_files import CLUSTER, CLUSTERS, lines, write_csv
from pyarrow import parquet

from ingest.check import Checker
from ingest.check_report import describe
from ingest.declarations import load_sources
from ingest.faults import FileFault
from ingest.known import FixedKnown
from ingest.readers import read_grids
from ingest.reading import Reading
from ingest.settings import Limits, Settings

Read = Callable[..., Reading]

DAY = date(2024, 5, 28)
PROTOCOL = (
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
    "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл"
)
ROWS = [
    "1;001;080101;11А;0123;0008;Лисицына;Ульяна;Игоревна;4817;251913;++-1;1(2)0(3);40;66",
    "2;001;080102;11;0123;0009;Зайцев;Пахом;;4817;251914;+---;0(2)0(3);7;X",
    "3;001;999999;11;0123;0009;Зайцев;Пахом;;4817;251915;+---;0(2)0(3);7;20",
    "4;001;;11;0123;0009;Зайцев;Пахом;;4817;251916;+---;0(2)0(3);7;20",
    "5;001;080101;11;0123;0009;Зайцев;Пахом;;4817;251917;+---;0(2)0(3);7;101",
    "6;001;080101;11;0123;0009;Зайцев;Пахом;;4817;251918;+---;0(2)0(3);7;20",
    "7;001;080101;11;0123;0009;Зайцев;Пахом;;4817;251918;+---;0(2)0(3);8;22",
]


def save(path: Path, table: pa.Table | dict[str, Any]) -> Path:
    """A file of this table, named as people would."""
    parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), path / "x.parquet")
    return path / "x.parquet"


def as_columns(rows: list[str], subject: str = "01", day: object = DAY) -> dict[str, Any]:
    """The protocol with columns in place of its title, the empty cells NULL."""
    cells = zip(*(row.split(";") for row in rows), strict=True)
    columns = {name: [cell or None for cell in column] for name, column in zip(PROTOCOL.split(";"), cells, strict=True)}
    return {"Предмет": [subject] * len(rows), "Дата экзамена": [day] * len(rows), **columns}


# ---- the format ----------------------------------------------------------------------------------------------------------------


def test_values_of_every_plain_type_are_text(tmp_path: Path) -> None:
    table = {
        "Код": pa.array(["080101", None]),
        "Балл": pa.array([66, 7], pa.int8()),
        "Доля": pa.array([0.5, None]),
        "Дата": pa.array([DAY, None]),
        "Время": pa.array([datetime(2024, 5, 28, 9, 15), None]),
        "Да": pa.array([True, False]),
        "Слово": pa.array(["б", "а"]).dictionary_encode(),
        "Пусто": pa.nulls(2),
    }
    (grid,) = read_grids(save(tmp_path, table), Limits())
    assert grid.is_named
    assert grid.cells.rows() == [
        tuple(table),
        ("080101", "66", "0.5", "2024-05-28", "2024-05-28 09:15:00.000000", "true", "б", None),
        (None, "7", None, None, None, "false", "а", None),
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"Балл": [[1, 2]]}, "столбца 1"),
        ({"Код": ["1"], "Балл": [{"первичный": 1}]}, "столбца 2 .«Балл»"),
        ({"Балл": [b"66"]}, "не текст"),
        ({"Балл\x1b[31m": ["66"]}, "имя столбца 1"),
        ({"Балл\n": ["66"]}, "управляющие"),
        ({"Б" * 201: ["66"]}, "длиннее 200"),
        (pa.table([pa.array([1]), pa.array([2])], names=["Балл", "Балл"]), "повторяются"),
        (pa.table({}), "ни одного столбца"),
    ],
    ids=["list", "struct", "binary", "escape", "line end", "long name", "one name twice", "no column"],
)
def test_what_is_no_table_of_plain_values(table: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(FileFault, match=words) as fault:
        read_grids(save(tmp_path, table), Limits())
    assert fault.value.reason == "unreadable_file"
    assert fault.value.message.isprintable()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda content: content[:-1], "оборван"),
        (lambda content: content[:9], "оборван"),
        (lambda content: content[:4] + bytes(len(content) // 2) + content[4 + len(content) // 2 :], "повреждён"),
        (lambda content: content[:-4] + b"PARE", "зашифрован"),
        (lambda content: b"PARE" + content[4:-4] + b"PARE", "зашифрован"),
        (lambda _: b"PAR1", "повреждён"),
        (lambda _: b"PAR1" + b"\xff" * 40 + (2**31 - 1).to_bytes(4, "little") + b"PAR1", "повреждён"),
        (lambda _: bytes(range(256)), "не таблица"),
    ],
    ids=["cut", "head alone", "zeros inside", "encrypted footer", "encrypted", "four bytes", "endless footer", "not Parquet"],
)
def test_a_spoilt_file(spoil: Callable[[bytes], bytes], words: str, tmp_path: Path) -> None:
    path = save(tmp_path, as_columns(ROWS))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(FileFault, match=words) as fault:
        read_grids(path, Limits())
    assert fault.value.reason == "unreadable_file"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(columnar_rows=29_999), "30000 строк при пределе 29999"),
        (Limits(columns=1), "2 столбцов"),
        (Limits(cells=59_999), "30000 строк и 2 столбцов"),
        (Limits(unpacked_bytes=2_000), "после распаковки"),
        # what the file says of itself is a few kilobytes
        (Limits(unpacked_bytes=2_000_000), "чем он сам о себе сообщает"),
    ],
    ids=["rows", "columns", "cells", "size that is said", "size"],
)
def test_a_few_kilobytes_that_are_a_huge_table(limits: Limits, words: str, tmp_path: Path) -> None:
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 30_000, pa.int32()), ["ж" * 1_000])
    path = save(tmp_path, {"Код ОО": repeated, "Балл": repeated})
    assert path.stat().st_size < 50_000
    with pytest.raises(FileFault, match=words) as fault:
        read_grids(path, limits)
    assert fault.value.reason == "too_large"


# ---- any source ----------------------------------------------------------------------------------------------------------------


def test_a_tabular_source_comes_as_parquet_too(tmp_path: Path, read: Read) -> None:
    reading = read(save(tmp_path, {name: [cell] for name, cell in zip(CLUSTERS, CLUSTER, strict=True)}))
    assert reading.source == "clusters"
    assert reading.rows["clusters"].select("school_code", "academic_year", "cluster").rows() == [("080101", "2023/2024", "К1")]


# ---- protocols -----------------------------------------------------------------------------------------------------------------


def test_the_same_rows_and_rejections_as_of_the_protocol_with_a_title(tmp_path: Path, read: Read) -> None:
    titled = read(write_csv(tmp_path / "x.csv", lines("01 - Русский язык 2024.05.28", PROTOCOL, *ROWS)))
    columns = read(save(tmp_path, as_columns(ROWS)))
    assert (columns.source, columns.layout, columns.rows_in, columns.rows_loaded) == ("ege", "ege", 7, 3)
    places = ["_row_number", "row_number", "column_letters"]
    assert columns.rows["ege"].drop(places, strict=False).equals(titled.rows["ege"].drop(places, strict=False))
    # rows count from the first record, columns from the first column: two more in front, none for the title
    told = [(row["row_number"] - 2, row["reason_code"], row["column_name"]) for row in titled.rejections.iter_rows(named=True)]
    assert [(row["row_number"], row["reason_code"], row["column_name"]) for row in columns.rejections.iter_rows(named=True)] == told
    assert columns.rejections["message_ru"].to_list() == [
        "Ячейка E3 («Код ОО»): такой школы нет в реестре организаций (schools). Исправьте код или пришлите реестр, где он есть: "
        "строка загрузится сама.",
        "Ячейка E4 («Код ОО»): пусто, а графа обязательна. Заполните ячейку.",
        "Ячейка Q5 («Балл»): значение невозможно, допустимо от 0 до 100. Исправьте его.",
        "Строка 6: «Предмет», «Дата экзамена», «Серия, Номер» те же, что в строке 7 ниже; загружена она. Оставьте одну из двух.",
    ]


def test_many_protocols_in_one_file(tmp_path: Path, read: Read) -> None:
    """Each row has its subject, its day and the form of its exam; marks stand in a column of their own."""
    table = (
        pl.DataFrame(as_columns(ROWS[:1] * 4))
        .drop("№", "Предмет", "Дата экзамена", "Балл", "Номер")
        .with_columns(
            pl.Series("Предмет", ["01", "22", "Математика (ГВЭ)", "химера"]),
            pl.Series("Дата экзамена", ["2024-05-28", "31.05.2024", "03.06.2024", "2024-05-28"]),
            pl.Series("Номер", ["251913", "251914", "251915", "251916"]),
            pl.Series("Балл", [66, None, None, None]),
            pl.Series("Оценка", [None, 5, 4, None]),
        )
    )
    reading = read(save(tmp_path, table.to_arrow()))
    assert reading.rows["ege"].select("subject_code", "exam_date", "exam_form", "test_score", "mark").rows() == [
        ("1", date(2024, 5, 28), "ЕГЭ", 66.0, None),
        ("22", date(2024, 5, 31), "ЕГЭ", None, 5.0),
        ("52", date(2024, 6, 3), "ГВЭ", None, 4.0),
    ]
    assert reading.rejections.select("row_number", "reason_code", "column_name").rows() == [(4, "unknown_code", "Предмет")]


@pytest.mark.parametrize(("grade", "source"), [("11А", "ege"), ("9", "oge")])
def test_columns_of_marks_are_of_the_exam_of_their_classes(grade: str, source: str, tmp_path: Path, read: Read) -> None:
    table = pl.DataFrame(as_columns(ROWS[:1])).with_columns(pl.lit(grade).alias("Класс"), pl.lit("4").alias("Оценка")).drop("Балл")
    reading = read(save(tmp_path, table.to_arrow()))
    assert (reading.source, reading.rows[source]["mark"].to_list()) == (source, [4.0])


def test_one_column_of_the_document_or_two(tmp_path: Path, read: Read) -> None:
    two = read(save(tmp_path, as_columns(ROWS[:1])))
    table = pl.DataFrame(as_columns(ROWS[:1])).drop("Серия", "Номер").with_columns(pl.lit("4817 251913").alias("Документ"))
    assert read(save(tmp_path, table.to_arrow())).rows["ege"]["person_id"].equals(two.rows["ege"]["person_id"])


def test_lines_of_json_are_columns_too(tmp_path: Path, read: Read) -> None:
    records = pl.DataFrame(as_columns(ROWS[:2])).with_columns(pl.col("Дата экзамена").cast(pl.String))
    (tmp_path / "x.jsonl").write_text(records.write_ndjson(), encoding="utf-8")
    assert read(tmp_path / "x.jsonl").rows["ege"].equals(read(save(tmp_path, as_columns(ROWS[:2]))).rows["ege"])


@pytest.mark.parametrize("column", ["Дата экзамена", "Предмет", "Номер", "Балл", "Задания с кратким ответом"])
def test_a_missing_column_is_named(column: str, tmp_path: Path, read: Read) -> None:
    table = as_columns(ROWS[:1])
    del table[column]
    rejection = read(save(tmp_path, table), "ege/x.parquet").rejections.row(0, named=True)
    assert rejection["reason_code"] == "missing_column"
    assert f"«{column}»" in rejection["message_ru"]
    assert "заголовок" not in rejection["message_ru"]


def test_a_misspelled_column_is_said(tmp_path: Path, read: Read) -> None:
    table = as_columns(ROWS[:1])
    table["Устная чсть"] = ["1(2)"]
    finding = read(save(tmp_path, table)).findings.row(0, named=True)
    assert (finding["rule_code"], finding["message_ru"]) == ("columns_left_out", "Не загружено: графа «Устная чсть».")


def test_check_says_what_it_is(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    checked = Checker(load_sources(), settings, known).check(save(tmp_path, as_columns(ROWS)))
    told = "\n".join(describe(checked, load_sources()))
    assert "«Протокол результатов ЕГЭ» (источник ege)" in told
    assert "строк 7: загрузится 3, будет отклонено 4" in told
