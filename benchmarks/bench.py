"""`make bench`: what a refresh costs beside what it cannot do without, as ratios measured in one run on this machine.

    python benchmarks/bench.py [--repeat N] [--out FILE]

Each pair is measured in turns, and the medians are divided: the machine may be noisy, but it is so for both. Prints a table, writes JSON.
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

REPOSITORY = Path(__file__).resolve().parent.parent
BINARIES = Path(sys.executable).parent
OUT = REPOSITORY / "benchmarks" / "results" / "bench.json"
PUBLISHED = (0, 1)


@dataclass(frozen=True)
class Ratio:
    """`command` over `base`: medians in seconds, and the most that the ratio may be."""

    name: str
    command_seconds: float
    base_seconds: float
    limit: float

    @property
    def value(self) -> float:
        return self.command_seconds / self.base_seconds


def main() -> int:
    """Measures, prints, writes; 1 when a ratio is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="how often each command is run")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="oko-bench-") as folder:
        ratios = measure(Path(folder), options.repeat)
    print(f"{'ratio':48}{'value':>8}{'limit':>8}{'seconds':>10}{'of base':>10}")
    for ratio in ratios:
        print(f"{ratio.name:48}{ratio.value:8.2f}{ratio.limit:8.1f}{ratio.command_seconds:10.2f}{ratio.base_seconds:10.2f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([{**asdict(ratio), "value": ratio.value} for ratio in ratios], indent=2) + "\n", encoding="utf-8")
    return int(any(ratio.value > ratio.limit for ratio in ratios))


def measure(folder: Path, repeat: int) -> list[Ratio]:
    """Every ratio, in a home of its own that holds a small published sample."""
    environment = {**os.environ, "OKO_HOME": str(folder / "home"), "OKO_TARGET": "duckdb", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    oko = BINARIES / "oko"
    _run([oko, "sample", "--schools", "5", "--years", "1"], environment)
    _run([oko, "refresh"], environment, PUBLISHED)
    parse = _dbt_parse(folder)
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


def _dbt_parse(folder: Path) -> list[str | Path]:
    project = REPOSITORY / "dbt_project"
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", folder / "target", "--log-path", folder / "logs"]
    return [BINARIES / "dbt", "--quiet", "parse", *places]


def _compare(
    name: str, command: Sequence[str | Path], base: Sequence[str | Path], environment: dict[str, str], repeat: int, *, limit: float
) -> Ratio:
    turns = [(_run(command, environment, PUBLISHED), _run(base, environment)) for _ in range(repeat)]
    return Ratio(name, statistics.median(turn[0] for turn in turns), statistics.median(turn[1] for turn in turns), limit)


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
