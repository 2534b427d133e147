"""`oko refresh` in a process of its own that stands still, or is killed, at chosen moments.

What a moment is: the refresh is cut into stages, and within a stage ticks are counted: calls of functions of Oko that touch what lies
outside of the process (the warehouse, publications, archive, vault, the home), and the steps that it reports (a file, a node of dbt). A
moment is a tick and some milliseconds more, which fall into the middle of what the engine does in threads of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Any

from ingest.settings import REPOSITORY

# the methods of a refresh that begin a stage
STAGES = {
    "land": "landing",
    "read_source": "reading",
    "read_unsorted": "reading",
    "judge_waiting": "waiting",
    "build": "dbt",
    "publish": "publishing",
}
OUTWARD = tuple(str(REPOSITORY / name) for name in ("warehouse/", "orchestration/", "ingest/archive.py", "ingest/vault.py"))
# imported once, in the process that all these are forked from
PRELOADED = ["dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb", "dbt.adapters.postgres", "polars", "duckdb", "psycopg"]
PRELOADED += ["orchestration.night", "orchestration.build", "orchestration.assets.dbt", "warehouse.publish", "ingest.reading", "driver"]


@dataclass(frozen=True)
class Moment:
    """After this tick of this stage and so many seconds more; with none, at the tick itself."""

    stage: str
    tick: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """One refresh: its environment, its dbt project (None: Oko's own), when it is sent which signal, and where it reports to.

    `options`: `full`, and `clock_days`, by which its clock is wrong.

    The report gets a line a signal before it is sent, and at the end one with the number of ticks a stage.
    """

    environment: Mapping[str, str]
    project: Path | None
    report: Path
    moments: tuple[Moment, ...] = ()
    signal: int = signal.SIGSTOP
    options: Mapping[str, Any] = field(default_factory=dict)


def refresh(plan: Plan) -> None:
    """Runs the night and leaves with its exit code."""
    os.environ.update(plan.environment)
    # whatever it says goes to a file: a process that stands still must not hold somebody's pipe
    log = plan.report.with_suffix(".log").open("a", encoding="utf-8")
    sys.stdout = sys.stderr = log
    _prepare(plan)
    from ingest.settings import load_settings
    from orchestration.night import run_night

    with _striking(plan):
        code = run_night(load_settings(), full=plan.options.get("full", False), sources=())
    log.flush()
    sys.exit(code)


def _prepare(plan: Plan) -> None:
    from orchestration import dbt_runs, intake, refresh, state
    from warehouse import engine, manifest

    # somebody may edit the code while its tests run
    for module in (dbt_runs, intake, refresh, state):
        module.code_version = lambda *folders: "as it is"
    if plan.project:
        dbt_runs.DBT_PROJECT = plan.project
    if days := plan.options.get("clock_days"):
        for module in (refresh, manifest, engine):
            module.datetime = _clock(days)


def _clock(days: int) -> type[datetime]:
    """The time as a computer has it whose clock was set by so many days."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(days=days)

    return Clock


@contextlib.contextmanager
def _striking(plan: Plan) -> Iterator[None]:
    clock = _Clock(plan)
    clock.watch()
    try:
        yield
    finally:
        clock.end()


class _Clock:
    """Counts ticks and sends the signals that are due."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._due = {(moment.stage, moment.tick): moment.seconds for moment in plan.moments}
        self._stage = "start"
        self._ticks: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._later: SimpleQueue[tuple[float, str] | None] = SimpleQueue()
        self._striker = threading.Thread(target=self._strike_later, daemon=True)
        self._ours: dict[str, bool] = {}

    def watch(self) -> None:
        """Listens to calls in this thread, to steps in all of them; dbt's own calls, which are millions, are left alone."""
        from orchestration.console import ConsoleObserver
        from orchestration.refresh import Refresh

        for name, stage in STAGES.items():
            setattr(Refresh, name, self._staged(getattr(Refresh, name), stage))
        step = ConsoleObserver.step
        ConsoleObserver.step = lambda observer, text: (self.tick(f"step {text}"), step(observer, text))[1]  # type: ignore[method-assign]
        self._striker.start()
        sys.setprofile(self._called)

    def end(self) -> None:
        """Lets what is still due happen and says how many ticks there were."""
        sys.setprofile(None)
        self._later.put(None)
        self._striker.join()
        self._say("ticks " + " ".join(f"{stage}={count}" for stage, count in self._ticks.items()))

    def _staged(self, method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def staged(*arguments: Any, **options: Any) -> Any:
            self._stage = stage
            sys.setprofile(None if stage == "dbt" else self._called)
            try:
                return method(*arguments, **options)
            finally:
                sys.setprofile(self._called)
                if stage == "publishing":
                    self._stage = "end"

        return staged

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and self._is_ours(frame.f_code.co_filename):
            self.tick(frame.f_code.co_qualname)

    def _is_ours(self, file: str) -> bool:
        if file not in self._ours:
            self._ours[file] = file.startswith(OUTWARD)
        return self._ours[file]

    def tick(self, where: str) -> None:
        """One more, in whichever thread."""
        with self._lock:
            number = self._ticks[self._stage]
            self._ticks[self._stage] += 1
            seconds = self._due.pop((self._stage, number), None)
            what = f"{self._stage} {number} {where}"
        if seconds == 0:
            self._strike(what)
        elif seconds:
            self._later.put((seconds, what))

    def _strike_later(self) -> None:
        while due := self._later.get():
            time.sleep(due[0])
            self._strike(due[1])

    def _strike(self, what: str) -> None:
        self._say(what)
        os.kill(os.getpid(), self._plan.signal)

    def _say(self, line: str) -> None:
        with self._plan.report.open("a", encoding="utf-8") as report:
            report.write(line + "\n")
