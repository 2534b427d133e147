"""dbt in this process, on the project as it is on disk, in an environment that names no installation of Oko."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"


def run_dbt(command: str, *arguments: str, target: str, folder: Path) -> Any:
    """What dbtRunner answers; everything that it writes goes to `folder`."""
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", target]
    output = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level", "none"]
    return dbtRunner().invoke([command, *arguments, *places, *output])


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """The environment without anything that names an installation of Oko, and with these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OKO_HOME", "OKO_TARGET", "OKO_DUCKDB_PATH", "OKO_DATABASE_URL"):
            patch.delenv(name, raising=False)
        for name, value in variables.items():
            patch.setenv(name, value)
        yield
