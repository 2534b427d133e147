"""The lock of a refresh, against a real second process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.lock import RefreshLock, RefreshRunning

HOLDER = """
import sys, time
from pathlib import Path
from orchestration.lock import RefreshLock
with RefreshLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
LOOKER = """
import sys
from pathlib import Path
from orchestration.lock import RefreshLock
print(RefreshLock(Path(sys.argv[1])).is_held())
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_message_names_the_other_process(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(RefreshRunning, match=f"процесс {holder.pid}"), RefreshLock(tmp_path):
        pass
    with pytest.raises(RefreshRunning, match=f"процесс {holder.pid}"):
        RefreshLock(tmp_path).check()


def test_a_killed_process_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with RefreshLock(tmp_path):
        pass


def test_one_process_cannot_hold_it_twice_but_one_after_the_other(tmp_path: Path) -> None:
    with RefreshLock(tmp_path), pytest.raises(RefreshRunning, match=f"процесс {os.getpid()}"), RefreshLock(tmp_path):
        pass
    with RefreshLock(tmp_path):
        pass


def test_asking_takes_nothing(tmp_path: Path) -> None:
    RefreshLock(tmp_path).check()
    with RefreshLock(tmp_path):
        pass
    RefreshLock(tmp_path).check()
    with RefreshLock(tmp_path):
        pass


def test_looking_whether_it_is_held_takes_nothing_and_lets_nothing_go(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert RefreshLock(tmp_path).is_held()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not RefreshLock(tmp_path).is_held()
    assert not RefreshLock(tmp_path / "nowhere").is_held()
    with RefreshLock(tmp_path) as lock:
        assert lock.is_held()
        with pytest.raises(RefreshRunning), RefreshLock(tmp_path):
            pass
        seen = subprocess.run([sys.executable, "-c", LOOKER, str(tmp_path)], capture_output=True, text=True, check=True)
        assert seen.stdout == "True\n"
    assert not RefreshLock(tmp_path).is_held()
