"""The resource of the night, a refresh under its lock, and a logger that leaves the terminal alone.

The night runs in one process (in-process executor), so the resource is made once a run and its refresh is the run's memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dagster import ConfigurableResource, DagsterRunStatus, InitLoggerContext, InitResourceContext, RunsFilter, logger
from pydantic import PrivateAttr

from ingest.settings import load_settings
from orchestration.home import prepare_home
from orchestration.journal import journal_in
from orchestration.lock import RefreshLock
from orchestration.refresh import Refresh


class Night(ConfigurableResource["Night"]):
    """Gives the steps of a run their common refresh; a second run at once fails here."""

    _refresh: Refresh = PrivateAttr()

    @property
    def refresh(self) -> Refresh:
        return self._refresh

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Night]:
        settings = load_settings()
        prepare_home(settings)
        with RefreshLock(settings.warehouse), journal_in(settings.logs), Refresh(settings) as refresh:
            _end_orphans(context)
            self._refresh = refresh
            yield self


def _end_orphans(context: InitResourceContext) -> None:
    """Runs that the history still calls running: their processes are gone, or this one would not have the lock."""
    if context.instance is None or context.run is None:
        return
    running = RunsFilter(statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING])
    for run in context.instance.get_runs(running):
        if run.run_id != context.run.run_id:
            context.instance.report_run_failed(run, "Процесс обновления был прерван.")


@logger(config_schema={}, description="Ничего не пишет на экран: события запуска хранит Dagster, ход показывает oko")
def quiet_logger(context: InitLoggerContext) -> logging.Logger:
    quiet = logging.getLogger("oko.dagster")
    quiet.propagate = False
    quiet.setLevel(logging.CRITICAL)
    return quiet
