"""CSV in every encoding, with every separator, and with quotes that nobody closed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_files import write_csv

from ingest.faults import FileFault
from ingest.readers import delimited, read_grids
from ingest.settings import Limits

Cells = list[tuple[str | None, ...]]


def cells(path: Path) -> Cells:
    (grid,) = read_grids(path, Limits())
    assert grid.sheet == ""
    return grid.cells.rows()


def from_text(path: Path, text: str, encoding: str = "utf-8") -> Cells:
    file = path / "файл.csv"
    file.write_bytes(text.encode(encoding))
    return cells(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(tmp_path: Path, encoding: str, separator: str, newline: str) -> None:
    rows = [["Объём, ч", "Имя"], ["15,5", "Алла"], ["16", ""]]
    path = write_csv(tmp_path / "x", rows, encoding, separator, newline)
    assert cells(path) == [("Объём, ч", "Имя"), ("15,5", "Алла"), ("16", None)]


def test_every_row_keeps_its_number(tmp_path: Path) -> None:
    assert from_text(tmp_path, "\n\nКод ОО;Кластер\n\n080101;К1\n;\n080102;К2\n\n\n")[2:] == [
        ("Код ОО", "Кластер"),
        (None, None),
        ("080101", "К1"),
        (None, None),
        ("080102", "К2"),
    ]


def test_rows_of_different_length(tmp_path: Path) -> None:
    assert from_text(tmp_path, "Итог\na;b;c\n1;2\n1;2;3;4") == [
        ("Итог", None, None, None),
        ("a", "b", "c", None),
        ("1", "2", None, None),
        ("1", "2", "3", "4"),
    ]


def test_quoted_cells_with_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    text = 'a;b;c\n"1;2";"МБОУ ""СОШ № 1""";"первая\nвторая"\nx;;"последний"\n'
    assert from_text(tmp_path, text) == [("a", "b", "c"), ("1;2", 'МБОУ "СОШ № 1"', "первая\nвторая"), ("x", None, "последний")]


BROKEN = {
    "a title in doubled quotes": '""Английский язык п:2022.06.14; у:2022.06.16"',
    "a title whose quote is never closed": '"Английский язык п:2022.06.14; у:2022.06.16',
    "a title that closes what it never opened": 'Английский язык п:2022.06.14; у:2022.06.16"',
    "a quote in the middle": 'Протокол "первой; смены',
}


@pytest.mark.parametrize("title", BROKEN.values(), ids=BROKEN)
def test_broken_quotes_in_a_title_do_not_shift_rows(tmp_path: Path, title: str) -> None:
    rows = from_text(tmp_path, f'{title}\n№;Код ОО;ФИО\n1;080101;"Кузнечикова; Алла"\n2;080102;ООО "Ромашка"\n')
    assert [row[:3] for row in rows[1:]] == [("№", "Код ОО", "ФИО"), ("1", "080101", "Кузнечикова; Алла"), ("2", "080102", 'ООО "Ромашка"')]


def test_a_quote_that_nobody_closes_binds_no_cells(tmp_path: Path) -> None:
    rows = from_text(tmp_path, '№;Название;Код\n1;"Ромашка;080101\n2;"Лютик;080102\n3;Мак;080103\n')
    assert rows[1:] == [("1", "Ромашка", "080101"), ("2", "Лютик", "080102"), ("3", "Мак", "080103")]


def test_a_record_is_never_swallowed_by_an_open_quote(tmp_path: Path) -> None:
    rows = from_text(tmp_path, 'a;b;c\n1;2;"открыта\n4;5;6\n7;8;9"\n')
    assert [row[0] for row in rows] == ["a", "1", "4", "7"]


def test_decimal_commas_do_not_make_a_comma_file(tmp_path: Path) -> None:
    assert from_text(tmp_path, "Балл;Доля, %\n1,5;2,5\n3,5;4,5\n")[1] == ("1,5", "2,5")


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b"\xef\xbb\xbf", b"\x89PNG\r\n\x1a\n\x00\x00", b"a;b\x98c"])
def test_what_is_no_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "файл.csv"
    path.write_bytes(content)
    with pytest.raises(FileFault) as fault:
        read_grids(path, Limits())
    assert fault.value.reason == "unreadable_file"


@pytest.mark.parametrize("limits", [Limits(file_bytes=20), Limits(rows=2), Limits(columns=2)])
def test_limits(tmp_path: Path, limits: Limits) -> None:
    path = write_csv(tmp_path / "x.csv", [["a", "b", "c"]] * 3)
    with pytest.raises(FileFault) as fault:
        read_grids(path, limits)
    assert fault.value.reason == "too_large"


def test_quoted_separators_on_both_lines_of_a_record(tmp_path: Path) -> None:
    rows = from_text(tmp_path, "a;b;c\n" * 3 + '";";"1\n1";";"\n')
    assert rows[3] == (";", "1\n1", ";")


def test_one_long_line_makes_no_huge_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n" * 2_000 + ";" * 500 + "\n", encoding="utf-8")
    with pytest.raises(FileFault) as fault:
        read_grids(path, Limits(cells=1_000_000))
    assert fault.value.reason == "too_large"


def test_a_line_longer_than_all_of_the_first_ones(tmp_path: Path) -> None:
    rows = from_text(tmp_path, "a;b\n" * 600 + "1;2;3;4\n")
    assert (rows[0], rows[600]) == (("a", "b", None, None), ("1", "2", "3", "4"))


def test_what_turns_out_to_be_no_utf_8_far_below(tmp_path: Path) -> None:
    """The first lines of a cp1251 file may hold no letter."""
    rows = from_text(tmp_path, "1;2\n" * 1_000 + "Ёлка;Ель\n", encoding="cp1251")
    assert (rows[0], rows[1_000]) == (("1", "2"), ("Ёлка", "Ель"))


LATIN_HEADER = ("id;name\n" + "1;Школа № 5\n" * 20).encode()


@pytest.mark.parametrize("data", [LATIN_HEADER[:60] + LATIN_HEADER[61:], LATIN_HEADER.rstrip()[:-3], b"\xff" + LATIN_HEADER])
def test_utf8_with_a_spoilt_byte_is_not_taken_for_cp1251(tmp_path: Path, data: bytes) -> None:
    """Where no header is Russian, every letter of the file would silently be two others."""
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(FileFault) as fault:
        read_grids(path, Limits())
    assert fault.value.reason == "unreadable_file" and "UTF-8" in fault.value.message


# a cell with a line end has no separator: `x;"a` and `b;y"` could be two records with a stray quote each
CELL = st.text(alphabet='абвЁ 12;,\t"«»-', min_size=1, max_size=6) | st.text(alphabet='абв 1"\n-', min_size=1, max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL.filter(lambda cell: cell.strip() == cell), min_size=width, max_size=width), min_size=2, max_size=4)
)


@settings(max_examples=100, deadline=None)
@given(table=TABLES, separator=st.sampled_from(";,\t"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1251"]))
def test_what_a_program_wrote_is_read_back(table: list[list[str]], separator: str, encoding: str) -> None:
    """The first rows make the separator plain; the cells below may hold anything."""
    rows = [*[["Графа"] * len(table[0])] * 12, *table]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    (grid,) = delimited.read(text.getvalue().encode(encoding), Limits())
    assert grid.cells.rows() == [tuple(row) for row in rows]
