"""`oko check` and `oko template` on a real home: what the warehouse holds is compared, nothing is written but what was asked for."""

from __future__ import annotations

import stat
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from small_landing import EXAM, STAFF, Landing, read_landing, result, teacher

from orchestration.cli import main
from orchestration.lock import RefreshLock
from orchestration.outputs import free_path

STAFF_LINES = [teacher("112-233-445 95", "540101"), teacher("112-233-446 96", "540201"), teacher("112-233-447 97", "540101")]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the operator stands."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def oko(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time; the lock is taken, which leaves its file."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "refresh.lock"]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_a_file_is_held_against_what_is_loaded(on_target: Landing, here: Path) -> None:
    """Of three jobs one ends, one stays, one is not in the new file; a fourth is new, a fifth is of a school that nobody knows."""
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, *STAFF_LINES)
    read_landing()
    before = contents(on_target.home)
    later = [STAFF_LINES[0], STAFF_LINES[1] + "01.10.2024", teacher("112-233-448 98", "540102"), teacher("112-233-449 99", "549999")]
    done = oko("check", write(here / "кадры.csv", STAFF, *later))
    assert done.exit_code == 1, done.output
    assert done.output.splitlines()[1:] == [
        "  это: «Сведения о кадрах» (источник staff)",
        "  строк 4: загрузится 3, будет отклонено 1",
        "  причины отказа: школы нет в реестре (unknown_school) — 1",
        "  против загруженного: новых строк 1, изменённых 1, тех же 1",
        "    меняются: «Дата по» — 1",
        "    не сравниваются (есть только в закрытом хранилище): «Фамилия», «Имя», «Отчество»",
        "  на его место уже загружался staff/кадры.csv (файл от 17.11.2023): строк оттуда, которых здесь нет, — 1",
        "    они останутся, пока не выполнено «oko refresh --full»",
        "  отклонённые строки:",
        "    Ячейка E5 («Код ОО»): такой школы нет в реестре организаций (schools). "
        "Исправьте код или пришлите реестр, где он есть: строка загрузится сама. [unknown_school]",
        "  школ в файле: 3; действующих в реестре 3",
        "    540101 Школа № 01: строк 1",
        "    540102 Школа № 02: строк 1",
        "    540201 Школа № 01: строк 1",
        "  кодов не из реестра школ: 1, строк с ними: 1",
    ]
    assert contents(on_target.home) == before


def test_what_check_says_is_what_the_refresh_does(landing: Landing, here: Path) -> None:
    """The rows that would change and stay, loaded for real, are then all the same; those left behind are still there."""
    landing.write_registers()
    landing.write("staff/кадры.csv", STAFF, *STAFF_LINES)
    read_landing()
    landing.write("staff/кадры.csv", STAFF, STAFF_LINES[0], STAFF_LINES[1] + "01.10.2024")
    read_landing()
    done = oko("check", landing.home / "landing" / "staff" / "кадры.csv")
    assert done.exit_code == 0
    assert "новых строк 0, изменённых 0, тех же 2" in done.output
    assert "строк оттуда, которых здесь нет, — 1" in done.output


def test_a_protocol_shows_nobody(landing: Landing, here: Path) -> None:
    landing.write_registers()
    landing.write("ege/протокол.csv", EXAM, result("540101", 1, 70))
    read_landing()
    lines = [line.format(day="2024.05.28") for line in EXAM]
    shifted = result("540101", 2, 60).replace(";540101;", ";Лукашин;")
    done = oko("check", write(here / "x.csv", *lines, result("540101", 1, 71), shifted, result("540201", 3, 101)), "--format", "xlsx")
    assert done.exit_code == 1
    for secret in ("Лукашин", "Ефим", "Ильич", "0401", "000001", "000002", "000003"):
        assert secret not in done.output
    assert "меняются: «Балл» — 1" in done.output


def test_the_marked_copy_is_guarded_and_never_overwrites(landing: Landing, here: Path) -> None:
    landing.write_registers()
    read_landing()
    path = write(here / "кадры.csv", STAFF, teacher("112-233-445 95", "549999"))
    for name in ("кадры — проверка.xlsx", "кадры — проверка (2).xlsx"):
        done = oko("check", path, "--format", "xlsx")
        assert done.exit_code == 1 and f"размеченная книга: {here / name}" in done.output
        assert "персональные данные" in done.output
        assert stat.S_IMODE((here / name).stat().st_mode) == 0o600
    book = openpyxl.load_workbook(here / "кадры — проверка.xlsx")
    assert "школы нет" in book["Лист1"]["E2"].comment.text
    book["Лист1"]["E2"] = "540101"
    book.save(here / "кадры — проверка.xlsx")
    assert oko("check", here / "кадры — проверка.xlsx").exit_code == 0
    again = oko("check", here / "кадры — проверка.xlsx", "--format", "xlsx")
    assert f"размеченная книга: {here / 'кадры — проверка (3).xlsx'}" in again.output


def test_where_the_copy_goes_is_the_operators_choice(landing: Landing, here: Path) -> None:
    file = write(here / "кадры.csv", STAFF, STAFF_LINES[0])
    taken = write(here / "занято.xlsx", "важное")
    assert oko("check", file, "--format", "xlsx", "--out", taken).exit_code == 2
    assert taken.read_text() == "важное\n"
    assert oko("check", file, "--out", here / "a.xlsx").exit_code == 2
    assert oko("check", file, "--format", "xlsx", "--out", here / "нет" / "a.xlsx").exit_code == 2
    assert oko("check", file, file, "--format", "xlsx", "--out", here / "a.xlsx").exit_code == 2
    assert oko("check", file, "--format", "xlsx", "--out", here / "a.xlsx").exit_code == 0
    (here / "папка").mkdir()
    assert oko("check", file, file, "--format", "xlsx", "--out", here / "папка").exit_code == 0
    assert sorted(path.name for path in (here / "папка").iterdir()) == ["кадры — проверка (2).xlsx", "кадры — проверка.xlsx"]


def test_a_file_that_cannot_be_marked_leaves_nothing(landing: Landing, here: Path) -> None:
    (here / "пусто.csv").touch()
    done = oko("check", here / "пусто.csv", "--format", "xlsx")
    assert done.exit_code == 1 and "размеченная книга не записана" in done.output
    assert [path.name for path in here.iterdir()] == ["пусто.csv"]


def test_several_files_are_judged_each_by_itself(landing: Landing, here: Path) -> None:
    good = write(here / "хорошо.csv", STAFF, STAFF_LINES[0])
    bad = write(here / "плохо.csv", "Суп;Второе", "щи;плов")
    done = oko("check", good, bad)
    assert done.exit_code == 1
    assert "загрузится 1" in done.output and "не загрузится" in done.output


def test_without_a_database_codes_are_not_looked_up(on_target: Landing, here: Path) -> None:
    done = oko("check", write(here / "кадры.csv", STAFF, teacher("112-233-445 95", "549999")))
    assert done.exit_code == 0, done.output
    assert "Реестры ещё не загружены" in done.output and "против загруженного" not in done.output
    assert "549999" not in done.output
    assert not (on_target.home / "warehouse").exists() and not (on_target.home / "vault").exists()


def test_check_waits_for_no_refresh(on_target: Landing, here: Path) -> None:
    on_target.write_registers()
    read_landing()
    file = on_target.home / "landing" / "schools" / "ОО.csv"
    with RefreshLock(on_target.home / "warehouse"):
        done = oko("check", file)
    assert done.exit_code == 3 and "обновление" in done.output
    assert oko("check", file).exit_code == 0


def test_a_database_that_cannot_be_opened_is_said_so(landing: Landing, here: Path) -> None:
    (landing.home / "warehouse").mkdir()
    (landing.home / "warehouse" / "oko.duckdb").write_bytes(b"no database")
    done = oko("check", write(here / "кадры.csv", STAFF, STAFF_LINES[0]))
    assert done.exit_code == 3 and "Хранилище сейчас недоступно" in done.output


def test_a_postgres_that_is_not_there(landing: Landing, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_TARGET", "postgres")
    monkeypatch.setenv("OKO_DATABASE_URL", "postgresql://oko@127.0.0.1:1/none")
    done = oko("check", write(here / "кадры.csv", STAFF, STAFF_LINES[0]))
    assert done.exit_code == 3 and "Хранилище сейчас недоступно" in done.output


def test_a_file_that_vanishes_is_reported(landing: Landing, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may be locked or taken away between the command and its reading."""

    def gone(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("ingest.check.look_into", gone)
    done = oko("check", write(here / "кадры.csv", STAFF))
    assert done.exit_code == 1 and "файл не открывается" in done.output


def test_a_damaged_key_of_pseudonyms_is_said_so(landing: Landing, here: Path) -> None:
    (landing.home / "vault").mkdir()
    (landing.home / "vault" / "pseudonym.key").write_bytes(b"short")
    done = oko("check", write(here / "кадры.csv", STAFF, STAFF_LINES[0]))
    assert done.exit_code == 3 and "повреждён" in done.output


# ---- templates -----------------------------------------------------------------------------------------------------------------


def test_template_without_a_name_lists_the_sources(landing: Landing, here: Path) -> None:
    done = oko("template")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert any(line.split() == ["staff", "Сведения", "о", "кадрах"] for line in lines)
    assert any(line.startswith("accreditation") and "готовая выгрузка" in line for line in lines)


def test_a_template_filled_in_is_checked_and_loads(landing: Landing, here: Path) -> None:
    landing.write_registers()
    read_landing()
    done = oko("template", "clusters")
    assert done.exit_code == 0 and str(here / "Шаблон clusters.xlsx") in done.output
    book = openpyxl.load_workbook(here / "Шаблон clusters.xlsx")
    for place, value in {"A2": "540101", "B2": "2023/2024", "C2": "К1"}.items():
        book["Данные"][place] = value
    book.save(here / "кластеры.xlsx")
    done = oko("check", here / "кластеры.xlsx")
    assert done.exit_code == 0 and "новых строк 1" in done.output


def test_a_template_never_overwrites(landing: Landing, here: Path) -> None:
    assert oko("template", "staff", "--out", here / "a.xlsx").exit_code == 0
    assert oko("template", "staff", "--out", here / "a.xlsx").exit_code == 2
    assert oko("template", "staff").exit_code == 0 and oko("template", "staff").exit_code == 0
    assert sorted(path.name for path in here.iterdir()) == ["a.xlsx", "Шаблон staff (2).xlsx", "Шаблон staff.xlsx"]


def test_a_source_without_a_template_says_where_its_files_come_from(landing: Landing, here: Path) -> None:
    done = oko("template", "accreditation")
    assert done.exit_code == 1 and "Рособрнадзор" in done.output and "landing/accreditation/" in done.output
    assert list(here.iterdir()) == []


def test_an_unknown_source_ends_with_two(landing: Landing, here: Path) -> None:
    done = oko("template", "кадры")
    assert done.exit_code == 2 and "staff" in done.output


def test_a_free_name_is_the_first_that_is_not_taken(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a (2).xlsx"):
        (tmp_path / name).touch()
    assert free_path(tmp_path / "a.xlsx").name == "a (3).xlsx"
    assert free_path(tmp_path / "b.xlsx").name == "b.xlsx"
