"""`oko refresh`: the night's job in this process, with a person watching; its end as an exit code.

The job itself is jobs.py; the same one runs on schedule.
"""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING

from ingest.settings import Settings
from orchestration.alerts import watch_quietly
from orchestration.console import ConsoleObserver, summary_lines
from orchestration.home import prepare_environment, prepare_home
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.progress import observed_by
from orchestration.published import QueryRefused, fetch
from orchestration.runs import note_failure
from orchestration.state import is_up_to_date

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

PUBLISHED, FAULTS, NOT_PUBLISHED = 0, 1, 3

# errors whose words are for people; of others the class is part of the message
_OUR_ERRORS = re.compile(r"^[\w.]*(DbtFailed|AuditFailed|RefreshRunning|VaultError|SettingsError|UnfitDatabase): ")

NO_ROOM = "На диске нет места: освободите его и повторите «oko refresh»; прочитанное не потеряно."
_NO_ROOM_WORDS = ("no space left", "disk is full", "could not extend file", "disk quota exceeded")

STANDING = """
    SELECT (SELECT count(*) FROM quality.rejections),
           (SELECT count(*) FROM quality.findings WHERE severity = 'ошибка'),
           (SELECT count(*) FROM quality.findings WHERE severity = 'предупреждение'),
           (SELECT publication_id FROM quality.publication)
"""


def run_night(settings: Settings, *, full: bool, sources: tuple[str, ...]) -> int:
    """Runs the night once, says how it ended, and tells those whom oko.toml names what is wrong since."""
    code = _run(settings, full=full, sources=sources)
    watch_quietly(settings)
    return code


def _run(settings: Settings, *, full: bool, sources: tuple[str, ...]) -> int:
    with ConsoleObserver() as console, observed_by(console):
        try:
            prepare_home(settings)
            RefreshLock(settings.warehouse).check()
            console.stage("Готовлю обновление")
            result = _execute(settings, full=full, sources=sources)
        except RefreshRunning as running:
            console.say(str(running))
            return NOT_PUBLISHED
        except Exception as error:
            # whatever broke before Dagster could record it: the exit code must still say what readers have
            note_failure(settings, type(error).__name__)
            return _say_what_broke(console, settings, [f"Подробности: {_write_trace(settings)}", *_hints(str(error))])
        except BaseException:
            # Ctrl-C, which Dagster turns into an interruption of its own
            return _say_what_broke(console, settings, ["Обновление прервано."])
    if not result.success:
        return _say_what_broke(console, settings, _why(result))
    return _say_how(console, settings)


def _say_what_broke(console: ConsoleObserver, settings: Settings, why: list[str]) -> int:
    """A refresh that broke after readers had been shown the new publication has published all the same."""
    is_shown = _shown(settings) == console.result.publication_id
    first = "Опубликовано; сбой случился после публикации." if is_shown else "Ничего не опубликовано; прежняя публикация осталась."
    console.say("\n".join([first, *why]))
    return _say_how(console, settings) if is_shown else NOT_PUBLISHED


def _shown(settings: Settings) -> str | None:
    try:
        [(publication,)] = fetch(settings, "SELECT publication_id FROM quality.publication")
    except QueryRefused:
        return None
    return str(publication)


def _hints(message: str) -> list[str]:
    """What to do about faults that are not Oko's, whichever library tells of them."""
    return [NO_ROOM] if any(words in message.lower() for words in _NO_ROOM_WORDS) else []


def _write_trace(settings: Settings) -> str:
    """Where the trace stands; on a disk that is full, the trace itself."""
    path, trace = settings.logs / "refresh-error.log", traceback.format_exc()
    try:
        path.write_text(trace, encoding="utf-8")
    except OSError:
        return trace
    return str(path)


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


def _why(result: ExecuteInProcessResult) -> list[str]:
    said = []
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            error = event.step_failure_data.error
            while error.cause:
                error = error.cause
            is_interrupted = error.cls_name == "DagsterExecutionInterruptedError"
            said += ["Обновление прервано."] if is_interrupted else [_OUR_ERRORS.sub("", error.message.strip()), *_hints(error.message)]
    return [*said, f"Подробности: история запусков Dagster, запуск {result.run_id}."]
