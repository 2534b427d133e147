"""When a refresh may say «nothing new»."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.settings import load_settings
from orchestration.home import prepare_home
from orchestration.state import State, is_up_to_date, landing_listing, load_state, refresh_inputs, save_state


@pytest.fixture
def home(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose publication is up to date."""
    home = make_home()
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    (home / "landing" / "staff").mkdir()
    (home / "landing" / "staff" / "кадры.csv").write_text("а", encoding="utf-8")
    settings = load_settings()
    prepare_home(settings)
    (home / "publications" / "p1").mkdir()
    (home / "publications" / "p1" / "oko_core.duckdb").touch()
    (home / "published").symlink_to("publications/p1")
    save_state(settings, State(landing_listing(settings.landing), refresh_inputs(settings), "", {}))
    return home


def test_nothing_changed(home: Path) -> None:
    assert is_up_to_date(load_settings())


def _touch(home: Path) -> None:
    os.utime(home / "landing" / "staff" / "кадры.csv", (1, 1))


def _same_size_and_time(home: Path) -> None:
    file = home / "landing" / "staff" / "кадры.csv"
    times = file.stat()
    file.write_text("б", encoding="utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda home: (home / "landing" / "новый.csv").write_text("x"),
    "a file gone": lambda home: (home / "landing" / "staff" / "кадры.csv").unlink(),
    "a file touched": _touch,
    "a file rewritten with its size and time": _same_size_and_time,
    "a file renamed": lambda home: (home / "landing" / "staff" / "кадры.csv").rename(home / "landing" / "staff" / "штат.csv"),
    "another region": lambda home: (home / "oko.toml").write_text('[region]\ncode = "54"'),
    "the publication gone": lambda home: (home / "published").unlink(),
    "its file gone": lambda home: (home / "publications" / "p1" / "oko_core.duckdb").unlink(),
    "a damaged state": lambda home: (home / "warehouse" / "state.json").write_text("{"),
    "a state of another version": lambda home: (home / "warehouse" / "state.json").write_text('{"unknown": 1}'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_something_changed(change: str, home: Path) -> None:
    CHANGES[change](home)
    assert not is_up_to_date(load_settings())


def test_another_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_AS_OF", "2024-12-31")
    assert not is_up_to_date(load_settings())


def test_other_code(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.state.code_version", lambda: "other")
    assert not is_up_to_date(load_settings())


def test_the_database_password_is_not_written_down(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    make_home()
    monkeypatch.setenv("OKO_TARGET", "postgres")
    monkeypatch.setenv("OKO_DATABASE_URL", "postgresql://oko:secret-word@localhost/oko")
    settings = load_settings()
    prepare_home(settings)
    save_state(settings, State(inputs=refresh_inputs(settings)))
    assert load_state(settings).inputs
    assert "secret-word" not in (settings.warehouse / "state.json").read_text()
