"""How a refresh tells what it is doing: to a person at a terminal, or to nobody.

The refresh calls an observer; what the lines look like is decided in console.py. One observer a process, since a process runs one
refresh at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Summary:
    """What one refresh did, in numbers."""

    publication_id: str = ""
    is_up_to_date: bool = False
    files_read: int = 0
    files_judged_again: int = 0
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    by_source: dict[str, list[int]] = field(default_factory=dict)

    def add(self, source: str, rows_in: int, rows_loaded: int, rows_rejected: int) -> None:
        """Counts one file that was read."""
        self.files_read += 1
        self.rows_in += rows_in
        self.rows_loaded += rows_loaded
        self.rows_rejected += rows_rejected
        counts = self.by_source.setdefault(source, [0, 0, 0, 0])
        for place, number in enumerate((1, rows_in, rows_loaded, rows_rejected)):
            counts[place] += number


class Observer:
    """Hears everything, says nothing."""

    def stage(self, text: str) -> None:
        """A stage of the refresh begins."""

    def steps(self, total: int) -> None:
        """The stage has this many steps."""

    def step(self, text: str) -> None:
        """One step of the stage is done."""

    def summary(self, summary: Summary) -> None:
        """The counts of this refresh, handed over at its start and filled while it runs."""


_observer = Observer()


def observer() -> Observer:
    """Who listens now."""
    return _observer


@contextmanager
def observed_by(listener: Observer) -> Iterator[None]:
    """Lets this one listen for the time of the block."""
    global _observer
    before, _observer = _observer, listener
    try:
        yield
    finally:
        _observer = before
