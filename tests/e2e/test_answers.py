"""Answers that are kept (superset/tools/answers.py) go to those whom Superset would give the same, and to nobody else.

How they are kept is in tests/superset/test_answers.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb
import pytest
from playwright.sync_api import Page, Response

from orchestration.audit_log import events

from .access_client import Answer, Client, Query, by_witness, counts_of
from .conftest import SUPERSET_PYTHON, TOOLS
from .dashboard import Dashboard, Watch
from .region import USERS, Dataset, Region
from .test_access import refused

pytestmark = pytest.mark.e2e
CERTIFICATES: Query = {"columns": [], "metrics": ["count"], "orderby": [], "row_limit": 10}


def dataset_of(region: Region, table: str) -> Dataset:
    return next(dataset for dataset in region.datasets if dataset.table == table)


def rows(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body[:300]
    found: list[dict[str, Any]] = answer.json["result"][0]["data"]
    return found


def check(region: Region, user: str, dataset: Dataset) -> None:
    """This user gets the rows of the role, or is refused."""
    answer, condition = region.clients[user].chart_data(dataset.id, by_witness(dataset.witness)), region.condition(user, dataset)
    if condition is None:
        assert refused(answer), (user, dataset.table)
    else:
        assert counts_of(answer, "json") == region.expected(dataset, condition), (user, dataset.table)


@pytest.mark.parametrize("table", ["own_readings", "cluster_distribution", "indicator_readings", "certificates"])
def test_each_gets_their_own_in_turns(region: Region, table: str) -> None:
    for user in (*USERS, *reversed(USERS)):
        check(region, user, dataset_of(region, table))


def test_those_who_see_the_same_rows_share_an_answer_and_others_do_not(region: Region) -> None:
    # nobody has asked for so many rows before
    dataset, query = dataset_of(region, "indicator_readings"), by_witness("visibility") | {"row_limit": 54_321}
    asked = [region.clients[user].chart_data(dataset.id, query) for user in ("viewer", "school", "other", "municipality", "stray")]
    assert [answer.kept for answer in asked] == [False, True, True, True, True] and len({answer.body for answer in asked}) == 1
    whole = [region.clients[user].chart_data(dataset.id, query) for user in ("analyst", "core")]
    assert [answer.kept for answer in whole] == [False, True] and rows(whole[0]) != rows(asked[0])


@contextmanager
def changed(admin: Client, path: str, now: Query, before: Query) -> Iterator[None]:
    """Something as an administrator changes it, and back again."""
    answer = admin.put(path, now)
    assert answer.status == 200, answer.body
    try:
        yield
    finally:
        assert admin.put(path, before).status == 200


def test_a_changed_row_rule_holds_at_once(region: Region) -> None:
    dataset = dataset_of(region, "own_readings")
    check(region, "school", dataset)
    rules = region.admin.listed("rowlevelsecurity")
    (rule,) = [each for each in rules if region.school in each["clause"] and dataset.id in {table["id"] for table in each["tables"]}]
    holds = {what: [each["id"] for each in rule[what]] for what in ("roles", "tables")}
    with changed(region.admin, f"/api/v1/rowlevelsecurity/{rule['id']}", holds | {"clause": "1 = 0"}, holds | {"clause": rule["clause"]}):
        assert counts_of(region.clients["school"].chart_data(dataset.id, by_witness(dataset.witness)), "json") == {}
    check(region, "school", dataset)


def test_who_has_lost_the_role_or_the_account_gets_nothing(region: Region) -> None:
    dataset, client = dataset_of(region, "indicator_readings"), region.clients["stray"]
    ask: Callable[[], Answer] = lambda: client.chart_data(dataset.id, by_witness("visibility"))  # noqa: E731
    assert rows(ask()) and ask().kept
    user = next(each for each in region.admin.listed("security/users") if each["username"] == "stray")
    path, roles = f"/api/v1/security/users/{user['id']}", [role["id"] for role in user["roles"]]
    public = next(role["id"] for role in region.admin.listed("security/roles") if role["name"] == "Public")
    with changed(region.admin, path, {"roles": [public]}, {"roles": roles}):
        assert refused(ask())
    with changed(region.admin, path, {"active": False}, {"active": True}):
        assert refused(ask())
    assert ask().kept


def test_who_has_logged_out_gets_nothing(region: Region) -> None:
    dataset, client = dataset_of(region, "indicator_readings"), Client(region.admin.url, "stray", "stray-Password-1")

    def ask() -> int:
        context = {"datasource": {"id": dataset.id, "type": "table"}, "queries": [by_witness("visibility")]}
        headers = client.session | {"Content-Type": "application/json"}
        try:
            with urlopen(Request(f"{client.url}/api/v1/chart/data", json.dumps(context).encode(), headers), timeout=60) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    assert (ask(), ask()) == (200, 200)
    client.get("/logout/")
    # the token of forms went with the session, and without a session nothing is answered whatever token there is
    assert ask() in (400, 401, 403)


def test_a_changed_dataset_answers_anew(region: Region) -> None:
    """Its SQL, and an expression of a column, which leaves the row of the dataset as it was."""
    admin = region.admin
    made = admin.post("/api/v1/dataset/", {"database": region.databases["oko"], "table_name": "kept", "sql": "SELECT 1 AS x"})
    assert made.status == 201, made.body
    path, query = f"/api/v1/dataset/{made.json['id']}", {"columns": ["y"], "metrics": None, "orderby": [], "row_limit": 10}

    def define(sql: str, expression: str) -> object:
        columns = [{"column_name": "x"}, {"column_name": "y", "expression": expression}]
        answer = admin.put(f"{path}?override_columns=true", {"sql": sql, "columns": columns})
        assert answer.status == 200, answer.body
        first, second = (admin.chart_data(made.json["id"], query) for _ in range(2))
        assert (first.kept, second.kept) == (False, True) and first.body == second.body
        return rows(first)[0]["y"]

    try:
        assert [define("SELECT 1 AS x", "x * 10"), define("SELECT 1 AS x", "x * 20"), define("SELECT 2 AS x", "x * 20")] == [10, 20, 40]
    finally:
        assert admin.delete(path).status == 200


def test_files_are_written_and_recorded_each_time(region: Region, home: Path) -> None:
    dataset, client = dataset_of(region, "indicator_readings"), region.clients["viewer"]
    query = by_witness("visibility")
    wanted = counts_of(client.chart_data(dataset.id, query), "json")
    assert client.chart_data(dataset.id, query).kept
    before = len(list(events(home / "logs")))
    for kind in ("csv", "xlsx", "csv"):
        answer = client.chart_data(dataset.id, query, kind)
        assert counts_of(answer, kind) == wanted and not answer.kept
    taken = list(events(home / "logs"))[before:]
    assert [line["event"] for line in taken] == ["download"] * 3


def test_errors_and_what_the_moment_decides_are_computed_each_time(region: Region, home: Path) -> None:
    dataset = dataset_of(region, "indicator_readings")
    clock = {"expressionType": "SQL", "sqlExpression": "max(now())", "label": "x"}
    wrong = {"expressionType": "SQL", "sqlExpression": "max(no_such_column)", "label": "x"}
    kept = {path.name for path in (home / "superset" / "cache" / "answers").rglob("*")}
    ask = lambda metric: region.admin.chart_data(dataset.id, CERTIFICATES | {"metrics": [metric]})  # noqa: E731
    assert [ask(wrong).status for _ in range(2)] == [400, 400]
    assert [ask(clock).kept for _ in range(2)] == [False, False] and rows(ask(clock))[0]["x"]
    assert {path.name for path in (home / "superset" / "cache" / "answers").rglob("*")} == kept


def test_who_asks_for_an_update_gets_a_fresh_answer(region: Region) -> None:
    dataset = dataset_of(region, "certificates")
    context = {"datasource": {"id": dataset.id, "type": "table"}, "queries": [CERTIFICATES], "result_format": "json", "result_type": "full"}
    asked = [region.admin.post("/api/v1/chart/data", context | {"force": force}) for force in (False, False, True, False)]
    assert [answer.kept for answer in asked[1:]] == [True, False, True] and len({str(rows(answer)) for answer in asked}) == 1


def test_another_publication_has_its_own_answers(region: Region, home: Path) -> None:
    link, old, new = home / "published", (home / "published").readlink(), home / "publications" / "emptied"
    dataset = dataset_of(region, "certificates")
    ask = lambda: rows(region.admin.chart_data(dataset.id, CERTIFICATES))[0]["count"]  # noqa: E731
    there = ask()
    shutil.copytree(home / old, new)
    with duckdb.connect(str(new / "oko.duckdb")) as connection:
        connection.execute("DELETE FROM marts.certificates")
    try:
        for target, wanted in ((new, 0), (old, there), (new, 0), (old, there)):
            draft = home / "published.draft"
            draft.symlink_to(target)
            draft.replace(link)
            assert [ask(), ask()] == [wanted, wanted]
            assert [path.name for path in (home / "superset" / "cache" / "answers").iterdir()] == [target.name]
    finally:
        if link.readlink() != old:
            draft.symlink_to(old)
            draft.replace(link)
        shutil.rmtree(new)
    assert there > 0


def test_what_is_warmed_is_what_the_page_asks(region: Region, home: Path, watched: tuple[Page, Watch], superset_url: str) -> None:
    """All charts of a dashboard and the lists of its filters, in the browser of a person who opens it after the tool."""
    shutil.rmtree(home / "superset" / "cache" / "answers")
    command = [SUPERSET_PYTHON, TOOLS / "warm.py", "region-overview"]
    said = subprocess.run(command, env=os.environ | {"OKO_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "ответов подготовлено" in said.stdout, said.stderr[-2000:]
    page, watch = watched
    watch.clear()
    asked: list[Response] = []
    hear = lambda response: asked.append(response)  # noqa: E731
    page.on("response", hear)
    Dashboard(page, superset_url, "region-overview").show_all()
    page.remove_listener("response", hear)
    answers = {str(answer.request.post_data): answer.headers.get("oko-answer") for answer in asked if "/chart/data" in answer.url}
    assert len(answers) > 12 and [question for question, kept in answers.items() if kept != "kept"] == []
