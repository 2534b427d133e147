"""The last asset: what readers see. It exists only when dbt built and tested everything and the audit found nothing."""

from dagster import AssetsDefinition, MaterializeResult, asset

from orchestration.assets.dbt import PUBLISHED
from orchestration.resources import Night


def publish_assets(dbt: AssetsDefinition) -> list[AssetsDefinition]:
    """The publication, after the marts: they come after everything else that dbt does in its one step."""

    marts = [key for key in dbt.keys if key.path[0] == PUBLISHED]

    @asset(key="published", deps=marts, group_name="published", description="Публикация, которую видят аналитики")
    def published(night: Night) -> MaterializeResult[None]:
        return MaterializeResult(metadata={"Публикация": night.refresh.publish()})

    return [published]
