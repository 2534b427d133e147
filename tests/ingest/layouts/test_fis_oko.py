"""Reports 1–5 of ФИС ОКО and the flat tables; what is a record, what is a check, what is neither."""

from __future__ import annotations

import json

import pytest
from layout_grids import only, records, sheet

from ingest.declarations import load_sources
from ingest.faults import FileFault
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
        "edu540001;;;5001;5А;1;1;0;3;4;3;4", 'edu540001;;;5002;5А;1;x;н"/\\п;;1;3;4', "edu540001;;;5003;5А;1;1,5;болела Барсукова;007;1;3;4"
    )
    assert [json.loads(scores) for scores in table.rows["task_scores"]] == [
        {"1": 1, "4.1": 0, "6К1": 3},
        {"1": "X", "4.1": "Н/П", "6К1": None},
        {"1": 1.5, "4.1": "иное", "6К1": "007"},
    ]
    assert json.loads(table.rows["tasks"][0]) == {
        "1": {"most": 1, "level": "Б"},
        "4.1": {"most": 2, "level": "Б"},
        "6К1": {"most": 3, "level": "П"},
    }


def test_labels_of_tasks_have_one_spelling() -> None:
    """Of a doubled column the first counts; a level is a letter, not whatever stands over the header."""
    header = INDIVIDUAL.replace("1 (1б);4.1 (2б);6К1 (3б)", "01 (1б);4,1(2 б.);11.3 k1 (3б);11.3К1 (3б)")
    table = only(read(sheet(TITLE, ";;;;;;б;Дата;П;П", header, "edu540001;;;5001;5А;1;1;2;3;0;6;5;5")))
    assert json.loads(table.rows["tasks"][0]) == {
        "1": {"most": 1, "level": "Б"},
        "4.1": {"most": 2, "level": None},
        "11.3К1": {"most": 3, "level": "П"},
    }
    assert json.loads(table.rows["task_scores"][0]) == {"1": 1, "4.1": 2, "11.3К1": 3}


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


# ---- reports 4 and 5 ---------------------------------------------------------------------------------------------------------


SCORES = "Группы участников;Кол-во участников;0;1;2;3"
TASKS = "Группы участников;Кол-во ОО;Кол-во участников;1;3.1;6К1"
MOST = "Макс балл;;;1;2;3"


def shares(table: Table, column: str) -> list[dict[str, float | None]]:
    return [json.loads(cell) for cell in table.rows[column]]


def test_distribution_of_scores_keeps_schools_and_all_their_shares() -> None:
    rows = ["Вся выборка;30;0;10;20;70", SCORES, "(edu540001) Лицей;14;0;7,14;42,86;50", "МБОУ «СОШ № 2» (SCH540002);16;;25 %;-;75"]
    table = only(read(sheet(TITLE, "Распределение первичных баллов", *PAIRS, SCORES, *rows)))
    assert table.layout == "vpr_scores"
    assert records(table, "_row", "year", "grade", "subject_code", "procedure_date", "max_raw_score", "school_login", "participants") == [
        (10, "2024", "5", "Математика", "11.04.2024", "14", "edu540001", "14"),
        (11, "2024", "5", "Математика", "11.04.2024", "14", "sch540002", "16"),
    ]
    assert shares(table, "score_shares") == [{"0": 0, "1": 7.14, "2": 42.86, "3": 50}, {"0": None, "1": 25, "2": None, "3": 75}]
    assert records(table, "odd_share", "decimals", "group_kind", "group_key") == [
        (None, "2", "школа", "edu540001"),
        (None, "2", "школа", "sch540002"),
    ]
    assert table.footers == [Footer(8, "Вся выборка", {"participants": "30"})]


def test_a_distribution_may_count_schools() -> None:
    rows = ["Республика;2;30;50;50", "(edu540001) Лицей;1;20;50;50", "(edu540002) Школа;1;10;50;50"]
    table = only(read(sheet(TITLE, "Группы участников;Кол-во ОО;Кол-во участников;0;1", *rows)))
    assert table.layout == "vpr_scores"
    assert records(table, "schools", "participants", "decimals") == [("1", "20", "0"), ("1", "10", "0")]
    assert table.footers == [Footer(3, "Республика", {"schools": "2", "participants": "30"}, range(3, 6))]


def test_a_short_distribution_is_not_mistaken_for_marks() -> None:
    """Columns 0 to 5 hold all that the header of mark statistics asks for."""
    header = "Группы участников;Кол-во ОО;Кол-во участников;0;1;2;3;4;5"
    table = only(read(sheet(TITLE, *PAIRS, header, "(edu540001) Лицей;1;20;0;10;20;30;20;20")))
    assert (table.layout, shares(table, "score_shares")) == ("vpr_scores", [{"0": 0, "1": 10, "2": 20, "3": 30, "4": 20, "5": 20}])


@pytest.mark.parametrize("cell", ["много", "101", "-1", "50..5"])
def test_a_share_that_is_none_is_kept_for_judging(cell: str) -> None:
    table = only(read(sheet(TITLE, SCORES, f"(edu540001) Лицей;14;0;{cell};x;100", "(edu540002) Школа;14;0;0;0;100")))
    assert records(table, "odd_share") == [(cell,), (None,)]


def test_completion_of_tasks_has_the_most_points_in_a_row_of_its_own() -> None:
    rows = [
        MOST,
        "Вся выборка;2;30;70;60,5;10",
        "город Лесной;2;30;70;60,5;10",
        "(edu540001) Лицей;1;20;71,43;;0",
        "edu540002 Школа;1;10;1;2;3",
    ]
    table = only(read(sheet(TITLE, "Выполнение заданий", *PAIRS, TASKS, *rows)))
    assert table.layout == "vpr_tasks"
    assert records(table, "_row", "year", "school_login", "group_key", "schools", "participants", "decimals", "odd_share") == [
        (11, "2024", "edu540001", "edu540001", "1", "20", "2", None),
        (12, "2024", "edu540002", "edu540002", "1", "10", "2", None),
    ]
    assert shares(table, "task_shares") == [{"1": 71.43, "3.1": None, "6К1": 0}, {"1": 1, "3.1": 2, "6К1": 3}]
    assert json.loads(table.rows["tasks"][0]) == {
        "1": {"most": 1, "level": None},
        "3.1": {"most": 2, "level": None},
        "6К1": {"most": 3, "level": None},
    }
    assert [(footer.label, footer.covers) for footer in table.footers] == [("Вся выборка", range(9, 13)), ("город Лесной", range(10, 13))]
    assert table.left_out == []


def test_most_points_may_stand_in_the_labels_or_nowhere() -> None:
    grid = sheet(TITLE, TASKS.replace("1;3.1;6К1", "1 (2б);2 (1б);3"), "(edu540001) Лицей;1;20;70;60;10")
    assert json.loads(only(read(grid)).rows["tasks"][0]) == {
        "1": {"most": 2, "level": None},
        "2": {"most": 1, "level": None},
        "3": {"most": None, "level": None},
    }


def test_groups_by_marks_are_no_schools() -> None:
    """Report 7: under every group its pupils by their marks."""
    by_marks = [f" Ср.% вып. уч. гр.баллов {mark};;5;1;2;3" for mark in (2, 3, 4, 5)]
    rows = ["(edu540001) Лицей;1;20;70;60;10", *by_marks, "(edu540002) Школа;1;9;1;2;3"]
    table = only(read(sheet(TITLE, "Выполнение заданий группами участников", TASKS, MOST, *rows)))
    assert records(table, "_row", "school_login") == [(5, "edu540001"), (10, "edu540002")]
    assert table.footers == []
    assert table.left_out == ["строки участников по отметкам (отчёт 7)"]


def test_a_task_that_excel_made_a_date_is_told() -> None:
    table = only(read(sheet(TITLE, TASKS.replace("3.1", "03.01.2024") + ";Примечание", MOST, "(edu540001) Лицей;1;20;70;60;10;да")))
    assert shares(table, "task_shares") == [{"1": 70, "6К1": 10}]
    assert table.left_out == ["графа «03.01.2024»", "графа «Примечание»"]


@pytest.mark.parametrize(("header", "row"), [(MARKS, ";1;20;5;45;30;20"), (TASKS, ";1;20;70;60;10")])
def test_a_group_without_a_name_is_not_lost(header: str, row: str) -> None:
    table = only(read(sheet(TITLE, header, row, "(edu540001) Лицей;1;20;5;45;30;20", ";;;;")))
    assert records(table, "_row", "group_name", "school_login", "participants") == [
        (3, None, None, "20"),
        (4, "(edu540001) Лицей", "edu540001", "20"),
    ]


def test_a_work_without_a_task_1_is_not_mistaken_for_marks() -> None:
    header = "Группы участников;Кол-во ОО;Кол-во участников;1К1;2;3;4;5"
    table = only(read(sheet(TITLE, *PAIRS, header, "Макс балл;;;4;1;1;1;1", "(edu540001) Лицей;1;20;5;45;30;20;10")))
    assert (table.layout, list(shares(table, "task_shares")[0])) == ("vpr_tasks", ["1К1", "2", "3", "4", "5"])


@pytest.mark.parametrize(
    ("name", "header", "numbers", "layout"),
    [
        ("Статистика по отметкам", "Отметки, %", "2;3;4;5", "vpr_marks"),
        ("Распределение первичных баллов", "Первичный балл", "0;1;2;3", "vpr_scores"),
        ("Выполнение заданий", "Номер задания", "1;2;3.1;4", "vpr_tasks"),
    ],
)
def test_merged_cells_over_the_numbers(name: str, header: str, numbers: str, layout: str) -> None:
    upper, lower = f"Группы участников;Кол-во ОО;Кол-во участников;{header};;;", f";;;{numbers}"
    first, second = "(edu540001) Лицей;1;20;5;45;30;20", "(edu540002) Школа;1;9;5;45;30;20"
    table = only(read(sheet(TITLE, name, *PAIRS, upper, lower, first, upper, lower, second)))
    assert (table.layout, records(table, "_row", "school_login")) == (layout, [(9, "edu540001"), (12, "edu540002")])


@pytest.mark.parametrize("place", ["cell", "sheet"])
def test_the_name_of_a_report_decides_between_scores_and_tasks(place: str) -> None:
    """Without a column «0» a distribution has the header of a report on tasks."""
    name = "Распределение первичных баллов"
    lines = [TITLE, *([name] if place == "cell" else []), "Группы участников;Кол-во участников;1;2", "(edu540001) Лицей;20;50;50"]
    (table,) = read(sheet(*lines, name=name if place == "sheet" else ""))
    assert (table.layout, table.missing) == ("vpr_scores", ["0"])


# ---- flat tables, and what is not read ---------------------------------------------------------------------------------------


def test_flat_marks() -> None:
    header = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;2;3;4;5"
    table = only(read(sheet(header, "2022;8;Русский язык;город Лесной;edu540001;МБОУ «СОШ № 1»;14;7,14;35,71;7,14;50")))
    assert table.layout == "vpr_marks_flat"
    assert records(table, "_row", "year", "grade", "subject_code", "school_login", "participants", "share_2", "share_5") == [
        (2, "2022", "8", "Русский язык", "edu540001", "14", "7,14", "50")
    ]


def test_flat_scores_are_no_flat_marks() -> None:
    """They have all the columns of marks; a work with fewer points leaves the last ones blank."""
    header = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;0;1;2;3;4;5;6"
    rows = ["2022;8;История;город Лесной;edu540001;Лицей;14;7,14;35,71;7,14;50,01;;;", "2022;4;Математика;;edu540002;;2;0;0;0;0;0;0;abc"]
    table = only(read(sheet(header, *rows, "Итого;;;;;;16")))
    assert table.layout == "vpr_scores_flat"
    assert records(table, "_row", "year", "grade", "subject_code", "school_login", "participants", "decimals", "odd_share") == [
        (2, "2022", "8", "История", "edu540001", "14", "2", None),
        (3, "2022", "4", "Математика", "edu540002", "2", "2", "abc"),
    ]
    assert shares(table, "score_shares")[0] == {"0": 7.14, "1": 35.71, "2": 7.14, "3": 50.01, "4": None, "5": None, "6": None}


@pytest.mark.parametrize("missing", ["Логин", "Кол-во участников"])
def test_flat_scores_without_a_column_are_not_marks_either(missing: str) -> None:
    header = "Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;0;1;2;3;4;5".replace(missing, "")
    (table,) = read(sheet(header, "2022;8;История;город Лесной;edu540001;Лицей;14;10;10;10;10;10;50"))
    assert (table.layout, table.missing) == ("vpr_scores_flat", [missing])


def test_the_list_of_markers() -> None:
    header = "Год;Муниципалитет;Логин;ОО;4 РУ;4 МА;5 РУ;5 МА;Количество маркеров"
    table = only(read(sheet(header, "2023;город Лесной;edu540001;Лицей;1;;;1;2")))
    assert table.layout == "vpr_bias_flat"
    columns = ("marker_4_russian", "marker_4_maths", "marker_5_russian", "marker_5_maths", "markers")
    assert records(table, "year", "school_login", *columns) == [("2023", "edu540001", "1", None, None, "1", "2")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [TITLE, "Достижение планируемых результатов", *PAIRS, "Номер задания;Блоки ПООП;Макс балл;Область;РФ", "1;Умение;1;7;8"],
            "отчёт ВПР",
        ),
        (["Код;Вариант (часть 1);1 (1б);2 (1б);Пол;Итого баллов", "40001;1;1;0;м;1"], "форма сбора результатов ВПР"),
    ],
)
def test_other_forms_of_vpr_are_named(lines: list[str], said: str) -> None:
    with pytest.raises(FileFault, match=said) as fault:
        read(sheet(*lines))
    assert (fault.value.reason, fault.value.source) == ("unknown_layout", "vpr")


def test_other_forms_beside_a_report_do_not_stop_it() -> None:
    marks = sheet(TITLE, MARKS, "(edu540001) Лицей;1;20;5;45;30;20", name="2")
    assert only(read(marks, sheet("Код;Вариант (часть 1);Итого баллов", name="форма"))).layout == "vpr_marks"


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


def test_title_in_another_order_needs_the_pair() -> None:
    titled = ["ВПР. 6-й класс, 2023 год", "Предмет;Физика", MARKS, "(edu540001) Лицей;1;20;5;45;30;20"]
    assert records(only(read(sheet(*titled))), "year", "grade", "subject_code") == [("2023", "6", "Физика")]


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
