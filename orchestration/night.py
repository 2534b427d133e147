"""`oko refresh`: the night's job in this process, with a person watching; its end as an exit code.

The job itself is jobs.py; the same one runs on schedule.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.settings import Settings
from orchestration.console import ConsoleObserver, summary_lines
from orchestration.home import prepare_environment, prepare_home
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.progress import observed_by
from orchestration.published import fetch
from orchestration.state import is_up_to_date

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

PUBLISHED, FAULTS, NOT_PUBLISHED = 0, 1, 3

# errors whose words are for people; of others the class is part of the message
_OUR_ERRORS = re.compile(r"^[\w.]*(DbtFailed|AuditFailed|RefreshRunning|VaultError): ")

STANDING = """
    SELECT (SELECT count(*) FROM quality.rejections),
           (SELECT count(*) FROM quality.findings WHERE severity = 'ошибка'),
           (SELECT count(*) FROM quality.findings WHERE severity = 'предупреждение'),
           (SELECT publication_id FROM quality.publication)
"""


def run_night(settings: Settings, *, full: bool, sources: tuple[str, ...]) -> int:
    """Runs the night once and says how it ended."""
    with ConsoleObserver() as console, observed_by(console):
        try:
            prepare_home(settings)
            RefreshLock(settings.warehouse).check()
            console.stage("Готовлю обновление")
            result = _execute(settings, full=full, sources=sources)
        except RefreshRunning as running:
            console.say(str(running))
            return NOT_PUBLISHED
        except Exception:
            # whatever broke before Dagster could record it: the exit code must still say that nothing was published
            console.say(f"Ничего не опубликовано; прежняя публикация осталась. Подробности: {_write_trace(settings)}")
            return NOT_PUBLISHED
        except BaseException:
            # Ctrl-C, which Dagster turns into an interruption of its own
            console.say("Прервано: ничего не опубликовано; прежняя публикация осталась.")
            return NOT_PUBLISHED
    if not result.success:
        _say_why(console, result)
        return NOT_PUBLISHED
    return _say_how(console, settings)


def _write_trace(settings: Settings) -> Path:
    path = settings.logs / "refresh-error.log"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path


def _execute(settings: Settings, *, full: bool, sources: tuple[str, ...]) -> ExecuteInProcessResult:
    prepare_environment(settings)
    from dagster import DagsterInstance

    from orchestration.build import build_definitions, build_first_look
    from orchestration.jobs import NIGHT, QUIET

    has_nothing_to_do = not full and not sources and is_up_to_date(settings)
    job = (build_first_look if has_nothing_to_do else build_definitions)(settings).resolve_job_def(NIGHT)
    config = {**QUIET, "ops": {"landing": {"config": {"full": full, "sources": list(sources)}}}}
    with DagsterInstance.from_config(str(settings.dagster)) as instance:
        return job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)


def _say_how(console: ConsoleObserver, settings: Settings) -> int:
    rejected, errors, warnings, publication = fetch(settings, STANDING)[0]
    summary = console.result
    summary.publication_id = publication
    lines = summary_lines(summary, rejected, errors, warnings, console.seconds, str(settings.quarantine))
    console.say("\n".join(lines))
    return FAULTS if rejected or errors else PUBLISHED


def _say_why(console: ConsoleObserver, result: ExecuteInProcessResult) -> None:
    console.say("Ничего не опубликовано; прежняя публикация осталась.")
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            error = event.step_failure_data.error
            while error.cause:
                error = error.cause
            is_interrupted = error.cls_name == "DagsterExecutionInterruptedError"
            console.say("Обновление прервано." if is_interrupted else _OUR_ERRORS.sub("", error.message.strip()))
    console.say(f"Подробности: история запусков Dagster, запуск {result.run_id}.")
