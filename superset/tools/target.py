"""Where the publication stands that the dashboards read: two DuckDB files of the home, or with OKO_TARGET=postgres a database.

Both connections of Superset are named here and nowhere else; which datasets stand on them is assets/. On Postgres each has a login of its
own, whose password is in OKO_HOME/secrets and in no database of Superset. Standard library alone, but for asking.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

# connection (the name of its file in assets/databases) → login on Postgres, file of the DuckDB publication
LOGINS = {"oko": "oko_reader", "oko_core": "oko_analyst"}
FILES = {"oko": "oko.duckdb", "oko_core": "oko_core.duckdb"}
DRIVER = "postgresql+psycopg2"
# a session that reads, and a question that is not asked for ever
_SESSION = "-c default_transaction_read_only=on -c statement_timeout=120s -c idle_in_transaction_session_timeout=300s"
Asset = dict[str, Any]


def is_postgres(environment: Mapping[str, str] = os.environ) -> bool:
    return environment.get("OKO_TARGET") == "postgres"


def connection(name: str, asset: Asset, environment: Mapping[str, str] = os.environ) -> Asset:
    """The connection as an asset says it, on the engine of this installation."""
    if not is_postgres(environment):
        return asset
    engine = {"connect_args": {"options": _SESSION}}
    return asset | {"sqlalchemy_uri": address(name, environment), "extra": asset["extra"] | {"engine_params": engine}}


def address(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The database of OKO_DATABASE_URL with the login of this connection and no password."""
    given = urlsplit(environment["OKO_DATABASE_URL"])
    place = given.netloc.rpartition("@")[2]
    return urlunsplit((DRIVER, f"{LOGINS[name]}@{place}", given.path, given.query, ""))


def password(home: Path, login: str) -> str | None:
    """The password that the refresh made, or the administrator put there; None where the server asks for none."""
    file = home / "secrets" / f"postgres_{login}"
    return file.read_text().strip() if file.exists() else None


def asked(home: Path, name: str, sql: str) -> list[tuple[Any, ...]]:
    """What the publication answers on this connection; raises FileNotFoundError where there is none to ask."""
    if is_postgres():
        import psycopg2

        address_of_libpq = address(name).replace(DRIVER, "postgresql", 1)
        with (
            psycopg2.connect(address_of_libpq, password=password(home, LOGINS[name]), options=_SESSION) as opened,
            opened.cursor() as cursor,
        ):
            cursor.execute(sql)
            return list(cursor.fetchall())
    import duckdb

    path = home / "published" / FILES[name]
    if not path.exists():
        raise FileNotFoundError(path)
    with duckdb.connect(str(path), read_only=True) as opened:
        return opened.execute(sql).fetchall()
