"""What is left of people in publications that are no longer current: the analysts' file or its schemas, taken out of them.

Their aggregates stay. Called after a destruction (orchestration/retention.py), never by a publication.
"""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.publish import CORE_FILE, CORE_SCHEMA, UNITS

# schemas of kept publications are called after them: core_20260901t020000000000z
_KEPT = re.compile(rf"({CORE_SCHEMA}|{UNITS[0]})_\d{{8}}t\d+z")


def remove_earlier_cores(publications: Path, link: Path, database_url: str | None = None) -> None:
    """Removes `oko_core.duckdb` of every publication but the current one; with a database, schema `core_<id>` and its kin there."""
    if database_url:
        _drop_schemas(database_url)
    current = link.resolve()
    for core in publications.glob(f"*/{CORE_FILE}*"):
        if core.parent.resolve() != current:
            core.unlink()


def _drop_schemas(database_url: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(database_url, autocommit=True) as connection:
        names = [row[0] for row in connection.execute("SELECT schema_name FROM information_schema.schemata").fetchall()]
        for name in names:
            if _KEPT.fullmatch(name):
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
