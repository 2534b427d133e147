"""The dashboards while the next publication comes, and after it: two workers of Superset. A real refresh brings it in `make test-full`, in
`make test` a copy of the first one with another certificate, moved into place as a refresh does.

It changes the home that all tests of this folder share, so it runs after those that know the first publication (conftest.py). The load here
is light: how fast the answers are is a matter of benchmarks/dashboards.py, of which a few seconds run at the end.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .access_client import Client
from .asked import Asked
from .conftest import OKO, REPOSITORY, serving

sys.path.append(str(REPOSITORY / "benchmarks"))
import dashboards
import queries

IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
NUMBER = "РОСС RU.96СМК.99999"
# what the refresh does in the end, of one changed certificate
COPY = """
import shutil, sys, duckdb
from pathlib import Path
home, numbers = Path(sys.argv[1]), sys.argv[2:]
new = home / "publications" / "following"
shutil.copytree((home / "published").resolve(), new)
with duckdb.connect(str(new / "oko.duckdb")) as connection:
    connection.execute("UPDATE quality.publication SET publication_id = 'following'")
    connection.execute("UPDATE marts.certificates SET certificate_number = ? WHERE certificate_number = ?", numbers)
draft = home / "published.draft"
draft.symlink_to(new.relative_to(home))
draft.replace(home / "published")
"""
# Superset's processes look at the link once a second; beside a refresh on two cores the thread that looks may wait
SOON = 10
Data = list[dict[str, Any]]


@dataclass
class Answered:
    """One answer, with the times of its request and its end."""

    chart: str
    begun: float
    ended: float
    status: int
    data: Data


@dataclass
class Reader:
    """Somebody who opens «Регион: обзор» again and again."""

    client: Client
    requests: list[dashboards.Request]
    answers: list[Answered] = field(default_factory=list)

    def read(self) -> dict[str, Data]:
        """Every chart once; what each shows."""
        return {answer.chart: answer.data for answer in map(self.ask, self.requests)}

    def ask(self, request: dashboards.Request) -> Answered:
        begun = time.monotonic()
        got = self.client.post(dashboards.PATH, json.loads(request.body))
        data = got.json["result"][0]["data"] if got.status == 200 else []
        answer = Answered(request.chart, begun, time.monotonic(), got.status, data)
        self.answers.append(answer)
        return answer

    def read_until(self, stop: threading.Event) -> None:
        while True:
            for request in self.requests:
                self.ask(request)
                # a person looks before the next click; without it the refresh, which gives way to readers, waits for them all the time
                if stop.wait(0.5 if IS_FULL else 0.05):
                    return


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with serving(home, workers=2) as url:
        yield url


def _requests(home: Path, client: Client) -> list[dashboards.Request]:
    return dashboards.requests(home, client, ["region-overview"])


def _add_certificate(home: Path) -> None:
    """A file of the register with one certificate that no other file has."""
    (changes,) = (home / "landing" / "certificates").rglob("*изменения.csv")
    header, *rows = csv.reader(io.StringIO(changes.read_text(encoding="utf-8-sig")), delimiter="\t")
    row = next(row for row in rows if row[2] and "действует" in row)
    with (home / "landing" / "certificates" / "Новый сертификат.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([header, [NUMBER, *row[1:]]])


def _publishing(home: Path, shown: Data) -> subprocess.Popen[str]:
    """The process that brings the next publication, with a certificate that is not among these."""
    command: list[str | Path] = (
        [OKO, "refresh"] if IS_FULL else [sys.executable, "-c", COPY, home, NUMBER, str(shown[0]["certificate_number"])]
    )
    environment = dashboards.environment(home)
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _unordered(data: Data) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in data)


def _open_publications(home: Path) -> set[str]:
    """The publications of which a process of Superset has a file open."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target, words = path.readlink(), (path.parents[1] / "cmdline").read_bytes()
        except OSError:
            continue
        if b"gunicorn" in words and target.is_relative_to(home / "publications"):
            found.add(target.parent.name)
    return found


def test_dashboards_answer_through_a_publish_and_then_show_the_new_publication(home: Path, url: str) -> None:
    client = dashboards.administrator(home, url)
    readers = [Reader(client, _requests(home, client)) for _ in range(2)]
    old, stop = readers[0].read(), threading.Event()
    published = (home / "published").readlink()
    register, cards = "region-overview/certificate-register", "region-overview/publication-cards"
    if IS_FULL:
        _add_certificate(home)
    readers[0].answers.clear()
    threads = [threading.Thread(target=reader.read_until, args=(stop,)) for reader in readers]
    begun, behind = time.monotonic(), 0
    refresh: subprocess.Popen[str] | None = None
    try:
        for thread in threads:
            thread.start()
        while not IS_FULL and sum(len(reader.answers) for reader in readers) < 4 * len(old):
            time.sleep(0.1)
        refresh = _publishing(home, old[register])
        while (home / "published").readlink() == published and refresh.poll() is None:
            behind = os.getpriority(os.PRIO_PROCESS, refresh.pid)
            time.sleep(0.02)
        shown = time.monotonic()
        said, _ = refresh.communicate(timeout=300)
        time.sleep(max(0.0, shown + SOON + 3 - time.monotonic()))
    finally:
        stop.set()
        if refresh:
            refresh.kill()
        for thread in threads:
            thread.join()
    assert refresh.returncode in (0, 1) and (home / "published").readlink() != published, said
    assert behind >= 10 or not IS_FULL
    new = Reader(client, _requests(home, client)).read()

    answers = [answer for reader in readers for answer in reader.answers]
    before, after = [each for each in answers if begun < each.ended < shown], [each for each in answers if each.begun > shown + SOON]
    assert len(before) > 3 * len(old) and len(after) > 3
    assert {answer.status for answer in answers} == {200}
    wrong = [answer for answer in answers if _unordered(answer.data) not in (_unordered(old[answer.chart]), _unordered(new[answer.chart]))]
    assert [(answer.chart, len(answer.data)) for answer in wrong] == []
    assert {answer.chart for answer in before if _unordered(answer.data) != _unordered(old[answer.chart])} == set()
    assert {answer.chart for answer in after if _unordered(answer.data) != _unordered(new[answer.chart])} == set()

    asked = Asked("region-overview", home)
    assert NUMBER not in str(old[register]) and NUMBER in str(new[register])
    for name in (register, cards):
        (chart,) = [chart for chart in asked.charts if name.endswith(f"/{chart.name}")]
        assert [len(new[name]), old[name] == new[name]] == [len(asked.rows(chart)), False]
    (card,) = new[cards]
    assert card["publication_text"] == f"публикация {(home / 'published').readlink().name}"
    assert _open_publications(home) == {(home / "published").readlink().name}


def test_an_answer_leaves_one_row_of_history(home: Path, superset_url: str) -> None:
    client = dashboards.administrator(home, superset_url)
    request = dashboards.requests(home, client)[0]
    with closing(sqlite3.connect(home / "superset" / "superset.db")) as metadata:
        last = metadata.execute("SELECT max(id) FROM logs").fetchone()
        assert client.post(dashboards.PATH, json.loads(request.body)).status == 200
        rows = metadata.execute("SELECT action FROM logs WHERE id > ?", last).fetchall()
    assert rows == [("ChartDataRestApi.data",)]


def test_the_bench_of_dashboards_counts_answers_and_errors(home: Path, superset_url: str) -> None:
    client = dashboards.administrator(home, superset_url)
    wanted = dashboards.requests(home, client)
    assert len(wanted) > 300
    load = dashboards.send(client, wanted, rate=3, seconds=4)
    assert (len(load.replies), load.errors) == (12, [])
    assert 0 < load.percentile(0.5) <= load.percentile(0.95) <= load.percentile(1) < 60 and 0 < load.rate <= 12
    assert "12 requests" in dashboards.report(load) and "0 errors" in dashboards.report(load)


def test_the_bench_of_dashboards_takes_no_refusal_for_an_answer(home: Path, superset_url: str) -> None:
    client = dashboards.administrator(home, superset_url)
    body = json.loads(dashboards.requests(home, client)[0].body)
    body["queries"][0]["columns"] = ["no_such_column"]
    load = dashboards.send(client, [dashboards.Request("wrong", json.dumps(body).encode())], rate=2, seconds=1)
    assert len(load.errors) == 2 and load.rate == 0
    stranger = dashboards.send(Client("http://127.0.0.1:1"), [dashboards.Request("nobody", b"{}")], rate=2, seconds=1)
    assert [reply.error.split(":")[0] for reply in stranger.errors] == ["ConnectionRefusedError"] * 2


def test_the_bench_of_queries_records_size_and_plans(home: Path, superset_url: str, tmp_path: Path) -> None:
    client = dashboards.administrator(home, superset_url)
    found = queries.explained(home, client, ["certificates", "my-school"])
    assert {each.file for each in found} == {"oko.duckdb", "oko_core.duckdb"} and len(found) >= 20
    assert [each.ms for each in found] == sorted((each.ms for each in found), reverse=True) and found[-1].ms > 0
    assert [each.chart for each in found if "Scan" not in each.plan or not each.sql.startswith("SELECT")] == []
    register = next(each for each in found if each.chart == "certificates/certificates-register")
    (chart,) = [chart for chart in Asked("certificates", home).charts if chart.name == "certificates-register"]
    assert register.rows == len(Asked("certificates", home).rows(chart)) > 0
    queries.record(tmp_path / "queries.json", home, found)
    recorded = json.loads((tmp_path / "queries.json").read_text())
    assert recorded["bytes"] == {name: (home / "published" / name).stat().st_size for name in ("oko.duckdb", "oko_core.duckdb")}
    assert len(recorded["queries"]) == len(found) and register.chart in queries.report(home, [register])
