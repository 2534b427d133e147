"""What a command asks comes from one publication, also when another one is shown between two of its questions or within one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.settings import Settings, load_settings
from orchestration import published
from orchestration.published import from_core, in_one_publication
from warehouse.readers import open_postgres

SCHEMAS = ("marts", "quality", "core", "intermediate")


def fill(url: str, name: str, prefix: str = "") -> None:
    """A publication whose every table holds its name."""
    with psycopg.connect(url, autocommit=True) as owner:
        for schema in SCHEMAS:
            owner.execute(f"CREATE SCHEMA {prefix}{schema}".encode())
            owner.execute(f"CREATE TABLE {prefix}{schema}.publication AS SELECT '{name}' AS publication_id".encode())


def show(url: str, name: str) -> None:
    """Another publication in the place of the one that is shown."""
    fill(url, name, "next_")
    with psycopg.connect(url) as owner:
        for schema in SCHEMAS:
            owner.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_before_{name}; ALTER SCHEMA next_{schema} RENAME TO {schema}".encode())


@pytest.fixture
def settings(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Settings:
    make_home()
    monkeypatch.setenv("OKO_TARGET", "postgres")
    monkeypatch.setenv("OKO_DATABASE_URL", postgres_url)
    fill(postgres_url, "one")
    return load_settings()


def test_a_command_that_asks_twice_asks_again(settings: Settings, postgres_url: str) -> None:
    calls = []

    def work(ask: published.Ask) -> list[str]:
        first = ask("SELECT publication_id FROM core.publication")
        if not calls:
            show(postgres_url, "two")
        calls.append(1)
        return [row["publication_id"] for row in (*first, *ask("SELECT publication_id FROM marts.publication"))]

    assert from_core(settings, work) == ["two", "two"] and len(calls) == 2


def test_what_asks_through_several_connections_is_done_again(settings: Settings, postgres_url: str) -> None:
    said: list[object] = []

    def work() -> int:
        for schema in ("core", "marts"):
            said.extend(published.fetch(settings, f"SELECT publication_id FROM {schema}.publication"))
            if len(said) == 1:
                show(postgres_url, "two")
        return len(said)

    assert in_one_publication(settings, work) == 4
    assert said == [("one",), ("two",), ("two",), ("two",)]


def test_before_the_first_publication_it_is_done_once(make_home: Callable[[], Path]) -> None:
    make_home()
    assert in_one_publication(load_settings(), lambda: "said") == "said"


def test_a_statement_whose_tables_could_be_of_two_publications_is_asked_again(settings: Settings, postgres_url: str) -> None:
    """Another publication is shown just after the statement has looked up its tables, the first time."""
    shown = []

    class Disturbed(psycopg.ServerCursor[Any]):
        def execute(self, *words: Any, **named: Any) -> Any:
            done = super().execute(*words, **named)
            if not shown:
                shown.append("two")
                show(postgres_url, "two")
            return done

    with open_postgres(postgres_url) as connection:
        connection.server_cursor_factory = Disturbed
        sql = b"SELECT m.publication_id, c.publication_id FROM marts.publication AS m CROSS JOIN core.publication AS c"
        with published._declared(connection, sql) as cursor:
            assert cursor.fetchall() == [("two", "two")]
    assert shown
