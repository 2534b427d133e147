"""Refreshes on Postgres that are killed, and whose server is, at random moments of every stage, while others read.

A client that stands still harms readers more than one that was killed: the server keeps its locks. So what readers do not mind while it
stands still, they do not mind when it is gone; what the server does with what it had not committed is seen after real kills.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import psycopg
import pytest
from driver import Moment
from kills import IS_FULL, POINTS, SEED, Seen, draw, kills, readers
from own_postgres import OwnPostgres
from region import Night, Region, check_raw, make_night

from warehouse.postgres_engine import PostgresWarehouse


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    server = OwnPostgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def night(server: OwnPostgres, tmp_path_factory: pytest.TempPathFactory) -> Night:
    return make_night(Region(tmp_path_factory.mktemp("kills"), server.url))


def _schemas(region: Region) -> list[str]:
    with psycopg.connect(region.environment["OKO_DATABASE_URL"]) as connection:
        return [name for (name,) in connection.execute("SELECT nspname FROM pg_namespace").fetchall()]


def test_readers_see_one_whole_publication_whenever_a_refresh_stands_still(night: Night) -> None:
    region, stopped = night.begin(), list[str]()
    seen: set[Seen] = set()
    with readers(region.environment, region.work) as saw, region.refresh(*draw(night.ticks, POINTS, SEED)) as run:
        for where in run.stops():
            stopped.append(where)
            try:
                seen.add(region.look())
            except Exception as error:
                raise AssertionError(f"at {where}: {error}") from error
        assert run.end() == 0, run.said
    after = region.look()
    assert after.marts == night.second.marts
    assert len(stopped) == POINTS
    assert {where.split()[0] for where in stopped} == set(night.ticks)
    assert seen == {night.first, after}
    assert night.first in saw <= {night.first, after}


def test_real_kills_one_after_another_harm_nobody_and_the_next_refresh_completes(night: Night) -> None:
    region = night.begin()
    with readers(region.environment, region.work) as saw:
        for moment in kills(night.ticks):
            with region.refresh(moment, signal=signal.SIGKILL) as run:
                assert run.end() == -signal.SIGKILL, (moment, run.said)
            assert region.look() == night.first, moment
            with PostgresWarehouse(region.environment["OKO_DATABASE_URL"], read_only=True) as warehouse:
                check_raw(warehouse)
        with region.refresh(options={"clock_days": -365}) as run:
            assert run.end() == 0, run.said
    after = region.look()
    assert after.marts == night.second.marts and after.id > night.first.id
    assert night.first in saw <= {night.first, after}
    assert not [schema for schema in _schemas(region) if schema.startswith("next_")]


@pytest.mark.parametrize("stage", ["landing", "reading", "waiting", "dbt", "publishing"] if IS_FULL else ["reading", "publishing"])
def test_a_server_that_is_restarted_in_the_middle_loses_nothing(stage: str, night: Night, server: OwnPostgres) -> None:
    region = night.begin()
    with region.refresh(Moment(stage, night.ticks[stage] * 3 // 4)) as run:
        for _ in run.stops():
            server.stop(signal.SIGQUIT)
            server.start()
        outcome, said = run.end(), run.said
    # a refresh that had no connection open at that moment has lost none
    assert outcome == 3 or (outcome == 0 and stage in ("dbt", "publishing")), said
    if outcome == 3:
        assert "прежняя публикация осталась" in said
        assert region.look() == night.first
        region.complete()
    assert region.look().marts == night.second.marts
