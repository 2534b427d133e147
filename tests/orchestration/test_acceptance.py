"""The region of ../shared/acceptance, made by others: every rejection and load of its first and its later files, in one home.

Its indicators, which need dbt, are compared by `make acceptance`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from personal_data import leaks_under, needles_of
from small_landing import Landing, read_landing

SHARED = Path(__file__).parents[3] / "shared" / "acceptance"
# a file whose date a checkout loses: it must be older than the rest
OLD_FILE, OLD_DAY = "thresholds/пороги, старая редакция.csv", 1_600_000_000


def _copy(files: Path, landing: Path) -> None:
    """Copies with the time of the day."""
    shutil.copytree(files, landing, copy_function=shutil.copyfile, dirs_exist_ok=True)


def _publish(home: Path) -> None:
    """What of a publication the comparison looks at: the models of `quality` take these two tables as they are."""
    (home / "published").mkdir(exist_ok=True)
    (home / "published" / "oko.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(home / "published" / "oko.duckdb")) as connection:
        connection.execute(f"ATTACH '{home / 'warehouse' / 'oko.duckdb'}' AS built (READ_ONLY)")
        connection.execute("CREATE SCHEMA quality")
        for table in ("rejections", "loads"):
            connection.execute(f"CREATE TABLE quality.{table} AS SELECT * FROM built.raw._{table}")


def _compared(home: Path, expected: str) -> str:
    command = [sys.executable, SHARED / "compare.py", "--home", home, "--expected", SHARED / expected, "--only-rejections", "--pii"]
    done = subprocess.run([*command, home / "warehouse", home / "published"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")
def test_first_and_later_files_are_judged_as_their_makers_expect(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    for files, expected in (("landing", "expected"), ("landing_later", "expected_later")):
        monkeypatch.setenv("OKO_AS_OF", (SHARED / expected / "as_of.txt").read_text(encoding="utf-8").strip())
        _copy(SHARED / files, landing.home / "landing")
        if files == "landing":
            os.utime(landing.home / "landing" / OLD_FILE, (OLD_DAY, OLD_DAY))
        read_landing()
        _publish(landing.home)
        assert not _compared(landing.home, expected), expected
    assert leaks_under(landing.home, needles_of(landing.home / "landing")) == []
