"""The region of ../shared/acceptance, made by others, through the real job: everything its makers expect, in both drops."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "acceptance"


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")
def test_first_and_later_files_show_what_their_makers_expect() -> None:
    once = [] if os.environ.get("OKO_TEST_FULL") else ["--attack-once"]
    done = subprocess.run([sys.executable, Path(__file__).with_name("acceptance.py"), *once], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
