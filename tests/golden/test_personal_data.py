"""Nobody of the golden region outside vault/, landing/ and archive/: in no file of the home and in nothing that Oko says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from personal_data import Needles, leaks_in_text, leaks_under, needles_of

from .conftest import OKO, REPOSITORY, Published
from .expected import AS_OF


def _said(home: Path, *words: str) -> str:
    """What a command prints on both streams."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKO_")}
    environment |= {"OKO_HOME": str(home), "OKO_AS_OF": AS_OF}
    done = subprocess.run([OKO, *words], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert done.stdout + done.stderr
    return done.stdout + done.stderr


def _needles(home: Path) -> Needles:
    needles = needles_of(home / "landing")
    assert len(needles.pairs) > 5 and len(needles.numbers) > 5 and needles.documents
    return needles


def test_no_file_of_the_home_names_anybody(golden: Published) -> None:
    assert leaks_under(golden.home, _needles(golden.home)) == []


def test_no_command_names_anybody(golden_duckdb: Published) -> None:
    home, needles = golden_duckdb.home, _needles(golden_duckdb.home)
    files = sorted(str(path) for path in (home / "landing").rglob("*") if path.is_file())
    said = [golden_duckdb.run.stdout, golden_duckdb.run.stderr, _said(home, "check", *files), _said(home, "status")]
    assert [leak for text in said for leak in leaks_in_text(text, needles)] == []
