"""Which publication an answer comes from: the newest when its request began, and the same for everything that the request asks.

A process holds one connection to each file of the newest publication. Opening a file reads its catalogue, which takes fifty times as
long as a query; DuckDB shares what is open between all connections to the same file, so the held one makes every other cheap.
The thread follows the link: after a publish it opens the new file first and then lets the old one go, also when nobody asks.
"""

import logging
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Held:
    """The open connections of this process: `opened` opens one, `close` of what it returns ends it."""

    def __init__(self, link: Path, opened: Callable[[Any, dict[str, Any]], Any]) -> None:
        self._link = link
        self._opened = opened
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Any, dict[str, Any]]] = {}
        self._held: dict[str, tuple[Path, Any]] = {}
        self._following = False

    def newest(self) -> Path:
        """The folder that the link names now."""
        return self._link.resolve()

    def leads_to(self, url: Any) -> bool:
        """Whether this URL goes through the link."""
        return Path(url.database or "").parent == self._link

    def pin(self, url: Any, parameters: dict[str, Any], folder: Path) -> Any:
        """The same URL in this folder, if it goes through the link; the file of the newest folder is held open."""
        if not self.leads_to(url):
            return url
        path = Path(url.database)
        with self._lock:
            if not self._following:
                threading.Thread(target=self._follow, name="publication", daemon=True).start()
                self._following = True
            self._known.setdefault(path.name, (url, deepcopy(parameters)))
            self._hold(path.name)
        return url.set(database=str(folder / path.name))

    def release(self) -> None:
        """Lets go of everything; the thread has nothing to follow then."""
        with self._lock:
            self._known.clear()
            for _, connection in self._held.values():
                connection.close()
            self._held.clear()

    def _hold(self, name: str) -> None:
        newest = self.newest()
        folder, old = self._held.get(name, (None, None))
        if folder == newest or not (newest / name).is_file():
            return
        url, parameters = self._known[name]
        self._held[name] = newest, self._opened(url.set(database=str(newest / name)), parameters)
        if old is not None:
            old.close()

    def _follow(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                with self._lock:
                    for name in self._known:
                        self._hold(name)
            except Exception:  # the next request meets it too and says so to whoever asks
                _log.exception("the new publication cannot be opened")


def open_connection(url: Any, parameters: dict[str, Any]) -> Any:
    """As Superset opens its own: another configuration of the same file in the same process is refused by DuckDB."""
    from sqlalchemy import create_engine

    return create_engine(url, **parameters).connect()
