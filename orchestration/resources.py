"""The resource of the night, a refresh under its lock, and a logger that leaves the terminal alone.

The night runs in one process (in-process executor), so the resource is made once a run and its refresh is the run's memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dagster import ConfigurableResource, DagsterEventType, DagsterRunStatus, InitLoggerContext, InitResourceContext, RunsFilter, logger
from pydantic import PrivateAttr

from ingest.settings import Settings, load_settings
from orchestration.drill import DRILL, is_drilling
from orchestration.home import prepare_home
from orchestration.journal import journal_in
from orchestration.lock import RefreshLock
from orchestration.refresh import Refresh
from orchestration.runs import FAILED, noted

# a process may be killed between the note of its run and the start of it
_GOES_ON = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]


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
        run_id = context.run.run_id if context.run else ""
        with RefreshLock(settings.warehouse), journal_in(settings.logs), noted(settings, run_id) as ending, Refresh(settings) as refresh:
            _end_orphans(context, settings)
            self._refresh = refresh
            try:
                yield self
            finally:
                step, error = _failed_step(context)
                ending[0] = replace(ending[0], outcome=refresh.outcome, step=step, error=error)
                if refresh.outcome == FAILED:
                    refresh.audit("failed", step=step, error=error)


def _failed_step(context: InitResourceContext) -> tuple[str, str]:
    """The step that failed and the class of what lay behind, as the history has them; the words may quote a file and stay there."""
    if context.instance is None or context.run is None:
        return "", ""
    for record in context.instance.all_logs(context.run.run_id, of_type=DagsterEventType.STEP_FAILURE):
        event = record.dagster_event
        error = event.step_failure_data.error if event else None
        while error and error.cause:
            error = error.cause
        return (event.step_key or "" if event else ""), (error.cls_name or "" if error else "")
    return "", ""


def _end_orphans(context: InitResourceContext, settings: Settings) -> None:
    """Runs that the history still calls running: their processes are gone, or this one would not have the lock. A drill has its own.

    One that is about to start beside this one would find the lock taken, too.
    """
    if context.instance is None or context.run is None:
        return
    for run in context.instance.get_runs(RunsFilter(statuses=_GOES_ON)):
        if run.run_id != context.run.run_id and not (run.job_name == DRILL and is_drilling(settings)):
            context.instance.report_run_failed(run, "Процесс обновления был прерван.")


@logger(config_schema={}, description="Ничего не пишет на экран: события запуска хранит Dagster, ход показывает oko")
def quiet_logger(context: InitLoggerContext) -> logging.Logger:
    quiet = logging.getLogger("oko.dagster")
    quiet.propagate = False
    quiet.setLevel(logging.CRITICAL)
    return quiet
