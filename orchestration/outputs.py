"""Files that a command writes for a person: never over one that is there, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO


def free_path(path: Path) -> Path:
    """The path itself, or the first of `name (2)`, `name (3)` … that is not taken."""
    numbered = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


@contextmanager
def create(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A new file to write into; removed again when writing fails. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        try:
            yield stream
        except BaseException:
            path.unlink()
            raise
