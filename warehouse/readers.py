"""Connections for those who read what is published: read-only, and locked so that SQL reaches nothing but this database.

No connection made here can write, open another file, or change its own settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import psycopg

LOCKED_CONFIG: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "lock_configuration": "true",
}


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """A published DuckDB file. A later publication is seen by the next connection."""
    return duckdb.connect(str(path), read_only=True, config=LOCKED_CONFIG)


def open_postgres(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A Postgres session in which every transaction is read-only."""
    return psycopg.connect(url, options="-c default_transaction_read_only=on")
