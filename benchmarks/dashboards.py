"""Chart queries of every dashboard, sent to Superset at fixed times: what a person waits for an answer, errors and queues included.

    python benchmarks/dashboards.py HOME [--rate 50] [--seconds 60]    serves this published home and refreshes it meanwhile
    python benchmarks/dashboards.py HOME --url URL                     asks a Superset that serves it already, nothing beside

Each request is what a browser sends for one chart when its dashboard opens: the filters stand at their defaults. A request that could
not leave at its time, because the server was behind, has waited since that time. First asks, which Superset computes, and answers that it
has kept are told apart. What may be measured is judged by bench.py.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.append(str(REPOSITORY / "tests"))

from e2e.access_client import Client  # noqa: E402
from e2e.asked import Asked, Chart, slugs  # noqa: E402

OKO = Path(sys.executable).with_name("oko")
SUPERSET_PYTHON = REPOSITORY / "superset" / ".venv" / "bin" / "python"
TOOLS = REPOSITORY / "superset" / "tools"
PATH = "/api/v1/chart/data"
# more than the server has threads: a queue must be able to form
SENDERS = 64
TIMEOUT_SECONDS = 60
# a refresh has then imported what it needs and reads
START_SECONDS = 10
# first asks come slowly enough that none waits for another: it is the computing that is measured
FIRST_RATE = 4


@dataclass(frozen=True)
class Request:
    """What a browser sends for one chart."""

    chart: str
    body: bytes


@dataclass(frozen=True)
class Reply:
    """How long after its time a request was answered; `error` says what was wrong with the answer, `kept` whether it was there already."""

    chart: str
    planned: float
    seconds: float
    error: str
    kept: bool


@dataclass(frozen=True)
class Load:
    """All replies of one run."""

    replies: list[Reply]

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests did not exceed; an error counts with the time it took."""
        ordered = sorted(reply.seconds for reply in self.replies)
        return ordered[min(len(ordered) - 1, round(share * len(ordered)))]

    def of(self, *, kept: bool) -> Load:
        """The answers that were there already, or those that were not."""
        return Load([reply for reply in self.replies if reply.kept is kept])

    @property
    def errors(self) -> list[Reply]:
        return [reply for reply in self.replies if reply.error]

    @property
    def rate(self) -> float:
        """Answers a second, from the first planned request to the last answer."""
        ends = max(reply.planned + reply.seconds for reply in self.replies)
        return (len(self.replies) - len(self.errors)) / (ends - min(reply.planned for reply in self.replies))


def requests(home: Path, client: Client, boards: Sequence[str] = ()) -> list[Request]:
    """One for each place of a chart on these dashboards, or on all."""
    numbers = {row["uuid"]: row["id"] for row in client.listed("dataset")}
    found = []
    for slug in boards or slugs():
        asked = Asked(slug, home)
        chosen = asked.values()
        found += [Request(f"{slug}/{chart.name}", _body(asked, chart, chosen, numbers)) for chart in asked.charts]
    return found


def _body(asked: Asked, chart: Chart, chosen: dict[str, list[object]], numbers: dict[str, int]) -> bytes:
    context: dict[str, Any] = json.loads(chart.asset["query_context"])
    context["datasource"]["id"] = numbers[chart.asset["dataset_uuid"]]
    filters = [{"col": asked.column_of(key), "op": "IN", "val": chosen[key]} for key in chart.filters if chosen[key]]
    for query in context["queries"]:
        query["filters"] = [*query["filters"], *filters]
    return json.dumps(context).encode()


def send(client: Client, wanted: list[Request], rate: float, seconds: float) -> Load:
    """The requests in turn, in an order that mixes the dashboards, `rate` of them a second."""
    order = random.Random(7).sample(wanted, len(wanted))
    plan = iter(range(round(rate * seconds)))
    lock, replies = threading.Lock(), list[Reply]()
    start = time.perf_counter() + 0.5

    def sender() -> None:
        while True:
            with lock:
                number = next(plan, None)
            if number is None:
                return
            planned = start + number / rate
            time.sleep(max(0.0, planned - time.perf_counter()))
            request = order[number % len(order)]
            error, kept = _ask(client, request)
            replies.append(Reply(request.chart, planned, time.perf_counter() - planned, error, kept))

    senders = [threading.Thread(target=sender, daemon=True) for _ in range(SENDERS)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    return Load(replies)


def _ask(client: Client, request: Request) -> tuple[str, bool]:
    """What was wrong with the answer, empty when it is whole; and whether Superset had kept it."""
    connection = HTTPConnection(urlsplit(client.url).netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", PATH, request.body, client.session | {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}", False
    finally:
        connection.close()
    if answer.status != 200:
        return f"{answer.status}: {body[:200].decode(errors='replace')}", False
    is_whole = body.startswith(b'{"result":') and body.rstrip().endswith(b"}")
    return "" if is_whole else f"not an answer: {body[:200]!r}", answer.getheader("Oko-Answer") == "kept"


def report(load: Load) -> str:
    """For people: the percentiles and the slowest charts."""
    charts: dict[str, list[float]] = {}
    for reply in load.replies:
        charts.setdefault(reply.chart, []).append(reply.seconds)
    slowest = sorted(charts, key=lambda chart: -statistics.median(charts[chart]))[:5]
    p50, p95, worst = (load.percentile(share) * 1000 for share in (0.5, 0.95, 1.0))
    lines = [f"{len(load.replies)} requests, {load.rate:.1f} answers/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {worst:.0f} ms"]
    lines += [f"{len(load.errors)} errors", *sorted({f"  {reply.chart}: {reply.error}" for reply in load.errors})[:10]]
    return "\n".join([*lines, "slowest: " + ", ".join(f"{chart} {statistics.median(charts[chart]) * 1000:.0f} ms" for chart in slowest)])


def summary(measured: Measured) -> str:
    """All of one run."""
    load = measured.load
    parts = {"first asks": measured.first, "beside a refresh": load, "of these kept": load.of(kept=True), "computed": load.of(kept=False)}
    said = [f"{name}: {report(load) if load.replies else 'none'}" for name, load in parts.items()]
    return "\n".join([*said, f"warmed in {measured.warming:.0f} s"])


def environment(home: Path) -> dict[str, str]:
    """The environment of a process of Oko on this home."""
    return {**os.environ, "OKO_HOME": str(home), "OKO_TARGET": "duckdb", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


@dataclass(frozen=True)
class Measured:
    """First asks with nothing beside them; the seconds that warming took; the load beside a refresh."""

    first: Load
    warming: float
    load: Load


def beside_a_refresh(home: Path, rate: float, seconds: float) -> Measured:
    """The load on a Superset as `oko serve` starts it, while `oko refresh` works on a new file; the refresh is not waited for."""
    with serving(home) as client:
        wanted = requests(home, client)
        # every worker has imported what it needs and knows every chart
        send(client, wanted, rate=10, seconds=len(wanted) / 10)
        _forget(home)
        first = send(client, wanted, FIRST_RATE, len(wanted) / FIRST_RATE)
        _forget(home)
        begun = time.perf_counter()
        _run(home, SUPERSET_PYTHON, TOOLS / "warm.py")
        warming = time.perf_counter() - begun
        _add_a_file(home)
        with _process([OKO, "refresh"], home) as refresh:
            time.sleep(START_SECONDS)
            load = send(client, wanted, rate, seconds)
            if refresh.poll() is not None:
                sys.exit("the refresh ended before the requests did: take a larger home or fewer seconds")
    return Measured(first, warming, load)


@contextmanager
def serving(home: Path) -> Iterator[Client]:
    """The administrator at a Superset of this home, as `oko serve` starts it."""
    _run(home, SUPERSET_PYTHON, TOOLS / "provision.py")
    with _process([SUPERSET_PYTHON, TOOLS / "serve.py", "--port", str(port := _free_port())], home) as server:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server)
        yield administrator(home, url)


def _run(home: Path, *words: str | Path) -> None:
    subprocess.run(words, env=environment(home), check=True, stdout=subprocess.DEVNULL)


def _forget(home: Path) -> None:
    shutil.rmtree(home / "superset" / "cache" / "answers", ignore_errors=True)


def _add_a_file(home: Path) -> None:
    """Another file of the largest source, or the refresh would find nothing to do: an exam's protocol with a line to its end."""
    protocol = max((home / "landing" / "ege").rglob("*.csv"), key=lambda path: path.stat().st_size)
    protocol.with_name(f"{protocol.stem} {time.time_ns()}.csv").write_bytes(protocol.read_bytes() + b"\r\n")


@contextmanager
def _process(command: Sequence[str | Path], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its children, ended at the end."""
    with (home / "logs" / "bench.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        # a refresh hears the first only between two statements; killed, it publishes nothing all the same
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with suppress(OSError), urlopen(f"{url}/health", timeout=5):
            return
        time.sleep(0.3)
    sys.exit("Superset ended; see logs/bench.log of the home")


def administrator(home: Path, url: str) -> Client:
    """A session of the administrator, who sees every dashboard."""
    return Client(url, "admin", (home / "secrets" / "superset_admin_password").read_text().strip())


def main() -> None:
    """Sends, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    home = options.home.resolve()
    if options.url:
        client = administrator(home, options.url)
        print(report(send(client, requests(home, client), options.rate, options.seconds)))
    else:
        print(summary(beside_a_refresh(home, options.rate, options.seconds)))


if __name__ == "__main__":
    main()
