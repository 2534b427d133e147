"""The ДПО template of ФИС ФРДО: forty columns, both kinds of document, its vocabulary sheets, СНИЛС that Excel made numbers of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ingest_files import write_csv, write_xlsx

from ingest.declarations import load_sources
from ingest.reading import Reading

Read = Callable[..., Reading]

# as domain.md 3.3 lists them, A to AN
HEADER = [column.header or "" for column in load_sources()["frdo"].layouts["frdo"].columns.values() if column.header]
NUMBER, SERIES, SNILS, HOURS, STATUS = 6, 5, 26, 20, 1
ORIGINAL_NUMBER, ORIGINAL_ISSUED, CHANGED = 33, 35, 39


def document(number: object, **cells: Any) -> list[Any]:
    row: list[Any] = [""] * 40
    row[0], row[STATUS], row[NUMBER], row[7] = "Удостоверение о повышении квалификации", "Оригинал", number, date(2024, 2, 29)
    row[10], row[HOURS], row[21], row[22], row[SNILS] = "Управление качеством", 36, "Кузнечикова", "Алла", "112-233-445 95"
    for place, cell in cells.items():
        row[int(place[1:])] = cell
    return row


def rows(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    return reading.rows["frdo"].select(columns).rows()


def test_the_forty_columns_in_their_order() -> None:
    letters = {0: "Вид документа", 5: "Серия документа", 9: HEADER[9], 20: "Срок обучения, часов", 26: "СНИЛС", 33: "Номер (оригинала)"}
    assert len(HEADER) == 40
    assert {place: HEADER[place] for place in letters} == letters
    assert HEADER[9].startswith("Дополнительная профессиональная программа (")
    assert HEADER[39] == "Номер документа для изменения"


def test_the_template_with_its_vocabulary_sheets(read: Read, tmp_path: Path) -> None:
    diploma = document("772400000002", c0="Диплом о профессиональной переподготовке", c20=520)
    sheets = {
        "Справочники": [["Вид документа"], ["Удостоверение о повышении квалификации"], ["Диплом о профессиональной переподготовке"]],
        "Шаблон": [HEADER, document("772400000001"), diploma],
        "Проверки": [["Статус документа", "Оригинал"], ["", "Дубликат"]],
    }
    reading = read(write_xlsx(tmp_path / "ФРДО.xlsx", sheets))
    assert (reading.source, reading.rows_in, reading.rows_loaded) == ("frdo", 2, 2)
    assert rows(reading, "document_kind", "hours", "issue_date") == [
        ("Удостоверение о повышении квалификации", 36.0, date(2024, 2, 29)),
        ("Диплом о профессиональной переподготовке", 520.0, date(2024, 2, 29)),
    ]


@pytest.mark.parametrize("written", ["112-233-445 95", "11223344595", 11223344595, "11223344595.0"])
def test_a_person_is_the_same_in_any_spelling_of_the_number(read: Read, tmp_path: Path, written: object) -> None:
    """So the staff register knows the person, who has one pseudonym there and here."""
    header = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Группа должностей;Основное место работы;Дата с;Дата по"
    teacher = ["112-233-445 95", "Кузнечикова", "Алла", "Олеговна", "080101", "Учитель", "педагог", "да", "01.09.2020", ""]
    known = read(write_csv(tmp_path / "кадры.csv", [header.split(";"), teacher])).rows["staff"]["person_id"]
    reading = read(write_xlsx(tmp_path / "ФРДО.xlsx", {"Шаблон": [HEADER, document("1", c26=written)]}))
    assert reading.rows["frdo"]["person_id"].to_list() == known.to_list()
    assert reading.findings.is_empty()


def test_a_snils_that_lost_its_zeros(read: Read, tmp_path: Path) -> None:
    """087-654-303 00 is 8765430300 as a number."""
    sheet = [HEADER, document("1", c26=8765430300), document("2", c26="087-654-303 00")]
    people = read(write_xlsx(tmp_path / "ФРДО.xlsx", {"Шаблон": sheet})).rows["frdo"]["person_id"].to_list()
    assert people[0] == people[1]


def test_numbers_that_name_each_other_are_the_same_pseudonym(read: Read, tmp_path: Path) -> None:
    """A duplicate names its original, a correction what it corrects, a list of courses the number with its series."""
    sheet = [
        HEADER,
        document(772400000001, c5="ПК"),
        document("772400000002", c1="Дубликат", c2="Да", c33="772400000001", c35=date(2020, 2, 3)),
        document("772400000003", c39="0772400000001"),
    ]
    reading = read(write_xlsx(tmp_path / "ФРДО.xlsx", {"Шаблон": sheet}))
    first, second, third = rows(reading, "document_id", "document_full_id", "original_document_id", "changed_document_id")
    assert second[2] == first[0] == third[3] and len({first[0], second[0], third[0]}) == 3
    assert (second[1], third[1]) == (None, None)
    assert rows(reading, "loss_confirmed", "original_issue_date")[1] == (True, date(2020, 2, 3))
    header = ["СНИЛС", "Фамилия", "Имя", "Программа", "Объём, ч", "Номер документа", "Дата выдачи"]
    course = ["112-233-445 95", "Кузнечикова", "Алла", "Управление качеством", "36", "ПК 772400000001", "29.02.2024"]
    listed = read(write_csv(tmp_path / "курсы.csv", [header, course]))
    assert listed.rows["pd_courses"]["document_id"].to_list() == [first[1]]


def test_what_is_personal_stays_out(read: Read, tmp_path: Path) -> None:
    full = document("772400000001", c5="ПК", c8="РН-17", c15="Прежняя", c16="ИВС", c17="0123456", c24=date(1980, 2, 1), c30="643")
    full[31:39] = ["Диплом", "ВСА", "998877", "РН-3", date(2001, 6, 30), "Прежняя", "Алла", "Олеговна"]
    reading = read(write_xlsx(tmp_path / "ФРДО.xlsx", {"Шаблон": [HEADER, full, document("", c21="Лукашин")]}))
    shown = "".join([reading.rows["frdo"].write_csv(), reading.rejections.write_csv(), reading.findings.write_csv()])
    assert reading.rows_rejected == 1
    for secret in ("772400000001", "11223344595", "Кузнечикова", "Прежняя", "Алла", "РН-17", "0123456", "1980", "998877", "Лукашин"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"c1": "Копия"}, "unknown_code"),
        ({"c2": "наверное"}, "unknown_code"),
        ({"c7": "31.02.2024"}, "bad_date"),
        ({"c7": date(2031, 1, 1)}, "out_of_range"),
        ({"c20": "тридцать шесть"}, "bad_number"),
        ({"c20": -1}, "out_of_range"),
        ({"c6": ""}, "missing_value"),
    ],
)
def test_a_row_that_is_wrong(read: Read, tmp_path: Path, cells: dict[str, Any], reason: str) -> None:
    sheet = [HEADER, document("772400000001", **cells), document("772400000002")]
    reading = read(write_xlsx(tmp_path / "ФРДО.xlsx", {"Шаблон": sheet}))
    assert reading.rejections.select("row_number", "reason_code").rows() == [(2, reason)]
    assert reading.rows_loaded == 1


def test_thirty_nine_columns_are_not_the_template(read: Read, tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "ФРДО.csv", [HEADER[:26] + HEADER[27:], document("1")[:26] + document("1")[27:]]))
    assert reading.rejections["reason_code"].to_list() == ["missing_column"]
    assert "«СНИЛС»" in reading.rejections["message_ru"][0]
