"""`make bench`: what a refresh costs beside what it cannot do without, as ratios measured in one run on this machine.

    python benchmarks/bench.py [--repeat N] [--out FILE] [--only PART] [--full] [--home FOLDER]

Each pair is measured in turns, and the medians are divided: the machine may be noisy, but it is so for both. Prints a table, writes JSON.
`--full` reads five million rows of protocols instead of half a million. `--home` names a home of a thousand schools that is published
already, for the dashboards; without it one is made, which takes longer than everything else together.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import dashboards
import fixed
import queries
import reading

REPOSITORY = Path(__file__).resolve().parent.parent
BINARIES = Path(sys.executable).parent
OUT = REPOSITORY / "benchmarks" / "results" / "bench.json"
QUERIES = OUT.with_name("queries.json")
PUBLISHED = (0, 1)


@dataclass(frozen=True)
class Ratio:
    """`measured` over `base`: medians in seconds, or megabytes, and the most that the ratio may be."""

    name: str
    measured: float
    base: float
    limit: float

    @property
    def value(self) -> float:
        return self.measured / self.base


def main() -> int:
    """Measures, prints, writes; 1 when a ratio is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="how often each command is run")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be given again")
    parser.add_argument("--full", action="store_true", help="five million rows of protocols")
    parser.add_argument("--home", type=Path, help="a published home of a thousand schools, for the dashboards; a file is added to it")
    options = parser.parse_args()
    ratios = []
    for part in options.only or PARTS:
        with TemporaryDirectory(prefix="oko-bench-") as folder:
            ratios += PARTS[part](Path(folder), options)
    print(f"{'ratio':56}{'value':>8}{'limit':>8}{'measured':>10}{'base':>10}")
    for ratio in ratios:
        print(f"{ratio.name:56}{ratio.value:8.3f}{ratio.limit:8.3f}{ratio.measured:10.2f}{ratio.base:10.2f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([{**asdict(ratio), "value": ratio.value} for ratio in ratios], indent=2) + "\n", encoding="utf-8")
    return int(any(ratio.value > ratio.limit for ratio in ratios))


def measure_commands(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """In a home of its own that holds a small published sample."""
    repeat = options.repeat
    environment = {**os.environ, "OKO_HOME": str(folder / "home"), "OKO_TARGET": "duckdb", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    oko = BINARIES / "oko"
    _run([oko, "sample", "--schools", "5", "--years", "1"], environment)
    _run([oko, "refresh"], environment, PUBLISHED)
    parse = _dbt(folder, "parse")
    # a first parse leaves what every later one uses
    _run(parse, environment)
    return [
        _compare("refresh with nothing new ÷ dbt parse", [oko, "refresh"], parse, environment, repeat, limit=3.0),
        _compare(
            "oko --help ÷ python that imports click",
            [oko, "--help"],
            [sys.executable, "-c", "import click"],
            environment,
            repeat,
            limit=3.0,
        ),
    ]


def measure_fixed(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """The same small home, of which one row changes; beside it, what dbt alone takes for all of the project's nodes."""
    environment = {**os.environ, "OKO_HOME": str(folder / "home"), "OKO_TARGET": "duckdb", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    oko = BINARIES / "oko"
    _run([oko, "sample", "--schools", "5", "--years", "1"], environment)
    _run([oko, "refresh"], environment, PUBLISHED)
    seconds = fixed.measure(environment, next((folder / "home" / "landing" / "staff").glob("*.csv")), options.repeat)
    print(fixed.report(seconds))
    table = [{"phase": phase, "wall": wall, "processor": processor} for phase, (wall, processor) in seconds.items()]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_name("fixed.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    build = _dbt(folder, "build", "--exclude-resource-type", "unit_test")
    _run(build, environment)
    alone = statistics.median(_run(build, environment) for _ in range(options.repeat))
    return [Ratio("night after one small file ÷ dbt build alone", fixed.total(seconds), alone, limit=1.0)]


def measure_workbook(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """Two million cells."""
    typed, as_text, openpyxl = reading.workbook(folder, rows=100_000, repeat=options.repeat)
    return [
        _of_turns("xlsx of 2,000,000 cells ÷ bare fastexcel", typed, limit=1.3),
        _of_turns("xlsx of 2,000,000 cells ÷ fastexcel with cells as text", as_text, limit=1.3),
        Ratio("xlsx of 2,000,000 cells ÷ openpyxl (scaled)", statistics.median(ours for ours, _ in typed), openpyxl, limit=1 / 8),
    ]


def measure_protocols(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """Files of 20,000 rows."""
    files = 250 if options.full else 25
    turns = reading.protocols(folder, files, rows=20_000, repeat=1 if options.full else options.repeat)
    return [_of_turns(f"{files * 20_000:,} rows of protocols ÷ bare polars scan", turns, limit=2.0)]


def measure_memory(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """Peaks of both processes together."""
    few, many = (reading.peak_of_protocols(folder, files, rows=20_000) for files in (4, 40))
    return [
        Ratio("MB for 40 protocols ÷ for 4", many, few, limit=1.2),
        Ratio("MB for a register of 350 MB ÷ 512", reading.peak_of_register(folder, 350), 512, limit=1.0),
    ]


def measure_dashboards(folder: Path, options: argparse.Namespace) -> list[Ratio]:
    """Chart queries at fixed times beside a refresh of a thousand schools; the one part in milliseconds of this machine."""
    home = (options.home or _thousand_schools(folder / "home")).resolve()
    with dashboards.serving(home) as client:
        found = queries.explained(home, client)
    queries.record(QUERIES, home, found)
    print(queries.report(home, found))
    measured = dashboards.beside_a_refresh(home, rate=50, seconds=60)
    print(dashboards.summary(measured))
    load = measured.load
    return [
        Ratio("ms of DuckDB, the slowest chart query ÷ 300", found[0].ms, 300, limit=1.0),
        Ratio("ms of first asks, p95 with nothing beside ÷ 300", measured.first.percentile(0.95) * 1000, 300, limit=1.0),
        Ratio("ms of chart queries, p95 beside a refresh ÷ 300", load.percentile(0.95) * 1000, 300, limit=1.0),
        Ratio("chart queries with an error ÷ 1", len(load.errors), 1, limit=0.0),
        Ratio("50 chart queries a second ÷ answered", 50, load.rate, limit=1.05),
    ]


PARTS = {
    "commands": measure_commands,
    "fixed": measure_fixed,
    "workbook": measure_workbook,
    "protocols": measure_protocols,
    "memory": measure_memory,
    "dashboards": measure_dashboards,
}


def _thousand_schools(home: Path) -> Path:
    environment = dashboards.environment(home)
    _run([BINARIES / "oko", "sample", "--schools", "1000", "--years", "3"], environment)
    _run([BINARIES / "oko", "refresh"], environment, PUBLISHED)
    return home


def _of_turns(name: str, turns: Sequence[tuple[float, float]], *, limit: float) -> Ratio:
    return Ratio(name, statistics.median(turn[0] for turn in turns), statistics.median(turn[1] for turn in turns), limit)


def _dbt(folder: Path, *words: str) -> list[str | Path]:
    project = REPOSITORY / "dbt_project"
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", folder / "target", "--log-path", folder / "logs"]
    return [BINARIES / "dbt", "--quiet", *words, *places]


def _compare(
    name: str, command: Sequence[str | Path], base: Sequence[str | Path], environment: dict[str, str], repeat: int, *, limit: float
) -> Ratio:
    turns = [(_run(command, environment, PUBLISHED), _run(base, environment)) for _ in range(repeat)]
    return _of_turns(name, turns, limit=limit)


def _run(command: Sequence[str | Path], environment: dict[str, str], good: tuple[int, ...] = (0,)) -> float:
    """Wall seconds of one run; a failure ends the measuring with what the command said."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in good:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
