"""Homes for tests of a refresh: empty, with a small landing folder to fill, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_landing import Landing


@pytest.fixture(params=["duckdb", "postgres"])
def target(request: pytest.FixtureRequest) -> str:
    """The engine of a test that runs on both."""
    return str(request.param)


@pytest.fixture
def landing(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Landing:
    """An empty home on a day after all of the tests' data."""
    home = make_home()
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    return Landing(home)


@pytest.fixture
def on_target(target: str, request: pytest.FixtureRequest, landing: Landing, monkeypatch: pytest.MonkeyPatch) -> Landing:
    """The same home, whose warehouse is this test's engine."""
    monkeypatch.setenv("OKO_TARGET", target)
    if target == "postgres":
        monkeypatch.setenv("OKO_DATABASE_URL", request.getfixturevalue("postgres_url"))
    return landing
