"""`oko retention`: what is past its period is shown, destroyed everywhere, recorded without a name, and does not come back.

Building and publishing are the night's and have their own tests; here they stand still, but for one test of `make test-full`.
"""

from __future__ import annotations

import csv
import os
from datetime import date, datetime
from pathlib import Path

import duckdb
import psycopg
import pytest
from click.testing import CliRunner, Result
from small_landing import EXAM, STAFF, Landing, read_landing, result, teacher

from ingest.settings import SettingsError, load_settings
from ingest.vault import Vault
from orchestration import destroyed, retention
from orchestration.cli import main
from orchestration.home import prepare_home
from orchestration.lock import RefreshLock
from orchestration.state import State, load_state, save_state
from warehouse.earlier_cores import remove_earlier_cores
from warehouse.engine import Warehouse

SNILS = ("112-233-445 95", "100-200-300 12", "160-722-386 43")
OLD, NEW = date(2019, 12, 29), date(2019, 12, 30)
PERIOD = "[retention]\npersonal_years = 5\n"


def at(path: Path, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 12).timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture
def rebuilt(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The answers that the rebuilding after a destruction gives, the last one first; empty: it succeeds."""
    answers: list[bool] = []
    monkeypatch.setattr(retention, "_rebuild", lambda settings: answers.pop() if answers else True)
    return answers


@pytest.fixture
def old_files(landing: Landing, rebuilt: list[bool]) -> Landing:
    """Files of five years and a day, and of five years to the day; read, and the old ones with people taken from landing."""
    return with_old_files(landing)


def with_old_files(landing: Landing) -> Landing:
    landing.write_registers()
    landing.write("staff/старые кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS[2], "540101"))
    landing.write("ege/старый протокол.csv", EXAM, result("540101", 100, 38), result("540102", 101, 64), day="2019.05.28")
    landing.write("staff/непонятно.csv", "Список без формы;Иванов Иван Иванович")
    for path in landing.home.glob("landing/*/*.csv"):
        at(path, NEW if path.name == "кадры.csv" else OLD)
    (landing.home / "oko.toml").write_text(PERIOD)
    read_landing()
    for name in ("staff/старые кадры.csv", "ege/старый протокол.csv", "staff/непонятно.csv"):
        (landing.home / "landing" / name).unlink()
    return landing


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["retention", *arguments], catch_exceptions=False)


def files_of(home: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (home / folder).rglob("*") if path.is_file())


def raw_names() -> set[str]:
    names: set[str] = set()
    read_landing(look=lambda warehouse: names.update(warehouse.files()["file_name"]))
    return names


def records(home: Path) -> list[dict[str, str]]:
    rows = []
    for path in sorted((home / "logs" / "destroyed").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file, delimiter=";"))
    return rows


def test_a_look_names_what_is_due_and_changes_nothing(old_files: Landing) -> None:
    before = {folder: files_of(old_files.home, folder) for folder in ("archive", "vault", "logs", "landing")}
    said = run()
    assert said.exit_code == 1
    for name in ("staff/старые кадры.csv", "ege/старый протокол.csv", "staff/непонятно.csv", "30.12.2019", "--confirm"):
        assert name in said.output
    # five years to the day are not more than five years; registers hold no people
    assert "staff/кадры.csv" not in said.output and "schools/" not in said.output
    assert {folder: files_of(old_files.home, folder) for folder in before} == before


def test_what_is_destroyed_is_gone_everywhere_and_does_not_come_back(on_target: Landing, rebuilt: list[bool]) -> None:
    home, settings = with_old_files(on_target).home, load_settings()
    item = next(item for item in retention.make_plan(settings).due if item.name == "staff/старые кадры.csv")
    assert Vault(settings.vault).identities(item.sha256).height == 2
    (home / "archive" / item.sha256[:2] / ".half.part").write_text("Лукашин")
    save_state(settings, State(listing="complete"))
    contents = len(files_of(home, "archive"))
    assert run("--confirm").exit_code == 0
    assert len(files_of(home, "archive")) == contents - 4
    assert len(files_of(home, "vault/identities")) == 1
    assert load_state(settings).listing == ""
    assert raw_names() == {"municipalities/МО.csv", "schools/ОО.csv", "staff/кадры.csv"}
    found: dict[str, int] = {}

    def look(warehouse: Warehouse) -> None:
        for table in ("staff", "_rejections", "_loads"):
            found[table] = warehouse.query(f"SELECT * FROM raw.{table}").height

    read_landing(full=True, look=look)
    assert found == {"staff": 1, "_rejections": 0, "_loads": 3}
    assert run().output.endswith("Уничтожать нечего.\n")


def test_the_record_says_what_the_order_asks_for_and_names_nobody(old_files: Landing) -> None:
    run("--confirm")
    home = old_files.home
    by_name = {row["Файл"]: row for row in records(home)}
    assert set(by_name) == {"staff/старые кадры.csv", "ege/старый протокол.csv", "staff/непонятно.csv"}
    staff = by_name["staff/старые кадры.csv"]
    assert (staff["Субъектов"], staff["Дата файла"], staff["Информационная система"]) == ("2", "2019-12-29", "Око")
    assert staff["Категории персональных данных"] == "Сведения о кадрах: СНИЛС, Фамилия, Имя, Отчество"
    assert "5" in staff["Причина"] and staff["Способ"] and len(staff["SHA-256"]) == 64
    assert by_name["staff/непонятно.csv"]["Категории персональных данных"] == destroyed.UNKNOWN_KINDS
    (act,) = (home / "logs" / "destroyed").glob("*.txt")
    words = act.read_text(encoding="utf-8")
    for part in ("Оператор", "по поручению", "Субъекты", "Категории", "Причина", "Способ", "Дата уничтожения", "подпись", "№ 179"):
        assert part in words
    for path in (home / "logs" / "destroyed").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert not any(word in path.read_text(encoding="utf-8-sig") for word in ("Лукашин", "Иванов", "112-233", "11223344595"))
    assert not list((home / "logs" / "destroyed").glob("*.json"))


def test_what_landing_still_holds_is_left_and_said(old_files: Landing) -> None:
    # the same content under another name, which no refresh has seen
    path = old_files.write("staff/копия.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    said = run("--confirm")
    assert said.exit_code == 1 and "удалите их из landing" in said.output
    assert "staff/старые кадры.csv" not in {row["Файл"] for row in records(old_files.home)}
    path.unlink()
    assert run("--confirm").exit_code == 0
    assert len(records(old_files.home)) == 3


@pytest.mark.parametrize("place", ["ingest.archive.Archive.destroy", "ingest.vault.Vault.destroy", "orchestration.retention.finish"])
def test_one_that_was_cut_off_is_ended_by_the_next(old_files: Landing, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    class Killed(BaseException):
        pass

    calls: list[int] = []

    def killed(*_: object) -> None:
        calls.append(1)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(place, killed)
        with pytest.raises(Killed):
            run("--confirm")
    assert calls and not records(old_files.home)
    assert "прервано" in run().output
    assert run("--confirm").exit_code == 0
    assert len(records(old_files.home)) == 3
    assert len(files_of(old_files.home, "vault/identities")) == 1


def test_without_a_new_publication_there_is_no_act(old_files: Landing, rebuilt: list[bool]) -> None:
    rebuilt.append(False)
    said = run("--confirm")
    assert said.exit_code == 3 and "Повторите" in said.output
    assert not records(old_files.home)
    assert run("--confirm").exit_code == 0
    assert len(records(old_files.home)) == 3


def test_not_beside_a_refresh(old_files: Landing) -> None:
    settings = load_settings()
    before = files_of(old_files.home, "archive")
    with RefreshLock(settings.warehouse):
        for arguments in ([], ["--confirm"]):
            said = run(*arguments)
            assert said.exit_code == 3 and "Уже идёт" in said.output
    assert files_of(old_files.home, "archive") == before


def test_no_period_no_destruction(landing: Landing) -> None:
    said = run("--confirm")
    assert said.exit_code == 2 and "personal_years" in said.output


@pytest.mark.parametrize("value", ["0", "-1", '"5"', "true", "1.5"])
def test_periods_that_are_none(landing: Landing, value: str) -> None:
    (landing.home / "oko.toml").write_text(f"[retention]\npersonal_years = {value}\n")
    with pytest.raises(SettingsError, match="personal_years"):
        load_settings()
    assert run("--confirm").exit_code == 2


def test_an_empty_home_has_nothing(landing: Landing) -> None:
    (landing.home / "oko.toml").write_text(PERIOD)
    assert run().exit_code == 0
    assert run("--confirm").exit_code == 0
    assert not (landing.home / "logs" / "destroyed").exists()


def test_a_period_that_ends_on_the_29th_of_february(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_AS_OF", "2024-02-29")
    (landing.home / "oko.toml").write_text(PERIOD)
    assert "28.02.2019" in run().output


def test_old_logs_go_and_records_stay(landing: Landing) -> None:
    (landing.home / "oko.toml").write_text(PERIOD)
    settings = load_settings()
    prepare_home(settings)
    kept = [settings.logs / name for name in ("superset.log", "audit.jsonl", "destroyed/акт.txt", "destroyed/выгрузка.csv")]
    gone = [settings.logs / name for name in ("refresh.log.3", "superset.log-20200101", "refresh-error.log")]
    for path in [*kept, *gone]:
        path.parent.mkdir(exist_ok=True)
        path.write_text("строка")
    for path in [*kept[1:], *gone]:
        at(path, OLD)
    assert run().exit_code == 1
    assert run("--confirm").exit_code == 0
    assert [path.exists() for path in [*kept, *gone]] == [True] * len(kept) + [False] * len(gone)


def test_earlier_publications_lose_the_people_and_keep_the_numbers(tmp_path: Path) -> None:
    for name in ("1", "2"):
        (tmp_path / "publications" / name).mkdir(parents=True)
        for file in ("oko.duckdb", "oko_core.duckdb", "manifest.json"):
            (tmp_path / "publications" / name / file).write_text(name)
    (tmp_path / "published").symlink_to("publications/2")
    remove_earlier_cores(tmp_path / "publications", tmp_path / "published")
    assert files_of(tmp_path, "publications/1") == ["manifest.json", "oko.duckdb"]
    assert files_of(tmp_path, "publications/2") == ["manifest.json", "oko.duckdb", "oko_core.duckdb"]


def test_earlier_publications_on_postgres(postgres_url: str, tmp_path: Path) -> None:
    kept = {"core", "marts", "intermediate", "marts_20260901t020000000000z", "quality_20260901t020000000000z", "core_мой", "core_x"}
    gone = {"core_20260901t020000000000z", "intermediate_20260901t020000000000z"}
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in kept | gone:
            connection.execute(f'CREATE SCHEMA "{name}" CREATE TABLE "{name}".t (i int)'.encode())
        remove_earlier_cores(tmp_path, tmp_path / "published", postgres_url)
        rows = connection.execute("SELECT schema_name FROM information_schema.schemata").fetchall()
    assert {row[0] for row in rows} & (kept | gone) == kept


@pytest.mark.skipif(not os.environ.get("OKO_TEST_FULL"), reason="two refreshes: make test-full")
def test_with_the_whole_night(landing: Landing) -> None:
    home = landing.home
    landing.write_registers()
    old = landing.write("ege/старый протокол.csv", EXAM, *[result("540101", number, 40 + number) for number in range(20)], day="2019.05.28")
    new = landing.write("ege/протокол.csv", EXAM, *[result("540102", number, 50 + number) for number in range(30, 50)])
    at(old, OLD)
    at(new, date(2024, 6, 20))
    (home / "oko.toml").write_text(PERIOD)
    runner = CliRunner()
    assert runner.invoke(main, ["refresh"]).exit_code in (0, 1)
    first = (home / "published").resolve()
    assert periods(home) == {"2019", "2024"}
    old.unlink()
    answers = home / "superset" / "cache" / "answers"
    answers.mkdir(parents=True)
    assert run("--confirm").exit_code == 0
    assert periods(home) == {"2024"} and not answers.exists()
    assert {path.name for path in first.iterdir()} >= {"oko.duckdb"} and not (first / "oko_core.duckdb").exists()
    with duckdb.connect(str(first / "oko.duckdb"), read_only=True) as before:
        assert before.sql("SELECT count(*) FROM marts.indicator_values WHERE period = '2019'").fetchall() > [(0,)]
    assert runner.invoke(main, ["refresh", "--full"]).exit_code in (0, 1)
    assert periods(home) == {"2024"}


def periods(home: Path) -> set[str]:
    with duckdb.connect(str(home / "published" / "oko.duckdb"), read_only=True) as published:
        rows = published.sql("SELECT DISTINCT period FROM marts.indicator_values WHERE indicator_code = 'ege_mean_score'").fetchall()
    return {row[0] for row in rows}
