"""The drill of the backup: one into the folder of oko.toml, restored beside the installation, refreshed, compared, and removed again.

The job stands in jobs.py. The restore is `oko restore` itself, in a process with a home of its own, always on DuckDB: a publication says
the same on both engines, and a drill must not touch the database of the installation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ingest.settings import Settings
from orchestration.backup import Taken, take_backup
from orchestration.backup_file import BackupError
from orchestration.lock import RefreshLock, RefreshRunning

DRILL = "backup_drill"
_NAME = "oko-{:%Y%m%dT%H%M%SZ}.tar.gz"
_NAMES = "oko-????????T??????Z.tar.gz"
# what a killed backup left in the folder
_UNFINISHED = ".oko-*.partial"
_SAID_LINES = 12


def drill_lock(settings: Settings) -> RefreshLock:
    """Held by a drill as long as it runs: it does not hold up refreshes, and they must not take it for one that was killed."""
    return RefreshLock(settings.warehouse, "drill.lock")


def is_drilling(settings: Settings) -> bool:
    """Whether some process holds that lock."""
    try:
        drill_lock(settings).check()
    except RefreshRunning:
        return True
    return False


def take_into_folder(settings: Settings) -> tuple[Path, Taken]:
    """A new backup in the folder of oko.toml. Raises BackupError."""
    if settings.backup_folder is None:
        raise BackupError("В oko.toml не назван раздел [backup] folder: некуда писать копию.")
    folder = Path(settings.backup_folder)
    path = folder / _NAME.format(datetime.now(UTC))
    for left in folder.glob(_UNFINISHED):
        left.unlink()
    return path, take_backup(settings, path)


def restore_aside(settings: Settings, path: Path) -> str:
    """Restores a backup into a scratch home and removes that again; what the restore said. Raises BackupError where the publication
    is another one, or there is none."""
    # in warehouse/: closed to others, never part of a backup
    scratch = settings.warehouse / "drill"
    shutil.rmtree(scratch, ignore_errors=True)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OKO_", "DAGSTER_"))}
    command = [str(Path(sys.executable).with_name("oko")), "restore", str(path)]
    try:
        done = subprocess.run(command, env={**ours, "OKO_HOME": str(scratch)}, capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_SAID_LINES:])
    if done.returncode:
        raise BackupError(f"Учения не прошли: из копии {path} не восстановить той же публикации (код {done.returncode}).\n{said}")
    return said


def keep_last(settings: Settings) -> int:
    """Removes all but the newest backups of the folder; how many."""
    old = sorted(Path(settings.backup_folder or "").glob(_NAMES))[: -settings.keep_backups]
    for path in old:
        path.unlink()
    return len(old)
