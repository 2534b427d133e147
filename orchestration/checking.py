"""`oko check`: files judged by what the warehouse knows now. Reading and wording are ingest's; nothing is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from ingest.check import check_file, describe, would_reject
from ingest.declarations import load_sources
from ingest.known import FixedKnown, Known
from ingest.settings import Settings
from orchestration.home import build_path, open_warehouse
from orchestration.known import KnownLists
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.raw_tables import raw_tables

OK, FAULTS, BUSY = 0, 1, 3


def check_files(settings: Settings, files: Sequence[Path], source: str | None) -> int:
    """Prints what each file is and what would become of it; 1 when anything would be rejected."""
    sources, faulty = load_sources(), False
    try:
        with _known(settings) as known:
            for path in files:
                reading = check_file(path, sources, known, settings, source)
                click.echo("\n".join(describe(path, reading, sources)))
                faulty |= would_reject(reading)
    except RefreshRunning as running:
        click.echo(str(running), err=True)
        return BUSY
    return FAULTS if faulty else OK


@contextmanager
def _known(settings: Settings) -> Iterator[Known]:
    """The lists as the last refresh left them. The lock keeps a refresh from starting meanwhile and finding the file in use."""
    if settings.target == "duckdb" and not build_path(settings).exists():
        click.echo("Реестры ещё не загружены (не было ни одного обновления): школы проверить не по чему.", err=True)
        yield FixedKnown()
        return
    sources = load_sources()
    with RefreshLock(settings.warehouse), open_warehouse(settings, read_only=True) as warehouse:
        warehouse.know(raw_tables(sources.values()))
        yield KnownLists(warehouse, sources)
