"""One asset a source, made from the declarations, and two for what belongs to no folder: each loads files into schema `raw`."""

from collections.abc import Mapping

from dagster import AssetKey, AssetsDefinition, MaterializeResult, asset

from ingest.declarations import Source, providers_of
from orchestration.assets.landing import LANDING
from orchestration.refresh import Loaded
from orchestration.resources import Night

UNSORTED = AssetKey(["raw", "unsorted"])
WAITING = AssetKey(["raw", "waiting"])


def raw_key(source: str) -> AssetKey:
    """The asset of a source: all its raw tables together."""
    return AssetKey(["raw", source])


def raw_assets(sources: Mapping[str, Source]) -> list[AssetsDefinition]:
    """Providers of codes come before those who are judged by them; waiting rows last."""
    assets = [_source_asset(source, sources) for source in sources.values()]
    keys = [raw_key(name) for name in sources]

    @asset(key=UNSORTED, deps=keys, group_name="raw", description="Файлы, лежащие вне папок источников")
    def unsorted(night: Night) -> MaterializeResult[None]:
        return _result(night.refresh.read_unsorted())

    @asset(key=WAITING, deps=[UNSORTED], group_name="raw", description="Строки, ждавшие реестра или протокола, и журнал загрузок")
    def waiting(night: Night) -> MaterializeResult[None]:
        return _result(night.refresh.judge_waiting())

    return [*assets, unsorted, waiting]


def _source_asset(source: Source, sources: Mapping[str, Source]) -> AssetsDefinition:
    providers = [raw_key(name) for name in providers_of(source, sources)]

    @asset(key=raw_key(source.source), deps=[LANDING, *providers], group_name="raw", description=source.title)
    def load(night: Night) -> MaterializeResult[None]:
        return _result(night.refresh.read_source(source.source))

    return load


def _result(loaded: Loaded) -> MaterializeResult[None]:
    return MaterializeResult(
        metadata={
            "Файлов": loaded.files,
            "Строк в файлах": loaded.rows_in,
            "Загружено строк": loaded.rows_loaded,
            "Отклонено строк": loaded.rows_rejected,
        }
    )
