"""The classifier ОКТМО: volumes and the table of Росстат, known by content; the real volumes; what is no part of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from ingest_files import write_csv, write_xlsx
from layout_grids import SHARED, needs_shared

from ingest.reading import Reading

Read = Callable[..., Reading]
FOLDER = SHARED / "data" / "oktmo"
# check digits of domain.md 4
VOLUME = [
    ["50 603 000    ", "5", "Баганский муниципальный район", "с Баган"],
    ["", "", "Пояснение: в составе района", ""],
    ["50 603 401    ", "3", "- Андреевский сельсовет", "с Андреевка"],
    ["50 701 000    ", "9", "- город Новосибирск/", "г Новосибирск"],
]


@needs_shared
@pytest.mark.parametrize(("file", "entries"), [("tom3_oktmo_1.csv", 1956), ("tom5_oktmo_1.csv", 6743)])
def test_the_real_volumes(read: Read, file: str, entries: int) -> None:
    """As many entries as lines that begin with a digit; every check digit holds; nothing is lost but explanations."""
    path = FOLDER / file
    assert sum(line[:1].isdigit() for line in path.read_bytes().splitlines()) == entries
    reading = read(path, name=f"municipalities/{file}")
    assert (reading.source, reading.rows_in, reading.rows_loaded) == ("oktmo", entries, entries)
    assert reading.findings.is_empty()
    names = reading.rows["oktmo"]["name"].to_list()
    assert not [name for name in names if name.startswith("-") or name.endswith("/") or "�" in name]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_volume_in_either_encoding(read: Read, tmp_path: Path, encoding: str) -> None:
    reading = read(write_csv(tmp_path / "том.csv", VOLUME, encoding))
    assert reading.rows["oktmo"].select("code", "oktmo", "control_digit", "name", "centre").rows() == [
        ("50603000", "50603000", 5, "Баганский муниципальный район", "с Баган"),
        ("50603401", "50603401", 3, "Андреевский сельсовет", "с Андреевка"),
        ("50701000", "50701000", 9, "город Новосибирск", "г Новосибирск"),
    ]
    # the village's digit is made up
    assert reading.findings.select("row_number", "rule_code").rows() == [(3, "check_digits")]


def test_a_volume_that_excel_made_numbers_of(read: Read, tmp_path: Path) -> None:
    rows = [[50603000, 5, "Баганский муниципальный район", "с Баган"], [1601000, 7, "Алейский муниципальный район", "г Алейск"]]
    reading = read(write_xlsx(tmp_path / "том.xlsx", {"ОКТМО": rows}))
    assert reading.rows["oktmo"]["code"].to_list() == ["50603000", "01601000"]


def test_the_table_of_rosstat(read: Read, tmp_path: Path) -> None:
    tail = ["", "000", "0", "14.06.2013", "01.01.2014"]
    rows = [
        ["50", "508", "000", "000", "5", "1", "Венгеровский муниципальный округ", "с Венгерово", *tail],
        ["50", "701", "000", "001", "6", "2", "г Новосибирск", "", *tail],
        [1, 0, 0, 0, 2, 1, "Муниципальные образования Алтайского края", "", *tail],
    ]
    reading = read(write_csv(tmp_path / "oktmo.csv", rows))
    started = date(2014, 1, 1)
    assert reading.rows["oktmo"].select("code", "oktmo", "name", "starts_on").rows() == [
        ("50508000", "50508000", "Венгеровский муниципальный округ", started),
        ("50701000001", "50701000", "г Новосибирск", started),
        ("01000000", "01000000", "Муниципальные образования Алтайского края", started),
    ]


def test_a_table_cut_off_after_its_names(read: Read, tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "oktmo.csv", [["50", "508", "000", "000", "5", "1", "Венгеровский муниципальный округ"]]))
    assert reading.rows["oktmo"].select("code", "centre", "starts_on").rows() == [("50508000", None, None)]


def test_a_code_that_is_none_rejects_its_row(read: Read, tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "том.csv", [*VOLUME, ["50 7O8 000", "0", "город Бердск", "г Бердск"], ["50 708 000", "0", "", ""]]))
    assert reading.rejections.select("row_number", "column_name", "reason_code").rows() == [
        (5, "Код", "unknown_code"),
        (6, "Наименование", "missing_value"),
    ]
    assert "это не код ОКТМО, в нём 8 или 11 цифр" in reading.rejections["message_ru"][0]


def test_other_tables_without_a_header_are_not_taken_for_it(read: Read, tmp_path: Path) -> None:
    rows = [["12345678", "5", "борщ", "да"], ["суп", "4", "щи", "нет"], ["каша", "3", "пшено", "да"]]
    reading = read(write_csv(tmp_path / "меню.csv", rows))
    assert reading.rejections["reason_code"].to_list() == ["unknown_layout"]
