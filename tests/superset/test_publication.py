"""Which publication a process reads while the link moves: no Superset here, the files and DuckDB are real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import publication
import pytest
from publication import Held
from sqlalchemy.engine import URL, make_url

READ_ONLY: dict[str, Any] = {"read_only": True, "config": {"enable_external_access": False, "lock_configuration": True, "threads": 2}}


@dataclass
class Home:
    """Publications that hold their own name in a table of many rows, and the link."""

    folder: Path

    @property
    def link(self) -> Path:
        return self.folder / "published"

    @property
    def url(self) -> URL:
        return make_url(f"duckdb:///{self.link}/oko.duckdb")

    def publish(self, name: str) -> Path:
        folder = self.folder / "publications" / name
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / "oko.duckdb")) as connection:
            connection.execute("CREATE TABLE rows AS SELECT ? AS publication FROM range(500_000)", [name])
        self.show(folder)
        return folder

    def show(self, folder: Path) -> None:
        draft = self.folder / "draft"
        draft.symlink_to(folder)
        draft.replace(self.link)

    def open_files(self) -> set[str]:
        """The publications of which this process has a file open."""
        found = {path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}
        return {path.parent.name for path in found if path.is_relative_to(self.folder / "publications")}


def opened(url: URL, parameters: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(url.database), **parameters)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path.resolve())


@pytest.fixture
def held(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    monkeypatch.setattr(publication, "LOOK_SECONDS", 0.05)
    held = Held(home.link, opened)
    yield held
    held.release()


def asked(held: Held, home: Home, folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection as a request makes it."""
    return opened(held.pin(home.url, READ_ONLY, folder or held.newest()), READ_ONLY)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def publications(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT DISTINCT publication FROM rows ORDER BY ALL").fetchall()]


def test_a_new_request_reads_the_new_file_while_another_thread_still_reads_the_old(held: Held, home: Home) -> None:
    home.publish("old")
    moved, read = threading.Event(), list[str]()

    def read_slowly() -> None:
        connection = asked(held, home)
        answer = connection.execute("SELECT publication FROM rows")
        read.extend(row[0] for row in answer.fetchmany(1000))
        assert moved.wait(20)
        read.extend(row[0] for row in answer.fetchall())
        connection.close()

    reader = threading.Thread(target=read_slowly)
    reader.start()
    assert within(20, lambda: bool(read))
    home.publish("new")
    with asked(held, home) as connection:
        assert publications(connection) == ["new"]
    moved.set()
    reader.join()
    assert (len(read), set(read)) == (500_000, {"old"})


def test_all_of_a_request_reads_one_publication(held: Held, home: Home) -> None:
    folder = home.publish("old")
    with asked(held, home) as connection:
        assert publications(connection) == ["old"]
    home.publish("new")
    with asked(held, home, folder) as second, asked(held, home) as another:
        assert (publications(second), publications(another)) == (["old"], ["new"])


def test_the_old_file_is_let_go_and_the_new_one_open_before_anybody_asks(held: Held, home: Home) -> None:
    home.publish("old")
    asked(held, home).close()
    assert home.open_files() == {"old"}
    home.publish("new")
    assert within(20, lambda: home.open_files() == {"new"}), home.open_files()


def test_what_is_no_publication_is_left_alone(held: Held, home: Home) -> None:
    home.publish("old")
    for text in ("duckdb:///:memory:", f"duckdb:///{home.folder}/publications/old/oko.duckdb", "postgresql://host/base"):
        assert held.pin(make_url(text), {}, held.newest()) == make_url(text)
    assert home.open_files() == set()


def test_a_publication_that_cannot_be_opened_leaves_the_old_one_until_it_can(
    held: Held, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.publish("old")
    asked(held, home).close()
    broken = home.folder / "publications" / "broken"
    broken.mkdir()
    (broken / "oko.duckdb").write_text("no database")
    home.show(broken)
    assert within(20, lambda: "cannot be opened" in caplog.text)
    assert home.open_files() == {"old"}
    home.publish("new")
    assert within(20, lambda: home.open_files() == {"new"}), home.open_files()


def test_nothing_published_is_said_by_the_connection(held: Held, home: Home) -> None:
    with pytest.raises(duckdb.IOException):
        asked(held, home)
    assert list(home.folder.iterdir()) == []
