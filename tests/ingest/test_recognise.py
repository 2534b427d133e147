"""What a file is: told by its header, wherever it stands, whatever folder it lies in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ingest_files import CLUSTER, CLUSTERS, STAFF, TEACHER, THRESHOLD, THRESHOLDS, write_csv, write_xlsx

from ingest.declarations import load_sources
from ingest.reading import Reading

Read = Callable[..., Reading]


def reason(reading: Reading) -> tuple[str, str]:
    """Code and message of a file that was rejected as a whole."""
    assert reading.is_rejected and not reading.rows and reading.rows_in == 0
    (row,) = reading.rejections.iter_rows(named=True)
    assert row["row_number"] is None
    return row["reason_code"], row["message_ru"]


def test_a_header_below_title_rows_and_footers_below_the_records(tmp_path: Path, read: Read) -> None:
    rows = [["Пороги", "", "", "", "", ""], [], THRESHOLDS, THRESHOLD, [], ["Итого", "", "", "", "1", ""], ["Всего строк: 1"], ["Средние"]]
    reading = read(write_csv(tmp_path / "x.csv", rows))
    assert (reading.source, reading.layout, reading.rows_in, reading.rows_loaded) == ("thresholds", "thresholds", 1, 1)
    assert reading.rows["thresholds"].select("_sheet", "_row_number").rows() == [("", 4)]


def test_a_record_that_begins_like_a_footer_is_a_record(tmp_path: Path, read: Read) -> None:
    rows = [["Группа", "Вид группы", "Объект", "Действует с"], ["Средние школы", "РИП", "80101", "01.09.2020"], ["Итого", "", "", "1"]]
    assert read(write_csv(tmp_path / "x.csv", rows)).rows["groups"]["group_name"].to_list() == ["Средние школы"]


def test_doubled_columns_of_merged_cells(tmp_path: Path, read: Read) -> None:
    rows = [["Код ОО", "", "Учебный год", "", "Кластер", "Кластер"], ["080101", "", "2023/2024", "", "", "К1"]]
    assert read(write_csv(tmp_path / "x.csv", rows)).rows["clusters"].rows() == [("", 2, "080101", "2023/2024", "К1")]


def test_headers_in_any_order_with_columns_that_nobody_asked_for(tmp_path: Path, read: Read) -> None:
    rows = [["№", "КЛАСТЕР", "Телефон", "Учебный  год", "Koд OO"], ["1", "К1", "22-33-44", "2023/2024", "80101"]]
    assert read(write_csv(tmp_path / "x.csv", rows)).rows["clusters"].rows() == [("", 2, "080101", "2023/2024", "К1")]


def test_a_file_in_the_wrong_folder_is_what_it_is(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [THRESHOLDS, THRESHOLD]), "staff/пороги.csv")
    assert (reading.source, reading.rows_loaded) == ("thresholds", 1)


def test_every_sheet_whose_header_is_recognised(tmp_path: Path, read: Read) -> None:
    second = ["ЕГЭ", "2024", "02", "ТБ2", "68", ""]
    book = {"2024": [THRESHOLDS, THRESHOLD], "Справка": [["О чём эта книга"]], "ещё": [["Пороги"], THRESHOLDS, second]}
    reading = read(write_xlsx(tmp_path / "x.xlsx", book, hidden="ещё"))
    assert reading.rows["thresholds"].select("_sheet", "_row_number", "subject_code").rows() == [("2024", 2, "1"), ("ещё", 3, "2")]


def test_a_workbook_of_two_sources(tmp_path: Path, read: Read) -> None:
    book = {"Пороги": [THRESHOLDS, THRESHOLD], "Кластеры": [CLUSTERS, CLUSTER]}
    reading = read(write_xlsx(tmp_path / "x.xlsx", book), "clusters/x.xlsx")
    assert (reading.source, reading.layout, reading.rows_loaded) == ("clusters", "thresholds, clusters", 2)


def test_a_sheet_beside_the_table_that_is_half_of_another_layout(tmp_path: Path, read: Read) -> None:
    book = {"Пороги": [THRESHOLDS, THRESHOLD], "Сводка": [["Код ОО", "Учебный год"], ["080101", "2023/2024"]]}
    reading = read(write_xlsx(tmp_path / "x.xlsx", book), "clusters/x.xlsx")
    assert (reading.source, reading.rows_loaded, reading.rejections.height) == ("thresholds", 1, 0)
    assert reading.findings.select("sheet", "rule_code").rows() == [("Сводка", "sheet_not_read")]


def test_one_sheet_of_several_without_a_required_column(tmp_path: Path, read: Read) -> None:
    book = {"2023": [THRESHOLDS, THRESHOLD], "2024": [THRESHOLDS[:4], THRESHOLD[:4]]}
    code, message = reason(read(write_xlsx(tmp_path / "x.xlsx", book)))
    assert code == "missing_column"
    assert "«2024»" in message and "«Значение»" in message


def test_a_header_without_a_required_column(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [[*STAFF[:6], *STAFF[7:]], [*TEACHER[:6], *TEACHER[7:]]]))
    code, message = reason(reading)
    assert (reading.source, code) == ("staff", "missing_column")
    assert "«Сведения о кадрах»" in message and "«Группа должностей»" in message
    assert reading.rejections["column_name"].to_list() == ["Группа должностей"]


def test_less_than_half_of_any_header(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [["СНИЛС", "Фамилия", "Телефон"], ["1", "Кузнечикова", "2"]]), "staff/x.csv")
    code, message = reason(reading)
    assert (reading.source, code) == ("staff", "unknown_layout")
    assert "«Код ОО»" in message and "Кузнечикова" not in message


def test_nothing_like_any_layout(tmp_path: Path, read: Read) -> None:
    reading = read(write_xlsx(tmp_path / "меню.xlsx", {"Лист1": [["Блюдо", "Цена"], ["Борщ", 120]]}))
    assert (reading.source, reason(reading)[0]) == ("unknown", "unknown_layout")


def test_numbers_in_the_data_are_no_headers(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [["Блюдо", "Пн", "Вт", "Ср", "Чт"], ["Борщ", "2", "3", "4", "5"]]))
    assert reason(reading)[0] == "unknown_layout"


TIE = [[*CLUSTERS, "Коэффициент финансирования"], [*CLUSTER, "1,2"]]


@pytest.mark.parametrize("folder", ["clusters", "funding"])
def test_a_tie_goes_to_the_folder(tmp_path: Path, read: Read, folder: str) -> None:
    reading = read(write_csv(tmp_path / "x.csv", TIE), f"{folder}/2024/x.csv")
    assert (reading.source, reading.layout, reading.rows_loaded) == (folder, folder, 1)


@pytest.mark.parametrize("name", ["x.csv", "schools/x.csv"])
def test_a_tie_without_a_folder_is_nobodys(tmp_path: Path, read: Read, name: str) -> None:
    code, message = reason(read(write_csv(tmp_path / "x.csv", TIE), name))
    assert code == "unknown_layout"
    assert "clusters" in message and "funding" in message


def test_a_table_without_records(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [THRESHOLDS]))
    assert (reading.layout, reading.rows_in, reading.rejections.height) == ("thresholds", 0, 0)
    assert not reading.is_rejected


TABULAR = [(source.source, name) for source in load_sources().values() if source.reader == "tabular" for name in source.layouts]


@pytest.mark.parametrize(("source", "layout"), TABULAR, ids=[layout for _, layout in TABULAR])
@pytest.mark.parametrize("folder", ["", "accreditation/"])
def test_every_header_alone_is_what_it_is_wherever_it_lies(tmp_path: Path, read: Read, source: str, layout: str, folder: str) -> None:
    """All its headers, and those alone that must be there: nobody else's form is nearer."""
    declared = load_sources()[source].layouts[layout]
    headers = {name: column.headers or [column.header] for name, column in declared.columns.items() if not column.derived}
    for names in (list(headers), declared.required_headers):
        header = [text for name in names for text in headers[name]]
        reading = read(write_csv(tmp_path / "x.csv", [header, [""] * len(header)]), f"{folder}x.csv")
        assert (reading.source, reading.layout) == (source, layout), reading.rejections["message_ru"].to_list()


def test_rows_beyond_the_first_hundred_are_read_by_the_winner(tmp_path: Path, read: Read) -> None:
    schools = [["080101", f"{year}/{year + 1}", "К1"] for year in range(1900, 2024)]
    reading = read(write_csv(tmp_path / "x.csv", [CLUSTERS, *schools]), "funding/x.csv")
    assert (reading.source, reading.rows_in, reading.rows_loaded) == ("clusters", 124, 124)
