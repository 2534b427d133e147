"""The dashboards as files: in order as they are, and every kind of disorder found by the tool that looks for it."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bundle
import normalise
import pytest
import validate
from home import ASSETS

CHART = "charts/municipality-intervals.yaml"
DATASET = "datasets/oko/ege_by_school.yaml"
DASHBOARD = "dashboards/region-overview.yaml"
DATABASE = "databases/oko.yaml"
REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / "superset" / "tools"
Models = validate.Models
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def content() -> validate.Assets:
    return bundle.load(ASSETS)


@pytest.fixture(scope="module")
def models() -> Models:
    return validate.dbt_columns(REPOSITORY / "dbt_project")


def test_assets_are_in_order() -> None:
    checked = subprocess.run([sys.executable, TOOLS / "validate.py"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "Assets of Superset: in order\n")


def test_an_edit_is_found_and_brought_into_form(tmp_path: Path) -> None:
    path = tmp_path / CHART
    path.parent.mkdir()
    shutil.copy(ASSETS / CHART, path)
    assert list(validate.check_form(tmp_path, bundle.load(tmp_path))) == []
    changed = bundle.read(path) | {"uuid": "00000000-0000-0000-0000-000000000000", "query_context": None}
    path.write_text(bundle.canonical(changed))
    assert [found.split(":")[0] for found in validate.check_form(tmp_path, bundle.load(tmp_path))] == [CHART]
    path.write_text(bundle.canonical(normalise.normalised(path, "charts", changed)))
    assert path.read_text() == (ASSETS / CHART).read_text()


def test_several_series_are_not_sorted_by_a_metric(content: validate.Assets) -> None:
    """Each series has a column of the metric then: Superset's answer would be an error."""
    charts = [(path, asset) for path, asset in content["charts"].items() if asset["params"].get("groupby")]
    queries = [(path, query) for path, asset in charts for query in json.loads(asset["query_context"])["queries"]]
    steps = [(path, step) for path, query in queries for step in query["post_processing"] if step["operation"] == "sort"]
    assert len(steps) > 5
    assert [path for path, step in steps if "is_sort_index" not in step["options"]] == []


def test_identifiers_follow_from_names() -> None:
    here, there = bundle.asset_uuid(Path("/a/charts/x.yaml")), bundle.asset_uuid(Path("/b/charts/x.yaml"))
    assert here == there != bundle.asset_uuid(Path("/a/datasets/oko/x.yaml"))


def test_bundle_points_at_its_home_and_its_digest_at_its_content(tmp_path: Path) -> None:
    one, other = bundle.bundle_for(ASSETS, tmp_path / "one"), bundle.bundle_for(ASSETS, tmp_path / "other")
    assert f"sqlalchemy_uri: duckdb:///{tmp_path}/one/published/oko.duckdb" in one[DATABASE]
    assert not any("{OKO_HOME}" in text for text in one.values())
    assert bundle.digest(one) == bundle.digest(bundle.bundle_for(ASSETS, tmp_path / "one")) != bundle.digest(other)


def test_the_bundle_says_of_a_physical_column_that_it_has_no_expression(tmp_path: Path) -> None:
    dataset = bundle.read_text(bundle.bundle_for(ASSETS, tmp_path)["datasets/oko/certificates.yaml"])
    said = {column["column_name"]: column for column in dataset["columns"]}
    assert said["school_title"]["expression"] is None
    assert "school_title" in said["school_link"]["expression"]


def first_filter(dashboard: dict[str, Any]) -> dict[str, Any]:
    filters: list[dict[str, Any]] = dashboard["metadata"]["native_filter_configuration"]
    return filters[0]


def place(dashboard: dict[str, Any], name: str) -> dict[str, Any]:
    meta: dict[str, Any] = dashboard["position"][f"CHART-{name}"]["meta"]
    return meta


DISORDER: dict[str, tuple[str, Edit, str]] = {
    "a chart of a dataset that is not there": (CHART, lambda asset: asset.update(dataset_uuid="x"), "dataset_uuid leads nowhere"),
    "a column that the dataset has not": (CHART, lambda asset: asset["params"].update(x_axis="nowhere"), "not in its dataset: nowhere"),
    "an English title": (CHART, lambda asset: asset.update(slice_name="Scores"), "slice_name is not in Russian"),
    "an English axis": (CHART, lambda asset: asset["params"].update(y_axis_title="Score"), "y_axis_title is not in Russian"),
    "a code in a description": (
        CHART,
        lambda asset: asset.update(description=asset["description"] + " См. indicator_values."),
        "description has words that are not Russian: indicator_values",
    ),
    "an English tab": (
        "dashboards/exams.yaml",
        lambda asset: next(place for place in asset["position"].values() if isinstance(place, dict) and place["type"] == "TAB")[
            "meta"
        ].update(text="Schools"),
        "text, is not in Russian: 'Schools'",
    ),
    "a code in the hint of a column of a table": (
        "datasets/oko/audits.yaml",
        lambda asset: next(column for column in asset["columns"] if column["column_name"] == "audit_level_word").update(
            description="Границы — uko_level_low"
        ),
        "the description of audit_level_word has words that are not Russian: uko_level_low",
    ),
    "no word on limits": (CHART, lambda asset: asset.update(description="Средний балл"), "what the chart cannot say"),
    "a column without a Russian name": (
        DATASET,
        lambda asset: asset["columns"][0].update(verbose_name=None),
        "year is not in Russian: None",
    ),
    "a column that the model has not": (
        DATASET,
        lambda asset: asset["columns"].append({"column_name": "rank", "verbose_name": "Место"}),
        "columns that the dbt model has not: rank",
    ),
    "a column of another type": (
        DATASET,
        lambda asset: asset["columns"][0].update(type="VARCHAR"),
        "year is VARCHAR, in the dbt model integer",
    ),
    "a table that no model makes": (DATASET, lambda asset: asset.update(table_name="ratings"), "no dbt model marts.ratings"),
    "a query instead of a table": (DATASET, lambda asset: asset.update(sql="select 1"), "a query of its own"),
    "a connection that may leave its file": (
        DATABASE,
        lambda asset: asset["extra"]["engine_params"]["connect_args"]["config"].update(enable_external_access=True),
        "the connection must be read_only",
    ),
    "a connection that may write": (DATABASE, lambda asset: asset.update(allow_dml=True), "allow_dml must be false"),
    "a filter on a column that is not there": (
        DASHBOARD,
        lambda asset: first_filter(asset)["targets"][0]["column"].update(name="nowhere"),
        "its target nowhere leads nowhere",
    ),
    "a filter on charts that cannot follow it": (
        DASHBOARD,
        lambda asset: first_filter(asset)["scope"].update(excluded=[]),
        "«Реестр сертификатов СМК» has no column year",
    ),
    "a filter on nothing": (
        DASHBOARD,
        lambda asset: first_filter(asset)["scope"].update(excluded=list(range(1, 13))),
        "filters nothing",
    ),
    "a place without a chart": (DASHBOARD, lambda asset: place(asset, "publication-cards").update(uuid="x"), "a place without a chart"),
    "a place with an old title": (
        DASHBOARD,
        lambda asset: place(asset, "publication-cards").update(sliceName="Дата"),
        "carries an old title",
    ),
    "a chart on no dashboard": (DASHBOARD, lambda asset: asset["position"].pop("CHART-school-table"), "school-table.yaml: on no dashboard"),
}


@pytest.mark.parametrize("disorder", DISORDER)
def test_disorder_is_found(content: validate.Assets, models: Models, disorder: str) -> None:
    name, change, message = DISORDER[disorder]
    changed = copy.deepcopy(content)
    change(changed[name.split("/")[0]][name])
    found = list(validate.check_content(changed, models))
    assert any(message in problem for problem in found), found
