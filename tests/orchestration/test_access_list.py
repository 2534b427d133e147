"""Logins of municipalities come from the list of users that was accepted for the dashboards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.settings import Settings, SettingsError, load_settings
from orchestration.access_list import municipal_logins


@pytest.fixture
def settings(make_home: Callable[[], Path]) -> Settings:
    make_home()
    settings = load_settings()
    settings.superset.mkdir()
    return settings


def test_no_list_gives_nobody_anything(settings: Settings) -> None:
    assert municipal_logins(settings) == {}


def test_municipalities_alone_and_those_who_are_still_listed(settings: Settings) -> None:
    users = {
        "upravlenie": {"role": "municipality", "scope": "m54-01"},
        "school": {"role": "school", "scope": "001001"},
        "analitik": {"role": "analyst", "scope": None},
        "gone": {"role": None, "scope": None},
    }
    (settings.superset / "users.json").write_text(json.dumps(users), encoding="utf-8")
    assert municipal_logins(settings) == {"upravlenie": "m54-01"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"role": "municipality"}}', '{"a": null}'])
def test_a_list_that_cannot_be_read_is_said(text: str, settings: Settings) -> None:
    (settings.superset / "users.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="Список доступа"):
        municipal_logins(settings)
