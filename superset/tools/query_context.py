"""What a chart asks the server for, derived from its parameters: the `query_context` of its YAML.

The browser builds the same from the same parameters; Superset needs it stored to answer for a chart without a browser (exports, checks).
Knows the kinds of chart that the assets use and refuses others: a kind is added here together with its first chart.
"""

import json
from typing import Any

Params = dict[str, Any]
Query = dict[str, Any]
_OPERATORS = {"==", "!=", ">", "<", ">=", "<=", "IN", "NOT IN", "LIKE", "IS NOT NULL"}


def _filters(params: Params) -> list[dict[str, Any]]:
    """Simple conditions of the chart itself; a condition written as SQL belongs into a mart."""
    filters = []
    for clause in params.get("adhoc_filters", []):
        if clause["expressionType"] != "SIMPLE" or clause["operator"] not in _OPERATORS:
            raise ValueError(f"only simple conditions are known here: {clause}")
        value = {} if clause["comparator"] is None else {"val": clause["comparator"]}
        filters.append({"col": clause["subject"], "op": clause["operator"]} | value)
    return filters


def _base(params: Params) -> Query:
    return {
        "annotation_layers": [],
        "applied_time_extras": {},
        "columns": [],
        "extras": {"having": "", "where": ""},
        "filters": _filters(params),
        "order_desc": True,
        "orderby": [],
        "row_limit": int(params["row_limit"]),
    }


def _table(params: Params) -> Query:
    if params.get("query_mode") != "raw":
        raise ValueError("tables list rows of a mart (query_mode: raw); sums belong into the warehouse")
    # No `metrics` at all: an empty list would mean "group by", and a sort by a column that is not shown would fail.
    order = [json.loads(item) for item in params.get("order_by_cols", [])]
    return _base(params) | {"columns": params["all_columns"], "orderby": order, "post_processing": [], "time_offsets": []}


def _series(params: Params) -> Query:
    axis, metrics, series = params["x_axis"], params["metrics"], params["groupby"]
    column = {"columnType": "BASE_AXIS", "expressionType": "SQL", "isColumnReference": True, "label": axis, "sqlExpression": axis}
    pivot = {
        "aggregates": {metric: {"operator": "mean"} for metric in metrics},
        "columns": series,
        "drop_missing_columns": False,
        "index": [axis],
    }
    order = {"is_sort_index": True} if params["x_axis_sort"] == axis else {"by": params["x_axis_sort"]}
    # the columns of several series have no one name to sort by: the browser leaves the order to the chart then, as the query gave it
    sort = [] if series and "by" in order else [{"operation": "sort", "options": {**order, "ascending": params["x_axis_sort_asc"]}}]
    return _base(params) | {
        "columns": [column, *series],
        "metrics": metrics,
        "orderby": [[metrics[0], False]],
        "post_processing": [
            {"operation": "pivot", "options": pivot},
            *sort,
            {"operation": "flatten"},
        ],
        "series_columns": series,
        "time_offsets": [],
    }


_BUILDERS = {
    "table": _table,
    "echarts_timeseries_bar": _series,
    "echarts_timeseries_line": _series,
    "echarts_timeseries_step": _series,
}


def query_context(viz_type: str, params: Params) -> str:
    """The JSON text, indented so that a change is a readable difference. Data source numbers are filled in by the import."""
    query = _BUILDERS[viz_type](params)
    context = {
        "datasource": {"id": 1, "type": "table"},
        "force": False,
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
    }
    return json.dumps(context, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
