"""What every chart must show, asked of the publication past Superset: SQL written here from the files of the assets.

Superset builds its queries by its own code from the same parameters; where the two disagree, a filter, a scope or a metric is not what
the file says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

ASSETS = Path(__file__).resolve().parents[2] / "superset" / "assets"
Asset = dict[str, Any]
FILES = {"oko": "oko.duckdb", "oko_core": "oko_core.duckdb"}
_SQL = {"==": "=", "!=": "<>", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "LIKE": "LIKE"}


@cache
def read(path: Path) -> Asset:
    """A file of the assets, which nobody may change: what reads it shares it."""
    asset: Asset = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return asset


def slugs() -> list[str]:
    """Every dashboard of the assets."""
    return sorted(path.stem for path in (ASSETS / "dashboards").glob("*.yaml"))


@cache
def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    """A file of a publication, which never changes: opening it takes longer than a question."""
    return duckdb.connect(str(path), read_only=True)


@dataclass(frozen=True)
class Dataset:
    """A dataset of the assets and the file that it reads."""

    file: str
    asset: Asset

    @cached_property
    def table(self) -> str:
        return f"{self.asset['schema']}.{self.asset['table_name']}"

    def column(self, name: str) -> str:
        """The SQL of a column, physical or calculated."""
        (column,) = [column for column in self.asset["columns"] if column["column_name"] == name]
        return str(column.get("expression") or f'"{name}"')

    def metric(self, name: str) -> str:
        (metric,) = [metric for metric in self.asset["metrics"] if metric["metric_name"] == name]
        return str(metric["expression"])


@dataclass(frozen=True)
class Chart:
    """A chart on a dashboard: its place, and which filters reach it."""

    name: str
    asset: Asset
    dataset: Dataset
    tab: str
    filters: tuple[str, ...]

    @property
    def params(self) -> Asset:
        params: Asset = self.asset["params"]
        return params

    @property
    def is_table(self) -> bool:
        return bool(self.asset["viz_type"] == "table")


@dataclass
class Asked:
    """A dashboard and the answers that its charts must get from the publication under `home`."""

    slug: str
    home: Path
    chosen: dict[str, object] = field(default_factory=dict)

    @cached_property
    def _asset(self) -> Asset:
        return read(ASSETS / "dashboards" / f"{self.slug}.yaml")

    @cached_property
    def _datasets(self) -> dict[str, Dataset]:
        paths = sorted((ASSETS / "datasets").rglob("*.yaml"))
        return {asset["uuid"]: Dataset(FILES[path.parent.name], asset) for path in paths for asset in [read(path)]}

    @cached_property
    def natives(self) -> dict[str, Asset]:
        """The native filters by the end of their ids, in the order of the page."""
        found = self._asset["metadata"]["native_filter_configuration"]
        return {native["id"].removeprefix("NATIVE_FILTER-"): native for native in found}

    @cached_property
    def tabs(self) -> list[str]:
        """The titles of the tabs; one without a title where there are none."""
        position = self._asset["position"]
        main = position.get("TABS-main")
        return [position[tab]["meta"]["text"] for tab in main["children"]] if main else [""]

    @cached_property
    def charts(self) -> list[Chart]:
        position = self._asset["position"]
        titles = {place["id"]: place["meta"]["text"] for place in position.values() if isinstance(place, dict) and place["type"] == "TAB"}
        found = []
        for place in (place for place in position.values() if isinstance(place, dict) and place["type"] == "CHART"):
            name = place["id"].removeprefix("CHART-")
            asset = read(ASSETS / "charts" / f"{name}.yaml")
            number = place["meta"]["chartId"]
            reach = tuple(key for key, native in self.natives.items() if number not in native["scope"]["excluded"])
            tab = next((titles[parent] for parent in place["parents"] if parent in titles), "")
            found.append(Chart(name, asset, self._datasets[asset["dataset_uuid"]], tab, reach))
        return found

    def _rows(self, file: str, sql: str) -> list[tuple[Any, ...]]:
        return _opened((self.home / "published" / file).resolve()).execute(sql).fetchall()

    def values(self) -> dict[str, list[object]]:
        """What each filter has chosen when the page opens: its default, or the first value of its list under its parents."""
        found: dict[str, list[object]] = {}
        for key, native in self.natives.items():
            default = native["defaultDataMask"].get("filterState", {}).get("value")
            if key in self.chosen:
                found[key] = [self.chosen[key]]
            elif default is not None:
                found[key] = list(default)
            elif native["controlValues"].get("defaultToFirstItem"):
                found[key] = self.choices(key, found)[:1]
            else:
                found[key] = []
        return found

    def choices(self, key: str, parents: dict[str, list[object]]) -> list[object]:
        """The list of a filter, in the order of the page."""
        native = self.natives[key]
        (target,) = native["targets"]
        dataset, column = self._datasets[target["datasetUuid"]], target["column"]["name"]
        conditions = [_condition(dataset, clause) for clause in native.get("adhoc_filters", [])]
        for parent in native["cascadeParentIds"]:
            name = parent.removeprefix("NATIVE_FILTER-")
            if parents.get(name):
                conditions.append(_one_of(dataset, self.column_of(name), parents[name]))
        order = "ASC" if native["controlValues"].get("sortAscending", True) else "DESC"
        where = " AND ".join(conditions) or "true"
        sql = f"SELECT DISTINCT {dataset.column(column)} AS v FROM {dataset.table} WHERE {where} ORDER BY v {order}"
        return [row[0] for row in self._rows(dataset.file, sql) if row[0] is not None]

    def column_of(self, key: str) -> str:
        return str(self.natives[key]["targets"][0]["column"]["name"])

    def charts_on(self, tab: str) -> list[Chart]:
        return [chart for chart in self.charts if chart.tab == tab]

    @property
    def chosen_tabs(self) -> list[str]:
        """The tabs with a chart that the chosen filters reach."""
        return [tab for tab in self.tabs if any(self.chosen.keys() & set(chart.filters) for chart in self.charts_on(tab))]

    def rows(self, chart: Chart) -> list[tuple[Any, ...]]:
        """The rows that this chart must get: of a table its columns in its order, else x, series and metrics."""
        dataset, params, values = chart.dataset, chart.params, self.values()
        conditions = [_condition(dataset, clause) for clause in params.get("adhoc_filters", [])]
        conditions += [_one_of(dataset, self.column_of(key), values[key]) for key in chart.filters if values[key]]
        where = " AND ".join(conditions) or "true"
        if chart.is_table:
            select = ", ".join(dataset.column(name) for name in params["all_columns"])
            order = [json.loads(item) for item in params.get("order_by_cols", [])]
            by = ", ".join(f"{dataset.column(name)} {'ASC' if ascending else 'DESC'}" for name, ascending in order)
            sql = f"SELECT {select} FROM {dataset.table} WHERE {where}" + (f" ORDER BY {by}" if by else "")
            return self._rows(dataset.file, f"{sql} LIMIT {params['row_limit']}")
        groups = [dataset.column(name) for name in (*_axes(chart), *_series(chart))]
        metrics = [dataset.metric(name) for name in _metrics(chart)]
        by = ", ".join(str(place + 1) for place in range(len(groups)))
        sql = f"SELECT {', '.join([*groups, *metrics])} FROM {dataset.table} WHERE {where}" + (f" GROUP BY {by}" if by else "")
        return self._rows(dataset.file, sql)


def _axes(chart: Chart) -> list[str]:
    return [chart.params["x_axis"]] if "x_axis" in chart.params else []


def _series(chart: Chart) -> list[str]:
    found = chart.params.get("groupby", [])
    return [found] if isinstance(found, str) else list(found)


def _metrics(chart: Chart) -> list[str]:
    return list(chart.params["metrics"] if "metrics" in chart.params else [chart.params["metric"]])


def _literal(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _one_of(dataset: Dataset, column: str, values: list[object]) -> str:
    return f"{dataset.column(column)} IN ({', '.join(map(_literal, values))})"


def _condition(dataset: Dataset, clause: Asset) -> str:
    name, operator, value = clause["subject"], clause["operator"], clause["comparator"]
    if operator in ("IN", "NOT IN"):
        return f"{dataset.column(name)} {operator} ({', '.join(map(_literal, value))})"
    if operator in ("IS NOT NULL", "IS NULL"):
        return f"{dataset.column(name)} {operator}"
    return f"{dataset.column(name)} {_SQL[operator]} {_literal(value)}"
