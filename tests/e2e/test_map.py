"""The map of municipalities in a real browser: areas stand and are cut out as the GeoJSON of landing/boundaries says; the others are tiles.

Where an area must be is worked out here from the coordinates of the file, past ingest and warehouse.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import RESULTS
from .dashboard import Dashboard, Watch

pytestmark = pytest.mark.e2e
Box = tuple[float, float, float, float]
CHART, TAB = "municipality-peers-map", "Среди муниципалитетов"
AREAS = """areas => areas.map(area => {
    const {x, y, width, height} = area.getBoundingClientRect();
    return {title: area.title, href: area.getAttribute('href'), clip: getComputedStyle(area).clipPath,
            background: getComputedStyle(area).backgroundColor, box: [x, y, x + width, y + height]};
})"""


@pytest.fixture(scope="module")
def outlines(home: Path) -> dict[str, list[list[float]]]:
    """Name of a municipality → the one ring that the sample gives it; what has no place in Russia is left out."""
    (path,) = (home / "landing" / "boundaries").glob("*.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rings = {one["properties"]["name"]: one["geometry"]["coordinates"] for one in features if one["properties"]["oktmo"] != "09999000"}
    return {name: found[0] for name, found in rings.items() if found and found[0][0][0] < 191}


@pytest.fixture(scope="module")
def dashboard(watched: tuple[Page, Watch], superset_url: str) -> Iterator[Dashboard]:
    """The tab with the map; what it asked for stayed on the machine."""
    page, watch = watched
    watch.clear()
    yield _opened(page, superset_url)
    assert watch.errors == [] and watch.left_the_machine() == []


def _opened(page: Page, url: str) -> Dashboard:
    page.set_viewport_size({"width": 1600, "height": 1200})
    dashboard = Dashboard(page, url, "municipality")
    dashboard.open_tab(TAB)
    dashboard.show_all()
    return dashboard


def shown(dashboard: Dashboard) -> dict[str, dict[str, Any]]:
    """Name of a municipality → its area on the screen."""
    areas: list[dict[str, Any]] = dashboard.chart(CHART).locator(".oko-area").evaluate_all(AREAS)
    return {area["title"].split(":")[0]: area for area in areas}


def test_areas_stand_where_the_file_says(dashboard: Dashboard, outlines: dict[str, list[list[float]]]) -> None:
    areas = shown(dashboard)
    assert set(areas) == set(outlines) and len(areas) > 1
    points = [point for ring in outlines.values() for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    left, top, right, bottom = _around([area["box"] for area in areas.values()])
    ratio = (east - west) * math.cos(math.radians((south + north) / 2)) / (north - south)
    assert (right - left) / (bottom - top) == pytest.approx(ratio, rel=0.01)
    for name, ring in outlines.items():
        xs = [left + (x - west) / (east - west) * (right - left) for x, _ in ring]
        ys = [top + (north - y) / (north - south) * (bottom - top) for _, y in ring]
        assert areas[name]["box"] == pytest.approx([min(xs), min(ys), max(xs), max(ys)], abs=2), name


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def test_areas_are_cut_out_and_lead_to_passports(dashboard: Dashboard, outlines: dict[str, list[list[float]]]) -> None:
    """A corner of the box of a crooked field lies outside the field: whatever is there, it is not this area."""
    for name, area in shown(dashboard).items():
        assert area["clip"].startswith("polygon(evenodd"), name
        assert area["href"].startswith("/superset/dashboard/municipality/?native_filters=")
        left, top, right, bottom = area["box"]
        found = "([x, y]) => document.elementsFromPoint(x, y).filter(one => one.matches('.oko-area')).map(one => one.title.split(':')[0])"
        assert name in dashboard.page.evaluate(found, [(left + right) / 2, (top + bottom) / 2])
        assert name not in dashboard.page.evaluate(found, [left + 1, top + 1])


def test_a_municipality_without_an_outline_is_a_tile_below(dashboard: Dashboard, outlines: dict[str, list[list[float]]]) -> None:
    chart = dashboard.chart(CHART)
    tiles = chart.locator(".oko-tile").all_inner_texts()
    assert len(tiles) == 1 and not any(name in tiles[0] for name in outlines)
    box, (_, _, _, bottom) = chart.locator(".oko-tile").bounding_box(), _around([area["box"] for area in shown(dashboard).values()])
    assert box and box["y"] >= bottom
    RESULTS.mkdir(exist_ok=True)
    dashboard.page.screenshot(path=RESULTS / "municipality-map.png")


def test_the_map_keeps_its_colours_in_the_dark_and_on_paper(dashboard: Dashboard, superset_url: str) -> None:
    """Dark text stands on light areas in both themes; a printer draws the areas although it leaves other backgrounds out."""
    light = {name: area["background"] for name, area in shown(dashboard).items()}
    page = dashboard.page
    page.emulate_media(media="print")
    assert {name: area["background"] for name, area in shown(dashboard).items()} == light
    assert dashboard.chart(CHART).locator(".oko-area").first.evaluate("area => getComputedStyle(area).printColorAdjust") == "exact"
    page.emulate_media(media="screen")
    page.evaluate("localStorage.setItem('superset-theme-mode', 'dark')")
    try:
        dark = _opened(page, superset_url)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert {name: area["background"] for name, area in shown(dark).items()} == light
        page.screenshot(path=RESULTS / "municipality-map-dark.png")
    finally:
        page.evaluate("localStorage.removeItem('superset-theme-mode')")
