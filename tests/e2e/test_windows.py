"""Every dashboard of a role in its own browser, in windows from a tablet to a large screen: drawn, whole, Russian and quiet.

What the numbers are is in test_dashboards.py, whose rows they are in test_access.py. In `make test` each role has one of the windows, and
the three share the dashboards out: all tabs of their own one, the first tab of the others. `make test-full` opens every tab of every
dashboard for every role and window.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page

from .asked import Asked, slugs
from .conftest import PATIENCE, RESULTS
from .dashboard import Dashboard, Watch
from .labels import REMEMBER_DRAWN, not_russian
from .region import Region

pytestmark = pytest.mark.e2e
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
ROLES, WINDOWS = ("school", "municipality", "analyst"), ((768, 1024), (1280, 800), (1920, 1080))
OWN = {"school": "my-school", "municipality": "my-municipality"}
CASES = list(product(ROLES, WINDOWS)) if IS_FULL else list(zip(ROLES, WINDOWS, strict=True))


@pytest.fixture(scope="module")
def boards(region: Region) -> dict[str, list[str]]:
    """What each role opens: everything that it is shown, or in `make test` every dashboard once, by whoever has the fewest."""
    shown = {role: {board["slug"] for board in region.clients[role].listed("dashboard")} for role in ROLES}
    assert set.union(*shown.values()) == set(slugs())
    given: dict[str, list[str]] = {role: [] for role in ROLES}
    for slug in slugs():
        readers = [role for role in ROLES if slug in shown[role]]
        for role in readers if IS_FULL else [min(readers, key=lambda role: len(given[role]))]:
            given[role].append(slug)
    return given


@pytest.fixture
def opened(role: str, window: tuple[int, int], region: Region, browser: Browser, superset_url: str) -> Iterator[tuple[Page, Watch]]:
    """A browser of this user's own, of this size."""
    context = browser.new_context(viewport={"width": window[0], "height": window[1]}, locale="ru-RU")
    context.add_cookies(cast(Any, region.clients[role].cookies))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(REMEMBER_DRAWN)
    yield page, Watch(page, superset_url)
    context.close()


@pytest.mark.parametrize(("role", "window"), CASES)
def test_a_role_reads_its_dashboards_in_a_window(
    role: str, window: tuple[int, int], home: Path, boards: dict[str, list[str]], superset_url: str, opened: tuple[Page, Watch]
) -> None:
    page, watch = opened
    assert (OWN.get(role) in boards[role]) == (role in OWN) and len(boards[role]) > 1
    for slug in boards[role]:
        page.set_viewport_size({"width": window[0], "height": window[1]})
        dashboard = Dashboard(page, superset_url, slug)
        tabs = Asked(slug, home).tabs
        for number, tab in enumerate(tabs if IS_FULL or slug == OWN.get(role) else tabs[:1], start=1):
            dashboard.open_tab(tab)
            dashboard.show_all()
            page.screenshot(path=RESULTS / f"{role}-{window[0]}-{slug}-{number}.png")
            assert dashboard.outside() == [], (slug, tab)
            assert dashboard.complaints() == [], (slug, tab)
            assert not_russian(page) == [], (slug, tab)
    assert watch.errors == []
    assert watch.left_the_machine() == []
