"""The real job, all of it: small files through Dagster, dbt and publishing; ends, repeats and failures (kills: tests/crash).

The tests of this module share one home and run in the order in which they stand, because a first night is the slow part.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import dagster
import duckdb
import pytest
from small_landing import APPEALS, EXAM, SCHOOLS, STAFF, Landing, appeal, result, school, teacher

from ingest.settings import REPOSITORY, Settings, load_settings
from orchestration.audit_log import events, verify
from orchestration.changes import KEY, Changes
from orchestration.dbt_runs import data_tests
from orchestration.night import run_night
from orchestration.publications import publications
from orchestration.published import pair, query
from orchestration.runs import PUBLISHED, load_run
from orchestration.watching import causes
from warehouse.publish import current_publication

AS_OF = "2024-12-30"
SNILS = ["112-233-445 95", "087-654-303 00", "001-002-003 54"]
SCORES = [38, 47, 52, 61, 66, 70, 74, 80, 83, 91, 95, 100]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landing]:
    """The module's home: registers, one exam of twelve people, two teachers."""
    home = tmp_path_factory.mktemp("night")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HOME", str(home))
        patched.setenv("OKO_AS_OF", AS_OF)
        patched.setenv("OKO_TARGET", "duckdb")
        # somebody may edit the code while its tests run
        for module in ("orchestration.state", "orchestration.refresh", "orchestration.intake"):
            patched.setattr(f"{module}.code_version", lambda *folders: "as it is")
        landing = Landing(home)
        landing.write_registers()
        landing.write("ege/протокол.csv", EXAM, *[result("540101", 100 + place, score) for place, score in enumerate(SCORES)])
        landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
        yield landing


@pytest.fixture
def settings(landing: Landing) -> Settings:
    return load_settings()


def night(**options: bool) -> int:
    return run_night(load_settings(), full=options.get("full", False), sources=())


def published(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.published / "oko.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def mean_score(settings: Settings, level: str = "region") -> object:
    sql = f"SELECT value FROM marts.indicator_values WHERE indicator_code = 'ege_mean_score' AND level = '{level}' AND period = '2024'"
    return published(settings, sql)[0][0]


def runs() -> list[dagster.DagsterRun]:
    with dagster.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        return list(instance.get_runs())


def test_a_first_night_publishes(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert night() == 0
    assert mean_score(settings) == pytest.approx(sum(SCORES) / len(SCORES))
    assert published(settings, "SELECT count(*) FROM quality.rejections") == [(0,)]
    undescribed = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts' AND comment IS NULL"
    assert published(settings, undescribed) == []
    assert published(settings, "SELECT publication_id FROM quality.publication") == [(current_publication(settings.published),)]
    out, said = capfd.readouterr()
    assert out == ""
    assert "Прочитано файлов: 4; строк в них: 19, загружено: 19, отклонено: 0." in said
    assert "dagster" not in said.lower()


def test_its_run_is_in_the_history_with_counts_and_checks(landing: Landing) -> None:
    with dagster.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        (run,) = instance.get_runs()
        assert run.status == dagster.DagsterRunStatus.SUCCESS and run.job_name == "night"
        records = instance.all_logs(run.run_id)
    loaded = {
        tuple(event.dagster_event.asset_key.path): event.dagster_event.materialization.metadata
        for event in records
        if event.dagster_event and event.dagster_event.is_step_materialization
    }
    assert {name: loaded["raw", "ege"][name].value for name in ("Файлов", "Строк в файлах", "Загружено строк", "Отклонено строк")} == {
        **{"Файлов": 1, "Строк в файлах": 12},
        **{"Загружено строк": 12, "Отклонено строк": 0},
    }
    assert {("landing",), ("core", "indicator_values"), ("marts", "indicator_values"), ("published",)} <= set(loaded)
    checks = [
        event.dagster_event for event in records if event.dagster_event and event.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    assert len(checks) == len(data_tests(load_settings())) > 300
    assert all(check.asset_check_evaluation_data.passed for check in checks)


def test_its_end_and_what_it_did_are_noted(settings: Settings) -> None:
    run = load_run(settings.logs)
    assert run.outcome == PUBLISHED and run.ended_at == run.success_at and run.due_at > run.ended_at
    assert published(settings, "SELECT previous_publication_id, due_at > built_at FROM quality.publication") == [(None, True)]
    noted = list(events(settings.logs))
    assert [line["event"] for line in noted] == ["refresh", "loaded", "published"]
    assert {line["publication"] for line in noted} == {current_publication(settings.published)}
    assert noted[1]["sources"]["ege"] == {"files": 1, "rows_in": 12, "rows_loaded": 12, "rows_rejected": 0} and len(noted[1]["files"]) == 4
    assert published(settings, "SELECT state FROM quality.freshness WHERE source = 'ege'") != [("нет файлов",)]
    assert verify(settings.logs) == []


def test_nothing_new_ends_at_once_and_is_recorded(
    settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_publication(settings.published)
    monkeypatch.setattr("orchestration.dbt_runs._invoke", lambda *_, **__: pytest.fail("dbt was called"))
    assert night() == 0
    assert current_publication(settings.published) == before
    assert "Ничего нового" in capfd.readouterr().err
    assert [run.status for run in runs()] == [dagster.DagsterRunStatus.SUCCESS] * 2


def test_the_scheduled_run_of_an_unchanged_landing_skips_everything_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.build import build_definitions

    job = build_definitions(settings).resolve_job_def("night")
    monkeypatch.setattr("orchestration.dbt_runs.build", lambda *_: pytest.fail("dbt was called"))
    with dagster.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        outcome = job.execute_in_process(instance=instance)
    assert outcome.success
    assert [event.step_key for event in outcome.all_events if event.is_step_success] == ["landing"]


def test_what_is_rejected_makes_the_exit_code_one(landing: Landing, settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    landing.write("staff/ещё.csv", STAFF, teacher(SNILS[2], "540777"))
    landing.write("ege/апелляции.csv", APPEALS, appeal("540101", 100, 38, 50))
    assert night() == 1
    assert published(settings, "SELECT file_name, row_number, reason_code FROM quality.rejections") == [
        ("staff/ещё.csv", 2, "unknown_school")
    ]
    assert mean_score(settings) == pytest.approx((sum(SCORES) + 12) / len(SCORES))
    said = capfd.readouterr().err
    assert "Сейчас отклонено: 1." in said and str(settings.quarantine) in said


def test_the_number_before_and_the_file_that_changed_it_are_known(landing: Landing, settings: Settings) -> None:
    """The two publications so far: an appeal came with the second."""
    old, new = publications(settings)
    assert new.manifest is not None and old.manifest is not None and new.manifest.previous == old.id
    assert new.manifest.hash != old.manifest.hash and new.manifest.marts["marts.indicator_values"].rows > 0
    mean = "SELECT value FROM marts.indicator_values WHERE indicator_code = 'ege_mean_score' AND level = 'region' AND period = '2024'"
    for one, total in ((old, sum(SCORES)), (new, sum(SCORES) + 12)):
        with query(settings, mean, one) as result:
            assert [value for (value,) in result.rows] == [pytest.approx(total / len(SCORES))]
    with pair(settings, old, new) as both:
        changes = Changes(old, new, both)
        assert changes.files is not None
        assert [(file.kind, file.name) for file in changes.files] == [("добавлен", "ege/апелляции.csv"), ("добавлен", "staff/ещё.csv")]
        [row] = [row for row in changes.rows() if (row["indicator_code"], row["level"]) == ("ege_mean_score", "region")]
        cause = changes.cause([tuple(row[name] for name in KEY)])
    assert (row["old_value"], row["new_value"]) == (pytest.approx(sum(SCORES) / 12), pytest.approx((sum(SCORES) + 12) / 12))
    assert "ege/апелляции.csv" in cause.files and "staff/ещё.csv" not in cause.files


def test_a_refresh_beside_another_one_changes_nothing(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    code = (
        "import sys, time; from pathlib import Path; from orchestration.lock import RefreshLock\n"
        "with RefreshLock(Path(sys.argv[1])): print('held', flush=True); time.sleep(120)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(settings.warehouse)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        started = time.monotonic()
        assert night() == 3
        assert time.monotonic() - started < 10
        holder.kill()
    assert f"процесс {holder.pid}" in capfd.readouterr().err


def test_a_failing_test_leaves_the_old_publication(
    landing: Landing, settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On the tables of the night before: what is built is not the question here."""
    before = current_publication(settings.published)
    landing.write("schools/новая.csv", SCHOOLS, school("540777"))
    first, *others = data_tests(settings)
    broken = replace(first, sql="SELECT 2 AS failures, TRUE AS should_warn, TRUE AS should_error")
    monkeypatch.setattr("orchestration.dbt_runs.build", lambda *_, **__: [])
    monkeypatch.setattr("orchestration.dbt_runs.data_tests", lambda _: [broken, *others])
    assert night() == 3
    assert current_publication(settings.published) == before
    told = f"{first.name}: Got 2 results, configured to fail if != 0"
    assert f"dbt: не выполнено 1 из {len(others) + 1}" in (said := capfd.readouterr().err) and told in said
    assert f"{first.name}: fail: Got 2 results" in (settings.logs / "dbt.log").read_text(encoding="utf-8")
    with dagster.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        logged = [record.dagster_event for record in instance.all_logs(runs()[0].run_id) if record.dagster_event]
    checks = [event.asset_check_evaluation_data for event in logged if event.event_type_value == "ASSET_CHECK_EVALUATION"]
    assert [check.passed for check in checks] == [False] + [True] * len(others)


def test_a_failing_audit_leaves_the_old_publication(
    landing: Landing, settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = current_publication(settings.published)
    landing.write("schools/новая.csv", SCHOOLS, school("540777"))
    monkeypatch.setattr("warehouse.publish.faults", lambda query: ["Не выполнено: ключ не повторяется"])
    assert night() == 3
    assert current_publication(settings.published) == before
    assert "Не выполнено: ключ не повторяется" in capfd.readouterr().err
    assert runs()[0].status == dagster.DagsterRunStatus.FAILURE
    assert [cause.text.partition(": ")[2] for cause in causes(settings) if cause.key.startswith("failed")] == [
        "новая публикация не прошла проверку; этап: проверка и публикация. Читатели видят прежнюю публикацию."
    ]


def test_ctrl_c_leaves_the_old_publication(settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = current_publication(settings.published)
    monkeypatch.setattr("orchestration.refresh.Refresh.is_up_to_date", interrupt)
    assert night() == 3
    assert current_publication(settings.published) == before
    said = capfd.readouterr().err
    assert "прежняя публикация осталась" in said and "Traceback" not in said


def test_full_rebuilds_from_what_is_in_landing(landing: Landing, settings: Settings) -> None:
    (landing.home / "landing" / "ege" / "апелляции.csv").unlink()
    assert night(full=True) == 0
    assert mean_score(settings) == pytest.approx(sum(SCORES) / len(SCORES))


def test_what_vanishes_between_publications_is_told(landing: Landing, settings: Settings) -> None:
    before = current_publication(settings.published)
    (landing.home / "landing" / "ege" / "протокол.csv").unlink()
    landing.write("ege/другой протокол.csv", EXAM, *[result("540101", 500 + place, 30) for place in range(12)])
    assert night(full=True) in (0, 1)
    assert published(settings, "SELECT previous_publication_id FROM quality.publication") == [(before,)]
    changed = published(settings, "SELECT rule_code, value, message_ru FROM quality.findings WHERE rule_code LIKE 'change_%' ORDER BY ALL")
    means = [(rule, value) for rule, value, message in changed if "(ege_mean_score)" in str(message)]
    assert means == [("change_value", pytest.approx(30))]
    assert {cause.text for cause in causes(settings) if cause.title == "Подозрительное изменение"} == {message for _, _, message in changed}


def test_the_repository_stays_clean(landing: Landing) -> None:
    """Nothing that Dagster or dbt write by default lies in the repository, newer than this module's home."""
    began = landing.home.joinpath("landing", "municipalities").stat().st_ctime
    for name in ("dbt_project/target", "dbt_project/logs", "logs", "storage", "history", "schedules", ".telemetry", ".nux"):
        path = REPOSITORY / name
        assert not path.exists() or path.stat().st_mtime < began, name
