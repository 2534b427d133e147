"""The data tests of the dbt project, asked over one connection as dbt would ask them.

dbt compiles them once, when the project changes; to run them one by one costs it ten times what their queries take. Which tests there are
and what they ask is said in dbt_project alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.engine import Warehouse

PASS, WARN, FAIL, ERROR = "pass", "warn", "fail", "error"


@dataclass(frozen=True)
class DataTest:
    """One test of the manifest."""

    unique_id: str
    name: str
    sql: str
    severity: str
    warn_if: str
    error_if: str

    @staticmethod
    def of(node: Mapping[str, Any]) -> DataTest:
        """As dbt compiled it: one that it has not is an error here, not a test less."""
        config = node["config"]
        sql = f"""
            SELECT failures, failures {config["warn_if"]} AS should_warn, failures {config["error_if"]} AS should_error
            FROM (SELECT {config["fail_calc"]} AS failures FROM (
{node["compiled_code"]}
) AS found) AS counted
        """
        return DataTest(node["unique_id"], node["name"], sql, config["severity"].lower(), config["warn_if"], config["error_if"])


@dataclass(frozen=True)
class TestResult:
    """The answer, with the names that a result of dbt has."""

    node: DataTest
    status: str
    failures: int
    message: str | None
    execution_time: float


def ask(warehouse: Warehouse, tests: list[DataTest]) -> Iterator[TestResult]:
    """One after another."""
    for test in tests:
        started = time.monotonic()
        status, failures, message = _outcome(warehouse, test)
        yield TestResult(test, status, failures, message, time.monotonic() - started)


def _outcome(warehouse: Warehouse, test: DataTest) -> tuple[str, int, str | None]:
    try:
        [(failures, should_warn, should_error)] = warehouse.query(test.sql).rows()
    except Exception as error:
        # whatever the engine says: a test that cannot be asked guards nothing
        return ERROR, 0, str(error)
    if test.severity == "error" and should_error:
        return FAIL, failures, _said(failures, "fail", test.error_if)
    if should_warn:
        return WARN, failures, _said(failures, "warn", test.warn_if)
    return PASS, 0, None


def _said(failures: int, what: str, condition: str) -> str:
    return f"Got {failures} result{'' if failures == 1 else 's'}, configured to {what} if {condition}"
