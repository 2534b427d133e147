"""What tests of kills on both engines share: refreshes in processes of their own, moments drawn by a seed, and what a reader sees.

A process that stands still (SIGSTOP) has left on disk, and sent to a server, just what one that was killed there has: what is in its own
memory reaches neither, and what it has handed to the kernel survives it. So one refresh that stands still at fifty moments shows what
fifty kills leave, at the cost of one. test_kills.py proves it by a real SIGKILL at the moment of a stop, and ends some by SIGKILL anyway.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import driver
import duckdb
from driver import Moment, Plan

from warehouse import manifest
from warehouse.readers import open_postgres, open_published

SEED = int(os.environ.get("OKO_TEST_SEED", "20261122"))
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
POINTS = 1000 if IS_FULL else 50
# refreshes that are really killed, one after another; and kills after which a refresh is completed
KILLS = 20 if IS_FULL else 4
COMPLETED = 10 if IS_FULL else 2
# longer than a node of dbt takes, so that a moment falls anywhere between two ticks
LATEST_SECONDS = 0.15
# a reader that waits longer than this for a lock is held up by a refresh
PATIENCE_MS = 2_000

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(driver.PRELOADED)

Marts = Mapping[str, manifest.MartEntry]


@dataclass(frozen=True)
class Seen:
    """A publication as a reader found it: its id, and rows and hash of every mart."""

    id: str
    marts: str

    @staticmethod
    def of(publication_id: str, marts: Marts) -> Seen:
        return Seen(publication_id, json.dumps({name: [mart.rows, mart.hash] for name, mart in marts.items()}, sort_keys=True))


class Broken(AssertionError):
    """What readers see is not one whole publication."""


# ---- readers -------------------------------------------------------------------------------------------------------------------


def look(environment: Mapping[str, str]) -> Seen:
    """What a reader sees now, content and all; raises Broken where it is not what its manifest promises."""
    if environment["OKO_TARGET"] == "postgres":
        return _look_at_postgres(environment["OKO_DATABASE_URL"])
    return look_at_files(Path(environment["OKO_HOME"]))


def look_at_files(home: Path) -> Seen:
    """The open file of the publication through its link, as every reader opens it."""
    with open_published(home / "published" / "oko.duckdb") as connection:
        publication_id, marts = _content(connection)
    promised = manifest.read(home / "publications" / publication_id)
    if promised is None or promised.marts != marts or promised.id != publication_id:
        raise Broken(f"{publication_id} does not hold what its manifest says")
    return Seen.of(publication_id, marts)


def _content(connection: duckdb.DuckDBPyConnection) -> tuple[str, Marts]:
    [(publication_id,)] = connection.execute("SELECT publication_id FROM quality.publication").fetchall()
    return publication_id, manifest.mart_entries(lambda sql: connection.sql(sql).pl(), "duckdb")


def _look_at_postgres(url: str) -> Seen:
    """One transaction that reads every mart, between two looks at the id: names of tables are found anew by every statement, so a swap
    that falls in between shows as two ids, and then the reader, who has read no part of a table, begins again."""
    from warehouse.postgres_engine import fetch

    with open_postgres(url) as connection:
        # waiting for a lock, not for a busy machine
        connection.execute(f"SET lock_timeout = {PATIENCE_MS}".encode())
        connection.commit()
        while True:
            promised = _promised(connection)
            marts = manifest.mart_entries(lambda sql: fetch(connection, sql), "postgres")
            [(publication_id,)] = connection.execute("SELECT publication_id FROM quality.publication").fetchall()
            if _promised(connection).id == promised.id:
                break
            connection.rollback()
    if promised.marts != marts or promised.id != publication_id:
        raise Broken(f"{publication_id} does not hold what the manifest of {promised.id} says")
    return Seen.of(publication_id, marts)


def _promised(connection: Any) -> manifest.Manifest:
    [(text,)] = connection.execute("SELECT manifest FROM quality.manifest").fetchall()
    return manifest.Manifest.from_json(text)


def read_on(environment: Mapping[str, str], stop: Path, report: Path) -> None:
    """Looks again and again until the file `stop` is there; writes down what it saw, or the first error."""
    seen: set[Seen] = set()
    looks, error = 0, ""
    try:
        while not stop.exists():
            seen.add(look(environment))
            looks += 1
            # tests share two cores with it
            time.sleep(0.2)
    except Exception as broken:
        error = f"look {looks}: {broken!r}"
    report.write_text(json.dumps({"looks": looks, "error": error, "seen": [[one.id, one.marts] for one in seen]}), encoding="utf-8")


@contextmanager
def readers(environment: Mapping[str, str], folder: Path) -> Iterator[set[Seen]]:
    """Another process that reads all the while; the set holds what it saw once the block is left. An error of its own fails the test."""
    stop, report = folder / "stop-reading", folder / "readers.json"
    process = _processes.Process(target=read_on, args=(dict(environment), stop, report))
    process.start()
    saw: set[Seen] = set()
    try:
        yield saw
    finally:
        stop.touch()
        process.join(60)
        if process.is_alive():
            process.kill()
        stop.unlink()
    found = json.loads(report.read_text(encoding="utf-8"))
    assert not found["error"], found["error"]
    assert found["looks"] > 0
    saw |= {Seen(*one) for one in found["seen"]}


# ---- refreshes -----------------------------------------------------------------------------------------------------------------


class Run:
    """A refresh in a process of its own."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        plan.report.unlink(missing_ok=True)
        plan.report.touch()
        self._process = _processes.Process(target=driver.refresh, args=(plan,))
        self._process.start()
        self._stops = 0

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._process.join()

    def stops(self) -> Iterator[str]:
        """Each time that it stands still, where; goes on when asked for the next."""
        while self._process.is_alive():
            if len(self.signals()) > self._stops and self._stands_still():
                self._stops += 1
                yield self.signals()[self._stops - 1]
                os.kill(self._pid, signal.SIGCONT)
            time.sleep(0.002)

    def signals(self) -> list[str]:
        """Where it was sent its signal so far: stage, tick, what was called."""
        return [line for line in self._lines() if not line.startswith("ticks ")]

    def ticks(self) -> dict[str, int]:
        """How many ticks each stage had; known at the end."""
        [line] = [line for line in self._lines() if line.startswith("ticks ")]
        return {stage: int(count) for stage, count in (part.split("=") for part in line.split()[1:])}

    def end(self) -> int:
        """Waits; the exit code, or the negative number of the signal that ended it."""
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    @property
    def said(self) -> str:
        """What it told the person at the terminal."""
        return self.plan.report.with_suffix(".log").read_text(encoding="utf-8")

    def _lines(self) -> list[str]:
        return self.plan.report.read_text(encoding="utf-8").splitlines()

    @property
    def _pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def _stands_still(self) -> bool:
        try:
            states = [path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{self._pid}/task").glob("*/stat")]
        except OSError:
            return False
        return bool(states) and set(states) == {"T"}


def draw(ticks: Mapping[str, int], points: int, seed: int) -> tuple[Moment, ...]:
    """So many moments, as many in each stage as in the others as far as its ticks go; the rest in those that have more.

    The last ticks of a stage are left out: another refresh of the same files may have a few less.
    """
    randomly = random.Random(seed)
    drawn: list[Moment] = []
    for place, (stage, count) in enumerate(sorted(ticks.items(), key=lambda item: item[1])):
        share = (points - len(drawn)) // (len(ticks) - place)
        reached = count * 9 // 10
        for tick in randomly.sample(range(reached), min(reached, share)):
            drawn.append(Moment(stage, tick, randomly.uniform(0.0005, LATEST_SECONDS)))
    assert len(drawn) == points, f"{points} moments do not fit into {ticks}"
    return tuple(drawn)


def kills(ticks: Mapping[str, int]) -> list[Moment]:
    """Moments for refreshes that are really killed, one after another: each leaves the next one something to do.

    The first has read every file: until dbt, those after it have half as many ticks.
    """
    randomly = random.Random(SEED)
    drawn = [moment for moment in draw(ticks, POINTS, SEED + 1) if moment.stage not in ("publishing", "end")]
    reached = [moment for moment in drawn if moment.stage == "dbt" or moment.tick < ticks[moment.stage] * 2 // 5]
    return [Moment("publishing", ticks["publishing"] // 3), *randomly.sample(reached, KILLS - 1)]
