"""Connections for those who read what is published: read-only, and locked so that SQL reaches nothing but this database.

No connection made here can write, open another file, or change its own settings.
"""

from __future__ import annotations

from collections.abc import Mapping
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
# what files are attached with, and what holds all settings, comes after the files
_LOCKED_LAST = ("enable_external_access", "lock_configuration")


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """A published DuckDB file. A later publication is seen by the next connection."""
    return duckdb.connect(str(path), read_only=True, config=LOCKED_CONFIG)


def open_postgres(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A Postgres session in which every transaction is read-only."""
    return psycopg.connect(url, options="-c default_transaction_read_only=on")


def open_beside(files: Mapping[str, Path]) -> duckdb.DuckDBPyConnection:
    """Several published files under these names in one connection, read-only and locked like one of them."""
    connection = duckdb.connect(config={name: value for name, value in LOCKED_CONFIG.items() if name not in _LOCKED_LAST})
    for name, path in files.items():
        place = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS \"{name}\" (READ_ONLY)")
    for name in _LOCKED_LAST:
        connection.execute(f"SET {name} = {LOCKED_CONFIG[name]}")
    return connection
