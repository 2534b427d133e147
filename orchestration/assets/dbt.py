"""dbt models as assets and dbt tests as asset checks, built by one call of dbt in this process."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetsDefinition,
    MaterializeResult,
)
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from ingest.declarations import Source
from orchestration.assets.raw import WAITING, raw_key
from orchestration.dbt_runs import Result, published_name, require_built
from orchestration.resources import Night

UNIQUE_ID = "dagster_dbt/unique_id"
# the schema whose assets the publication waits for
PUBLISHED = "marts"
Event = MaterializeResult[None] | AssetMaterialization | AssetCheckEvaluation


class Translator(DagsterDbtTranslator):
    """Names and groups: a raw table is the asset of its source, a model that of its table, in the group of its layer."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._source_of = {layout: source.source for source in sources.values() for layout in source.layouts}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        if dbt_resource_props["resource_type"] != "source":
            # as analysts know the table, not as dbt calls its file: two layers have an indicator_values
            return AssetKey(published_name(dbt_resource_props))
        source = self._source_of.get(dbt_resource_props["name"])
        # the journal of raw is complete only after its last asset
        return raw_key(source) if source else WAITING

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["fqn"][1]) if len(dbt_resource_props["fqn"]) > 2 else "dbt"


def dbt_project_assets(manifest: Path, sources: Mapping[str, Source]) -> AssetsDefinition:
    """The whole project as one step with many assets."""

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Translator(sources), name="dbt")
    def dbt(context: AssetExecutionContext, night: Night) -> Iterator[Event]:
        results = night.refresh.build()
        yield from _events(context.assets_def, results)
        require_built(results)

    return dbt


def _events(assets: AssetsDefinition, results: list[Result]) -> Iterator[Event]:
    """One event a result, in the order in which they ended: Dagster accepts no other.

    Only what something waits for is an output of the step. Dagster looks up what stands behind each output, in time that grows with the
    square of their number: more than all models take.
    """
    models = {spec.metadata[UNIQUE_ID]: spec.key for spec in assets.specs}
    checks = {spec.metadata[UNIQUE_ID]: spec for spec in assets.check_specs}
    for result in results:
        status, unique_id = str(result.status), result.node.unique_id
        if unique_id in models and status == "success":
            key, metadata = models[unique_id], {"Секунд": result.execution_time}
            made = MaterializeResult if key.path[0] == PUBLISHED else AssetMaterialization
            yield made(asset_key=key, metadata=metadata)
        elif unique_id in checks and status != "skipped":
            check = checks[unique_id]
            yield AssetCheckEvaluation(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=status == "pass",
                severity=AssetCheckSeverity.WARN if status == "warn" else AssetCheckSeverity.ERROR,
                metadata={"Строк": result.failures or 0, **({"Сообщение": result.message} if result.message else {})},
            )
