"""Asks what every dashboard of Oko asks when it opens, so that after a publish people find the answers computed (answers.py keeps them).

`superset/.venv/bin/python superset/tools/warm.py [--follow] [SLUG …]`: for the newest publication, or with `--follow` for each that
appears, in a process of its own; `oko serve` runs it so, behind everything else. Asks as people do, one active user of every role: what
they may not ask is not asked, and where their row rules are the same one answer serves all. Never changes anything else.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from access import named
from home import ASSETS, environment, oko_home
from target import is_postgres

LOOK_SECONDS = 5
Question = dict[str, Any]
_log = logging.getLogger(__name__)


def follow(link: Path) -> None:
    """Until it is ended: a process for each publication that the link shows. On Postgres nothing is kept."""
    warmed = None
    while True:
        newest = link.resolve()
        if newest != warmed and newest.is_dir() and not is_postgres():
            subprocess.run([sys.executable, __file__], env=environment(), check=False)
            warmed = newest
        time.sleep(LOOK_SECONDS)


@dataclass(frozen=True)
class Board:
    """A dashboard as Superset has it."""

    dashboard: Any

    @cached_property
    def natives(self) -> dict[str, Question]:
        """The filters by their ids, in the order of the page, which has parents before their children."""
        return {native["id"]: native for native in json.loads(self.dashboard.json_metadata)["native_filter_configuration"]}

    def questions(self, asked: Any) -> Iterator[Question]:
        """What the page asks when it opens; `asked` gives the rows of an answer, which the filters' first values are taken from."""
        chosen: dict[str, list[Question]] = {}
        for key, native in self.natives.items():
            chosen[key] = _chosen(native, asked(_values_of(native, chosen)))
        for chart in self.dashboard.slices:
            context = json.loads(chart.query_context)
            reach = [key for key, native in self.natives.items() if chart.id not in native["scope"]["excluded"]]
            for query in context["queries"]:
                query["filters"] += [condition for key in reach for condition in chosen[key]]
            yield context | {"form_data": {"slice_id": chart.id, "dashboardId": self.dashboard.id}}


def _values_of(native: Question, chosen: dict[str, list[Question]]) -> Question:
    """The question for the list of a filter, under what its parents have chosen."""
    (target,) = native["targets"]
    column, ascending = target["column"]["name"], native["controlValues"].get("sortAscending", True)
    own = [{"col": each["subject"], "op": each["operator"], "val": each["comparator"]} for each in native.get("adhoc_filters", [])]
    query = {
        "columns": [column],
        "extras": {"having": "", "where": ""},
        "metrics": [],
        "orderby": [[column, ascending]],
        "filters": own + [condition for key in native["cascadeParentIds"] for condition in chosen[key]],
        "row_limit": 1000,
    }
    return {"datasource": {"id": target["datasetId"], "type": "table"}, "queries": [query], "result_format": "json", "result_type": "full"}


def _chosen(native: Question, rows: list[dict[str, Any]]) -> list[Question]:
    """The condition that a filter sets as the page opens."""
    (target,) = native["targets"]
    column = target["column"]["name"]
    value = native["defaultDataMask"].get("filterState", {}).get("value")
    if value is None and native["controlValues"].get("defaultToFirstItem"):
        value = [row[column] for row in rows if row[column] is not None][:1]
    return [{"col": column, "op": "IN", "val": value}] if value else []


def warm(slugs: list[str]) -> None:
    """These dashboards for one user of every role."""
    from superset.app import create_app

    app = create_app()
    begun, answers = time.monotonic(), 0
    for user in _one_of_each_role(app):
        for slug in slugs:
            try:
                answers += _warm(app, user, slug)
            except Exception:  # whoever opens it meets the error too; the other dashboards are not to wait for that
                _log.exception("dashboard %s, user %s", slug, user)
    print(f"Superset: ответов подготовлено {answers} за {time.monotonic() - begun:.0f} с", flush=True)


def _one_of_each_role(app: Any) -> list[int]:
    with app.app_context():
        from superset import security_manager

        users = [user for user in security_manager.get_all_users() if user.is_active]
        wanted = [grants.role for grants in named().values()]
        firsts = [next((user.id for user in users if role in {each.name for each in user.roles}), None) for role in wanted]
        return list(dict.fromkeys(number for number in firsts if number is not None))


def _warm(app: Any, user: int, slug: str) -> int:
    """How many answers of this dashboard there are for this user."""
    from superset.charts.data.api import ChartDataRestApi
    from superset.charts.schemas import ChartDataQueryContextSchema
    from superset.commands.chart.data.get_data_command import ChartDataCommand
    from superset.exceptions import SupersetSecurityException

    (api,) = [view for view in app.appbuilder.baseviews if isinstance(view, ChartDataRestApi)]
    answers = 0

    def asked(question: Question) -> list[dict[str, Any]]:
        nonlocal answers
        command = ChartDataCommand(ChartDataQueryContextSchema().load(question))
        command.validate()
        answer = api._get_data_response(command)
        answers += 1
        rows: list[dict[str, Any]] = answer.json["result"][0]["data"]
        return rows

    with _as(app, user):
        from superset.models.dashboard import Dashboard

        from superset import db

        board = Board(db.session.query(Dashboard).filter_by(slug=slug).one())
        try:
            for question in board.questions(asked):
                asked(question)
        except SupersetSecurityException:
            return answers
    return answers


@contextmanager
def _as(app: Any, user: int) -> Iterator[None]:
    """A request of this user."""
    with app.test_request_context("/api/v1/chart/data", method="POST"):
        from superset.utils.core import override_user

        from superset import security_manager

        with override_user(security_manager.get_user_by_id(user)):
            yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--follow", action="store_true", help="again for every publication, until it is ended")
    parser.add_argument("slugs", nargs="*", help="these dashboards alone")
    options = parser.parse_args()
    os.environ.update(environment())
    if options.follow:
        follow(oko_home() / "published")
    warm(options.slugs or sorted(path.stem for path in (ASSETS / "dashboards").glob("*.yaml")))


if __name__ == "__main__":
    main()
