"""The drill of the backup as a Dagster job, which exists where oko.toml names a folder. What it does stands in drill.py.

Without `from __future__ import annotations`: Dagster reads the annotations of an op's function as types.
"""

from dagster import DefaultScheduleStatus, Failure, OpExecutionContext, ScheduleDefinition, job, op

from ingest.settings import Settings, load_settings
from orchestration.backup_file import BackupError
from orchestration.drill import DRILL, drill_lock, keep_last, restore_aside, take_into_folder
from orchestration.home import prepare_home
from orchestration.jobs import QUIET
from orchestration.lock import RefreshRunning


@op(description="Копия в папку [backup] из oko.toml восстановлена в стороне, обновлена, публикация та же; лишние старые копии удалены")
def drill(context: OpExecutionContext) -> None:
    """Fails where the backup is not written, or does not give the same publication again; then no older backup is removed."""
    settings = load_settings()
    prepare_home(settings)
    try:
        with drill_lock(settings):
            path, taken = take_into_folder(settings)
            said = restore_aside(settings, path)
            removed = keep_last(settings)
    except (BackupError, RefreshRunning) as error:
        raise Failure(str(error)) from error
    found = {"Файл": str(path), "Байт": taken.size, "Содержимых архива": taken.contents, "Не прочитано файлов landing": taken.unread}
    context.add_output_metadata({**found, "Итог": said, "Удалено старых копий": removed})


@job(name=DRILL, description="Учения: резервная копия, восстановление из неё в стороне, сверка публикации")
def backup_drill() -> None:
    """Every week, where oko.toml names a folder for backups."""
    drill()


def drill_schedule(settings: Settings) -> ScheduleDefinition:
    """At the hour of oko.toml (Sunday 04:00), in its time zone."""
    return ScheduleDefinition(
        name="backup_drill",
        job_name=DRILL,
        run_config=QUIET,
        cron_schedule=settings.drill_schedule,
        execution_timezone=settings.time_zone,
        default_status=DefaultScheduleStatus.RUNNING,
    )
