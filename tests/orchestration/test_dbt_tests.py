"""Data tests asked over one connection say what dbt would say of them; and from which builds the next one goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from small_landing import Landing

from ingest.settings import load_settings
from orchestration import dbt_runs
from orchestration.dbt_runs import DbtFailed, require_built
from orchestration.dbt_tests import DataTest, ask
from orchestration.home import open_warehouse, prepare_home
from orchestration.intake import Options
from orchestration.refresh import Refresh
from warehouse.engine import Warehouse

NODE = {
    "unique_id": "test.oko.primary_key_dim_school_school_code",
    "name": "primary_key_dim_school_school_code",
    "compiled_code": "select a from (values (1), (2)) as rows_of_it (a) where a > 5 -- none",
    "config": {"severity": "ERROR", "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0"},
}


def node(sql: str, **config: str) -> dict[str, Any]:
    return {**NODE, "compiled_code": sql, "config": {**NODE["config"], **config}}  # type: ignore[dict-item]


@pytest.fixture
def warehouse(on_target: Landing) -> Iterator[Warehouse]:
    prepare_home(load_settings())
    with open_warehouse(load_settings()) as warehouse:
        yield warehouse


@pytest.mark.parametrize(
    ("asked", "status", "failures", "message"),
    [
        (NODE, "pass", 0, None),
        (node("select 1 as a"), "fail", 1, "Got 1 result, configured to fail if != 0"),
        (node("select 1 as a union all select 2"), "fail", 2, "Got 2 results, configured to fail if != 0"),
        (node("select 1 as a", severity="warn"), "warn", 1, "Got 1 result, configured to warn if != 0"),
        (node("select 1 as a", error_if="> 5"), "warn", 1, "Got 1 result, configured to warn if != 0"),
        (node("select 7 as a", fail_calc="max(a)", error_if="> 5"), "fail", 7, "Got 7 results, configured to fail if > 5"),
        # characters that mean something to drivers
        (node("select '100 % ?' as a where '%s' = '?'"), "pass", 0, None),
    ],
)
def test_a_test_says_what_dbt_says(warehouse: Warehouse, asked: dict[str, Any], status: str, failures: int, message: str | None) -> None:
    [result] = ask(warehouse, [DataTest.of(asked)])
    assert (result.status, result.failures, result.message) == (status, failures, message)


def test_one_that_cannot_be_asked_fails_and_the_next_is_asked(warehouse: Warehouse) -> None:
    broken, good = ask(warehouse, [DataTest.of(node("select * from no.such_table")), DataTest.of(NODE)])
    assert broken.status == "error" and "no" in str(broken.message) and good.status == "pass"
    with pytest.raises(DbtFailed, match=r"не выполнено 1 из 2 .*\n  primary_key_dim_school_school_code: "):
        require_built([broken, good])


def test_what_fails_is_named(warehouse: Warehouse) -> None:
    results = list(ask(warehouse, [DataTest.of(node("select 1 as a")), DataTest.of(node("select 1 as a", severity="warn"))]))
    with pytest.raises(DbtFailed, match="не выполнено 1 из 2") as failed:
        require_built(results)
    assert "primary_key_dim_school_school_code: Got 1 result, configured to fail if != 0" in str(failed.value)
    require_built(results[1:])


def test_a_test_that_dbt_has_not_compiled_is_no_test_less() -> None:
    with pytest.raises(KeyError):
        DataTest.of({name: value for name, value in NODE.items() if name != "compiled_code"})


class Builds:
    """Stands in for dbt: remembers whether it was to go on from what stands, and ends as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.goes_on: list[bool] = []
        self.end: Exception | None = None
        self.status = "success"
        monkeypatch.setattr(dbt_runs, "build", self)
        monkeypatch.setattr(dbt_runs, "data_tests", lambda settings: [])

    def __call__(self, settings: object, on_node: object, *, goes_on: bool) -> list[Any]:
        self.goes_on.append(goes_on)
        if self.end:
            raise self.end
        [result] = [replace(result, status=self.status) for result in ask(_Answers(), [DataTest.of(NODE)])]
        return [result]


class _Answers:
    """A warehouse in which every test holds."""

    def query(self, sql: str) -> Any:
        return pl.DataFrame({"failures": [0], "should_warn": [False], "should_error": [False]})


def night(version: str, *, full: bool = False) -> None:
    """As far as the build; one that went well is as if it had been published."""
    settings = load_settings()
    prepare_home(settings)
    with Refresh(settings) as refresh:
        refresh.land(Options(full=full))
        if dbt_runs.is_built(refresh.build()):
            refresh.warehouse.prove_build(version, pl.DataFrame({"input": ["dim_subject"], "content": ["1"]}))


def test_a_build_goes_on_from_what_was_published_of_its_code_and_from_nothing_else(
    on_target: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds, version = Builds(monkeypatch), ["one"]
    for module in ("orchestration.refresh", "orchestration.intake"):
        monkeypatch.setattr(f"{module}.code_version", lambda *folders: version[0])
    on_target.write_registers()
    night("one")
    night("one")
    assert builds.goes_on == [False, True]
    version[0], builds.end = "two", KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        night("two")
    # the code of the day before is back: what was half made is not its own; and a build whose tests fail is nothing to go on from
    version[0], builds.end, builds.status = "one", None, "error"
    night("one")
    builds.status = "success"
    night("one")
    night("one")
    night("one", full=True)
    night("one")
    assert builds.goes_on[2:] == [False, False, False, True, False, True]
