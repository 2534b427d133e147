"""The manifest of the dbt project, parsed once a session; the build on DuckDB goes on in the same folder and does not parse again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt_running import environment, run_dbt


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a parsed project for DuckDB, whose database is `oko.duckdb` in it."""
    folder = tmp_path_factory.mktemp("parsed")
    with environment(OKO_DUCKDB_PATH=str(folder / "oko.duckdb")):
        outcome = run_dbt("parse", target="duckdb", folder=folder)
    assert outcome.success, outcome.exception
    return folder


@pytest.fixture(scope="session")
def manifest(parsed: Path) -> dict[str, Any]:
    """The manifest of the project as it is on disk."""
    content: dict[str, Any] = json.loads((parsed / "target" / "manifest.json").read_text(encoding="utf-8"))
    return content
