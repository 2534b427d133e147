"""The six variants of ЕГЭ protocols, ОГЭ, ГВЭ, and what surrounds the rows: titles, doubled columns, footers, page breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from layout_grids import only, records, sheet

from ingest.declarations import load_sources
from ingest.faults import FileFault
from ingest.grid import Footer, Grid, Table
from ingest.known import FixedKnown
from ingest.layouts import protocol
from ingest.reading import Reading

STANDARD = (
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
    "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл"
)
BASE = "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;Первичный балл;Оценка"
LANGUAGE = (
    "Часть с кратким ответом;Часть с развёрнутым ответом;Устная часть;"
    "Первичный балл устной части;Первичный балл письм. части;Первичный балл;Тестовый балл"
)
LANGUAGE_2021 = f"№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Документ;{LANGUAGE}"
LANGUAGE_2022 = f"№;Фамилия;;;Имя;;;Отчество;;Документ;Код ОО;Класс;Код ППЭ;Аудитория;;{LANGUAGE}"
APPEAL = (
    "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
    "Дата отправки на обработку;Дата изменений;Балл до изменения;Текущие;;Разница"
)
OGE = STANDARD.replace(";Балл", ";Оценка")

ROW = "1;001;080101;11А;0123;0008;Лисицына;Ульяна;Игоревна;4817;251913;++-1;1(2)0(3);40;66"
ROW_2 = "2;001;080102;11;0123;0009;Зайцев;Пахом;;4817;251914;+---;0(2)0(3);7;20"
TITLE = "01 - Русский язык 2024.05.28"


NOTHING = FixedKnown()


def read(grid: Grid, source: str = "ege", known: FixedKnown = NOTHING) -> list[Table]:
    return protocol.tables([grid], load_sources()[source], known)


# ---- variants ----------------------------------------------------------------------------------------------------------------


def test_standard() -> None:
    table = only(read(sheet(f"{TITLE};;;", STANDARD, ROW, ROW_2)))
    assert table.layout == "ege"
    assert records(table, "_row", "subject_code", "exam_date", "msu_code", "school_code", "class", "exam_station", "exam_room") == [
        (3, "01", "2024.05.28", "001", "080101", "11А", "0123", "0008"),
        (4, "01", "2024.05.28", "001", "080102", "11", "0123", "0009"),
    ]
    assert records(
        table, "last_name", "first_name", "middle_name", "person_id", "short_answers", "long_answers", "raw_score", "test_score"
    ) == [
        ("Лисицына", "Ульяна", "Игоревна", "4817 251913", "++-1", "1(2)0(3)", "40", "66"),
        ("Зайцев", "Пахом", None, "4817 251914", "+---", "0(2)0(3)", "7", "20"),
    ]
    assert "mark" not in table.rows.columns
    assert table.headers["test_score"] == ("Балл", "O")
    assert table.headers["person_id"] == ("Серия, Номер", "J:K")
    assert "subject_code" not in table.headers  # its cell is in another row than the record's


def test_base_mathematics_has_a_mark_and_no_score() -> None:
    row = "1;080101;11;0067;0005;Лисицына;Ульяна;Игоревна;4817;251913;-11+;17;5"
    table = only(read(sheet("22 - Математика базовая 2024.05.31", BASE, row)))
    assert records(table, "subject_code", "school_code", "short_answers", "raw_score", "mark") == [("22", "080101", "-11+", "17", "5")]
    assert not {"test_score", "msu_code", "long_answers"} & set(table.rows.columns)


def test_computer_science_leaves_long_answers_empty() -> None:
    table = only(read(sheet("25 - Информатика и ИКТ (КЕГЭ) 2024.06.07", STANDARD, ROW.replace("1(2)0(3)", ""))))
    assert records(table, "subject_code", "long_answers", "test_score") == [("25", None, "66")]


def test_languages_to_2021() -> None:
    row = "1;001;080101;11;п:1111 у:1081;п:0030 у:0029;Лисицына;Ульяна;Игоревна;5219 642392;12-+;2(2);0(1)0(4);9;30;39;45"
    table = only(read(sheet("Английский язык п.: 2021.06.18, у.: 2021.06.21", LANGUAGE_2021, row)))
    assert records(table, "subject_code", "exam_date", "msu_code", "school_code", "exam_station", "exam_room", "person_id") == [
        ("Английский язык", "2021.06.18", "001", "080101", "п:1111 у:1081", "п:0030 у:0029", "5219 642392")
    ]
    assert records(
        table, "short_answers", "long_answers", "oral_answers", "oral_raw_score", "written_raw_score", "raw_score", "test_score"
    ) == [("12-+", "2(2)", "0(1)0(4)", "9", "30", "39", "45")]


@pytest.mark.parametrize(
    "title",
    [
        "Английский язык п:2022.06.14; у:2022.06.16",  # falls apart into two cells
        '""Английский язык п:2022.06.14; у:2022.06.16"',
        "09 - Английский язык п:2022.06.14, у:2022.06.16",
        "п:09 у:29 - Английский язык п:2022.06.14, у:2022.06.16",
    ],
)
def test_languages_from_2022(title: str) -> None:
    row = "1;Лисицына;;;Ульяна;;;Игоревна ;;6222 102443;080101;11;п:0060 у:1081;п:0008 у:0029;;1-+2;0(2);0(1)3(4);11;36;47;55"
    table = only(read(sheet(title, LANGUAGE_2022, row)))
    assert records(table, "exam_date", "last_name", "first_name", "middle_name", "person_id", "school_code", "class", "exam_room") == [
        ("2022.06.14", "Лисицына", "Ульяна", "Игоревна ", "6222 102443", "080101", "11", "п:0008 у:0029")
    ]
    assert records(table, "oral_raw_score", "written_raw_score", "raw_score", "test_score") == [("11", "36", "47", "55")]
    assert table.rows["subject_code"][0] in ("Английский язык", "09")


def test_appeals_have_two_header_rows() -> None:
    row = (
        "1;080106;11А;0001;0002;Горностаев;Артём;;Иванович;9423 417254;апелляция;Удовлетворена;;"
        "11.06.2024 09:15:00;13.06.2024 18:40:10;64;37;62;-2"
    )
    table = only(read(sheet(TITLE, APPEAL, ";;;;;;;;;;;;;;;;Первичный балл;Балл;", row)))
    assert table.layout == "ege_appeal"
    assert records(table, "_row", "subject_code", "exam_date", "school_code", "class", "person_id", "appeal_kind", "state") == [
        (4, "01", "2024.05.28", "080106", "11А", "9423 417254", "апелляция", "Удовлетворена")
    ]
    assert records(table, "middle_name", "sent_at", "changed_at", "score_before", "raw_score", "score") == [
        ("Иванович", "11.06.2024 09:15:00", "13.06.2024 18:40:10", "64", "37", "62")
    ]


def test_oge_has_a_mark() -> None:
    row = "1;001;080101;9Б;0028;0020;Лисицына;Ульяна;Игоревна;3519;648852;+22+;2(2)0(2);17;3"
    table = only(read(sheet("02 - Математика 2024.06.06", OGE, row), "oge"))
    assert (table.layout, records(table, "subject_code", "class", "raw_score", "mark")) == ("oge", [("02", "9Б", "17", "3")])


def test_the_mark_of_oge_may_be_called_so() -> None:
    row = "1;001;080101;9;0028;0020;Лисицына;Ульяна;Игоревна;3519;648852;+22+;2(2)0(2);17;3"
    table = only(read(sheet("02 - Математика 2024.06.06", OGE.replace("Оценка", "Отметка"), row), "oge"))
    assert records(table, "mark") == [("3",)]


def test_ege_and_oge_do_not_take_each_other() -> None:
    oge, base, ege = (
        sheet("02 - Математика 2024.06.06", OGE, ROW),
        sheet("22 - Математика базовая 2024.05.31", BASE, ROW),
        sheet(TITLE, STANDARD),
    )
    assert read(oge, "ege") == read(base, "oge") == read(ege, "oge") == []


def test_past_graduates_have_words_or_nothing_for_a_class() -> None:
    rows = [ROW.replace("11А", "ВПЛ"), ROW_2.replace(";11;", ";;"), ROW_2.replace(";11;", ";СПО;")]
    assert records(only(read(sheet(TITLE, STANDARD, *rows))), "class", "exam_form") == [("ВПЛ", "ЕГЭ"), (None, "ЕГЭ"), ("СПО", "ЕГЭ")]


# ---- ГВЭ and appeals, which look the same in both systems --------------------------------------------------------------------

GVE_ROW = "1;001;080101;{};0028;0020;Лисицына;Ульяна;Игоревна;3519;648852;+22+;2(2)0(2);17;4"


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("51 - Русский язык (ГВЭ) 2024.05.28", "51"),
        ("51 - Русский язык 2024.05.28", "51"),  # the code alone says it
        ("Русский язык (ГВЭ-11) 2024.05.28", "Русский язык (ГВЭ)"),
        ("01 - Русский язык ГВЭ 2024.05.28", "01"),  # the word alone says it
    ],
)
@pytest.mark.parametrize("last", ["Оценка", "Отметка", "Балл"])
def test_gve_has_marks_alone(title: str, subject: str, last: str) -> None:
    grid = sheet(title, OGE.replace("Оценка", last), GVE_ROW.format("11А"))
    assert read(grid, "oge") == []
    table = only(read(grid, "ege"))
    assert records(table, "exam_form", "subject_code", "raw_score", "mark") == [("ГВЭ", subject, "17", "4")]
    assert "test_score" not in table.rows.columns


def test_gve_of_the_ninth_class_may_have_no_long_answers() -> None:
    row = "1;080101;9Б;0028;0020;Лисицына;Ульяна;Игоревна;3519;648852;+22+;10;4"
    grid = sheet("52 - Математика (ГВЭ) 2024.06.06", BASE, row)
    assert read(grid, "ege") == []
    table = only(read(grid, "oge"))
    assert records(table, "exam_form", "subject_code", "mark") == [("ГВЭ", "52", "4")]


def appeals(*classes: str, title: str = TITLE) -> Grid:
    rows = [f"{n};080106;{c};0001;0002;Горностаев;Артём;;;9423 41725{n};апелляция;;;;;64;37;4;" for n, c in enumerate(classes, 1)]
    return sheet(title, APPEAL, ";;;;;;;;;;;;;;;;Первичный балл;Балл;", *rows)


@pytest.mark.parametrize(
    ("classes", "ege", "oge"),
    [
        (["11А", ""], True, False),
        (["12"], True, False),
        (["9Б", "9"], False, True),
        (["9", "11"], True, True),  # the folder decides
        ([""], True, True),
        (["ВПЛ"], True, True),
    ],
)
def test_appeals_are_of_the_classes_in_them(classes: list[str], ege: bool, oge: bool) -> None:
    assert [bool(read(appeals(*classes), source)) for source in ("ege", "oge")] == [ege, oge]


def test_appeals_without_classes_are_of_the_day_whose_protocol_is_known() -> None:
    def results(subject: str, day: date) -> pl.DataFrame:
        return pl.DataFrame({"subject_code": [subject], "exam_date": [day], "person_id": ["p"]})

    oge_day = FixedKnown(rows={"ege_result": results("1", date(2024, 5, 29)), "oge_result": results("1", date(2024, 5, 28))})
    assert read(appeals(""), "ege", oge_day) == []
    assert only(read(appeals(""), "oge", oge_day)).layout == "oge_appeal"
    both = FixedKnown(rows={name: results("1", date(2024, 5, 28)) for name in ("ege_result", "oge_result")})
    assert read(appeals(""), "ege", both) and read(appeals(""), "oge", both)


def test_what_neither_classes_nor_protocols_tell_the_folder_does(tmp_path: Path, read: Callable[..., Reading]) -> None:
    cells = appeals("").cells.fill_null("").rows()
    path = tmp_path / "апелляции.csv"
    path.write_text("\n".join(";".join(row) for row in cells), encoding="utf-8")
    for folder in ("ege", "oge"):
        reading = read(path, name=f"{folder}/апелляции.csv")
        assert (reading.source, reading.layout, reading.waiting) == (folder, f"{folder}_appeal", True)
    astray = read(path, name="апелляции.csv")
    assert astray.rejections["reason_code"].to_list() == ["unknown_layout"]
    assert "ЕГЭ» (ege) и «Протокол апелляций и перепроверок ОГЭ» (oge)" in astray.rejections["message_ru"][0]


def test_appeals_in_base_mathematics() -> None:
    table = only(read(appeals("11", title="22 - Математика базовая 2024.05.31")))
    assert records(table, "subject_code", "score") == [("22", "4")]


# ---- titles ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "subject", "day"),
    [
        ("01 - 01 - Русский язык 2022.05.30;;;", "01", "2022.05.30"),
        (";;;;;;;02 - Математика профильная 2022.06.02;;;", "02", "2022.06.02"),
        ("12 – Обществознание 13.06.2024 (резервный день)", "12", "13.06.2024"),
        ("Физика 2024-06-07", "Физика", "2024-06-07"),
        ("«Литература» 2024.05.23", "Литература", "2024.05.23"),
        ("Математика профильная, 2024.05.31", "Математика профильная", "2024.05.31"),
    ],
)
def test_titles(title: str, subject: str, day: str) -> None:
    table = only(read(sheet("Протокол проверки от 2024.07.01", title, "Дата печати: 02.07.2024", STANDARD, ROW)))
    assert records(table, "_row", "subject_code", "exam_date") == [(5, subject, day)]


def test_a_day_that_no_calendar_has_is_left_to_the_core() -> None:
    assert records(only(read(sheet("01 - Русский язык 2024.02.31", STANDARD, ROW))), "exam_date") == [("2024.02.31",)]


def test_without_a_title_the_file_says_what_is_missing() -> None:
    (table,) = read(sheet("Протокол результатов", STANDARD, ROW))
    assert table.missing == [protocol.TITLE_EXAMPLE]
    assert table.rows.is_empty()


# ---- headers -----------------------------------------------------------------------------------------------------------------


def test_doubled_columns_and_spellings_of_the_header() -> None:
    header = "№;;Код  МСУ;;Код ОО ;;КЛАСС;;Код ППЭ;;Аудитория;;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;"
    header += "Задания с развернутым ответом;Первичный балл;Балл"
    row = "1;;001;;080101;;11;;0123;;0008;;Лисицына;Ульяна;Игоревна;4817;251913;++;1(2);40;66"
    assert records(only(read(sheet(TITLE, header, row))), "msu_code", "school_code", "class", "last_name", "long_answers") == [
        ("001", "080101", "11", "Лисицына", "1(2)")
    ]


def test_a_value_may_stand_in_the_merged_column_to_the_right() -> None:
    header = STANDARD.replace("Фамилия;Имя", "Фамилия;;Имя;Имя")
    row = "1;001;080101;11;0123;0008;;Лисицына;;Ульяна;Игоревна;4817;251913;++;1(2);40;66"
    assert records(only(read(sheet(TITLE, header, row))), "last_name", "first_name", "middle_name") == [("Лисицына", "Ульяна", "Игоревна")]


@pytest.mark.parametrize("gone", ["Балл", "Код ОО", "Класс", "№", "Аудитория", "Номер"])
def test_a_header_that_is_not_there(gone: str) -> None:
    header = ";".join("" if label == gone else label for label in STANDARD.split(";"))
    (table,) = read(sheet(TITLE, header, ROW))
    assert (table.layout, table.missing) == ("ege", [gone])
    assert table.rows.is_empty()


def test_what_has_less_than_half_of_a_header_is_no_protocol() -> None:
    assert read(sheet("ВсОШ 2024.02.01", "№;Код ОО;Фамилия;Имя;Отчество;Класс;Баллы", "1;080101;Лисицына;Ульяна;;9;10")) == []
    assert read(sheet("Рейс;Отправление;Прибытие", "101;08:00;09:15")) == []


# ---- rows --------------------------------------------------------------------------------------------------------------------


def test_footers_carry_their_numbers() -> None:
    footers = ["Средние;;;;;;;;;;;;;23,5;43,0", "Минимальная граница;;;;;;;;;;;;;;24", "Всего участников;;;;;;;;;;;;;;2"]
    table = only(read(sheet(TITLE, STANDARD, ROW, ROW_2, *footers)))
    assert records(table, "_row") == [(3,), (4,)]
    assert table.footers == [
        Footer(5, "Средние", {"raw_score": "23,5", "test_score": "43,0"}),
        Footer(6, "Минимальная граница", {"test_score": "24"}),
        Footer(7, "Всего участников", {"test_score": "2"}),
    ]


def test_a_row_without_its_number_is_not_lost_and_a_signature_is_no_row() -> None:
    unnumbered, signature = ROW_2.replace("2;", ";", 1), "Председатель ГЭК;;;;;;;;;;;;;;"
    assert records(only(read(sheet(TITLE, STANDARD, ROW, "", unnumbered, signature))), "_row", "school_code") == [
        (3, "080101"),
        (5, "080102"),
    ]


def test_people_without_a_document_are_known_by_name_and_school() -> None:
    rows = [
        "1;001;080101;11;;;Королёва;Ульяна; Игоревна;;;++;1(2);40;66",
        "2;001;80101;11;;;Королева ;Ульяна;Игоревна;-;—;++;1(2);40;66",
        "3;001;080102;11;;;Королёва;Ульяна;Игоревна;;;++;1(2);40;66",
        "4;001;080102;11;;;Королёва;Ульяна;Игоревна;;251915;++;1(2);40;66",
        "5;001;080102;11;;;;;;;;++;1(2);40;66",
    ]
    persons = only(read(sheet(TITLE, STANDARD, *rows))).rows["person_id"].to_list()
    assert persons == ["королева ульяна игоревна 80101"] * 2 + ["королева ульяна игоревна 80102", "251915", None]


def test_a_page_break_repeats_the_header_and_ends_nothing() -> None:
    assert records(only(read(sheet(TITLE, STANDARD, ROW, STANDARD, ROW_2))), "_row") == [(3,), (5,)]


def test_a_second_protocol_below_has_its_own_title_and_columns() -> None:
    base = "1;080103;11;0067;0005;Барсукова;Вера;Игоревна;4817;251915;-11+;17;5"
    first, second = read(sheet(TITLE, STANDARD, ROW, ROW_2, "Всего участников;;2", "", "22 - Математика базовая 2024.05.31", BASE, base))
    assert records(first, "_row", "subject_code", "test_score") == [(3, "01", "66"), (4, "01", "20")]
    assert records(second, "_row", "subject_code", "exam_date", "person_id", "mark") == [(9, "22", "2024.05.31", "4817 251915", "5")]
    assert first.footers == [Footer(5, "Всего участников", {"school_code": "2"})]


def test_a_short_protocol_is_not_passed_over_for_a_longer_header_below() -> None:
    base = "1;080103;11;0067;0005;Барсукова;Вера;Игоревна;4817;251915;-11+;17;5"
    first, second = read(sheet("22 - Математика базовая 2024.05.31", BASE, base, "", TITLE, STANDARD, ROW))
    assert records(first, "_row", "subject_code") == [(3, "22")]
    assert records(second, "_row", "subject_code") == [(7, "01")]


def test_a_page_break_just_above_the_next_protocol() -> None:
    first, second = read(sheet(TITLE, STANDARD, ROW, STANDARD, ROW_2, "", "03 - Физика 2024.06.07", STANDARD, ROW))
    assert [records(table, "_row", "subject_code") for table in (first, second)] == [[(3, "01"), (5, "01")], [(9, "03")]]


def test_a_second_protocol_that_lacks_a_column_is_missing_it() -> None:
    header = STANDARD.replace("Класс", "")
    tables = read(sheet(TITLE, STANDARD, ROW, "03 - Физика 2024.06.07", header, ROW))
    assert [table.missing for table in tables] == [[], ["Класс"]]


def test_ege_and_oge_on_one_sheet_are_refused() -> None:
    grid = sheet(TITLE, STANDARD, ROW, "02 - Математика 2024.06.06", OGE, ROW, name="Все")
    with pytest.raises(FileFault, match="на листе «Все» в строке 5, другой формы"):
        read(grid, "ege")
    assert read(grid, "oge") == []


def test_every_sheet_is_read() -> None:
    grids = [
        sheet(TITLE, STANDARD, ROW, name="Русский"),
        sheet("Примечания", name="Лист2"),
        sheet("03 - Физика 2024.06.07", STANDARD, ROW, name="Физика"),
    ]
    tables = protocol.tables(grids, load_sources()["ege"], FixedKnown())
    assert [(table.sheet, table.rows["subject_code"][0]) for table in tables] == [("Русский", "01"), ("Физика", "03")]
