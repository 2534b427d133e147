"""The unit of the service, read by systemd's own tools."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ingest.settings import REPOSITORY

UNIT = REPOSITORY / "deploy" / "systemd" / "oko-serve.service"
ANALYZE = shutil.which("systemd-analyze")
# of 100: what a web application that needs its network and its folder can reach
MOST_EXPOSED = 16


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as install.sh writes it, with paths that are there."""
    assert ANALYZE, "systemd-analyze is missing: apt-get install systemd (.ci/run does it)"
    program = tmp_path / "current" / ".venv" / "bin" / "oko"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "oko.env").touch()
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text().replace("/opt/oko", str(tmp_path)))
    return path


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert ANALYZE
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)


def test_systemd_understands_every_line(unit: Path) -> None:
    ended = analyze("verify", "--man=no", unit)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_systemd_would_say_of_a_line_that_it_does_not_understand(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSistem=strict"))
    assert "ProtectSistem" in analyze("verify", "--man=no", unit).stderr


def test_the_service_is_locked_in(unit: Path) -> None:
    ended = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit)
    assert ended.returncode == 0, ended.stdout
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "").replace("CapabilityBoundingSet=\n", ""))
    assert analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit).returncode != 0
