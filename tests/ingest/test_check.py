"""What `oko check` finds out and says, and that it leaves no trace."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from ingest_files import CLUSTER, CLUSTERS, STAFF, TEACHER, write_csv, write_xlsx

from ingest.archive import sha256_of
from ingest.check import Checked, Checker, school_column
from ingest.check_report import describe
from ingest.declarations import load_sources
from ingest.difference import Difference, Within
from ingest.known import FixedKnown
from ingest.reading import Reading
from ingest.settings import Limits, Settings

CONTEXT = ["Код ОО", "Учебный год", "Показатель", "Значение"]
LATER, NOW = datetime(2024, 3, 1), datetime(2024, 2, 1).timestamp()


class FixedLoaded:
    """A warehouse of a few rows: readings that were loaded, each as one file."""

    def __init__(self) -> None:
        self.tables: dict[str, pl.DataFrame] = {}
        self.loaded: list[dict[str, object]] = []

    def load(self, reading: Reading, name: str, sha256: str, modified_at: datetime) -> None:
        origin = {"_file_sha256": pl.lit(sha256), "_modified_at": pl.lit(modified_at, pl.Datetime("us"))}
        for layout, rows in reading.rows.items():
            self.tables[layout] = pl.concat([*([self.tables[layout]] if layout in self.tables else []), rows.with_columns(**origin)])
        self.loaded.append({"file_sha256": sha256, "source": reading.source, "file_name": name, "modified_at": modified_at})

    def rows(self, layout: str, within: Within) -> pl.DataFrame:
        table = self.tables.get(layout, pl.DataFrame())
        wanted = [pl.col(name).is_null() | pl.col(name).is_in(list(values)) for name, values in within.items()]
        return table.filter(*wanted) if table.height and wanted else table

    def files(self) -> pl.DataFrame:
        return pl.DataFrame(self.loaded)


def register(*rows: Sequence[str]) -> list[Sequence[str]]:
    header = ["Код ОО", "Логин ФИС ОКО", "Полное наименование", "Краткое наименование", "ОКТМО", "Действует с", "Действует по"]
    return [header, *rows]


FIRST = ["080101", "edu080101", "Школа № 1 города", "Школа № 1", "85701000", "01.09.2008", ""]
SECOND = ["080102", "edu080102", "Школа № 2 города", "", "85701000", "01.09.2008", "31.08.2023"]


@pytest.fixture
def loaded(tmp_path: Path, settings: Settings, known: FixedKnown) -> FixedLoaded:
    """A register of two schools, one of them closed."""
    loaded = FixedLoaded()
    path = write_csv(tmp_path / "schools.csv", register(FIRST, SECOND))
    reading = Checker(load_sources(), settings, known).check(path).reading
    assert reading.rows_loaded == 2
    loaded.load(reading, "schools/ОО.csv", "register", datetime(2024, 1, 1))
    return loaded


Say = Callable[..., list[str]]


@pytest.fixture
def say(settings: Settings, known: FixedKnown, loaded: FixedLoaded) -> Say:
    """The report of a file, without its first line."""

    def say(path: Path, known: FixedKnown | None = known, loaded: FixedLoaded | None = loaded, source: str | None = None) -> list[str]:
        checked = Checker(load_sources(), settings, known, loaded).check(path, source)
        first, *lines = describe(checked, load_sources())
        assert first == str(path)
        return lines

    return say


def check(path: Path, settings: Settings, known: FixedKnown | None = None, loaded: FixedLoaded | None = None) -> Checked:
    return Checker(load_sources(), settings, known, loaded).check(path)


# ---- what it is --------------------------------------------------------------------------------------------------------------


def test_a_file_that_would_load(tmp_path: Path, settings: Settings, say: Say) -> None:
    path = write_csv(tmp_path / "x.csv", [STAFF, TEACHER])
    assert say(path) == [
        "  это: «Сведения о кадрах» (источник staff)",
        "  строк 1: загрузится 1, будет отклонено 0",
        "  против загруженного: новых строк 1, изменённых 0, тех же 0",
        "  школ в файле: 1; действующих в реестре 1",
        "    080101 Школа № 1: строк 1",
    ]
    assert not settings.vault.exists()


def test_rows_that_would_be_rejected_are_named_by_cell(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    path = write_csv(tmp_path / "x.csv", [CLUSTERS, *[["089999", *CLUSTER[1:]]] * 40, ["080101", "2023/2024", ""]])
    checked = check(path, settings, known)
    lines = list(describe(checked, load_sources(), most=2))
    assert checked.would_reject
    assert lines[2:] == [
        "  строк 41: загрузится 0, будет отклонено 41",
        "  причины отказа: школы нет в реестре (unknown_school) — 40; пустая обязательная ячейка (missing_value) — 1",
        "  отклонённые строки:",
        *[
            f"    Ячейка A{row} («Код ОО») («089999»): такой школы нет в реестре организаций (schools). "
            "Исправьте код или пришлите реестр, где он есть: строка загрузится сама. [unknown_school]"
            for row in (2, 3)
        ],
        "    … и ещё 39",
        "  школ в файле: 2",
        "    080101: строк 1, отклонено 1",
        "    089999: строк 40, отклонено 40",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пуст"),
        (b"\x00\x01\x02\x03" * 50, "не таблица и не текст"),
        (b"<html><body><table></table></body></html>", "HTML"),
        ("Суп;Второе\r\nщи;плов\r\n".encode(), "ни на одну известную форму"),
        ("СНИЛС;Фамилия;Имя;Код ОО\r\n".encode(), "«Должность»"),
    ],
    ids=["empty", "binary", "html", "another table", "headers missing"],
)
def test_a_file_that_would_not_load(content: bytes, words: str, tmp_path: Path, say: Say) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    lines = say(path)
    assert len(lines) == 1 and lines[0].startswith("  не загрузится: ") and words in lines[0]


def test_a_file_over_the_limits(tmp_path: Path, known: FixedKnown) -> None:
    small = Settings(home=tmp_path, vault=tmp_path / "vault", limits=Limits(file_bytes=10))
    (line,) = list(describe(check(write_csv(tmp_path / "x.csv", [CLUSTERS, CLUSTER]), small, known), load_sources()))[1:]
    assert "слишком велик" in line


def test_a_workbook_with_a_password(tmp_path: Path, say: Say) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    assert "защищён паролем" in say(path)[0]


def test_a_header_alone(tmp_path: Path, say: Say) -> None:
    lines = say(write_csv(tmp_path / "x.csv", [CLUSTERS]))
    assert lines[1:3] == ["  строк 0: загрузится 0, будет отклонено 0", "  под заголовком нет ни одной строки с данными"]


def test_a_tie_is_decided_by_the_source_that_was_named(tmp_path: Path, say: Say, settings: Settings, known: FixedKnown) -> None:
    path = write_csv(tmp_path / "x.csv", [[*CLUSTERS, "Коэффициент финансирования"], [*CLUSTER, "1,2"]])
    assert "подходит сразу" in say(path)[0]
    assert say(path, source="funding")[0].endswith("(источник funding)")


def test_a_file_in_landing_is_judged_in_its_folder(settings: Settings, known: FixedKnown) -> None:
    (settings.landing / "clusters").mkdir(parents=True)
    path = write_csv(settings.landing / "clusters" / "x.csv", [[*CLUSTERS, "Коэффициент финансирования"], [*CLUSTER, "1,2"]])
    assert check(path, settings, known).reading.source == "clusters"


def test_sheets_are_named(tmp_path: Path, say: Say) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Город": [CLUSTERS, CLUSTER], "Район": [CLUSTERS, ["089999", *CLUSTER[1:]]]})
    assert any(line.startswith("    Лист «Район». Ячейка A2 («Код ОО»)") for line in say(path))


# ---- people ------------------------------------------------------------------------------------------------------------------


def test_without_lists_no_code_is_looked_up(tmp_path: Path, say: Say) -> None:
    path = write_csv(tmp_path / "x.csv", [CONTEXT, ["089999", "2023/2024", "контингент", "5"], ["089998", "2023/2024", "контингент", "5"]])
    assert say(path, None, None)[1:] == [
        "  строк 2: загрузится 2, будет отклонено 0",
        "  школ в файле: 2",
        "    089998: строк 1",
        "    089999: строк 1",
    ]


@pytest.mark.parametrize("has_lists", [True, False])
def test_shifted_people_are_never_shown(tmp_path: Path, say: Say, known: FixedKnown, loaded: FixedLoaded, has_lists: bool) -> None:
    """A name, a СНИЛС or the number of a passport where the code of a school should stand."""
    shifted = [[*TEACHER[:4], cell, *TEACHER[5:]] for cell in ("Кузнечикова", "11223344595", "112-233-445 95", "005099")]
    text = "\n".join(say(write_csv(tmp_path / "x.csv", [STAFF, *shifted]), *((known, loaded) if has_lists else (None, None))))
    for secret in ("Кузнечикова", "Алла", "Олеговна", "11223344595", "112-233-445 95", "005099"):
        assert secret not in text
    assert ("кодов не из реестра школ: 4" if has_lists else "не сверенных с реестром: 4") in text


# ---- schools -----------------------------------------------------------------------------------------------------------------


def test_rows_are_counted_by_school(tmp_path: Path, say: Say) -> None:
    rows = [["080101", "2023/2024", name, "5"] for name in ("а", "б")]
    rows += [["080102", "2023/2024", "а", "много"], ["", "2023/2024", "а", "5"], ["089999", "2023/2024", "а", "5"]]
    assert say(write_csv(tmp_path / "x.csv", [CONTEXT, *rows]))[-5:] == [
        "  школ в файле: 2; действующих в реестре 1",
        "    080101 Школа № 1: строк 2",
        "    080102 Школа № 2 города: строк 1, отклонено 1",
        "  кодов не из реестра школ: 1, строк с ними: 1",
        "  строк без кода школы: 1",
    ]


def test_the_column_that_names_a_school() -> None:
    layouts = {name: layout for source in load_sources().values() for name, layout in source.layouts.items()}
    found = {name: school_column(layouts[name]) for name in ("schools", "staff", "vpr_marks", "certificates", "groups", "thresholds")}
    assert found == {
        "schools": None,
        "staff": "school_code",
        "vpr_marks": "school_login",
        "certificates": "school_code",
        "groups": "member_code",
        "thresholds": None,
    }


# ---- what is loaded ----------------------------------------------------------------------------------------------------------


def _loaded_staff(tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded, name: str, when: datetime) -> None:
    """Four jobs of four people: the first three are in the later file too."""
    (settings.vault).mkdir(exist_ok=True)
    (settings.vault / "pseudonym.key").write_bytes(b"k" * 32)
    path = write_csv(tmp_path / "before.csv", [STAFF, *(_teacher(number) for number in range(1, 5))])
    loaded.load(check(path, settings, known).reading, name, sha256_of(path), when)


def _teacher(number: int, **changed: str) -> list[str]:
    """A person of their own, whose cells are the same otherwise."""
    cells = dict(zip(STAFF, TEACHER, strict=True)) | {"СНИЛС": f"112-233-44{number} 95"} | changed
    return list(cells.values())


def test_new_changed_and_same_rows(tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded, say: Say) -> None:
    _loaded_staff(tmp_path, settings, known, loaded, "staff/кадры.csv", datetime(2024, 1, 15))
    later = [
        _teacher(1),
        _teacher(2, **{"Группа должностей": "руководитель", "Дата по": "01.10.2024"}),
        _teacher(3, **{"Дата по": "02.10.2024", "Фамилия": "Стрекозова"}),
        _teacher(5),
        _teacher(6, **{"Код ОО": "089999"}),
    ]
    path = write_csv(tmp_path / "кадры.csv", [STAFF, *later])
    checked = check(path, settings, known, loaded)
    assert checked.differences == {"staff": Difference(1, 2, 1, 0, {"Группа должностей": 1, "Дата по": 2})}
    lines = say(path)
    assert lines[3:7] == [
        "  против загруженного: новых строк 1, изменённых 2, тех же 1",
        "    меняются: «Группа должностей» — 1, «Дата по» — 2",
        "    не сравниваются (есть только в закрытом хранилище): «Фамилия», «Имя», «Отчество»",
        "  на его место уже загружался staff/кадры.csv (файл от 15.01.2024): строк оттуда, которых здесь нет, — 1",
    ]
    assert "oko refresh --full" in lines[7]


def test_a_changed_row_that_a_later_file_would_beat(
    tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded, say: Say
) -> None:
    _loaded_staff(tmp_path, settings, known, loaded, "staff/другое имя.csv", LATER)
    path = write_csv(tmp_path / "кадры.csv", [STAFF, _teacher(1, **{"Дата по": "01.10.2024"})])
    os.utime(path, (NOW, NOW))
    assert check(path, settings, known, loaded).differences["staff"].beaten == 1
    lines = say(path)
    assert any("из файла новее этого: 1" in line for line in lines)
    assert not any("на его место" in line for line in lines)


def test_the_very_file_that_is_loaded(tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded, say: Say) -> None:
    (settings.landing / "clusters").mkdir(parents=True)
    path = write_csv(settings.landing / "clusters" / "x.csv", [CLUSTERS, CLUSTER])
    loaded.load(check(path, settings, known).reading, "clusters/x.csv", sha256_of(path), datetime(2024, 1, 15))
    assert "  против загруженного: новых строк 0, изменённых 0, тех же 1" in say(path)
    copy = write_csv(tmp_path / "копия.csv", [CLUSTERS, CLUSTER])
    for same in (path, copy):
        assert any("этот же файл уже загружен: clusters/x.csv" in line for line in say(same))


def test_rows_left_behind_are_looked_for_in_every_layout_of_the_source(
    tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded
) -> None:
    """Of two sheets one is gone: its school stays."""
    both = write_xlsx(tmp_path / "x.xlsx", {"Город": [CLUSTERS, CLUSTER], "Район": [CLUSTERS, ["080102", *CLUSTER[1:]]]})
    loaded.load(check(both, settings, known).reading, "clusters/x.xlsx", sha256_of(both), datetime(2024, 1, 15))
    one = write_xlsx(tmp_path / "x.xlsx", {"Город": [CLUSTERS, CLUSTER]})
    (earlier,) = check(one, settings, known, loaded).earlier
    assert (earlier.file_name, earlier.is_same, earlier.left) == ("clusters/x.xlsx", False, 1)


def test_blank_parts_of_a_key_are_the_same_key(tmp_path: Path, settings: Settings, known: FixedKnown, loaded: FixedLoaded) -> None:
    header = ["План", "Номер", "Раздел", "Мероприятие", "Срок", "Исполнители"]
    before = write_csv(tmp_path / "before.csv", [header, ["П1", "", "", "Семинар", "май", "КЦ"]])
    loaded.load(check(before, settings, known).reading, "plan_items/a.csv", "a", datetime(2024, 1, 15))
    after = write_csv(tmp_path / "after.csv", [header, ["П1", "", "", "Семинар", "июнь", "КЦ"]])
    assert check(after, settings, known, loaded).differences["plan_items"] == Difference(0, 1, 0, 0, {"Срок": 1})
