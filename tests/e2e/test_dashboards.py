"""What every chart gets equals a query of the publication past Superset, asked as its page asks; and in a real browser it is drawn so.

In the browser twice: as the page opens, and with another value of its first filter. What is read off the screen is in tables and cards; of
drawn charts it is the data that the page got for them. `make test` opens one dashboard, which has charts of every kind and a chain of
filters, `make test-full` all of them. Roles, windows and the language of every page are in test_windows.py.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .access_client import Client
from .asked import Asked, Chart, slugs
from .conftest import REPOSITORY, RESULTS
from .dashboard import Dashboard, Watch, numbers

sys.path.append(str(REPOSITORY / "benchmarks"))
import dashboards

pytestmark = pytest.mark.e2e
# the data of these are a role's own: test_access.py; what they show is opened by their roles in test_windows.py
OF_ROLES = ("my-school", "my-municipality")
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
OPEN = [slug for slug in slugs() if slug not in OF_ROLES]
SHOWN = OPEN if IS_FULL else ["network"]
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def page(watched: tuple[Page, Watch]) -> Iterator[Page]:
    yield watched[0]


@pytest.fixture(scope="module")
def charts_by_number(page: Page, superset_url: str) -> dict[int, str]:
    """Number of a chart in Superset → its name in the files."""
    titles: dict[int, str] = {}
    number = 0
    while True:
        query = f"(page:{number},page_size:100,columns:!(id,slice_name,uuid))"
        found = page.request.get(f"{superset_url}/api/v1/chart/?q={query}").json()["result"]
        titles |= {chart["id"]: chart["uuid"] for chart in found}
        if len(found) < 100:
            return titles
        number += 1


def answers_of(watch: Watch, charts_by_number: dict[int, str]) -> dict[str, list[dict[str, Any]]]:
    """uuid of a chart → the rows that the page got for it last."""
    found: dict[str, list[dict[str, Any]]] = {}
    for number, body in watch.data:
        result = body["result"][0]
        found[charts_by_number[number]] = result["data"]
    return found


def plain(value: object) -> object:
    """A value as it may be compared: numbers to nine digits, dates as their day, links as their text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(f"{value:.9g}")
    return str(value)


def expected_rows(asked: Asked, chart: Chart) -> list[tuple[object, ...]]:
    return [tuple(plain(value) for value in row) for row in asked.rows(chart)]


def got_rows(chart: Chart, data: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    names = chart.params["all_columns"]
    return [tuple(plain(row[name]) for name in names) for row in data]


def check_table(asked: Asked, chart: Chart, data: list[dict[str, Any]]) -> None:
    """The same rows, and where the file says an order, in it (rows that are equal in the order may change places)."""
    wanted = asked.rows(chart)
    assert len(data) == len(wanted), (chart.name, len(data), len(wanted))
    columns = chart.params["all_columns"]
    # a day comes as milliseconds: its rows are compared by everything else
    dated = {name for row in wanted for name, value in zip(columns, row, strict=True) if hasattr(value, "isoformat")}
    names = [name for name in columns if name not in dated]
    places = [columns.index(name) for name in names]
    theirs = sorted(repr([plain(row[name]) for name in names]) for row in data)
    ours = sorted(repr([plain(row[place]) for place in places]) for row in wanted)
    assert theirs == ours, chart.name


def check_series(asked: Asked, chart: Chart, data: list[dict[str, Any]]) -> None:
    """The same numbers as a bag: which belongs to which series and x is Superset's pivot, whose keys are words of the screen."""
    metrics = len(chart.params["metrics"]) if "metrics" in chart.params else 1
    wanted = sorted(plain(value) for row in asked.rows(chart) for value in row[-metrics:] if value is not None)  # type: ignore[type-var]
    axis = chart.params.get("x_axis")
    theirs = sorted(
        plain(value)
        for row in data
        for name, value in row.items()
        if name != axis and isinstance(value, (int, float)) and value is not None  # type: ignore[type-var]
    )
    assert theirs == wanted, chart.name


def check_screen(dashboard: Dashboard, asked: Asked, chart: Chart) -> None:
    """A table or card on the screen: the first row's texts stand there as published, its numbers as rounded, what is hidden is blank."""
    shown, wanted = dashboard.rows(chart.name), asked.rows(chart)
    assert bool(shown) == bool(wanted), chart.name
    if not shown:
        return
    first = shown[0]
    rows = [dict(zip(chart.params["all_columns"], row, strict=True)) for row in wanted]
    assert any(_looks(first, row) for row in rows), (chart.name, first, rows[0])


def _looks(shown: dict[str, str], row: dict[str, Any]) -> bool:
    for name, value in row.items():
        text = shown.get(name, "")
        if isinstance(value, str):
            said = TAGS.sub("", value).replace("&amp;", "&").replace("&lt;", "<").strip()
            # where tags make lines, the screen has breaks that the text has not
            if "".join(text.split()) != "".join(said.split()):
                return False
        elif isinstance(value, float):
            found = numbers(text)
            if not found or not any(abs(found[0] - scale * value) <= 0.051 + abs(scale * value) * 1e-3 for scale in (1, 100)):
                return False
    return True


def check(dashboard: Dashboard, asked: Asked, charts: list[Chart], watch: Watch, charts_by_number: dict[int, str]) -> None:
    """What these charts of the open tab got and show."""
    answers = answers_of(watch, charts_by_number)
    for chart in charts:
        assert chart.asset["uuid"] in answers, f"{chart.name}: the page asked nothing for it"
        data = answers[chart.asset["uuid"]]
        if chart.is_table:
            check_table(asked, chart, data)
            check_screen(dashboard, asked, chart)
        else:
            check_series(asked, chart, data)
            assert not data or dashboard.ink(chart.name) > 0.001, f"{chart.name}: nothing is drawn"


@pytest.fixture(scope="module")
def admin(home: Path, superset_url: str) -> Client:
    return dashboards.administrator(home, superset_url)


@pytest.mark.parametrize("slug", OPEN)
def test_every_chart_gets_what_is_published(slug: str, home: Path, admin: Client) -> None:
    """With the filters as the page opens."""
    asked = Asked(slug, home)
    for chart, request in zip(asked.charts, dashboards.requests(home, admin, [slug]), strict=True):
        answer = admin.post(dashboards.PATH, json.loads(request.body))
        assert answer.status == 200, (chart.name, answer.body[:300])
        data = answer.json["result"][0]["data"]
        assert data, f"{chart.name}: nothing to show"
        (check_table if chart.is_table else check_series)(asked, chart, data)


def test_one_dashboard_has_every_kind_of_chart(home: Path) -> None:
    """Or opening it in `make test` would prove less than opening all."""
    kinds = {slug: {chart.asset["viz_type"] for chart in Asked(slug, home).charts} for slug in OPEN}
    assert set.union(*(kinds[slug] for slug in SHOWN)) == set.union(*kinds.values())


@pytest.mark.parametrize("slug", SHOWN)
def test_every_chart_shows_what_is_published(
    slug: str, home: Path, watched: tuple[Page, Watch], superset_url: str, charts_by_number: dict[int, str]
) -> None:
    page, watch = watched
    watch.clear()
    page.set_viewport_size({"width": 1600, "height": 1200})
    asked = Asked(slug, home)
    dashboard = Dashboard(page, superset_url, slug)
    for number, tab in enumerate(asked.tabs, start=1):
        dashboard.open_tab(tab)
        dashboard.show_all()
        page.screenshot(path=RESULTS / f"{slug}-{number}.png")
        charts = asked.charts_on(tab)
        check(dashboard, asked, charts, watch, charts_by_number)
        assert [chart.name for chart in charts if not asked.rows(chart)] == []
        assert dashboard.complaints() == []
        assert dashboard.cut_cards() == []
    choose_another(asked, dashboard, watch)
    for tab in asked.chosen_tabs if IS_FULL else asked.chosen_tabs[:1]:
        dashboard.open_tab(tab)
        dashboard.show_all()
        check(
            dashboard, asked, [chart for chart in asked.charts_on(tab) if asked.chosen.keys() & set(chart.filters)], watch, charts_by_number
        )
    assert watch.errors == []
    assert watch.left_the_machine() == []


def choose_another(asked: Asked, dashboard: Dashboard, watch: Watch) -> None:
    """The second value of the first filter that has two, chosen on a tab that it reaches: elsewhere the page hides it."""
    values = asked.values()
    choices = {key: [value for value in asked.choices(key, values) if value not in values[key]] for key in asked.natives}
    key, others = next((key, found) for key, found in choices.items() if found)
    asked.chosen[key] = others[0]
    dashboard.open_tab(asked.chosen_tabs[0])
    dashboard.settle()
    watch.clear()
    dashboard.choose(key, str(others[0]))
    dashboard.apply()
