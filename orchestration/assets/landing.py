"""The first asset: what lies in landing, taken into the archive. Where nothing is new it yields nothing, and Dagster skips the rest."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetObservation, AssetsDefinition, Config, MaterializeResult, asset
from pydantic import Field

from orchestration.intake import Options
from orchestration.resources import Night

LANDING = "landing"


class LandingConfig(Config):
    """As on the command line: `--full` and `--source`."""

    full: bool = False
    sources: list[str] = Field(default_factory=list)


@asset(key=LANDING, group_name="raw", output_required=False, description="Файлы в папке landing, взятые в архив")
def landing(context: AssetExecutionContext, config: LandingConfig, night: Night) -> Iterator[MaterializeResult[None]]:
    refresh = night.refresh
    options = Options(full=config.full, sources=tuple(config.sources))
    if refresh.is_up_to_date(options):
        context.log_event(AssetObservation(asset_key=LANDING, metadata={"Новых файлов": 0}))
        return
    taken = refresh.land(options)
    yield MaterializeResult(
        metadata={"Файлов в landing": taken.present, "Новых файлов": len(taken.queue), "Забыто файлов": taken.forgotten}
    )


def landing_assets() -> list[AssetsDefinition]:
    """The asset of this module."""
    return [landing]
