"""Where the seconds of a night go that do not depend on how much there is: one small file changes in a small region.

The night runs in a process of its own, `python benchmarks/fixed.py`, whose phases are functions of Oko and of Dagster with a clock around
them; what a function calls that has a clock of its own is not counted twice. Processor seconds are of all threads together.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# in the order of the night
IMPORTS = "imports of Dagster, dbt, polars"
DEFINITIONS = "definitions of Dagster"
PLAN = "the run and its plan in the history"
READING = "landing, reading, waiting rows"
DBT = "dbt: seeds, views, tables"
TESTS = "data tests"
RECORD = "results in the history, everything else"
PUBLICATION = "publication: copy, hashes, audit"
PHASES = (IMPORTS, DEFINITIONS, PLAN, READING, DBT, TESTS, RECORD, PUBLICATION)

Seconds = dict[str, tuple[float, float]]


class Clock:
    """Wall and processor seconds of each phase; the innermost that runs is the one that is counted."""

    def __init__(self) -> None:
        self._phases = [IMPORTS]
        self._last = (time.perf_counter(), time.process_time())
        self.seconds: Seconds = dict.fromkeys(PHASES, (0.0, 0.0))

    def begin(self, phase: str) -> None:
        """From now on this one."""
        self._count()
        self._phases.append(phase)

    def end(self) -> None:
        """Back to the one around it."""
        self._count()
        self._phases.pop()

    def _count(self) -> None:
        now, phase = (time.perf_counter(), time.process_time()), self._phases[-1]
        wall, processor = self.seconds[phase]
        self.seconds[phase] = (wall + now[0] - self._last[0], processor + now[1] - self._last[1])
        self._last = now

    def around(self, owner: Any, name: str, phase: str) -> None:
        """Counts every call of a function as this phase."""
        function = getattr(owner, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            self.begin(phase)
            try:
                return function(*arguments, **options)
            finally:
                self.end()

        setattr(owner, name, counted)


def one_night() -> Seconds:
    """One refresh of the home that the environment names."""
    clock = Clock()
    # imported here: this is the first phase
    import dagster  # noqa: F401
    import polars  # noqa: F401
    from dagster._core.instance.runs.run_domain import RunDomain
    from dbt.cli import main  # noqa: F401

    import orchestration.assets.dbt  # noqa: F401
    from ingest.settings import load_settings
    from orchestration import build, dbt_runs, night
    from orchestration.refresh import Refresh

    clock.around(build, "build_definitions", DEFINITIONS)
    clock.around(RunDomain, "create_run_for_job", PLAN)
    for step in ("land", "read_source", "read_unsorted", "judge_waiting"):
        clock.around(Refresh, step, READING)
    clock.around(Refresh, "build", TESTS)
    clock.around(dbt_runs, "build", DBT)
    clock.around(Refresh, "publish", PUBLICATION)
    clock.begin(RECORD)
    code = night.run_night(load_settings(), full=False, sources=())
    clock.end()
    if code not in (night.PUBLISHED, night.FAULTS):
        sys.exit(f"the night ended with {code}")
    return clock.seconds


def measure(environment: dict[str, str], file: Path, repeat: int) -> Seconds:
    """The median of so many nights; before each, a row of `file` goes."""
    nights = []
    for _ in range(repeat):
        file.write_bytes(file.read_bytes().rstrip().rpartition(b"\n")[0] + b"\n")
        done = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"a night failed\n{done.stdout}{done.stderr}")
        nights.append(json.loads(done.stdout.splitlines()[-1]))
    middle: Callable[[str, int], float] = lambda phase, which: statistics.median(one[phase][which] for one in nights)  # noqa: E731
    return {phase: (middle(phase, 0), middle(phase, 1)) for phase in PHASES}


def total(seconds: Seconds) -> float:
    """Wall seconds of all phases."""
    return sum(wall for wall, _ in seconds.values())


def report(seconds: Seconds) -> str:
    """The table."""
    whole = total(seconds)
    lines = [f"{'phase of a night that changes one small file':50}{'wall s':>8}{'%':>6}{'processor s':>13}"]
    lines += [f"{phase:50}{wall:8.2f}{100 * wall / whole:6.1f}{processor:13.2f}" for phase, (wall, processor) in seconds.items()]
    lines.append(f"{'together':50}{whole:8.2f}{100:6.1f}{sum(processor for _, processor in seconds.values()):13.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "1")
    print(json.dumps(one_night()))
