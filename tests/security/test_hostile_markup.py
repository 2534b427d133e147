"""Names come from files and stand in pages: what dashboards make of them is our markup and nothing of theirs.

Tables of Superset take a cell that looks like HTML for HTML, clean it of scripts, and show the rest, unless they are told not to.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingest.settings import REPOSITORY

ASSETS = REPOSITORY / "superset" / "assets"
HOSTILE = (
    "\"'><img src=x onerror=alert(1)><a href=\"javascript:alert(1)\" onclick='x'>&lt;script&gt;</a><script>alert(1)</script>{{ 1 }}%0A#&+!'"
)
# texts that models make of numbers and of our own words
OURS = ("_text", "outline", "shade", "reading")
# what models give in one form alone
KNOWN = {
    "level": "municipality",
    "year": "2024",
    "period": "2024",
    "academic_year": "2023/2024",
    "wave": "2024-02",
    "as_of_date": "2024-09-01",
}
TAGS = {"a", "div", "b", "br", "span"}


def _load(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ASSETS / folder).rglob("*.yaml"))]


DATASETS = {dataset["uuid"]: dataset for dataset in _load("datasets")}
TABLES = [chart for chart in _load("charts") if chart["viz_type"] == "table"]
MARKUP = [
    (dataset["table_name"], column["column_name"])
    for dataset in DATASETS.values()
    for column in dataset["columns"]
    if "<a href=" in (column.get("expression") or "") or "<div" in (column.get("expression") or "")
]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _value(column: dict[str, Any]) -> str:
    name, kind = column["column_name"], str(column.get("type") or "VARCHAR").upper()
    if kind in ("VARCHAR", "TEXT", "STRING"):
        text = KNOWN.get(name, "1" if name.endswith(OURS) else HOSTILE)
        return "'" + text.replace("'", "''") + "'"
    return {"BOOLEAN": "false", "DATE": "DATE '2024-09-01'", "TIMESTAMP": "TIMESTAMP '2024-09-01'"}.get(kind, f"CAST(1 AS {kind})")


@pytest.mark.parametrize(("table", "column"), MARKUP)
def test_links_and_tiles_are_made_of_our_tags_alone(table: str, column: str) -> None:
    (dataset,) = [dataset for dataset in DATASETS.values() if dataset["table_name"] == table]
    row = ", ".join(f'{_value(one)} AS "{one["column_name"]}"' for one in dataset["columns"] if not one.get("expression"))
    expression = next(one["expression"] for one in dataset["columns"] if one["column_name"] == column)
    ((markup,),) = duckdb.connect().execute(f"SELECT {expression} AS made FROM (SELECT {row}) AS t").fetchall()
    tags = _Tags()
    tags.feed(markup)
    assert {tag for tag, _ in tags.found} <= TAGS
    attributes = [(name, value or "") for _, named in tags.found for name, value in named.items()]
    assert {name for name, _ in attributes} <= {"href", "class", "style", "title"}
    assert all(value.startswith("/superset/dashboard/") for name, value in attributes if name == "href")
    assert tags.found


def test_a_table_without_markup_of_ours_renders_none_at_all() -> None:
    ours = {name for _, name in MARKUP}
    rendering = [
        chart["slice_name"]
        for chart in TABLES
        if chart["params"].get("allow_render_html", True) and not ours & set(map(str, chart["params"].get("all_columns") or []))
    ]
    assert rendering == []


def test_templates_of_superset_and_its_own_html_are_off() -> None:
    config = (REPOSITORY / "superset" / "superset_config.py").read_text(encoding="utf-8")
    assert "ENABLE_TEMPLATE_PROCESSING" not in config and "HTML_SANITIZATION" not in config
    default = next(Path(REPOSITORY, "superset", ".venv", "lib").glob("python*/site-packages/superset/config.py")).read_text()
    assert '"ENABLE_TEMPLATE_PROCESSING": False' in default and "HTML_SANITIZATION = True" in default
    assert not [chart["slice_name"] for chart in _load("charts") if chart["viz_type"] in ("handlebars", "markup")]
