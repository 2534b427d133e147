"""Dagster's history in SQLite, with its connections kept open.

A night of Oko writes thousands of events. Dagster's own storage makes an engine, a connection and a flushed transaction for each of
them, and compiles its SQL anew each time: more time than all models take. The files are the same and either class reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

# the index of all runs, the run that is written, and a few that somebody looks at
_OPEN_FILES = 8


class EventHistory(SqliteEventLogStorage):
    """Dagster's event log: one open connection a file instead of a new one an event."""

    def __init__(self, base_dir: str) -> None:
        self._there: set[str] = set()
        super().__init__(base_dir)

    def has_table(self, table_name: str) -> bool:
        """Dagster asks at every event of an asset; a table that was there once stays."""
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection


class History(DagsterSqliteStorage):
    """Dagster's storage of runs, events and schedules under one folder, as `dagster.yaml` names it."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventHistory(str(Path(base_dir, "history", "runs")))

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> History:
        return cls.from_local(inst_data=inst_data, **config_value)


@lru_cache(maxsize=_OPEN_FILES)
def _engine(url: str) -> Engine:
    timeout = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, connect_args=timeout)

    # in a write-ahead log this can lose the last events when the power fails, never the file
    @event.listens_for(engine, "connect")
    def _relax(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
