"""Where a refresh writes what only an administrator needs: logs/refresh.log, without a word of what files hold.

The text of an exception may quote a cell, and a cell may name a person: so errors are logged by their kind and place alone.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOG_FILE = "refresh.log"
LOG_BYTES, LOG_FILES = 5_000_000, 3


# what sys.exc_info() gives
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutValues(logging.Formatter):
    """Shows of an exception where it happened and of which class it is, and drops what it says."""

    def formatException(self, ei: _Raised) -> str:
        kind, _, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, kind.__name__ if kind else ""])


@contextmanager
def journal_in(logs: Path) -> Iterator[None]:
    """Sends what ingest/ and orchestration/ log to the file, and nowhere else, for the time of the block."""
    path = logs / LOG_FILE
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(WithoutValues("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in ("ingest", "orchestration")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
        handler.close()
