"""The command line at its edges: words, exit codes, what goes to which stream. What a night does is tested in test_night.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import openpyxl
import psycopg
import pytest
from small_landing import STAFF, Landing, read_landing, teacher

from orchestration.lock import RefreshLock

OKO = Path(sys.executable).with_name("oko")


def oko(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([OKO, *words], capture_output=True, check=False)


def _fill(connection: duckdb.DuckDBPyConnection | psycopg.Connection[tuple[object, ...]]) -> None:
    for sql in (
        "CREATE SCHEMA marts",
        "CREATE TABLE marts.schools (name TEXT, share DOUBLE PRECISION, n BIGINT, day DATE)",
        "CREATE SCHEMA quality",
        "CREATE TABLE quality.publication AS SELECT 'p1' AS publication_id",
        "INSERT INTO marts.schools VALUES ('=лицей', 0.5, 12, '2024-09-01'), (NULL, NULL, NULL, NULL)",
    ):
        connection.execute(sql)


@pytest.fixture
def published(target: str, make_home: Callable[[], Path], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one small mart published, on either engine."""
    home = make_home()
    monkeypatch.setenv("OKO_TARGET", target)
    if target == "postgres":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("OKO_DATABASE_URL", url)
        with psycopg.connect(url) as connection:
            _fill(connection)
    else:
        (home / "publications" / "p1").mkdir(parents=True)
        with duckdb.connect(str(home / "publications" / "p1" / "oko.duckdb")) as connection:
            _fill(connection)
        (home / "published").symlink_to("publications/p1")
    return home


QUERY = "SELECT name, share, n, day FROM marts.schools ORDER BY n"


def test_sql_as_csv(published: Path) -> None:
    done = oko("sql", QUERY, "--format", "csv")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8-sig") == "name;share;n;day\r\n'=лицей;0,5;12;2024-09-01\r\n;;;\r\n"


def test_sql_as_xlsx(published: Path) -> None:
    done = oko("sql", QUERY, "--format", "xlsx")
    assert done.returncode == 0
    sheet = openpyxl.load_workbook(BytesIO(done.stdout)).active
    assert [cell.value for cell in sheet[2]][:3] == ["=лицей", 0.5, 12]


def test_sql_as_a_table(published: Path) -> None:
    done = oko("sql", "SELECT count(*) AS сколько FROM marts.schools WHERE name LIKE '%лицей'")
    assert done.returncode == 0
    assert "сколько" in done.stdout.decode() and "│ 1" in done.stdout.decode()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM marts.schools",
        "CREATE TABLE marts.x (a INTEGER)",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE marts.schools",
        "SELECT * FROM no_such_table",
        "SELECT FROM WHERE",
        "COPY (SELECT 1) TO '/tmp/oko_wrote_this.csv'",
        "",
    ],
)
def test_sql_refuses_with_one(sql: str, published: Path) -> None:
    done = oko("sql", sql)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().strip() and "Traceback" not in done.stderr.decode()
    assert oko("sql", "SELECT count(*) FROM marts.schools", "--format", "csv").stdout.endswith(b"2\r\n")


def test_sql_writes_no_file_of_the_server(published: Path) -> None:
    folder = Path(mkdtemp(prefix="oko-sql-", dir="/tmp"))
    folder.chmod(0o777)
    for sql in ("COPY (SELECT 1) TO '{}'", "SELECT 1; COPY (SELECT 1) TO '{}'"):
        assert oko("sql", sql.format(folder / "written.csv")).returncode == 1
    left = list(folder.iterdir())
    shutil.rmtree(folder)
    assert left == []


@pytest.mark.parametrize("target", ["duckdb"], indirect=True)
@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_text('/etc/passwd')", "ATTACH ':memory:' AS x", "SET threads = 1", "PRAGMA database_list", "INSTALL httpfs"]
)
def test_sql_reaches_nothing_but_what_is_published(sql: str, published: Path) -> None:
    assert oko("sql", sql).returncode == 1


def test_sql_before_anything_is_published(make_home: Callable[[], Path]) -> None:
    make_home()
    done = oko("sql", "SELECT 1")
    assert done.returncode == 1 and "oko refresh" in done.stderr.decode()


@pytest.mark.parametrize(
    "words",
    [
        ["refresh", "--source", "no such source"],
        ["refresh", "--wrong"],
        ["sql"],
        ["sql", "SELECT 1", "--format", "pdf"],
        ["sample", "--schools", "0"],
        ["sample", "--items", "5"],
        ["check"],
        ["check", "/no/such/file.csv"],
        ["check", __file__, "--format", "pdf"],
        ["template", "no such source"],
        ["no such command"],
    ],
)
def test_wrong_words_end_with_two(words: list[str], make_home: Callable[[], Path]) -> None:
    make_home()
    assert oko(*words).returncode == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OKO_AS_OF", "31.12.2024"), ("OKO_TARGET", "oracle"), ("OKO_TARGET", "postgres"), ("OKO_DATABASE_URL", "host=h password=secret")],
)
def test_wrong_settings_end_with_two(variable: str, value: str, make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    make_home()
    monkeypatch.setenv(variable, value)
    done = oko("refresh")
    assert done.returncode == 2 and variable in done.stderr.decode() and "secret" not in done.stderr.decode()


def test_a_broken_oko_toml_ends_with_two(make_home: Callable[[], Path]) -> None:
    (make_home() / "oko.toml").write_text("[region\n")
    done = oko("refresh")
    assert done.returncode == 2 and "oko.toml" in done.stderr.decode()


def test_check_judges_by_what_the_last_refresh_knew_and_loads_nothing(on_target: Landing, tmp_path: Path) -> None:
    on_target.write_registers()
    read_landing()
    file = tmp_path / "кадры.csv"
    file.write_text("\n".join([STAFF, teacher("112-233-445 95", "540101"), ""]), encoding="utf-8")
    done = oko("check", file)
    assert done.returncode == 0 and "загрузится 1" in done.stdout.decode()
    file.write_text("\n".join([STAFF, teacher("112-233-445 95", "549999"), ""]), encoding="utf-8")
    done = oko("check", file, "--source", "staff")
    assert done.returncode == 1 and "unknown_school" in done.stdout.decode()
    seen: list[int] = []
    read_landing(look=lambda warehouse: seen.append(warehouse.query("SELECT count(*) AS n FROM raw.staff")["n"][0]))
    assert seen == [0]


def test_check_waits_for_nobody(landing: Landing) -> None:
    landing.write_registers()
    read_landing()
    with RefreshLock(landing.home / "warehouse"):
        done = oko("check", landing.home / "landing" / "schools" / "ОО.csv")
    assert done.returncode == 3 and "обновление" in done.stderr.decode()


def test_check_before_the_first_refresh(landing: Landing) -> None:
    landing.write("schools/ОО.csv", "Код ОО;Полное наименование;ОКТМО;Действует с", "540101;Школа;54701000;01.09.2008")
    done = oko("check", landing.home / "landing" / "schools" / "ОО.csv")
    assert done.returncode == 0 and "Реестры ещё не загружены" in done.stderr.decode()
    assert not (landing.home / "warehouse" / "oko.duckdb").exists()


def test_sample_does_not_write_into_a_folder_in_use(landing: Landing) -> None:
    landing.write_registers()
    assert oko("sample", "--schools", "2", "--years", "1").returncode == 2


def test_no_line_of_help_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns, and none."""
    for columns in ("80", "0"):
        monkeypatch.setenv("COLUMNS", columns)
        _usage, *lines = oko("--help").stdout.decode().splitlines()
        assert len(lines) > 10 and not [line for line in lines if line.endswith("...")]


def test_help_is_russian_and_imports_nothing_heavy() -> None:
    heavy = ("dagster", "dbt", "duckdb", "polars", "pydantic", "rich", "psycopg")
    code = (
        "import sys; sys.argv = ['oko', '--help']\n"
        "from orchestration.cli import main\n"
        f"try: main()\nexcept SystemExit: print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Око: хранилище" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
