"""`oko check`: files judged by what the warehouse knows now and held against what it holds.

Reading and wording are ingest's; nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import duckdb
import polars as pl
import psycopg

from ingest.check import Checked, Checker
from ingest.check_report import describe
from ingest.declarations import Source, load_sources
from ingest.difference import Within
from ingest.marked import NotMarkable, write_marked
from ingest.settings import Settings
from ingest.vault import VaultError
from orchestration.home import build_path, open_warehouse
from orchestration.known import KnownLists
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.outputs import create, free_path
from orchestration.raw_tables import raw_tables
from warehouse.engine import Warehouse

OK, FAULTS, BUSY = 0, 1, 3
MARKED = " — проверка"
NO_LISTS = "Реестры ещё не загружены (не было ни одного обновления): коды школ и другие коды не сверены."
GUARD_IT = "В нём персональные данные исходного файла: он открыт только вам; не пересылайте его по открытым каналам."


def check_files(settings: Settings, files: Sequence[Path], source: str | None, *, mark: bool = False, out: Path | None = None) -> int:
    """Prints what each file is and what would become of it; 1 when anything would be rejected. `mark`: also writes marked copies."""
    sources, faulty = load_sources(), False
    try:
        with _checker(settings, sources) as checker:
            for path in files:
                faulty |= _check(checker, path, source, sources, settings, out, mark=mark)
    except (RefreshRunning, VaultError) as problem:
        click.echo(str(problem), err=True)
        return BUSY
    except (duckdb.Error, psycopg.Error) as error:
        click.echo(f"Хранилище сейчас недоступно: {error}", err=True)
        return BUSY
    return FAULTS if faulty else OK


def _check(
    checker: Checker, path: Path, source: str | None, sources: Mapping[str, Source], settings: Settings, out: Path | None, *, mark: bool
) -> bool:
    """Whether anything of this file would be rejected."""
    try:
        checked = checker.check(path, source)
    except OSError as error:
        click.echo(f"{path}\n  не загрузится: файл не открывается ({error.strerror})")
        return True
    click.echo("\n".join(describe(checked, sources)))
    if mark:
        _mark(checked, sources, settings, out)
    return checked.would_reject


def _mark(checked: Checked, sources: Mapping[str, Source], settings: Settings, out: Path | None) -> None:
    """The marked copy goes to the file `out`, or to that folder or the current one under a name of its own; never over another file."""
    stem = checked.path.stem.partition(MARKED)[0]
    folder = out if out and out.is_dir() else Path()
    path = out if out and not out.is_dir() else free_path(folder / f"{stem}{MARKED}.xlsx")
    try:
        with create(path, mode=0o600) as stream:
            write_marked(stream, checked, sources, settings.limits)
    except NotMarkable as problem:
        click.echo(f"  размеченная книга не записана: {problem}")
    else:
        click.echo(f"  размеченная книга: {path.resolve()}\n  {GUARD_IT}")


@contextmanager
def _checker(settings: Settings, sources: Mapping[str, Source]) -> Iterator[Checker]:
    """Judges by the lists as the last refresh left them. The lock keeps a refresh from starting meanwhile and finding the file in use."""
    with ExitStack() as stack:
        warehouse = _open(settings, stack)
        if warehouse is None:
            click.echo(NO_LISTS, err=True)
            yield Checker(sources, settings)
            return
        warehouse.know(raw_tables(sources.values()))
        yield Checker(sources, settings, KnownLists(warehouse, sources), _LoadedRows(warehouse))


def _open(settings: Settings, stack: ExitStack) -> Warehouse | None:
    """The warehouse, read-only; None where no refresh has ever filled one."""
    if settings.target == "duckdb" and not build_path(settings).exists():
        return None
    if settings.warehouse.is_dir():
        stack.enter_context(RefreshLock(settings.warehouse))
    warehouse = stack.enter_context(open_warehouse(settings, read_only=True))
    return warehouse if warehouse.is_prepared() else None


class _LoadedRows:
    """What `ingest` compares files with, out of the warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def rows(self, layout: str, within: Within) -> pl.DataFrame:
        """The rows that count."""
        return self._warehouse.current_rows(layout, within)

    def files(self) -> pl.DataFrame:
        """Every content that was read."""
        return self._warehouse.files()
