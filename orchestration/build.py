"""Puts assets, job, schedule, sensor and resource together; nothing is implemented here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dagster import (
    AssetsDefinition,
    Definitions,
    JobDefinition,
    ScheduleDefinition,
    SensorDefinition,
    in_process_executor,
)

from ingest.declarations import load_sources
from ingest.settings import Settings
from orchestration.assets.landing import landing_assets
from orchestration.assets.publish import publish_assets
from orchestration.assets.raw import raw_assets
from orchestration.dbt_runs import prepared_manifest
from orchestration.drill_job import backup_drill, drill_schedule
from orchestration.home import prepare_environment, prepare_home
from orchestration.jobs import landing_sensor, night, night_schedule, watch_sensor
from orchestration.resources import Night, quiet_logger

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def build_definitions(settings: Settings) -> Definitions:
    """The definitions of this installation."""
    # dagster_dbt imports dbt, which takes seconds: a refresh that only looks into landing does without
    from orchestration.assets.dbt import dbt_project_assets

    prepare_home(settings)
    prepare_environment(settings)
    sources = load_sources()
    dbt = dbt_project_assets(prepared_manifest(settings), sources)
    assets = [*landing_assets(), *raw_assets(sources), dbt, *publish_assets(dbt)]
    jobs: list[JobDefinition | UnresolvedAssetJobDefinition] = [night, backup_drill] if settings.backup_folder else [night]
    schedules = [night_schedule(settings), *([drill_schedule(settings)] if settings.backup_folder else [])]
    return _definitions(assets, jobs, schedules=schedules, sensors=[landing_sensor(), watch_sensor()])


def build_first_look(settings: Settings) -> Definitions:
    """The night as far as its first asset, for when nothing is new: Dagster would skip all the rest."""
    prepare_home(settings)
    prepare_environment(settings)
    return _definitions(landing_assets())


def _definitions(
    assets: list[AssetsDefinition],
    jobs: Sequence[JobDefinition | UnresolvedAssetJobDefinition] = (night,),
    schedules: Sequence[ScheduleDefinition] = (),
    sensors: Sequence[SensorDefinition] = (),
) -> Definitions:
    return Definitions(
        assets=assets,
        jobs=jobs,
        schedules=schedules,
        sensors=sensors,
        resources={"night": Night()},
        executor=in_process_executor,
        loggers={"console": quiet_logger},
    )
