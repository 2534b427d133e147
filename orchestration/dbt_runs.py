"""dbt inside this process: the manifest, parsed once when the project changed, with its tests compiled; and the build.

dbt is imported when it is first needed: its import alone takes seconds.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from ingest.settings import Settings
from orchestration.dbt_tests import DataTest, TestResult
from orchestration.home import DBT_PROJECT, code_version, database_name

if TYPE_CHECKING:
    from dbt.artifacts.schemas.run import RunResult
    from dbt.cli.main import dbtRunnerResult

OnNode = Callable[[str, int], None]
Result = Union["RunResult", TestResult]

SHOWN_FAILURES = 10
BROKEN = ("error", "fail", "runtime error", "partial success")

# dbt's events that end a node
_ENDS = ("LogModelResult", "LogSeedResult")
# the tests are asked by dbt_tests.py, unit tests by whoever changes the project; with an exposure dbt does nothing
_NOT_BUILT = ("--exclude-resource-type", "test", "unit_test", "exposure")
# what stands on raw alone, and changes only with the project
_STAGING = ("resource_type:seed", "path:models/staging,config.materialized:view")


class DbtFailed(Exception):
    """dbt did not build the whole project; the message says in Russian what broke."""


def target_folder(settings: Settings) -> Path:
    """Where dbt keeps what it compiles, apart for each engine."""
    return settings.warehouse / "dbt" / settings.target


def prepared_manifest(settings: Settings) -> Path:
    """The manifest of the project as it is now; dbt parses and compiles only when a file of the project changed, or the database."""
    folder = target_folder(settings)
    manifest, stamp = folder / "manifest.json", folder / "compiled_version"
    with _one_at_a_time(folder):
        # names of tables begin with that of the database
        version = f"{code_version('dbt_project')} {database_name(settings)}"
        if not manifest.exists() or not stamp.exists() or stamp.read_text() != version:
            # touches no database: another process may be in it
            outcome = _invoke(settings, "compile", "--select", "resource_type:test", "--no-introspect", "--no-populate-cache")
            if not outcome.success:
                raise DbtFailed(f"dbt не прочитал проект: {outcome.exception}") from outcome.exception
            stamp.write_text(version)
    return manifest


def descriptions(settings: Settings) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """What every model is and what its columns are, by (schema, table) as readers call it, as the prepared manifest says."""
    return {
        published_name(model): (
            model["description"],
            {name: column["description"] for name, column in model["columns"].items() if column["description"]},
        )
        for model in _nodes(settings).values()
        if model["resource_type"] == "model"
    }


def keys(settings: Settings) -> dict[tuple[str, str], list[str]]:
    """The columns of the key of every model that has one: those of its test `primary_key`."""
    nodes = _nodes(settings)
    tests = [node for node in nodes.values() if node["resource_type"] == "test" and node["attached_node"] in nodes]
    named = [test for test in tests if (test["test_metadata"] or {}).get("name") == "primary_key"]
    return {published_name(nodes[test["attached_node"]]): test["test_metadata"]["kwargs"]["columns"] for test in named}


def inputs_table(settings: Settings) -> str:
    """The built table that says what results of exams were made from besides protocols."""
    node = _nodes(settings)["model.oko.int_exam__input"]
    return f"{node['schema']}.{node['alias']}"


def published_name(node: Mapping[str, Any]) -> tuple[str, str]:
    """Schema and table as readers know them: where dbt builds it may be a schema of another name."""
    return node["config"].get("schema") or node["schema"], node["alias"]


def _nodes(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((target_folder(settings) / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    return found


def data_tests(settings: Settings) -> list[DataTest]:
    """Every data test of the project, compiled."""
    return [DataTest.of(node) for node in _nodes(settings).values() if node["resource_type"] == "test"]


def build(settings: Settings, on_node: OnNode, *, goes_on: bool) -> list[RunResult]:
    """Builds everything; the results in the order in which nodes ended, whether or not all went well.

    `goes_on`: from what the last build left. Seeds and staging views stand as they are, and tables that are kept by part (macros/parts.sql)
    keep what no file touched; else all of it is made anew.
    """
    how = ("--exclude", *_STAGING) if goes_on else ("--full-refresh",)
    try:
        outcome = _invoke(settings, "build", *_NOT_BUILT, *how, "--no-write-json", callbacks=[_counting(on_node)])
    finally:
        _release_duckdb()
    if outcome.result is None:
        raise DbtFailed(f"dbt не начал сборку: {outcome.exception}") from outcome.exception
    return list(outcome.result.results)  # type: ignore[union-attr]


def is_built(results: Iterable[Result]) -> bool:
    """Whether every model was built and every test of severity error passed."""
    return not _broken(results)


def _broken(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if str(result.status) in BROKEN]


def write_log(settings: Settings, results: Iterable[Result]) -> None:
    """Everything that did not go well, in full: `logs/dbt.log` of the last build."""
    lines = [f"{result.node.name}: {result.status}: {result.message}\n" for result in results if str(result.status) in (*BROKEN, "warn")]
    (settings.logs / "dbt.log").write_text("".join(lines), encoding="utf-8")


def require_built(results: list[Result]) -> None:
    """Raises DbtFailed unless every model was built and every test of severity error passed."""
    if broken := _broken(results):
        lines = [f"  {result.node.name}: {_first_line(result.message or str(result.status))}" for result in broken[:SHOWN_FAILURES]]
        raise DbtFailed("\n".join([f"dbt: не выполнено {len(broken)} из {len(results)} (подробно в logs/dbt.log)", *lines]))


def _first_line(message: str) -> str:
    return " ".join(message.split("\n")[:2]).strip()


def _invoke(settings: Settings, *arguments: str, callbacks: list[Callable[[Any], None]] | None = None) -> dbtRunnerResult:
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target", settings.target]
    output = ["--target-path", str(target_folder(settings)), "--log-path", str(settings.logs), "--log-level", "none"]
    return dbtRunner(callbacks=callbacks or []).invoke([*arguments, *places, *output])


def _release_duckdb() -> None:
    """Closes the build file, which dbt-duckdb keeps open for its next call in this process; publishing opens it by itself."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager.env().close()
        DuckDBConnectionManager.close_all_connections()


def _counting(on_node: OnNode) -> Callable[[Any], None]:
    """A listener to dbt's events that passes on every model or seed that ended: its name and how many there are."""

    def callback(event: Any) -> None:
        if event.info.name in _ENDS:
            on_node(event.data.node_info.node_name, event.data.total)

    return callback


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """The web server, the daemon and a refresh may load the definitions at once: one of them parses, the others wait."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
