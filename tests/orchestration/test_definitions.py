"""The graph of the night, as Dagster sees it: read from the declarations and from dbt's manifest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dagster
import pytest
from dagster import AssetKey, Definitions, build_sensor_context
from small_landing import Landing

from ingest.declarations import load_sources
from ingest.settings import REPOSITORY, load_settings
from orchestration.build import build_definitions
from orchestration.dbt_runs import data_tests
from orchestration.home import build_path, prepare_environment, prepare_home
from orchestration.jobs import landing_sensor, night_schedule
from orchestration.state import State, landing_listing, save_state


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HOME", str(tmp_path_factory.mktemp("home")))
        definitions = build_definitions(load_settings())
        # a server may load them while a refresh has the build file
        assert not build_path(load_settings()).exists()
        assert all(test.sql for test in data_tests(load_settings())) and len(data_tests(load_settings())) > 300
        return definitions


def test_every_source_is_an_asset_after_its_providers(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for name, source in load_sources().items():
        parents = graph.get(AssetKey(["raw", name])).parent_keys
        assert AssetKey("landing") in parents
        for other in load_sources().values():
            if other is not source and other.provides & source.needs:
                assert AssetKey(["raw", other.source]) in parents


def test_dbt_hangs_between_raw_and_the_publication(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    values = AssetKey(["marts", "indicator_values"])
    assert values in graph.get(AssetKey("published")).parent_keys
    assert AssetKey(["raw", "schools"]) in graph.get(AssetKey(["staging", "stg_schools__school"])).parent_keys
    assert AssetKey(["raw", "ege"]) in graph.get(AssetKey(["staging", "stg_ege__appeal"])).parent_keys
    assert AssetKey(["raw", "waiting"]) in graph.get(AssetKey(["staging", "stg_oko__load"])).parent_keys
    assert graph.get(values).group_name == "marts"


def test_no_raw_table_of_dbt_stands_apart_from_the_night(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert not graph.external_asset_keys


def test_dbt_tests_are_asset_checks(definitions: Definitions) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    assert {key.asset_key for key in checks} >= {AssetKey(["marts", "indicator_values"]), AssetKey(["core", "dim_school"])}


def test_the_night_is_one_job_in_one_process(definitions: Definitions) -> None:
    job = definitions.resolve_job_def("night")
    assert job.executor_def is dagster.in_process_executor
    assert set(job.asset_layer.executable_asset_keys) == set(definitions.resolve_asset_graph().materializable_asset_keys)


def test_the_schedule_follows_the_installation(make_home: Callable[[], Path]) -> None:
    home = make_home()
    schedule = night_schedule(load_settings())
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Novosibirsk")
    assert schedule.default_status == dagster.DefaultScheduleStatus.RUNNING
    (home / "oko.toml").write_text('[schedule]\ntime_zone = "Asia/Vladivostok"\nnight = "30 1 * * *"')
    schedule = night_schedule(load_settings())
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 1 * * *", "Asia/Vladivostok")


def test_the_sensor_waits_until_files_have_arrived_and_starts_one_run(landing: Landing) -> None:
    landing.write_registers()
    settings = load_settings()
    prepare_home(settings)
    sensor = landing_sensor()
    first = sensor.evaluate_tick(build_sensor_context(cursor=None))
    assert not first.run_requests and first.cursor == landing_listing(settings.landing)
    second = sensor.evaluate_tick(build_sensor_context(cursor=first.cursor))
    assert [request.run_key for request in second.run_requests or []] == [first.cursor]
    landing.write("staff/кадры.csv", "СНИЛС")
    third = sensor.evaluate_tick(build_sensor_context(cursor=second.cursor))
    assert not third.run_requests and third.cursor != first.cursor


def test_a_file_that_still_arrives_starts_nothing(landing: Landing) -> None:
    landing.write_registers()
    prepare_home(load_settings())
    sensor, cursor = landing_sensor(), None
    path = landing.home / "landing" / "staff" / "кадры.csv"
    path.parent.mkdir()
    # what SMB and SFTP do: the file has its name from the first byte; the time may be the original's all the while
    for part in range(4):
        with path.open("ab") as file:
            file.write(b"x" * 1000)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        tick = sensor.evaluate_tick(build_sensor_context(cursor=cursor))
        assert not tick.run_requests, part
        cursor = tick.cursor
    # one that is sent under a name of its own is not waited for
    half = path.with_name("ведомость.xlsx.filepart")
    half.write_bytes(b"x")
    assert len(sensor.evaluate_tick(build_sensor_context(cursor=cursor)).run_requests or []) == 1


def test_the_sensor_leaves_alone_what_is_published(landing: Landing) -> None:
    landing.write_registers()
    settings = load_settings()
    prepare_home(settings)
    listing = landing_listing(settings.landing)
    save_state(settings, State(listing=listing))
    assert not landing_sensor().evaluate_tick(build_sensor_context(cursor=listing)).run_requests


def test_the_instance_keeps_everything_in_the_home_and_sends_nothing(
    make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home()
    settings = load_settings()
    prepare_home(settings)
    prepare_environment(settings)
    before = set(REPOSITORY.iterdir())
    with dagster.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled
        assert Path(instance.storage_directory()).is_relative_to(home)
        assert instance.run_storage.get_runs() == []
    assert set(REPOSITORY.iterdir()) == before
    assert (home / "dagster" / "history").exists()
