"""Who sees what: every user × every dataset × every way to its rows, against questions that DuckDB answers past Superset (region.py).

In `make test` every user asks every dataset once, as a chart; the other ways lead to one dataset of each kind of what the user may see
there. `make test-full` tries the whole product.
"""

from __future__ import annotations

import os
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest

from .access_client import Answer, Client, by_witness, counts_of
from .region import CORE, OPEN, USERS, Dataset, Region, listed, users_tool

pytestmark = pytest.mark.e2e
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))


def sampled(region: Region, user: str) -> list[Dataset]:
    """One dataset of each connection and condition of this user; all in `make test-full`."""
    kinds = {(dataset.base, region.condition(user, dataset)): dataset for dataset in region.datasets}
    return region.datasets if IS_FULL else list(kinds.values())


def refused(answer: Answer) -> bool:
    """Not allowed, or not there at all for this user."""
    return answer.status in (401, 403, 404)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
@pytest.mark.parametrize("user", USERS)
def test_charts_and_exports_give_the_rows_of_the_role(region: Region, user: str, kind: str) -> None:
    client, wrong = region.clients[user], []
    for dataset in region.datasets if kind == "json" else sampled(region, user):
        answer = client.chart_data(dataset.id, by_witness(dataset.witness), kind)
        condition = region.condition(user, dataset)
        if condition is None:
            if not refused(answer):
                wrong.append((dataset.table, answer.status, answer.body[:200]))
        elif answer.status != 200:
            wrong.append((dataset.table, answer.status, answer.body[:200]))
        elif (given := counts_of(answer, kind)) != (wanted := region.expected(dataset, condition)):
            wrong.append((dataset.table, len(given), len(wanted)))
    assert wrong == []


@pytest.mark.parametrize("user", USERS)
def test_samples_and_values_of_columns(region: Region, user: str) -> None:
    """What the explorer shows beside its chart; readers have no explorer."""
    client, wrong = region.clients[user], []
    for dataset in sampled(region, user):
        condition = region.condition(user, dataset) if user in ("analyst", "core") else None
        samples = client.post(f"/datasource/samples?datasource_type=table&datasource_id={dataset.id}&force=true&page=1&per_page=5", {})
        values = client.get(f"/api/v1/datasource/table/{dataset.id}/column/{dataset.witness}/values/")
        explored = client.get(f"/api/v1/explore/?datasource_type=table&datasource_id={dataset.id}")
        for name, answer in (("samples", samples), ("values", values), ("explore", explored)):
            if (condition is None and not refused(answer) and _says_rows(name, answer)) or (condition is not None and answer.status != 200):
                wrong.append((dataset.table, name, answer.status, answer.body[:200]))
    assert wrong == []


def _says_rows(name: str, answer: Answer) -> bool:
    """The explorer answers everybody politely, with an empty dataset."""
    if name == "explore":
        return bool(answer.json["result"]["dataset"].get("columns"))
    return True


@pytest.mark.parametrize("user", USERS)
def test_sql_lab(region: Region, user: str) -> None:
    client, wrong = region.clients[user], []
    may = {"analyst": {OPEN}, "core": {OPEN, CORE}}.get(user, set())
    for dataset in sampled(region, user):
        for base, number in region.databases.items():
            if base != dataset.base:
                continue
            sql = f"SELECT count(*) AS rows FROM {dataset.schema}.{dataset.table}"
            answer = client.post("/api/v1/sqllab/execute/", {"database_id": number, "sql": sql, "runAsync": False, "queryLimit": 10})
            if base not in may:
                if answer.status == 200:  # SQL Lab says of a database that it is not there with a 500
                    wrong.append((dataset.table, answer.status, answer.body[:200]))
            elif answer.status != 200 or answer.json["data"] != [{"rows": sum(region.expected(dataset, "true").values())}]:
                wrong.append((dataset.table, answer.status, answer.body[:200]))
    assert wrong == []
    assert {row["id"] for row in client.listed("database")} == {region.databases[base] for base in may} if may else True


@pytest.mark.parametrize("user", USERS)
def test_dashboards(region: Region, user: str) -> None:
    """Only its dashboards are listed and opened; a chart of each dataset of theirs answers (every chart in `make test-full`)."""
    client = region.clients[user]
    boards = {row["slug"]: row["id"] for row in region.admin.listed("dashboard")}
    seen = {row["slug"] for row in client.listed("dashboard")}
    own = {"school": "my-school", "other": "my-school", "stray": "my-school", "municipality": "my-municipality"}.get(user)
    restricted = {"my-school", "my-municipality"}
    assert seen & restricted == (restricted if user == "core" else {own} - {None})
    answered: set[str] = set()
    for slug, number in boards.items():
        page = client.get(f"/superset/dashboard/{slug}/")
        opened = client.get(f"/api/v1/dashboard/{slug}/charts")
        if slug not in seen:
            assert refused(opened) or opened.status == 403, (slug, opened.status)
            continue
        assert (page.status, opened.status) == (200, 200), slug
        for chart in opened.json["result"]:
            form = chart["form_data"]
            if form["datasource"] in answered and not IS_FULL:
                continue
            answered.add(form["datasource"])
            answer = client.get(f"/api/v1/chart/{form['slice_id']}/data/?dashboard_id={number}")
            assert answer.status == 200, (slug, chart["slice_name"], answer.body[:300])
            dataset = next(each for each in region.datasets if each.id == int(form["datasource"].split("__")[0]))
            assert region.condition(user, dataset) is not None, (slug, dataset.table)


@pytest.mark.parametrize("user", ["viewer", "school", "municipality"])
def test_a_dashboard_opens_no_other_dataset(region: Region, user: str) -> None:
    """Superset opens the datasets of a dashboard to its roles: naming one does not open others."""
    client, wrong = region.clients[user], []
    boards = client.listed("dashboard") or region.admin.listed("dashboard")
    charts = {board["slug"]: region.admin.get(f"/api/v1/dashboard/{board['id']}/charts").json["result"][0] for board in boards}
    closed = [each for each in region.datasets if region.condition(user, each) is None]
    assert len(closed) >= len(boards)
    # in `make test` each dataset by one dashboard, and each dashboard with a dataset at least
    for board, dataset in product(boards, closed) if IS_FULL else zip(cycle(boards), closed, strict=False):
        form = {"dashboardId": board["id"], "slice_id": charts[board["slug"]]["form_data"]["slice_id"]}
        answer = client.chart_data(dataset.id, by_witness(dataset.witness), form_data=form)
        if not refused(answer):
            wrong.append((board["slug"], dataset.table, answer.status))
    assert wrong == []


EVERY = "(SELECT count(*) FROM core.own_readings)"


def _sql(expression: str) -> dict[str, str]:
    return {"expressionType": "SQL", "sqlExpression": expression, "label": "x"}


ESCAPES: dict[str, dict[str, Any]] = {
    "a subquery as a metric": {"metrics": [_sql(EVERY)]},
    "a subquery as a column": {"columns": [_sql(EVERY)]},
    "FROM first": {"metrics": [_sql("(FROM core.own_readings SELECT count(*))")]},
    "a table function": {"metrics": [_sql("(SELECT count(*) FROM query('FROM core.dim_school'))")]},
    "EXISTS in a condition": {"extras": {"where": "EXISTS (SELECT 1 FROM core.dim_school)"}},
    "a closed bracket": {"extras": {"where": "1 = 1) OR (1 = 1"}},
    "a closed bracket and a comment": {"extras": {"where": "1 = 1) OR 1 = 1 --"}},
    "an OR": {"extras": {"where": "1 = 1 OR 1 = 1"}},
    "a UNION": {"extras": {"where": "1 = 0) UNION ALL SELECT 'x', count(*) FROM core.own_readings --"}},
    "a second statement": {"extras": {"where": "1 = 1; SELECT 1"}},
    "a HAVING": {"extras": {"having": "1 = 1) OR (SELECT count(*) FROM core.own_readings) > 0 OR (1 = 1"}},
    "an order": {"orderby": [[_sql(EVERY), True]]},
    "an empty filter": {"filters": [{"col": "entity_code", "op": "NOT IN", "val": ["none"]}]},
    "a file": {"metrics": [_sql("(SELECT max(content) FROM read_text('/etc/hostname'))")]},
}


@pytest.mark.parametrize("name", list(ESCAPES))
@pytest.mark.parametrize("user", ["school", "stray", "municipality"])
def test_no_expression_leaves_the_row_rules(region: Region, user: str, name: str) -> None:
    dataset = next(each for each in region.datasets if each.table == "own_readings")
    condition = region.condition(user, dataset)
    assert condition is not None
    wanted = region.expected(dataset, condition)
    answer = region.clients[user].chart_data(dataset.id, by_witness("entity_code") | ESCAPES[name])
    if answer.status != 200:
        return
    for row in answer.json["result"][0]["data"]:
        assert row.get("entity_code") in wanted and row.get("count", 0) <= wanted[row["entity_code"]], row


def test_own_values_are_there_where_the_open_ones_are_closed(region: Region) -> None:
    """A director's card is not empty because the school is small."""
    texts = {"columns": ["value_text"], "metrics": ["count"], "row_limit": 10_000, "orderby": []}
    mine = [{"col": "entity_code", "op": "==", "val": region.school}, {"col": "level", "op": "==", "val": "school"}]
    shown = {}
    for table in ("own_readings", "indicator_readings"):
        dataset = next(each for each in region.datasets if each.table == table)
        answer = region.clients["school"].chart_data(dataset.id, texts | {"filters": mine})
        shown[table] = {row["value_text"] for row in answer.json["result"][0]["data"]}
    assert "скрыто" in shown["indicator_readings"]
    assert shown["own_readings"] and "скрыто" not in shown["own_readings"]


def test_nobody_but_the_administrator_reads_users_roles_and_rules(region: Region) -> None:
    for user, client in region.clients.items():
        for path in ("security/users/", "security/roles/", "rowlevelsecurity/", "log/"):
            assert refused(client.get(f"/api/v1/{path}")), (user, path)
        dataset = {"database": region.databases[CORE], "schema": "core", "table_name": "fct_exam_result"}
        assert refused(client.post("/api/v1/dataset/", dataset)), user


def test_without_an_account_there_is_nothing(region: Region) -> None:
    stranger = Client(region.admin.url)
    for dataset in region.datasets[:3]:
        assert stranger.chart_data(dataset.id, by_witness(dataset.witness)).status in (400, 401, 403)
    for path in ("/api/v1/dataset/", "/api/v1/dashboard/", "/api/v1/chart/"):
        answer = stranger.get(path)
        assert refused(answer) or answer.json["count"] == 0, path


def test_a_list_again_changes_only_what_differs(home: Path, region: Region) -> None:
    rows = listed(region.school, region.other, region.municipality)
    assert users_tool(home, rows).stdout.strip() == "Пользователи: без изменений"
    moved = [row if row[0] != "other" else (*row[:5], region.school) for row in rows if row[0] != "viewer"]
    said = users_tool(home, moved, "--dry-run").stdout
    assert said.splitlines()[:2] == ["~ пользователь «other»: роль или область", "- пользователь «viewer»: отключён, в списке его нет"]
    wrong = users_tool(home, [*rows, ("x9", "П", "П", "", "директор", ""), ("x8", "П", "П", "", "школа", "нет-такой")])
    assert wrong.returncode == 1 and "строка 8: роли «директор» нет" in wrong.stdout and "строка 9: кода «нет-такой»" in wrong.stdout
