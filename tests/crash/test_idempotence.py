"""The same files give the same, in whatever order and in however many refreshes they arrive.

A hundred arrivals are compared by what raw holds then: reading is where order could matter, and it costs a tenth of a second. What dbt
makes of raw is a function of it (no model goes on from an earlier build: test_kills_duckdb.py), so of a few arrivals the marts are
compared as well, by the hashes of their manifests. The input has no conflicts: two files that carry one key have an order of their own,
(modification time, path), which tests/orchestration/test_refresh.py looks at.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills import IS_FULL, SEED
from region import AS_OF, Region
from small_landing import APPEALS, EXAM, SCHOOLS, STAFF, Landing, appeal, read_landing, result, school, teacher

from orchestration.state import State, save_state
from warehouse.engine import Warehouse

ARRIVALS = {"duckdb": 100, "postgres": 100} if IS_FULL else {"duckdb": 50, "postgres": 8}
WITH_MARTS = 100 if IS_FULL else 3
SNILS = ("112-233-445 95", "087-654-303 00", "001-002-003 54")

QUESTIONS = "Код опроса;Группа респондентов;Код вопроса;Текст вопроса;Назначение;Шкала;Обратный"
FORM = "Отметка времени,Довольны ли Вы качеством уроков?,Код школы"


def write_everything(landing: Landing) -> None:
    """Files that wait for each other: rows for a register, an appeal for its protocol, a form for its questions and its wave."""
    landing.write("survey_forms/родители.csv", FORM, "2024/02/15 10:22:31 AM GMT+7,5,540101", "2024/02/15 11:22:31 AM GMT+7,4,540777")
    landing.write("ege/апелляции.csv", APPEALS, appeal("540101", 100, 40, 58))
    landing.write("staff/кадры новой школы.csv", STAFF, teacher(SNILS[2], "540777"), teacher(SNILS[2], "540102"))
    landing.write("ege/протокол.csv", EXAM, *[result("540101", 100 + place, 40 + 5 * place) for place in range(12)])
    landing.write("ege/протокол новой школы.csv", EXAM, *[result("540777", 400 + place, 60 + place) for place in range(7)])
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "549999"))
    landing.write("меню.csv", "Блюдо;Цена", "борщ;10")
    landing.write(
        "survey_questions/карта.csv", QUESTIONS, "УП;родители;В01;Довольны ли Вы качеством уроков?;;;", "УП;родители;ОО;Код школы;Код ОО;;"
    )
    landing.write("survey_waves/волны.csv", "Код опроса;Волна;Начало;Окончание", "УП;2024-02;01.02.2024;29.02.2024")
    landing.write("schools/новая школа.csv", SCHOOLS, school("540777"))
    landing.write_registers()


def arrivals(files: list[Path], randomly: random.Random) -> Iterator[list[Path]]:
    """All files in a random order, a random number of them at a time: in one to four refreshes."""
    shuffled = randomly.sample(files, len(files))
    cuts = sorted(randomly.sample(range(1, len(files)), randomly.randint(0, 3)))
    for begin, end in zip([0, *cuts], [*cuts, len(files)], strict=True):
        yield shuffled[begin:end]


def _arrive(files: list[Path], store: Path, landing: Path) -> None:
    for file in files:
        target = landing / file.relative_to(store)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


# what tells of the day of a refresh and not of the files; `_loads` as a whole does
OF_THE_RUN = ("_load_id", "rejected_at", "found_at")
JOURNAL = ("_files", "_rejections", "_findings")


Content = dict[str, list[tuple[object, ...]]]


def _read(*, full: bool = False) -> Content:
    """A refresh without dbt, remembered as complete; what raw holds at its end."""
    seen: list[Content] = []
    refresh = read_landing(full=full, look=lambda warehouse: seen.append(content(warehouse)))
    save_state(refresh.settings, State(judged=refresh._judged, ingest=refresh._read_by))
    return seen[0]


def content(warehouse: Warehouse) -> Content:
    """The rows that count, of every table that has any, and what stands rejected or found; in an order of their own."""
    frames = {name: warehouse.query(f"SELECT * FROM raw.{name}") for name in JOURNAL}
    for name in _filled(warehouse):
        frames[name] = warehouse.current_rows(name, {})
    return {name: sorted(frame.drop(OF_THE_RUN, strict=False).rows(), key=repr) for name, frame in frames.items()}


def _filled(warehouse: Warehouse) -> list[str]:
    counts = " UNION ALL ".join(f"(SELECT '{name}' AS name FROM raw.{name} LIMIT 1)" for name in warehouse._tables)
    return sorted(warehouse.query(counts)["name"])


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """This process's environment, without an installation of Oko, on a day after all of the data."""
    for name in [name for name in os.environ if name.startswith("OKO_") and not name.startswith("OKO_TEST")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OKO_AS_OF", AS_OF)
    # somebody may edit the code while its tests run
    for module in ("orchestration.state", "orchestration.refresh", "orchestration.intake"):
        monkeypatch.setattr(f"{module}.code_version", lambda *folders: "as it is")
    return monkeypatch


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_raw_is_the_same_however_files_arrive(
    target: str, tmp_path: Path, environment: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    environment.setenv("OKO_TARGET", target)
    # one key of pseudonyms, or people would not be the same
    environment.setenv("OKO_VAULT", str(tmp_path / "vault"))
    if target == "postgres":
        environment.setenv("OKO_DATABASE_URL", request.getfixturevalue("postgres_url"))
    store = Landing(tmp_path / "store")
    write_everything(store)
    files = sorted(path for path in (store.home / "landing").rglob("*") if path.is_file())
    expected: Content = {}
    for number in range(ARRIVALS[target] + 1):
        home = tmp_path / str(number)
        environment.setenv("OKO_HOME", str(home))
        if target == "postgres":
            _empty(str(os.environ["OKO_DATABASE_URL"]))
        # the first time all at once; every fifth time what does not belong here came first, and goes at the end
        gone = Landing(home).write("staff/ушло.csv", STAFF, teacher(SNILS[0], "540102")) if number and number % 5 == 0 else None
        for batch in arrivals(files, random.Random(SEED + number)) if number else [files]:
            _arrive(batch, store.home / "landing", home / "landing")
            held = _read()
        if gone:
            gone.unlink()
            held = _read(full=True)
        expected = expected or held
        assert held == expected, f"arrival {number}"
        shutil.rmtree(home)
    assert {"ege", "ege_appeal", "staff", "schools", "survey_forms", "survey_form_answers"} <= set(expected)
    assert [(row[1], row[6]) for row in expected["_rejections"]] == [("staff/кадры.csv", "unknown_school"), ("меню.csv", "unknown_layout")]


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS raw CASCADE")


def test_marts_are_the_same_however_files_arrive(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    store = Landing(tmp_path / "store")
    write_everything(store)
    files = sorted(path for path in (store.home / "landing").rglob("*") if path.is_file())
    region = Region(tmp_path)
    for name, value in region.environment.items():
        environment.setenv(name, value)
    _arrive(files, store.home / "landing", region.home / "landing")
    _complete(region)
    expected = region.look().marts
    for number in range(1, WITH_MARTS + 1):
        region.forget_everything()
        for batch in arrivals(files, random.Random(SEED - number)):
            _arrive(batch, store.home / "landing", region.home / "landing")
            _read()
        _complete(region)
        assert region.look().marts == expected, f"arrival {number}"


def _complete(region: Region) -> None:
    """Two files of these have something rejected, so a refresh that is complete ends with 1."""
    with region.refresh() as run:
        assert run.end() == 1, run.said
