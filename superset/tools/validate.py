"""What must hold of the assets, checked without a server: `python superset/tools/validate.py`; prints every problem, exits 1 if any.

Identifiers and their chains, columns and metrics that exist, datasets that are dbt models with those columns, Russian words wherever an
analyst reads, filters bound to something, a connection that cannot leave its file, roles that speak of what is there. Whether charts
draw is for the end-to-end test.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import access
from bundle import KINDS, Asset, canonical, load, read
from home import ASSETS, SUPERSET
from normalise import normalised

Assets = dict[str, dict[str, Asset]]
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_FOREIGN = re.compile("[A-Za-z][A-Za-z0-9_]*")
# what Russian texts themselves write in Latin letters: scales, n, UTC, the quarters of financing
_KEPT = {"NPS", "ECERS", "R", "n", "UTC", *"ABCD"}
_LOCKED = {
    "enable_external_access": False,
    "lock_configuration": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

# types of the contracts → how Superset calls them
_TYPES = {
    **{"text": "VARCHAR", "integer": "INTEGER", "bigint": "BIGINT", "double precision": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"},
    "timestamp": "TIMESTAMP",
}
# (schema, table) → column → type
Models = dict[tuple[str, str], dict[str, str]]

_NO_DATASET: Asset = {"columns": [], "metrics": []}


def _russian(name: str, what: str, text: str | None) -> Iterator[str]:
    if not _RUSSIAN.search(text or ""):
        yield f"{name}: {what} is not in Russian: {text!r}"
    else:
        yield from _no_foreign_words(name, what, text or "")


def _no_foreign_words(name: str, what: str, text: str) -> Iterator[str]:
    if foreign := set(_FOREIGN.findall(text)) - _KEPT:
        yield f"{name}: {what} has words that are not Russian: {', '.join(sorted(foreign))}"


def _by_uuid(assets: dict[str, Asset]) -> dict[str, Asset]:
    return {asset["uuid"]: asset for asset in assets.values()}


def check_form(folder: Path, content: Assets) -> Iterator[str]:
    for kind in KINDS:
        for name, asset in content[kind].items():
            if canonical(normalised(folder / name, kind, asset)) != (folder / name).read_text():
                yield f"{name}: not in canonical form (uuid, query_context, order of keys): run tools/normalise.py"


def check_databases(content: Assets) -> Iterator[str]:
    for name, database in content["databases"].items():
        yield from _russian(name, "database_name", database["database_name"])
        arguments = database["extra"]["engine_params"]["connect_args"]
        settings = arguments.get("config", {})
        if arguments.get("read_only") is not True or any(settings.get(key) is not value for key, value in _LOCKED.items()):
            yield f"{name}: the connection must be read_only with {_LOCKED}"
        for permission in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"):
            if database.get(permission) is not False:
                yield f"{name}: {permission} must be false"


def dbt_columns(project: Path) -> Models:
    """What the contracts of the models say; schema = folder (results stand in core), table = name after `__`."""
    models: Models = {}
    for path in sorted((project / "models").rglob("*.yml")):
        folder = path.relative_to(project / "models").parts[0]
        schema = "core" if folder == "results" else folder
        for model in (read(path) or {}).get("models", []):
            table = model["name"].rsplit("__", 1)[-1]
            models[schema, table] = {column["name"]: column.get("data_type", "") for column in model.get("columns", [])}
    return models


def check_datasets(content: Assets, models: Models) -> Iterator[str]:
    databases = _by_uuid(content["databases"])
    for name, dataset in content["datasets"].items():
        if dataset["database_uuid"] not in databases:
            yield f"{name}: database_uuid leads nowhere"
        if dataset.get("sql"):
            yield f"{name}: a query of its own; datasets are tables of the warehouse"
        yield from _russian(name, "description", dataset.get("description"))
        for item in [*dataset["columns"], *dataset["metrics"]]:
            yield from _russian(name, item.get("column_name") or item["metric_name"], item.get("verbose_name"))
        key = (dataset["schema"], dataset["table_name"])
        physical = {column["column_name"]: column.get("type") for column in dataset["columns"] if not column.get("expression")}
        if key not in models:
            yield f"{name}: no dbt model {'.'.join(key)}"
            continue
        if missing := physical.keys() - models[key].keys():
            yield f"{name}: columns that the dbt model has not: {', '.join(sorted(missing))}"
        for column, kind in physical.items():
            if column in models[key] and kind != _TYPES.get(models[key][column]):
                yield f"{name}: {column} is {kind}, in the dbt model {models[key][column]}"


def _used(params: Asset) -> set[str]:
    """Names of columns and metrics that a chart refers to."""
    names = {*params.get("all_columns", []), *params.get("metrics", []), *params.get("column_config", {})}
    names |= {clause["subject"] for clause in params.get("adhoc_filters", [])}
    names |= {json.loads(item)[0] for item in params.get("order_by_cols", [])}
    names |= {rule[key] for rule in params.get("conditional_formatting", []) for key in ("column", "columnFormatting") if key in rule}
    return names | ({params["x_axis"]} if "x_axis" in params else set())


def _names(dataset: Asset) -> set[str]:
    return {column["column_name"] for column in dataset["columns"]} | {metric["metric_name"] for metric in dataset["metrics"]}


def check_charts(content: Assets) -> Iterator[str]:
    datasets = _by_uuid(content["datasets"])
    for name, chart in content["charts"].items():
        yield from _russian(name, "slice_name", chart["slice_name"])
        yield from _russian(name, "description", chart.get("description"))
        if "Чего не говорит" not in (chart.get("description") or ""):
            yield f"{name}: the description must also say what the chart cannot say («Чего не говорит: …»)"
        for axis in ("x_axis_title", "y_axis_title"):
            # n is the whole title of an axis of numbers of people
            if chart["params"].get(axis) and chart["params"][axis] not in _KEPT:
                yield from _russian(name, axis, chart["params"][axis])
        dataset = datasets.get(chart["dataset_uuid"])
        if dataset is None:
            yield f"{name}: dataset_uuid leads nowhere"
            continue
        if missing := _used(chart["params"]) - _names(dataset):
            yield f"{name}: not in its dataset: {', '.join(sorted(missing))}"
        yield from _check_hints(name, chart["params"], dataset)


def _check_hints(name: str, params: Asset, dataset: Asset) -> Iterator[str]:
    """The description of a column stands at its title in a table."""
    for column in dataset["columns"]:
        if column.get("description") and column["column_name"] in params.get("all_columns", []):
            yield from _no_foreign_words(name, f"the description of {column['column_name']}", column["description"])


def _check_filter(name: str, native: Asset, charts: dict[int, Asset], datasets: dict[str, Asset]) -> Iterator[str]:
    where = f"{name}: filter {native['id']}"
    yield from _russian(where, "name", native["name"])
    for target in native["targets"]:
        dataset = datasets.get(target.get("datasetUuid", ""))
        column = target["column"]["name"]
        if dataset is None or column not in _names(dataset):
            yield f"{where}: its target {column} leads nowhere"
        excluded = set(native["scope"]["excluded"])
        if excluded - charts.keys():
            yield f"{where}: excludes charts that are not there: {sorted(excluded - charts.keys())}"
        for number in charts.keys() - excluded:
            if column not in _names(datasets.get(charts[number]["dataset_uuid"], _NO_DATASET)):
                yield f"{where}: «{charts[number]['slice_name']}» has no column {column}"
        if not charts.keys() - excluded:
            yield f"{where}: filters nothing"


def check_dashboards(content: Assets) -> Iterator[str]:
    by_uuid, datasets = _by_uuid(content["charts"]), _by_uuid(content["datasets"])
    shown: set[str] = set()
    for name, dashboard in content["dashboards"].items():
        yield from _russian(name, "dashboard_title", dashboard["dashboard_title"])
        yield from _russian(name, "description", dashboard.get("description"))
        for place in (place for place in dashboard["position"].values() if isinstance(place, dict)):
            for text in ("text", "code", "sliceNameOverride"):
                if place.get("meta", {}).get(text):
                    yield from _russian(name, f"{place['id']}, {text},", place["meta"][text])
        places = [place for place in dashboard["position"].values() if isinstance(place, dict) and place["type"] == "CHART"]
        known = {place["meta"]["chartId"]: by_uuid.get(place["meta"]["uuid"]) for place in places}
        charts = {number: chart for number, chart in known.items() if chart}
        if len(charts) != len(places):
            yield f"{name}: a place without a chart, or two with one chartId"
            continue
        for place in places:
            if place["meta"]["sliceName"] != by_uuid[place["meta"]["uuid"]]["slice_name"]:
                yield f"{name}: {place['id']} carries an old title"
        for native in dashboard["metadata"]["native_filter_configuration"]:
            yield from _check_filter(name, native, charts, datasets)
        shown |= {place["meta"]["uuid"] for place in places}
    for name, chart in content["charts"].items():
        if chart["uuid"] not in shown:
            yield f"{name}: on no dashboard"


def check_identity(content: Assets) -> Iterator[str]:
    """Identifiers follow from file names, whatever their folder; and Superset's metadata in SQLite knows one dataset of a table name."""
    for kind in KINDS:
        seen: dict[str, str] = {}
        for name, asset in content[kind].items():
            for what in {asset["uuid"], asset.get("table_name", asset["uuid"])}:
                if what in seen:
                    yield f"{name}: the same identifier or table name as {seen[what]}"
                seen[what] = name


def check_access(content: Assets, folder: Path = access.ACCESS) -> Iterator[str]:
    try:
        roles = access.load(content, folder)
    except access.AccessError as error:
        yield str(error)
        return
    for grants in roles.values():
        yield from _russian(f"access: {grants.title}", "title", grants.title)


def check_content(content: Assets, models: Models) -> Iterator[str]:
    yield from check_databases(content)
    yield from check_datasets(content, models)
    yield from check_charts(content)
    yield from check_dashboards(content)
    yield from check_identity(content)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    parser.add_argument("--dbt", type=Path, default=SUPERSET.parent / "dbt_project")
    options = parser.parse_args()
    content = load(options.assets)
    found = [*check_form(options.assets, content), *check_content(content, dbt_columns(options.dbt)), *check_access(content)]
    print("\n".join(found) or "Assets of Superset: in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
