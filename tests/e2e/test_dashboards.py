"""Every dashboard and tab in a real browser: all charts drawn with data, and what they got equals a query of the publication past Superset.

Twice: as the page opens, and with another value of its first filter. What is read off the screen is in tables and cards; of drawn charts
it is the data that the page got for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .asked import Asked, Chart, slugs
from .conftest import RESULTS
from .dashboard import Dashboard, Watch, numbers

pytestmark = pytest.mark.e2e
# dashboards of roles are opened by their roles in test_access.py
OF_ROLES = ("my-school", "my-municipality")
# charts that have nothing to show in the sample region, and why
EMPTY: dict[str, str] = {}
SHOWN = [slug for slug in slugs() if slug not in OF_ROLES]
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
    dated = (
        {name for name, value in zip(chart.params["all_columns"], wanted[0], strict=True) if hasattr(value, "isoformat")}
        if wanted
        else set()
    )
    names = [name for name in chart.params["all_columns"] if name not in dated]
    places = [chart.params["all_columns"].index(name) for name in names]
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


def check(dashboard: Dashboard, asked: Asked, tab: str, watch: Watch, charts_by_number: dict[int, str]) -> None:
    answers = answers_of(watch, charts_by_number)
    for chart in (chart for chart in asked.charts if chart.tab == tab):
        assert chart.asset["uuid"] in answers, f"{chart.name}: the page asked nothing for it"
        data = answers[chart.asset["uuid"]]
        assert data or chart.name in EMPTY, f"{chart.name}: no rows"
        if chart.is_table:
            check_table(asked, chart, data)
            check_screen(dashboard, asked, chart)
        else:
            check_series(asked, chart, data)
            assert not data or dashboard.ink(chart.name) > 0.001, f"{chart.name}: nothing is drawn"


@pytest.mark.parametrize("slug", SHOWN)
def test_every_chart_shows_what_is_published(
    slug: str, home: Path, watched: tuple[Page, Watch], superset_url: str, charts_by_number: dict[int, str]
) -> None:
    page, watch = watched
    RESULTS.mkdir(exist_ok=True)
    watch.clear()
    page.set_viewport_size({"width": 1600, "height": 1200})
    asked = Asked(slug, home)
    dashboard = Dashboard(page, superset_url, slug)
    for number, tab in enumerate(asked.tabs):
        dashboard.open_tab(tab)
        dashboard.show_all()
        page.screenshot(path=RESULTS / f"{slug}-{number + 1}.png")
        check(dashboard, asked, tab, watch, charts_by_number)
        assert dashboard.complaints() == []
    first = next(iter(asked.natives), None)
    others = asked.choices(first, asked.values())[1:2] if first else []
    if first and others:
        asked.chosen[first] = others[0]
        watch.clear()
        dashboard.choose(first, str(others[0]))
        dashboard.apply()
        for tab in asked.tabs:
            dashboard.open_tab(tab)
            dashboard.show_all()
            for chart in (chart for chart in asked.charts if chart.tab == tab and first in chart.filters):
                EMPTY.setdefault(chart.name, "this year has no such rows") if not asked.rows(chart) else None
            check_changed(dashboard, asked, tab, watch, charts_by_number)
    assert watch.errors == []
    assert watch.left_the_machine() == []


def check_changed(dashboard: Dashboard, asked: Asked, tab: str, watch: Watch, charts_by_number: dict[int, str]) -> None:
    """After another choice: charts that the filter reaches got other rows, and the right ones."""
    answers = answers_of(watch, charts_by_number)
    for chart in (chart for chart in asked.charts if chart.tab == tab and chart.asset["uuid"] in answers):
        if chart.is_table:
            check_table(asked, chart, answers[chart.asset["uuid"]])
        else:
            check_series(asked, chart, answers[chart.asset["uuid"]])


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (768, 1024)])
def test_windows_of_other_sizes_show_the_dashboards(browser: Browser, page: Page, superset_url: str, width: int, height: int) -> None:
    """No chart may stick out of its window: on a narrow one the places stand as wide as the page."""
    page.set_viewport_size({"width": width, "height": height})
    for slug in SHOWN:
        dashboard = Dashboard(page, superset_url, slug)
        dashboard.settle()
        page.screenshot(path=RESULTS / f"{slug}-{width}.png")
        out = page.evaluate(
            "[...document.querySelectorAll('.chart-slice')].filter(s => s.offsetParent && s.getBoundingClientRect().width > 60 && "
            "s.getBoundingClientRect().left > document.documentElement.scrollWidth).length"
        )
        assert out == 0, slug
        assert dashboard.complaints() == []
    page.set_viewport_size({"width": 1600, "height": 1200})
