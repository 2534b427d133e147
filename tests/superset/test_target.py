"""Where the dashboards' connections lead, and with which password: files by default, a database with OKO_TARGET=postgres."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bundle
import pytest
import target
from home import ASSETS, SUPERSET
from sqlalchemy.engine import make_url

URL = "postgresql://oko:owner-secret@db.example:6432/oko?sslmode=verify-full&sslrootcert=/etc/ca.pem"
CONFIG = SUPERSET / "superset_config.py"


@pytest.fixture
def home(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_home()
    monkeypatch.setenv("OKO_TARGET", "postgres")
    monkeypatch.setenv("OKO_DATABASE_URL", URL)
    (made / "secrets").mkdir()
    (made / "secrets" / "postgres_oko_reader").write_text("reader's: p@ss/word\n")
    return made


def test_both_connections_lead_to_the_database_with_a_login_each(home: Path) -> None:
    files = bundle.bundle_for(ASSETS, home)
    for name, login in (("oko", "oko_reader"), ("oko_core", "oko_analyst")):
        asset = bundle.read_text(files[f"databases/{name}.yaml"])
        url = make_url(asset["sqlalchemy_uri"])
        assert (url.drivername, url.username, url.password, url.host, url.port) == ("postgresql+psycopg2", login, None, "db.example", 6432)
        assert (url.database, dict(url.query)) == ("oko", {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"})
        assert "default_transaction_read_only=on" in asset["extra"]["engine_params"]["connect_args"]["options"]
        # what Superset knows an object by stays: charts stand on the same datasets, those on the same connection
        assert asset["uuid"] == bundle.read(ASSETS / f"databases/{name}.yaml")["uuid"]
        assert not any(asset[right] for right in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))
    assert "owner-secret" not in "".join(files.values()) and "duckdb" not in files["databases/oko.yaml"]


def test_the_password_is_added_for_our_database_and_for_no_other(home: Path) -> None:
    mutator: Callable[..., tuple[Any, dict[str, Any]]] = runpy.run_path(str(CONFIG))["DB_CONNECTION_MUTATOR"]
    ours, parameters = mutator(make_url(target.address("oko")), {"a": 1}, "user", None, None)
    assert (ours.password, parameters) == ("reader's: p@ss/word", {"a": 1})
    # no file: the server asks for no password, or refuses by itself
    assert mutator(make_url(target.address("oko_core")), {}, "user", None, None)[0].password is None
    own = runpy.run_path(str(CONFIG))["_OWN_LOGINS"]
    for text in ("postgresql+psycopg2://oko_reader@elsewhere:6432/oko", "postgresql+psycopg2://oko_reader@db.example:6432/other"):
        assert make_url(text) not in own


def test_a_list_of_users_is_checked_against_the_database(
    make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    import psycopg

    home = make_home()
    monkeypatch.setenv("OKO_TARGET", "postgres")
    monkeypatch.setenv("OKO_DATABASE_URL", postgres_url)
    monkeypatch.setitem(target.LOGINS, "oko_core", "oko")
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA core; CREATE TABLE core.dim_school AS SELECT '001' AS school_code, 'Школа' AS school_name")
    assert target.asked(home, "oko_core", "SELECT school_code, school_name FROM core.dim_school") == [("001", "Школа")]
    with pytest.raises(Exception, match="read-only"):
        target.asked(home, "oko_core", "DELETE FROM core.dim_school")


def test_without_a_publication_there_is_nothing_to_ask(make_home: Callable[[], Path]) -> None:
    with pytest.raises(FileNotFoundError):
        target.asked(make_home(), "oko_core", "SELECT 1")
