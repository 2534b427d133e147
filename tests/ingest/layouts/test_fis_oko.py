"""Reports 1–3 of ФИС ОКО and the flat table of marks; what is a record, what is a check, what is neither."""

from __future__ import annotations

import json

import pytest
from layout_grids import only, records, sheet

from ingest.declarations import load_sources
from ingest.grid import Footer, Grid, Table
from ingest.known import FixedKnown
from ingest.layouts import fis_oko

TITLE = "ВПР 2024 Математика 5 класс"
PAIRS = ["Предмет;Математика", "Максимальный первичный балл;14", "Дата проведения;11.04.2024", ""]
LEVELS = ";;;;;;Б;Б;П;;;"
INDIVIDUAL = "ОО;Муниципалитет;Название ОО;Код участника;Класс;Вариант;1 (1б);4.1 (2б);6К1 (3б);Первичный балл;Отметка;Отметка по журналу"
MARKS = "Группы участников;Кол-во ОО;Кол-во участников;2;3;4;5"
JOURNAL = "Группы участников;Кол-во участников;%"
LOWERED, CONFIRMED, RAISED = (
    f"{word} (Отметка {sign} Отметка по журналу)" for word, sign in (("Понизили", "<"), ("Подтвердили", "="), ("Повысили", ">"))
)


def read(*grids: Grid) -> list[Table]:
    return fis_oko.tables(list(grids), load_sources()["vpr"], FixedKnown())


def individual(*rows: str) -> Table:
    return only(read(sheet(TITLE, "Индивидуальные результаты", *PAIRS, LEVELS, INDIVIDUAL, *rows)))


# ---- report 1 ----------------------------------------------------------------------------------------------------------------


def test_individual_results() -> None:
    table = individual(
        "МБОУ «СОШ № 1» (edu540001) | Кол-во участников: 2",
        "edu540001;город Лесной;МБОУ «СОШ № 1»;5001;5А;1;1;0;3;4;3;4",
        "edu540001;город Лесной;МБОУ «СОШ № 1»;5002;5Б;2;0;1,5;Х;1;НЕТ ОТМЕТКИ;—",
    )
    assert table.layout == "vpr_individual"
    assert records(table, "_row", "year", "grade", "subject_code", "procedure_date", "max_raw_score") == [
        (10, "2024", "5", "Математика", "11.04.2024", "14"),
        (11, "2024", "5", "Математика", "11.04.2024", "14"),
    ]
    assert records(table, "school_login", "participant_code", "class", "variant", "raw_score", "mark", "journal_mark") == [
        ("edu540001", "5001", "5А", "1", "4", "3", "4"),
        ("edu540001", "5002", "5Б", "2", "1", "НЕТ ОТМЕТКИ", "—"),
    ]
    assert records(table, "municipality_name", "school_name")[0] == ("город Лесной", "МБОУ «СОШ № 1»")
    assert table.headers["mark"] == ("Отметка", "K")


def test_points_of_tasks_are_json() -> None:
    table = individual(
        "edu540001;;;5001;5А;1;1;0;3;4;3;4", 'edu540001;;;5002;5А;1;x;н"/\\п;;1;3;4', "edu540001;;;5003;5А;1;1,5;н/п;007;1;3;4"
    )
    assert [json.loads(scores) for scores in table.rows["task_scores"]] == [
        {"1": 1, "4.1": 0, "6К1": 3},
        {"1": "X", "4.1": "Н/П", "6К1": None},
        {"1": 1.5, "4.1": "Н/П", "6К1": "007"},
    ]
    assert json.loads(table.rows["tasks"][0]) == [
        {"task": "1", "most": 1, "level": "Б"},
        {"task": "4.1", "most": 2, "level": "Б"},
        {"task": "6К1", "most": 3, "level": "П"},
    ]


@pytest.mark.parametrize(
    ("separator", "label"),
    [
        ("МБОУ «СОШ № 1» (edu540001) | Кол-во участников: 54", "МБОУ «СОШ № 1» (edu540001) | Кол-во участников: 54"),
        ("МБОУ «СОШ № 1» (edu540001);|;Кол-во участников:;54", "МБОУ «СОШ № 1» (edu540001) | Кол-во участников: 54"),
        ("Лицей;(edu540001);;Кол-во участников: 54", "Лицей (edu540001) Кол-во участников: 54"),
    ],
)
def test_rows_that_separate_schools_are_no_pupils(separator: str, label: str) -> None:
    table = individual(separator, "edu540001;;;5001;5А;1;1;0;3;4;3;4")
    assert records(table, "_row", "participant_code") == [(10, "5001")]
    assert table.footers == [Footer(9, label, {"school_login": "edu540001", "participants": "54"}, range(9, 11))]


def test_a_pupil_without_login_or_code_is_not_lost() -> None:
    table = individual(
        ";;Лицей (edu540001);5001;5А;1;1;0;3;4;3;4",
        "edu540001;;;;5А;1;1;0;3;4;3;4",
        "МБОУ «СОШ № 1»",
        INDIVIDUAL,
        "Всего",
        "edu540001;;;5003;5А;1;1;0;3;4;3;4",
    )
    assert records(table, "_row", "school_login", "participant_code") == [
        (9, None, "5001"),
        (10, "edu540001", None),
        (14, "edu540001", "5003"),
    ]


def test_names_of_pupils_in_a_local_version_are_left_out() -> None:
    header = INDIVIDUAL.replace("Код участника", "Фамилия;Пол;Код участника")
    table = only(read(sheet(TITLE, *PAIRS, LEVELS, header, "edu540001;;;Барсуков;м;5001;5А;1;1;0;3;4;3;4")))
    assert records(table, "participant_code", "mark") == [("5001", "3")]
    assert "Барсуков" not in str(table.rows.to_dicts())


# ---- reports 2 and 3 ---------------------------------------------------------------------------------------------------------


def test_mark_statistics_keep_schools_and_check_with_the_rest() -> None:
    groups = ["Вся выборка;2;30;10;40;30;20", "город Лесной;2;30;10;40;30;20", "(edu540001) МБОУ «СОШ № 1»;1;20;5;45;30;20"]
    table = only(read(sheet(TITLE, "Статистика по отметкам", *PAIRS, MARKS, *groups, "МБОУ «СОШ № 2» (EDU540002);1;10;20,00;30;30;20")))
    assert table.layout == "vpr_marks"
    assert records(table, "_row", "year", "grade", "subject_code", "procedure_date") == [
        (10, "2024", "5", "Математика", "11.04.2024"),
        (11, "2024", "5", "Математика", "11.04.2024"),
    ]
    assert records(table, "group_kind", "group_key", "school_login", "group_name", "schools", "participants") == [
        ("школа", "edu540001", "edu540001", "(edu540001) МБОУ «СОШ № 1»", "1", "20"),
        ("школа", "edu540002", "edu540002", "МБОУ «СОШ № 2» (EDU540002)", "1", "10"),
    ]
    assert records(table, "share_2", "share_3", "share_4", "share_5") == [("5", "45", "30", "20"), ("20,00", "30", "30", "20")]
    shares = {"schools": "2", "participants": "30", "share_2": "10", "share_3": "40", "share_4": "30", "share_5": "20"}
    assert table.footers == [Footer(8, "Вся выборка", shares, range(8, 12)), Footer(9, "город Лесной", shares, range(9, 12))]
    assert table.headers["school_login"] == ("Группы участников", "A")


@pytest.mark.parametrize(
    ("groups", "covered"),
    [
        # the region covers both municipalities, each of them its own schools
        (
            ["Республика;3;40", "Лесной;2;30", "(edu540001) Школа;1;20", "(edu540002) Школа;1;10", "Мыс;1;10", "(edu540003) Школа;1;10"],
            {"Республика": range(8, 14), "Лесной": range(9, 12), "Мыс": range(12, 14)},
        ),
        # one school's own export lists one of three: nothing can be held against the larger groups
        (["Республика;3;40", "Лесной;2;30", "(edu540001) Школа;1;20"], {"Республика": None, "Лесной": None}),
        # a municipality without schools in the file
        (["Лесной;1;30", "(edu540001) Школа;1;30", "Мыс;1;10"], {"Лесной": range(8, 10), "Мыс": None}),
    ],
)
def test_a_larger_group_covers_the_schools_that_it_counts(groups: list[str], covered: dict[str, range | None]) -> None:
    table = only(read(sheet(TITLE, "Статистика по отметкам", *PAIRS, MARKS, *(f"{group};10;40;30;20" for group in groups))))
    assert {footer.label: footer.covers for footer in table.footers} == covered


def test_comparison_with_the_journal_is_one_record_a_school() -> None:
    rows = [
        *["Республика", f"{LOWERED};9;30", f"{CONFIRMED};18;60", f"{RAISED};3;10", "Всего;30;100"],
        *["(edu540001) МБОУ «СОШ № 1»", f"{LOWERED};4;20", f"{CONFIRMED};15;75", f"{RAISED};1;5", "Всего;20;100"],
        *["(edu540002) МБОУ «СОШ № 2»", f"{LOWERED};5;50", f"{CONFIRMED};;", "", "Всего;10;100"],
    ]
    table = only(read(sheet(TITLE, "Сравнение отметок с отметками по журналу", *PAIRS, JOURNAL, *rows)))
    assert table.layout == "vpr_journal"
    assert records(table, "_row", "school_login", "group_name", "lowered", "confirmed", "raised", "participants") == [
        (13, "edu540001", "(edu540001) МБОУ «СОШ № 1»", "4", "15", "1", "20"),
        (18, "edu540002", "(edu540002) МБОУ «СОШ № 2»", "5", None, None, "10"),
    ]
    assert records(table, "year", "grade", "subject_code", "group_kind", "group_key")[0] == (
        "2024",
        "5",
        "Математика",
        "школа",
        "edu540001",
    )
    assert table.footers == [Footer(8, "Республика", {"lowered": "9", "confirmed": "18", "raised": "3", "participants": "30"})]
    assert "participants" not in table.headers  # it stands some rows below the row that a message names


# ---- flat marks, and what is not read ----------------------------------------------------------------------------------------


def test_flat_marks() -> None:
    header = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;2;3;4;5"
    table = only(read(sheet(header, "2022;8;Русский язык;город Лесной;edu540001;МБОУ «СОШ № 1»;14;7,14;35,71;7,14;50")))
    assert table.layout == "vpr_marks_flat"
    assert records(table, "_row", "year", "grade", "subject_code", "school_login", "participants", "share_2", "share_5") == [
        (2, "2022", "8", "Русский язык", "edu540001", "14", "7,14", "50")
    ]


@pytest.mark.parametrize(
    ("header", "layout", "missing"),
    [
        (INDIVIDUAL.replace(";Отметка;", ";;"), "vpr_individual", ["Отметка"]),
        (INDIVIDUAL.replace("1 (1б);4.1 (2б);6К1 (3б)", "1;2;3"), "vpr_individual", [fis_oko.TASKS_EXAMPLE]),
        (MARKS.replace("Кол-во ОО", ""), "vpr_marks", ["Кол-во ОО"]),
        (JOURNAL.replace("%", ""), "vpr_journal", ["%"]),
        (JOURNAL.replace("Кол-во участников", ""), "vpr_journal", ["Кол-во участников"]),
    ],
)
def test_a_header_that_is_not_there(header: str, layout: str, missing: list[str]) -> None:
    (table,) = read(sheet(TITLE, *PAIRS, LEVELS, header, "edu540001;;;5001;5А;1;1;0;3;4;3;4"))
    assert (table.layout, table.missing, table.rows.height) == (layout, missing, 0)


def test_a_report_needs_its_title() -> None:
    (table,) = read(sheet("Отчёт", *PAIRS, INDIVIDUAL, "edu540001;;;5001;5А;1;1;0;3;4;3;4"))
    assert table.missing == [fis_oko.TITLE_EXAMPLE]


@pytest.mark.parametrize(
    "lines",
    [
        ["Распределение первичных баллов", "Группы участников;Кол-во участников;0;1;2;3;4;5", "Вся выборка;30;0;10;20;30;20;20"],
        ["Выполнение заданий", "Группы участников;Кол-во ОО;Кол-во участников;1;2;3.1;4;5", "Вся выборка;2;30;70;60;50;40;30"],
    ],
)
def test_reports_that_come_later_are_not_mistaken_for_marks(lines: list[str]) -> None:
    assert read(sheet(TITLE, *PAIRS, *lines)) == []


def test_title_and_pairs_in_other_places() -> None:
    grid = sheet(
        ";;ВПР 2022  История 9 Класс. Осень",
        "Дата проведения: 20.09.2022",
        "предмет:;;История России",
        MARKS,
        "(edu540001) Лицей;1;20;5;45;30;20",
    )
    assert records(only(read(grid)), "year", "grade", "subject_code", "procedure_date") == [("2022", "9", "История России", "20.09.2022")]


def test_every_sheet_is_read() -> None:
    marks = [
        sheet(f"ВПР 2024 {subject} 5 класс", MARKS, "(edu540001) Лицей;1;20;5;45;30;20", name=subject) for subject in ("Физика", "Химия")
    ]
    assert [(table.sheet, table.rows["subject_code"][0]) for table in read(*marks, sheet("Примечания", name="Лист3"))] == [
        ("Физика", "Физика"),
        ("Химия", "Химия"),
    ]
