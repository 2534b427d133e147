"""The SQL behind every chart of every dashboard: how long DuckDB takes for it, by which plan, and how large the files are that it reads.

The text is what Superset would ask for the administrator, who has no row rules, with the filters at their defaults. Python and the network
are left out here: what a person waits for is measured by dashboards.py.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import dashboards
import duckdb
from e2e.access_client import Client
from e2e.asked import Asked, slugs

# as superset/assets/databases has it
SETTINGS = "SET memory_limit = '1GB'; SET threads = 2"
REPEAT = 5


@dataclass(frozen=True)
class Explained:
    """One question: the median of its times, the rows of its answer, its text and plan."""

    chart: str
    file: str
    ms: float
    rows: int
    sql: str
    plan: str


def explained(home: Path, client: Client, boards: Sequence[str] = ()) -> list[Explained]:
    """Every question of every chart of these dashboards, or of all, the slowest first."""
    files = {f"{slug}/{chart.name}": chart.dataset.file for slug in slugs() for chart in Asked(slug, home).charts}
    opened = {name: duckdb.connect(str((home / "published" / name).resolve()), read_only=True) for name in set(files.values())}
    for connection in opened.values():
        connection.execute(SETTINGS)
    found = []
    for request in dashboards.requests(home, client, boards):
        answer = client.post(dashboards.PATH, {**json.loads(request.body), "result_type": "query"})
        file = files[request.chart]
        found += [_explained(request.chart, file, opened[file], each["query"]) for each in answer.json["result"]]
    return sorted(found, key=lambda each: -each.ms)


def _explained(chart: str, file: str, connection: duckdb.DuckDBPyConnection, sql: str) -> Explained:
    times, rows = [], 0
    for _ in range(REPEAT):
        begun = time.perf_counter()
        rows = len(connection.execute(sql).fetchall())
        times.append(time.perf_counter() - begun)
    plan = "\n".join(str(text) for _, text in connection.execute(f"EXPLAIN {sql}").fetchall())
    return Explained(chart, file, round(statistics.median(times) * 1000, 2), rows, sql, plan)


def sizes(home: Path) -> dict[str, int]:
    """Bytes of the published files."""
    return {path.name: path.stat().st_size for path in sorted((home / "published").resolve().glob("*.duckdb"))}


def record(path: Path, home: Path, found: list[Explained]) -> None:
    """All of it as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"bytes": sizes(home), "queries": [asdict(each) for each in found]}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def report(home: Path, found: list[Explained]) -> str:
    """For people: the sizes, and the slowest."""
    lines = [f"{name}: {size / 2**20:.1f} MB" for name, size in sizes(home).items()]
    lines += [f"{len(found)} questions, median {statistics.median(each.ms for each in found):.1f} ms, slowest {found[0].ms:.1f} ms"]
    return "\n".join([*lines, *(f"  {each.ms:8.1f} ms {each.rows:6} rows  {each.chart}" for each in found[:10])])
