"""Bring dashboards that were edited in the browser back into the assets: `python superset/tools/export.py SLUG [SLUG …]`.

Runs in Superset's environment on the installation of OKO_HOME. What Superset adds by itself (numbers of its database, defaults, caches) is
taken out and charts keep the numbers that they have in the files, so that the difference is what a person changed. A new chart gets its
file name from its title. Whether the result is in order says validate.py; nothing is written into Superset.
"""

import argparse
import os
import re
import sys
from pathlib import Path

from bundle import Asset, asset_uuid, canonical, common_style, read, read_text
from home import ASSETS, environment
from normalise import normalised

Exported = dict[str, list[Asset]]

_DASHBOARD = ("dashboard_title", "description", "metadata", "position", "published", "slug", "uuid", "version")
_METADATA = (
    *("chart_configuration", "color_scheme", "cross_filters_enabled", "expanded_slices", "filter_bar_orientation"),
    *("global_chart_configuration", "label_colors", "map_label_colors", "native_filter_configuration", "refresh_frequency"),
    *("shared_label_colors", "timed_refresh_immune_slices"),
)
_SUPERSETS_OWN: Asset = {"chart_configuration": {}, "global_chart_configuration": {}, "map_label_colors": {}, "shared_label_colors": []}
_CHART = ("cache_timeout", "dataset_uuid", "description", "params", "slice_name", "uuid", "version", "viz_type")
# what the browser writes into a chart's parameters and nobody decided
_VOLATILE = {
    *("datasource", "viz_type", "slice_id", "url_params", "dashboards", "dashboardId", "extra_form_data", "force", "result_format"),
    *("result_type", "annotation_layers", "granularity_sqla", "time_range", "temporal_columns_lookup", "matrixify_enable", "remote_id"),
}
# what an author says beside Superset's own parameters; a chart saved in the browser comes back without
_OURS = ("indicators", "reading")
_DATASET = (
    *("columns", "database_uuid", "description", "filter_select_enabled", "main_dttm_col", "metrics", "offset", "schema", "table_name"),
    *("uuid", "version"),
)
_COLUMN = ("column_name", "description", "expression", "filterable", "groupby", "is_active", "is_dttm", "type", "verbose_name")
_METRIC = ("d3format", "description", "expression", "metric_name", "metric_type", "verbose_name")
_LETTERS = str.maketrans(
    {"ж": "zh", "х": "h", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
    | dict(zip("абвгдеёзийклмнопрстуфцыэ", "abvgdeeziiklmnoprstufcye", strict=True))
)


def assets_of(exported: Exported, folder: Path) -> dict[Path, Asset]:
    """The assets of an export under the paths that they have or get in `folder`, in canonical form."""
    (dashboard,) = exported["dashboards"]
    paths = _paths(exported["charts"], str(dashboard["slug"]), folder)
    found: dict[Path, Asset] = {}
    for chart in exported["charts"]:
        path = paths[chart["uuid"]]
        found[path] = normalised(path, "charts", _chart(chart, read(path) if path.exists() else {}))
    for dataset in exported["datasets"]:
        path = folder / "datasets" / _database(dataset, folder) / f"{dataset['table_name']}.yaml"
        found[path] = normalised(path, "datasets", _dataset(dataset, read(path) if path.exists() else {}))
    path = folder / "dashboards" / f"{dashboard['slug']}.yaml"
    before = read(path) if path.exists() else {}
    titles = {chart["uuid"]: str(chart["slice_name"]) for chart in exported["charts"]}
    found[path] = normalised(path, "dashboards", _dashboard(_retitled(dashboard, titles), before, paths, common_style(folder)))
    return found


def _retitled(dashboard: Asset, titles: dict[str, str]) -> Asset:
    """A chart renamed on its own page keeps its old title on the dashboard until somebody saves that too."""
    for place in _places(dashboard["position"]):
        place["meta"]["sliceName"] = titles[place["meta"]["uuid"]]
    return dashboard


def _paths(charts: list[Asset], slug: str, folder: Path) -> dict[str, Path]:
    """uuid of a chart → its file: the one that has it, or a new one named after the dashboard and the title."""
    known = {read(path)["uuid"]: path for path in sorted((folder / "charts").glob("*.yaml"))}
    return {chart["uuid"]: known.get(chart["uuid"]) or folder / "charts" / f"{slug}-{_latin(chart['slice_name'])}.yaml" for chart in charts}


def _latin(title: str) -> str:
    return re.sub("[^a-z0-9]+", "-", title.lower().translate(_LETTERS)).strip("-")[:50]


def _database(dataset: Asset, folder: Path) -> str:
    (name,) = [path.stem for path in (folder / "databases").glob("*.yaml") if read(path)["uuid"] == dataset["database_uuid"]]
    return name


def _only(asset: Asset, keys: tuple[str, ...]) -> Asset:
    return {key: asset[key] for key in keys if key in asset}


def _without_none(asset: Asset) -> Asset:
    return {key: value for key, value in asset.items() if value is not None}


def _chart(chart: Asset, before: Asset) -> Asset:
    params = {key: value for key, value in chart["params"].items() if key not in _VOLATILE or key in before.get("params", {})}
    ours = {key: before["params"][key] for key in _OURS if key in before.get("params", {})}
    return _only(chart, _CHART) | {"params": params | ours}


def _dataset(dataset: Asset, before: Asset) -> Asset:
    columns = [_without_none(_only(column, _COLUMN)) for column in dataset["columns"]]
    metrics = [_without_none(_only(metric, _METRIC)) for metric in dataset["metrics"]]
    return _only(dataset, _DATASET) | {
        "columns": _in_order(columns, before.get("columns", []), "column_name"),
        "metrics": _in_order(metrics, before.get("metrics", []), "metric_name"),
        # Superset takes the first date for the one of time; nothing here filters by time
        "main_dttm_col": before.get("main_dttm_col"),
    }


def _in_order(items: list[Asset], before: list[Asset], name: str) -> list[Asset]:
    """As they stand in the file, new ones last."""
    places = {item[name]: place for place, item in enumerate(before)}
    return sorted(items, key=lambda item: places.get(item[name], len(places)))


def _dashboard(dashboard: Asset, before: Asset, paths: dict[str, Path], style: str) -> Asset:
    numbers = _numbers(dashboard, before)
    metadata = _only(dashboard["metadata"], _METADATA)
    metadata["native_filter_configuration"] = [_native(native, numbers) for native in metadata["native_filter_configuration"]]
    # Superset lists here what its numbers of charts were, and the colours that labels had when somebody last looked
    for key, empty in _SUPERSETS_OWN.items():
        metadata[key] = before.get("metadata", {}).get(key, empty)
    own = (dashboard.get("css") or "").removeprefix(style).strip("\n")
    css = {"css": own + "\n"} if own else {}
    return _only(dashboard, _DASHBOARD) | css | {"metadata": metadata, "position": _position(dashboard["position"], numbers, paths)}


def _places(position: Asset) -> list[Asset]:
    return [place for place in position.values() if isinstance(place, dict) and place["type"] == "CHART"]


def _numbers(dashboard: Asset, before: Asset) -> dict[int, int]:
    """Number of a chart in Superset → in the file: the one it has there, or the next free one."""
    known = {place["meta"]["uuid"]: place["meta"]["chartId"] for place in _places(before.get("position", {}))}
    numbers: dict[int, int] = {}
    for place in _places(dashboard["position"]):
        taken = {*known.values(), *numbers.values()}
        numbers[place["meta"]["chartId"]] = known.get(place["meta"]["uuid"]) or max(taken, default=0) + 1
    return numbers


def _native(native: Asset, numbers: dict[int, int]) -> Asset:
    kept = {key: value for key, value in native.items() if key not in ("chartsInScope", "tabsInScope")}
    excluded = sorted(numbers[number] for number in native["scope"]["excluded"] if number in numbers)
    return kept | {"scope": native["scope"] | {"excluded": excluded}}


def _position(position: Asset, numbers: dict[int, int], paths: dict[str, Path]) -> Asset:
    """Places of charts are named after the files of their charts: styles and tests find them by that."""
    names = {place["id"]: f"CHART-{paths[place['meta']['uuid']].stem}" for place in _places(position)}
    found: Asset = {}
    for key, place in position.items():
        if not isinstance(place, dict):
            found[key] = place
            continue
        moved = place | {"id": names.get(key, key)}
        if "children" in place:
            moved["children"] = [names.get(child, child) for child in place["children"]]
        if place["type"] == "CHART":
            meta = _only(place["meta"], ("height", "sliceName", "sliceNameOverride", "width"))
            moved["meta"] = meta | {"chartId": numbers[place["meta"]["chartId"]], "uuid": asset_uuid(paths[place["meta"]["uuid"]])}
        found[names.get(key, key)] = moved
    return found


def from_superset(slugs: list[str]) -> list[Exported]:
    """The export of each dashboard with its charts and datasets. Raises LookupError where there is none."""
    from superset.app import create_app

    with create_app().app_context():
        return [_export_of(slug) for slug in slugs]


def _export_of(slug: str) -> Exported:
    from superset.commands.dashboard.export import ExportDashboardsCommand
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.utils.core import override_user

    from superset import security_manager

    dashboard = db.session.query(Dashboard).filter_by(slug=slug).one_or_none()
    if dashboard is None:
        raise LookupError(f"Дашборда «{slug}» в Superset нет")
    exported: Exported = {"dashboards": [], "charts": [], "datasets": [], "databases": []}
    with override_user(security_manager.find_user(username="admin")):
        for name, content in ExportDashboardsCommand([dashboard.id]).run():
            kind = name.split("/")[0]
            if kind in exported:
                exported[kind].append(read_text(content()))
    return exported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slug", nargs="+")
    parser.add_argument("--assets", type=Path, default=ASSETS)
    options = parser.parse_args()
    os.environ.update(environment())
    try:
        found = from_superset(options.slug)
    except LookupError as nothing:
        print(nothing, file=sys.stderr)
        return 1
    for exported in found:
        for path, asset in assets_of(exported, options.assets).items():
            text = canonical(asset)
            if not path.exists() or path.read_text() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                print(path.relative_to(options.assets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
