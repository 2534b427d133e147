"""Files that cannot be made again: on disk, whole, before they have their name, whatever ends the process or the power."""

from __future__ import annotations

import os
from pathlib import Path


def put_in_place(draft: Path, path: Path) -> None:
    """Gives a finished file its name, in place of what had it. After a power cut there is the old file or the new one, never part of it."""
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file's content, or a folder's list of names, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
