"""Indicators that serve diagnosis alone (all of ВПР) reach no mart that judges; and the check of it finds every way to break the rule."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from dbt_running import PROJECT
from rules_of_use import DATA_TEST, Rules

from orchestration.dbt_sources import load_registry
from orchestration.lineage import read_project

FILTERED = "select v.value from {{ ref('marts__indicator_values') }} as v where v.indicator_code in ('ege_mean_score', 'pd_share_3y')"
VPR = "fct_vpr_"
UNFILTERED = "select v.value from {{ ref('marts__indicator_values') }} as v"


@pytest.fixture(scope="module")
def rules(manifest: dict[str, Any]) -> Rules:
    registry = load_registry()
    by_usage = {usage: [entry for entry in registry if entry["usage"] == usage] for usage in ("open", "diagnostic_only")}
    facts = {usage: {fact for entry in entries for fact in entry["evidence"]} for usage, entries in by_usage.items()}
    return Rules(
        manifest=manifest,
        texts=read_project(PROJECT),
        diagnostic=frozenset(entry["code"] for entry in by_usage["diagnostic_only"]),
        diagnostic_facts=frozenset(fact for fact in facts["diagnostic_only"] if fact.startswith(VPR) or fact not in facts["open"]),
        evidence={entry["code"]: entry["evidence"] for entry in registry},
    )


def _with_mart(rules: Rules, sql: str, reads: list[str], name: str = "mart_of_a_test", judges: bool = True, columns: Any = ()) -> Rules:
    """The project with one more mart."""
    ids = {node["name"]: unique_id for unique_id, node in rules.manifest["nodes"].items() if node["resource_type"] == "model"}
    mart = {
        **{"name": name, "unique_id": f"model.oko.{name}", "resource_type": "model", "path": f"marts/{name}.sql", "raw_code": sql},
        **{"config": {"meta": {"judges": judges}}, "columns": {column: {} for column in columns}},
        "depends_on": {"nodes": [ids[read] for read in reads]},
    }
    manifest = copy.copy(rules.manifest)
    manifest["nodes"] = {**manifest["nodes"], mart["unique_id"]: mart}
    return replace(rules, manifest=manifest)


def _of_test(rules: Rules) -> list[str]:
    return [line for line in rules.violations() if line.startswith("mart_of_a_test") or "_of_a_test" in line]


def test_nobody_is_judged_by_what_serves_diagnosis(rules: Rules) -> None:
    assert rules.diagnostic and rules.diagnostic_facts
    assert rules.violations() == []


def test_a_list_of_open_codes_is_a_choice(rules: Rules) -> None:
    assert _of_test(_with_mart(rules, FILTERED, ["marts__indicator_values"])) == []
    one = FILTERED.replace("in ('ege_mean_score', 'pd_share_3y')", "= 'ege_mean_score'")
    assert _of_test(_with_mart(rules, one, ["marts__indicator_values"])) == []
    by_usage = UNFILTERED + " where d.usage_kind = 'open'"
    assert _of_test(_with_mart(rules, by_usage, ["marts__indicator_values", "dim_indicator"])) == []
    by_macro = "select * from ({{ ege_wide('indicator_values', 'school') }})"
    assert _of_test(_with_mart(rules, by_macro, ["marts__indicator_values"])) == []


@pytest.mark.parametrize("table", ["marts__indicator_values", "public_indicator_values", "indicator_values", "indicator_values_alt"])
def test_the_long_table_without_a_choice_is_found(rules: Rules, table: str) -> None:
    assert _of_test(_with_mart(rules, UNFILTERED, [table])) == [f"mart_of_a_test: reads mart_of_a_test ← {table}"]


def test_another_mart_between_is_found(rules: Rules) -> None:
    found = _of_test(_with_mart(rules, "select * from {{ ref('school_card') }}", ["school_card"]))
    assert found == ["mart_of_a_test: reads mart_of_a_test ← school_card ← marts__indicator_values"] * len(found) and found


def test_a_diagnostic_code_by_name_is_found(rules: Rules) -> None:
    found = _of_test(_with_mart(rules, FILTERED.replace("pd_share_3y", "vpr_quality"), ["marts__indicator_values"]))
    assert "mart_of_a_test: names vpr_quality" in found
    assert "mart_of_a_test: reads mart_of_a_test ← marts__indicator_values" in found


def test_an_open_code_that_rests_on_vpr_is_found(rules: Rules) -> None:
    hidden = replace(rules, evidence={**rules.evidence, "pd_share_3y": ["fct_pd_completion", "fct_vpr_result"]})
    found = _of_test(_with_mart(hidden, FILTERED, ["marts__indicator_values"]))
    assert found == ["mart_of_a_test: names pd_share_3y, which rests on fct_vpr_result"]


@pytest.mark.parametrize("name", ["fct_vpr_result", "ind_vpr_quality"])
def test_results_of_vpr_themselves_are_found(rules: Rules, name: str) -> None:
    """A choice of codes does not excuse it."""
    assert _of_test(_with_mart(rules, FILTERED, ["marts__indicator_values", name])) == [f"mart_of_a_test: reads mart_of_a_test ← {name}"]


def test_a_mart_that_shows_codes_needs_the_test_on_its_data(rules: Rules) -> None:
    found = _of_test(_with_mart(rules, FILTERED, ["marts__indicator_values"], columns=["indicator_code"]))
    assert found == [f"mart_of_a_test: has indicator_code and no test {DATA_TEST}"]


def test_a_mart_that_hides_that_it_judges_is_found_by_its_name(rules: Rules) -> None:
    found = _of_test(_with_mart(rules, UNFILTERED, ["marts__indicator_values"], name="funding_of_a_test", judges=False))
    assert found == ["funding_of_a_test: its name says that it judges, its meta does not"]


def test_a_mart_that_does_not_judge_may_read_all(rules: Rules) -> None:
    assert _of_test(_with_mart(rules, UNFILTERED, ["marts__indicator_values", "fct_vpr_result"], judges=False)) == []
