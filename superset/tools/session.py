"""One run of a tool that works inside Superset: its application context, the library's output in a log, ours on the terminal."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from access import AccessError
from home import environment

_TERMINAL = os.dup(1)


def say(text: str) -> None:
    """To the person, also while the library's own output goes to the log."""
    os.write(_TERMINAL, f"{text}\n".encode())


def on_terminal() -> bool:
    """Whether `say` is read by the person who started this, and kept by nobody."""
    return os.isatty(_TERMINAL)


@contextmanager
def superset_app(home: Path) -> Iterator[None]:
    """Superset of this home; an error ends the process with one Russian line, the rest is in the log."""
    os.umask(0o077)
    os.environ.update(environment())
    log = home / "logs" / "superset-provision.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # The libraries print pages of warnings; they are kept, elsewhere.
    with log.open("a") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    try:
        from superset.app import create_app

        with create_app().app_context():
            yield
    except AccessError as error:
        say(f"Superset: {error}")
        sys.exit(1)
    except Exception as error:
        traceback.print_exc()
        say(f"Superset: не удалось настроить ({type(error).__name__}: {error}). Подробности: {log}")
        sys.exit(1)
