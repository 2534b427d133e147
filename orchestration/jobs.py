"""The night: one job over all assets, one schedule, one sensor for files that arrive by day, one that looks whether all is well."""

from __future__ import annotations

from typing import Any

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunRequest,
    ScheduleDefinition,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    sensor,
)

from ingest.settings import Settings, load_settings
from orchestration.alerts import watch_quietly
from orchestration.state import landing_listing, load_state

NIGHT = "night"
SENSOR_SECONDS = 60
WATCH_SECONDS = 300
# without this Dagster prints every event of a run
QUIET: dict[str, Any] = {"loggers": {"console": {"config": {}}}}

night = define_asset_job(NIGHT, selection=AssetSelection.all(), description="Новые файлы → проверка → показатели → публикация")


def night_schedule(settings: Settings) -> ScheduleDefinition:
    """Every night at the hour of oko.toml (02:00), in its time zone."""
    return ScheduleDefinition(
        name="every_night",
        job_name=NIGHT,
        run_config=QUIET,
        cron_schedule=settings.schedule,
        execution_timezone=settings.time_zone,
        default_status=DefaultScheduleStatus.RUNNING,
    )


def landing_sensor() -> SensorDefinition:
    """Starts the night when landing differs from what was last published and has not changed since the last look."""

    @sensor(name="new_files", job_name=NIGHT, minimum_interval_seconds=SENSOR_SECONDS, default_status=DefaultSensorStatus.RUNNING)
    def new_files(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        settings = load_settings()
        listing = landing_listing(settings.landing)
        if listing == load_state(settings).listing:
            return SkipReason("В landing нет ничего нового")
        if listing != context.cursor:
            return SensorResult(skip_reason="Файлы ещё копируются: подождём до следующего взгляда", cursor=listing)
        # one run for one state of landing: a file that cannot be read must not start a run every minute
        return SensorResult(run_requests=[RunRequest(run_key=listing, run_config=QUIET)], cursor=listing)

    return new_files


def watch_sensor() -> SensorDefinition:
    """Tells what is newly wrong, also when a night did not run at all. When the daemon itself is dead, `oko watch` on a timer does."""

    @sensor(name="watch", minimum_interval_seconds=WATCH_SECONDS, default_status=DefaultSensorStatus.RUNNING)
    def watch() -> SkipReason:
        watch_quietly(load_settings())
        return SkipReason("Что не в порядке, говорит «oko status»")

    return watch
