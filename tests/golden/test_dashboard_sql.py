"""What the dashboards ask runs on both engines: every column, metric and row rule of every dataset, and what charts compute.

As the login asks that the connection has on Postgres, so that rights are tried too. No Superset here: its own SQL is portable.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from .conftest import Published

SUPERSET = Path(__file__).parents[2] / "superset"
ROLES = {"oko": "oko_reader", "oko_core": "oko_analyst"}


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def charts_of(dataset: str) -> Iterator[dict[str, Any]]:
    for path in sorted((SUPERSET / "assets" / "charts").glob("*.yaml")):
        chart = read(path)
        if chart["dataset_uuid"] == dataset:
            yield chart


def row_rules(name: str) -> Iterator[str]:
    """Conditions of access/ on this dataset, with a code in their place."""
    for path in sorted((SUPERSET / "access").glob("*.yaml")):
        rule = read(path).get("datasets", {}).get(name) if path.name != "permissions.yaml" else None
        if rule == "public":
            yield "visibility = 'public'"
        elif rule not in (None, "all"):
            yield rule.format(code="'090101'")


def statements(path: Path) -> Iterator[str]:
    """Every SQL that stands on the dataset of this file, as one statement each."""
    dataset = read(path)
    source = f"{dataset['schema']}.{dataset['table_name']}" if not dataset.get("sql") else f"({dataset['sql']}) AS asked"
    columns = [column.get("expression") or f'"{column["column_name"]}"' for column in dataset["columns"]]
    yield f"SELECT {', '.join(columns)} FROM {source} LIMIT 1"
    for column in columns:
        yield f"SELECT {column} AS a, COUNT(*) AS n FROM {source} GROUP BY {column} ORDER BY n DESC LIMIT 1"
    for metric in dataset["metrics"]:
        yield f"SELECT {metric['expression']} AS metric FROM {source}"
    computed = {text for chart in charts_of(dataset["uuid"]) for text in _sql_of(chart)}
    # an axis is SQL too; where it is the name of a column Superset puts that column's expression
    for text in sorted(computed - {column["column_name"] for column in dataset["columns"]}):
        yield f"SELECT {text} AS a, COUNT(*) AS n FROM {source} GROUP BY {text} LIMIT 1"
    for rule in row_rules(f"{path.parent.name}/{path.stem}"):
        yield f"SELECT COUNT(*) AS n FROM {source} WHERE {rule}"


def _sql_of(chart: dict[str, Any]) -> Iterator[str]:
    for query in json.loads(chart["query_context"])["queries"]:
        for part in (*query["columns"], *query.get("metrics", [])):
            if isinstance(part, dict) and part.get("sqlExpression"):
                yield part["sqlExpression"]


DATASETS = sorted((SUPERSET / "assets" / "datasets").rglob("*.yaml"))


@pytest.mark.parametrize("path", DATASETS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_dataset_is_asked_on_postgres(path: Path, golden_postgres: Published) -> None:
    with psycopg.connect(str(golden_postgres.database_url), autocommit=True) as connection:
        connection.execute(f"SET ROLE {ROLES[path.parent.name]}".encode())
        refused = {}
        for sql in statements(path):
            try:
                connection.execute(sql.encode())
            except psycopg.Error as error:
                refused[sql] = str(error).splitlines()[0]
        assert refused == {}


def test_metrics_and_labels_are_the_same_on_both_engines(golden_duckdb: Published, golden_postgres: Published) -> None:
    """The answer too, not only that there is one: a division of whole numbers, a text made of a number."""
    differ = []
    for path in DATASETS:
        for sql in statements(path):
            if " LIMIT " not in sql:
                one, other = (published.rows(sql) for published in (golden_duckdb, golden_postgres))
                if not _is_same(one, other):
                    differ.append((sql, one, other))
    assert differ == []


def _is_same(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    """Each engine adds in an order of its own, and the last digits of a sum are what they are."""
    values = [[value for row in rows for value in row.values()] for rows in (one, other)]
    return [len(row) for row in one] == [len(row) for row in other] and all(map(_is_equal, *values))


def _is_equal(one: Any, other: Any) -> bool:
    numbers = int | float | Decimal
    if isinstance(one, numbers) and isinstance(other, numbers):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return bool(one == other)
