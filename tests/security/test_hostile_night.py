"""A whole night over values that would do something if anybody took them for SQL, a template or a path: they come out as they went in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from small_landing import EXAM, M1, M2, MUNICIPALITIES, SCHOOLS, STAFF, Landing, result, teacher

from ingest.settings import REPOSITORY
from orchestration.cli import main

OKO = Path(sys.executable).with_name("oko")
AS_OF = "2024-12-30"
VALUES = {
    "school": "{{ env_var('HOME') }}{% do run_query(\"COPY (SELECT 1) TO 'pwned'\") %}",
    "municipality": "'); DROP SCHEMA raw CASCADE; --",
    "group": "\"; COPY (SELECT 1) TO 'pwned'; --",
    "role": "{# #}{{ this.is.not }}{% endraw %}",
    "explanation": "=cmd|' /C calc'!A0 <script>alert(1)</script> ${jndi:ldap://x} %s%n \\",
    "survey": "') UNION SELECT * FROM read_text('/etc/passwd'); --",
    "question": "{{ config.token }}",
    "cluster": "К'1\"; {{ 7*7 }}",
}


def _quoted(*cells: str) -> str:
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small region whose every free text is hostile, refreshed by a process that holds back no rights."""
    landing = Landing(tmp_path_factory.mktemp("hostile"))
    code, oktmo = "540101", "54701000"
    landing.write("municipalities/МО.csv", MUNICIPALITIES, _quoted(oktmo, VALUES["municipality"], *M1.split(";")[2:]), M2)
    landing.write("schools/ОО.csv", SCHOOLS, _quoted(code, "edu540101", VALUES["school"], "5401010000", oktmo, "01.09.2008"))
    landing.write("staff/кадры.csv", STAFF, teacher("112-233-445 95", code))
    landing.write("ege/протокол.csv", EXAM, *[result(code, 100 + place, 40 + place) for place in range(12)])
    landing.write(
        "groups/г.csv",
        "Группа;Вид группы;Объект;Роль;Действует с",
        _quoted(VALUES["group"], "проект", code, VALUES["role"], "01.09.2020"),
    )
    landing.write("clusters/к.csv", "Код ОО;Учебный год;Кластер", _quoted(code, "2023/2024", VALUES["cluster"]))
    landing.write(
        "explanations/п.csv",
        "Код ОО;Период;Код показателя;Пояснение;Дата",
        _quoted(code, "2024", "ege_mean_score", VALUES["explanation"], "01.09.2024"),
        _quoted(code, "2024", "'); DROP TABLE raw.staff; --", VALUES["explanation"], "01.09.2024"),
    )
    landing.write(
        "targets/ц.csv",
        "Код показателя;Уровень;Код;Период;Целевое значение",
        _quoted("{{ target.password }}", "region", "54", "2024", "1"),
    )
    landing.write(
        "surveys/о.csv",
        "Код опроса;Волна;Группа респондентов;Код ОО;ID анкеты;Код вопроса;Ответ",
        *[_quoted(VALUES["survey"], "2024-02", "родители", code, f"a'{number}", VALUES["question"], "5") for number in range(12)],
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKO_")}
    environment |= {"OKO_HOME": str(landing.home), "OKO_AS_OF": AS_OF}
    done = subprocess.run([OKO, "refresh"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, umask=0)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    return landing.home


@pytest.fixture
def core(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "published" / "oko_core.duckdb"), read_only=True) as connection:
        yield connection


def _holds(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """The columns that hold this very text."""
    listed = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal"
    places = connection.execute(listed).fetchall()
    asked = [f'SELECT \'{column}\' FROM "{schema}"."{table}" WHERE "{column}" = $text LIMIT 1' for schema, table, column in places]
    return [row[0] for sql in asked for row in connection.execute(sql, {"text": text}).fetchall()]


@pytest.mark.parametrize("what", ["school", "municipality", "group", "survey", "explanation", "cluster"])
def test_a_value_is_published_as_it_was_written(core: duckdb.DuckDBPyConnection, what: str) -> None:
    assert _holds(core, VALUES[what])


def test_nothing_was_done_by_a_value(home: Path) -> None:
    assert not [path for folder in (home, REPOSITORY, REPOSITORY / "dbt_project") for path in folder.glob("pwned*")]
    with duckdb.connect(str(home / "warehouse" / "oko.duckdb"), read_only=True) as build:
        assert build.execute("SELECT count(*) FROM raw.staff").fetchone() == (1,)
        assert build.execute("SELECT count(*) FROM raw.schools").fetchone() == (1,)
        everything = [path.read_bytes() for path in (home / "warehouse" / "dbt").rglob("*.sql")]
    assert everything
    # nothing of a file stands in any SQL that dbt compiled
    assert not any(VALUES[what].encode() in sql for what in ("school", "group", "survey") for sql in everything)


def test_questions_about_hostile_names_are_answered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_HOME", str(home))
    monkeypatch.setenv("OKO_AS_OF", AS_OF)
    shown = CliRunner().invoke(main, ["explain", "ege_mean_score", VALUES["school"], "2024"])
    assert shown.exit_code == 0, shown.output
    for words in (
        ["explain", "ege_mean_score'; --", "540101", "2024"],
        ["explain", "ege_mean_score", "' OR 1=1 --", "2024"],
        ["explain", "ege_mean_score", "540101", "2024' OR '1'='1"],
        ["explain", "ege_mean_score", "540101", "2024", "--subject", "' OR 1=1 --"],
    ):
        refused = CliRunner().invoke(main, words)
        assert refused.exit_code == 2 and "Traceback" not in refused.output, refused.output
