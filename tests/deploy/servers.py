"""Where an installation is tried: as somebody without rights, in a folder of their own, and without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that somebody without rights may enter and write to; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="oko-install-", dir="/var/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give(folder: Path) -> None:
    """Everything in it to somebody without rights."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder], check=True)


def as_somebody(*command: str | Path, offline: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command without rights; `offline`: in a network namespace that has no routes and not even a loopback that is up."""
    before: Sequence[str] = []
    if os.geteuid() == 0:
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        before = [*(["unshare", "--net"] if offline else []), *drop]
    elif offline:
        before = ["unshare", "--user", "--net"]
    env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent", **environment}
    return subprocess.run([*before, *command], env=env, cwd="/", capture_output=True, text=True, check=False)
