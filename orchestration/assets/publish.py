"""The last asset: what readers see. It exists only when dbt built and tested everything and the audit found nothing."""

from dagster import AssetsDefinition, MaterializeResult, asset

from orchestration.resources import Night


def publish_assets(dbt: AssetsDefinition) -> list[AssetsDefinition]:
    """The publication, after all of dbt's assets."""

    @asset(key="published", deps=[dbt], group_name="published", description="Публикация, которую видят аналитики")
    def published(night: Night) -> MaterializeResult[None]:
        return MaterializeResult(metadata={"Публикация": night.refresh.publish()})

    return [published]
