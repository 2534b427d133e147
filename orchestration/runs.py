"""How the last refresh ended and by when the next one must: logs/run.json, so that nobody has to ask Dagster or the warehouse.

Judges nothing but time. Losing the file costs the memory of one run.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.settings import Settings, SettingsError
from orchestration.lock import RefreshLock

_log = logging.getLogger(__name__)

RUN_FILE = "run.json"
RUNNING, PUBLISHED, UP_TO_DATE, FAILED = "running", "published", "up_to_date", "failed"


@dataclass(frozen=True)
class Run:
    """The last run, and the last that succeeded (`success_at`, `due_at`: when the next must have); times are ISO with a zone, or empty.

    `step` and `error`: where a failed run stood, and the class of its error; never its words, which may quote a file.
    """

    run_id: str = ""
    started_at: str = ""
    ended_at: str = ""
    outcome: str = ""
    step: str = ""
    error: str = ""
    success_at: str = ""
    due_at: str = ""


def load_run(logs: Path) -> Run:
    """The note of this home, empty when there is none that can be read."""
    try:
        return Run(**json.loads((logs / RUN_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Run()


def save_run(logs: Path, run: Run) -> None:
    """Replaces the note in one step. A disk that is full must not make a failure of a night that published: it is said in refresh.log."""
    path = logs / RUN_FILE
    draft = path.with_name(f".{RUN_FILE}-{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(run), ensure_ascii=False), encoding="utf-8")
        draft.replace(path)
    except OSError:
        _log.exception("how the run ended cannot be noted")


@contextmanager
def noted(settings: Settings, run_id: str) -> Iterator[list[Run]]:
    """Notes the beginning, and at the end what the caller left as the only element of the list."""
    began = datetime.now(UTC)
    run = replace(load_run(settings.logs), run_id=run_id, started_at=_text(began), ended_at="", outcome=RUNNING, step="", error="")
    save_run(settings.logs, run)
    ending = [replace(run, outcome=FAILED)]
    try:
        yield ending
    finally:
        ended = replace(ending[0], ended_at=_text(datetime.now(UTC)))
        if ended.outcome in (PUBLISHED, UP_TO_DATE):
            ended = replace(ended, success_at=ended.ended_at, due_at=_text(next_due(settings, began)))
        save_run(settings.logs, ended)


def note_failure(settings: Settings, error: str) -> None:
    """A run that broke before anything could note its beginning."""
    now = _text(datetime.now(UTC))
    run = replace(load_run(settings.logs), run_id="", started_at=now, ended_at=now, outcome=FAILED, step="", error=error)
    save_run(settings.logs, run)


def next_due(settings: Settings, after: datetime) -> datetime:
    """The end of the grace after the next night that the schedule names, UTC. Raises SettingsError for a schedule that cannot be read."""
    # the reading of cron that the schedule itself goes by; imported here because it brings all of Dagster
    from dagster._utils.schedules import cron_string_iterator

    try:
        ticks = cron_string_iterator(after.timestamp(), settings.schedule, settings.time_zone)
        # a run that starts on its tick is that tick's
        tick = next(moment for moment in ticks if moment > after)
    except Exception as error:
        raise SettingsError(f"oko.toml: расписание «{settings.schedule}» не понято") from error
    return tick.astimezone(UTC) + timedelta(hours=settings.alerts.grace_hours)


def is_interrupted(settings: Settings, run: Run) -> bool:
    """Whether a run that is noted as running is gone: nobody holds its lock."""
    return run.outcome == RUNNING and not RefreshLock(settings.warehouse).is_held()


def is_overdue(run: Run, now: datetime) -> bool:
    """Whether the next success should have been there by now."""
    return bool(run.due_at) and now > datetime.fromisoformat(run.due_at)


def shown(moment: str, settings: Settings) -> str:
    """A noted time in the zone of the installation."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(settings.time_zone)):%d.%m.%Y %H:%M}" if moment else ""


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
