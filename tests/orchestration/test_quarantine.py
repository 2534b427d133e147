"""Reports of rejected rows: one a file, only while something of it stands rejected."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl

from orchestration.quarantine import write_reports

COLUMNS = ["file_name", "sheet", "row_number", "column_name", "reason_code", "message_ru"]


def _rejections(*rows: tuple[str, str, int | None, str | None, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS, orient="row")


def test_a_report_lies_where_its_file_lies(tmp_path: Path) -> None:
    rejections = _rejections(
        ("staff/2024/кадры.csv", "", 5, "Дата с", "bad_date", "Строка 5: «31.02.2024» — не дата; исправьте её."),
        ("staff/2024/кадры.csv", "", 9, "Код ОО", "unknown_school", "=опасно"),
        ("меню.xlsx", "", None, None, "unknown_layout", "Это не таблица известной формы."),
    )
    write_reports(tmp_path, rejections)
    report = tmp_path / "staff" / "2024" / "кадры.csv — отклонено.csv"
    assert report.read_bytes().decode("utf-8-sig").split("\r\n") == [
        "Лист;Строка;Графа;Код причины;Что не так и что сделать",
        ';5;Дата с;bad_date;"Строка 5: «31.02.2024» — не дата; исправьте её."',
        ";9;Код ОО;unknown_school;'=опасно",
        "",
    ]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert (tmp_path / "меню.xlsx — отклонено.csv").exists()


def test_a_report_goes_when_its_file_is_clean(tmp_path: Path) -> None:
    write_reports(tmp_path, _rejections(("staff/a.csv", "", 5, "Дата с", "bad_date", "…"), ("b.csv", "", 1, "x", "bad_date", "…")))
    write_reports(tmp_path, _rejections(("b.csv", "", 1, "x", "bad_date", "…")))
    assert [path.name for path in tmp_path.iterdir()] == ["b.csv — отклонено.csv"]
    write_reports(tmp_path, _rejections())
    assert list(tmp_path.iterdir()) == []


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "quarantine"
    folder.mkdir()
    write_reports(folder, _rejections(("../../etc/x.csv", "", 1, "x", "bad_date", "…")))
    assert (folder / "etc" / "x.csv — отклонено.csv").exists()
