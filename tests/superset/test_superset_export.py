"""An export of Superset as it comes, brought into the form of the assets: nothing but what a person changed is a difference."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import bundle
import export
import pytest
import validate
from home import ASSETS

SLUG = "region-overview"
Json = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the assets."""
    return Path(shutil.copytree(ASSETS, tmp_path / "assets"))


@pytest.fixture
def exported(folder: Path) -> export.Exported:
    """What Superset gives for the dashboard: other numbers, its own defaults, everything in another order."""
    dashboard = bundle.read(folder / "dashboards" / f"{SLUG}.yaml")
    charts = {chart["uuid"]: chart for chart in (bundle.read(path) for path in (folder / "charts").glob("*.yaml"))}
    datasets = {dataset["uuid"]: dataset for dataset in (bundle.read(path) for path in (folder / "datasets").rglob("*.yaml"))}
    shown = [charts[place["meta"]["uuid"]] for place in _places(dashboard)]
    return {
        "dashboards": [_renumbered(dashboard)],
        "charts": [_saved(chart) for chart in shown],
        "datasets": [_dumped(datasets[uuid]) for uuid in {chart["dataset_uuid"] for chart in shown}],
        "databases": [],
    }


def _places(dashboard: Json) -> list[Json]:
    return [place for place in dashboard["position"].values() if isinstance(place, dict) and place["type"] == "CHART"]


def _renumbered(dashboard: Json) -> Json:
    """Numbers as Superset gives them, and the lists that it keeps of them."""
    dashboard = copy.deepcopy(dashboard)
    numbers = {place["meta"]["chartId"]: 500 - place["meta"]["chartId"] for place in _places(dashboard)}
    for place in _places(dashboard):
        place["meta"]["chartId"] = numbers[place["meta"]["chartId"]]
    for native in dashboard["metadata"]["native_filter_configuration"]:
        native["scope"]["excluded"] = [numbers[number] for number in reversed(native["scope"]["excluded"])]
        native |= {"chartsInScope": sorted(numbers.values()), "tabsInScope": []}
    dashboard["metadata"] |= {"default_filters": "{}", "chart_configuration": {"499": {"id": 499}}, "color_scheme_domain": []}
    # written by the browser of whoever looks
    dashboard["metadata"] |= {"shared_label_colors": ["mean_score"], "map_label_colors": {"mean_score": "#1f5f8b"}}
    return dashboard | {"certified_by": None, "theme_uuid": None}


def _saved(chart: Json) -> Json:
    params = chart["params"] | {"datasource": "17__table", "slice_id": 431, "viz_type": chart["viz_type"], "annotation_layers": []}
    return chart | {"params": params, "certified_by": None, "query_context": '{"queries": []}', "uuid": chart["uuid"]}


def _dumped(dataset: Json) -> Json:
    empty = {"advanced_data_type": None, "python_date_format": None, "extra": None, "description": None}
    columns = [{**empty, **column} for column in reversed(dataset["columns"])]
    return dataset | {"columns": columns, "metrics": dataset["metrics"][::-1], "main_dttm_col": "valid_to", "catalog": None, "sql": None}


def _changed(folder: Path, exported: export.Exported) -> dict[str, str]:
    """Path → text of the assets that an export changes."""
    texts = {path: bundle.canonical(asset) for path, asset in export.assets_of(exported, folder).items()}
    return {str(path.relative_to(folder)): text for path, text in texts.items() if not path.exists() or path.read_text() != text}


def test_an_unchanged_dashboard_is_no_difference(folder: Path, exported: export.Exported) -> None:
    assert _changed(folder, exported) == {}


def test_a_moved_and_renamed_chart_is_a_small_difference(folder: Path, exported: export.Exported) -> None:
    (chart,) = [chart for chart in exported["charts"] if chart["slice_name"] == "ЕГЭ по школам"]
    chart["slice_name"] = "ЕГЭ по школам региона"
    place = exported["dashboards"][0]["position"]["CHART-school-table"]
    place["meta"] |= {"height": 90, "sliceName": "ЕГЭ по школам региона"}
    changed = _changed(folder, exported)
    assert set(changed) == {"charts/school-table.yaml", f"dashboards/{SLUG}.yaml"}
    for name, text in changed.items():
        before = (folder / name).read_text().splitlines()
        assert len(set(text.splitlines()) ^ set(before)) <= 4, name


def test_a_new_chart_gets_its_name_from_its_title_and_its_own_number(folder: Path, exported: export.Exported) -> None:
    new = copy.deepcopy(exported["charts"][0]) | {"slice_name": "Ещё: доля «2»", "uuid": "0b1d3f80-0000-4000-8000-000000000001"}
    exported["charts"].append(new)
    position = exported["dashboards"][0]["position"]
    position["CHART-xYz123"] = {
        **{"children": [], "id": "CHART-xYz123", "parents": ["ROOT_ID", "GRID_ID", "ROW-9"], "type": "CHART"},
        "meta": {"chartId": 731, "height": 50, "width": 4, "sliceName": "Ещё: доля «2»", "uuid": new["uuid"]},
    }
    position["ROW-9"]["children"].append("CHART-xYz123")
    changed = _changed(folder, exported)
    name = f"charts/{SLUG}-esche-dolya-2.yaml"
    assert set(changed) == {name, f"dashboards/{SLUG}.yaml"}
    for path, text in changed.items():
        (folder / path).write_text(text)
    dashboard = bundle.read(folder / "dashboards" / f"{SLUG}.yaml")
    place = dashboard["position"][f"CHART-{SLUG}-esche-dolya-2"]
    assert place["meta"]["uuid"] == bundle.asset_uuid(folder / name) == bundle.read(folder / name)["uuid"]
    assert place["meta"]["chartId"] == max(place["meta"]["chartId"] for place in _places(dashboard)) == 13
    content = bundle.load(folder)
    assert [found for found in validate.check_form(folder, content)] == []


def test_what_an_author_says_of_indicators_survives_a_save_in_the_browser(folder: Path, exported: export.Exported) -> None:
    path = folder / "charts" / "school-table.yaml"
    said = {"indicators": ["ege_mean_score"], "reading": "Школы по алфавиту"}
    asset = bundle.read(path)
    before = export.normalised(path, "charts", asset | {"params": asset["params"] | said})
    path.write_text(bundle.canonical(before))
    assert _changed(folder, exported) == {}
    assert before["description"].startswith("Школы по алфавиту. Как считается: ")
