"""Refreshes on DuckDB that are killed at random moments of every stage, while others read (kills.py says how that is made cheap)."""

from __future__ import annotations

import random
import re
import shutil
import signal
from pathlib import Path

import dagster
import duckdb
import pytest
from driver import Moment
from kills import COMPLETED, POINTS, SEED, Seen, draw, kills, look_at_files, readers
from region import Night, Region, check_archive, check_build_file, drafts, make_night

from ingest.settings import REPOSITORY


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return make_night(Region(tmp_path_factory.mktemp("kills")))


def test_models_go_on_from_an_earlier_build_in_one_way() -> None:
    """Which is why a few models can stand for all of them: each is made anew from raw, or keeps parts as scores_by_place does."""
    goes_on = re.compile(r"materialized\W{1,5}(incremental|snapshot)|is_incremental|%\W{0,2}snapshot\b")
    kept = re.compile(r"materialized='incremental', pre_hook=\"\{\{ forget_rebuilt(_results)?\(")
    for path in (REPOSITORY / "dbt_project").rglob("*"):
        if path.suffix in (".sql", ".yml") and path.name != "parts.sql":
            text = path.read_text(encoding="utf-8")
            assert len(goes_on.findall(text)) == len(kept.findall(text)), path


def test_readers_see_one_whole_publication_whenever_a_refresh_is_killed(night: Night) -> None:
    region, stopped = night.begin(), list[str]()
    seen: set[Seen] = set()
    kept = set(random.Random(SEED).sample(range(POINTS), COMPLETED))
    with readers(region.environment, region.work) as saw, region.refresh(*draw(night.ticks, POINTS, SEED)) as run:
        for number, where in enumerate(run.stops()):
            stopped.append(where)
            copy = region.copy(f"stop_{number}")
            try:
                seen.add(look_at_files(copy))
                check_archive(copy)
                if number not in kept:
                    check_build_file(copy)
                    shutil.rmtree(copy)
            except Exception as error:
                raise AssertionError(f"killed at {where}: {error}") from error
        assert run.end() == 0, run.said
    after = region.look()
    assert after.marts == night.second.marts
    assert len(stopped) == POINTS
    assert {where.split()[0] for where in stopped} == set(night.ticks)
    assert seen == {night.first, after}
    assert night.first in saw <= {night.first, after}


def test_the_next_refresh_completes_what_a_killed_one_left(night: Night) -> None:
    region = night.region
    copies = sorted(region.work.glob("stop_*"))
    assert len(copies) == COMPLETED
    for copy in copies:
        region.begin(copy.name)
        region.complete()
        assert region.look().marts == night.second.marts, copy.name
        assert drafts(region.home) == []
        check_build_file(region.home)


def _listing(home: Path) -> list[tuple[str, str]]:
    """Every path under a home and what kind it is, with ids of publications, runs and processes made alike."""
    alike = lambda name: re.sub(r"\d{8}T\d+Z|[0-9a-f]{8}-[0-9a-f-]{27}|-\d+$", "#", name)  # noqa: E731
    return sorted(
        (alike(str(path.relative_to(home))), alike(str(path.readlink())) if path.is_symlink() else str(path.is_dir()))
        for path in home.rglob("*")
    )


def _tables(home: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse" / "oko.duckdb")) as build:
        return build.execute("SELECT schema_name, table_name, estimated_size FROM duckdb_tables() ORDER BY ALL").fetchall()


def test_a_kill_leaves_what_a_stop_leaves(night: Night) -> None:
    """What all of the above rests on. The second refresh meets the first, which stands still, and gives way."""
    moment = Moment("publishing", night.ticks["publishing"] // 3)
    with night.begin().refresh(moment) as run:
        next(run.stops())
        stopped = night.region.copy("stopped")
        with night.region.refresh() as second:
            assert second.end() == 3
            assert "Уже идёт другое обновление" in second.said
    with night.begin().refresh(moment, signal=signal.SIGKILL) as run:
        assert run.end() == -signal.SIGKILL, run.said
    killed = night.region.copy("killed")
    assert _listing(killed) == _listing(stopped)
    assert _tables(killed) == _tables(stopped)


def test_kills_one_after_another_harm_nobody_and_a_clock_set_back_confuses_nobody(night: Night) -> None:
    """Each refresh goes on from what the kill before it left; the last one believes that it is a year earlier."""
    region = night.begin()
    with readers(region.environment, region.work) as saw:
        for moment in kills(night.ticks):
            with region.refresh(moment, signal=signal.SIGKILL) as run:
                assert run.end() == -signal.SIGKILL, (moment, run.said)
            assert region.look() == night.first, moment
        with region.refresh(options={"clock_days": -365}) as run:
            assert run.end() == 0, run.said
    after = region.look()
    assert after.marts == night.second.marts
    assert night.first in saw <= {night.first, after}
    assert after.id == max(path.name for path in (region.home / "publications").iterdir()) and after.id > night.first.id
    assert drafts(region.home) == []


def test_the_history_does_not_call_killed_runs_running(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_DAGSTER_HOME", str(night.region.home / "dagster"))
    with dagster.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        runs = instance.get_runs()
    assert {run.status for run in runs} == {dagster.DagsterRunStatus.SUCCESS, dagster.DagsterRunStatus.FAILURE}
