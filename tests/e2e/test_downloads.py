"""What comes out of a running Superset on every way to a file: Russian CSV, XLSX with typed cells, and no formula in either.

The hostile texts stand in a dataset that an analyst could have made, and go with it. Cells one by one: tests/superset/test_downloads.py.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from playwright.sync_api import Page

from orchestration.audit_log import events, verify

from .access_client import Answer, Client
from .dashboard import Dashboard, Watch
from .labels import foreign_words

pytestmark = pytest.mark.e2e
IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))

# a text → how CSV has it: behind an apostrophe what could be computed, of a link its words; XLSX has it without the apostrophe
HOSTILE = {
    '=HYPERLINK("http://x","y")': '\'=HYPERLINK("http://x","y")',
    "@SUM(1)": "'@SUM(1)",
    "+1": "'+1",
    "-2+3": "'-2+3",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "{=1+1}": "{=1+1}",
    "external:c:\\x.xlsx": "external:c:\\x.xlsx",
    'a;b "c"\nd': 'a;b "c"\nd',
    '<a href="/x">=1</a>': "'=1",
}
# markup, a date or a number of another country
FOREIGN = re.compile(r"<[a-z]|^\d{4}-\d\d-\d\d|^-?\d+\.\d+$")
COLUMNS = ["=имя", "число", "день", "миг", "целое", "да_нет"]


def _literal(text: str) -> str:
    """A text in SQL, with what must not stand in a line as its code."""
    return "'" + text.replace("'", "''").replace("\t", "'||chr(9)||'").replace("\r", "'||chr(13)||'").replace("\n", "'||chr(10)||'") + "'"


SQL = "SELECT * FROM (VALUES {}) AS rows({}) ORDER BY place".format(
    ", ".join(
        f"({place}, {_literal(text)}, -1234.5 - {place}, DATE '2026-09-01', TIMESTAMP '2026-09-01 10:30:00', {place}, true)"
        for place, text in enumerate(HOSTILE)
    ),
    ", ".join(["place", *(f'"{name}"' for name in COLUMNS)]),
)


@dataclass(frozen=True)
class Hostile:
    """The dataset of the hostile texts and the connection that it is on."""

    client: Client
    database: int
    dataset: int

    def download(self, kind: str, result: str, **form: object) -> Answer:
        query = {"columns": COLUMNS, "metrics": None, "orderby": [], "row_limit": 100}
        context = {"datasource": {"id": self.dataset, "type": "table"}, "queries": [query], "result_format": kind, "result_type": result}
        form_data = {"viz_type": "table", "datasource": f"{self.dataset}__table"} | form
        return self.client.post("/api/v1/chart/data", context | {"form_data": form_data})


@pytest.fixture(scope="module")
def hostile(home: Path, superset_url: str) -> Iterator[Hostile]:
    client = Client(superset_url, "admin", (home / "secrets" / "superset_admin_password").read_text().strip())
    (database,) = [row["id"] for row in client.listed("database") if row["database_name"] == "Око: публикация"]
    made = client.post("/api/v1/dataset/", {"database": database, "table_name": "hostile", "sql": SQL})
    assert made.status == 201, made.body
    yield Hostile(client, database, made.json["id"])
    assert client.delete(f"/api/v1/dataset/{made.json['id']}").status == 200


def rows_of(answer: Answer) -> list[list[str]]:
    """CSV as Excel with Russian settings reads it: by its mark, by semicolons."""
    assert answer.status == 200, answer.body[:500]
    text = answer.body.decode()
    assert text.startswith("\ufeff") and not text.startswith("\ufeff\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def check_csv(answer: Answer) -> None:
    titles, *rows = rows_of(answer)
    assert titles[-6:] == ["'=имя", *COLUMNS[1:]]
    assert [row[-6] for row in rows] == list(HOSTILE.values())
    for place, row in enumerate(rows):
        assert row[-5:] == [f"-{1234 + place},5", "01.09.2026", "01.09.2026 10:30:00", str(place), "да"]


@pytest.mark.parametrize("result", ["full", "results", "post_processed"])
def test_csv_of_a_chart(hostile: Hostile, result: str) -> None:
    check_csv(hostile.download("csv", result))


def test_csv_in_portions_is_the_same(hostile: Hostile) -> None:
    """Superset begins to send in portions by what the asker says of the number of rows."""
    check_csv(hostile.download("csv", "full", row_limit=2**60))


def test_csv_of_sql_lab_both_ways(hostile: Hostile) -> None:
    query = uuid4().hex[:11]
    asked = {"database_id": hostile.database, "sql": SQL, "runAsync": False, "queryLimit": 100, "client_id": query}
    said = hostile.client.post("/api/v1/sqllab/execute/", asked)
    assert said.status == 200, said.body
    check_csv(hostile.client.get(f"/api/v1/sqllab/export/{query}/"))
    check_csv(hostile.client.form("/api/v1/sqllab/export_streaming/", {"client_id": query}))


@pytest.mark.parametrize("result", ["full", "results", "post_processed"])
def test_xlsx_of_a_chart(hostile: Hostile, result: str) -> None:
    answer = hostile.download("xlsx", result)
    assert answer.status == 200, answer.body[:500]
    titles, *rows = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0].iter_rows()
    assert [(cell.value, cell.data_type) for cell in titles] == [(name, "s") for name in COLUMNS]
    assert [row[0].value for row in rows] == [text.removeprefix("'").replace("\r", "_x000D_") for text in HOSTILE.values()]
    for place, row in enumerate(rows):
        assert [cell.data_type for cell in row] == ["s", "n", "d", "d", "n", "b"]
        assert [cell.value for cell in row[1:]] == [-1234.5 - place, datetime(2026, 9, 1), datetime(2026, 9, 1, 10, 30), place, True]
        assert [cell.number_format for cell in row[2:4]] == ["dd.mm.yyyy", "dd.mm.yyyy hh:mm:ss"]


def test_what_was_taken_is_in_the_audit_log(hostile: Hostile, home: Path) -> None:
    before = len(list(events(home / "logs")))
    hostile.download("csv", "full")
    hostile.download("json", "full")
    query = uuid4().hex[:11]
    asked = {"database_id": hostile.database, "sql": "SELECT 'Иванов' AS x", "runAsync": False, "queryLimit": 100, "client_id": query}
    hostile.client.post("/api/v1/sqllab/execute/", asked)
    hostile.client.get(f"/api/v1/sqllab/export/{query}/")
    chart, lab = list(events(home / "logs"))[before:]
    assert {line["event"] for line in (chart, lab)} == {"download"} and chart["who"].startswith("superset:") and chart["tables"]
    assert lab["query_sha256"] == sha256("SELECT 'Иванов' AS x".encode()).hexdigest()
    assert chart["publication"] == (home / "published").readlink().name
    assert verify(home / "logs") == [] and "Иванов" not in (home / "logs" / "audit.jsonl").read_text()


@pytest.fixture(scope="module")
def charts(hostile: Hostile) -> list[dict[str, Any]]:
    """One chart of each kind for every dataset that has it."""
    found = {(chart["viz_type"], chart["datasource_id"]): chart for chart in hostile.client.listed("chart")}
    assert {kind for kind, _ in found} >= {"table", "echarts_timeseries_bar", "echarts_timeseries_step", "echarts_timeseries_line"}
    return list(found.values())


def test_charts_of_ours_come_out_in_russian(hostile: Hostile, charts: list[dict[str, Any]]) -> None:
    """Titles, not codes; no markup; no date or number of another country."""
    wrong = []
    for chart in charts if IS_FULL else charts[::3]:
        titles, *rows = rows_of(hostile.client.get(f"/api/v1/chart/{chart['id']}/data/?format=csv"))
        wrong += [(chart["slice_name"], "title", title) for title in titles if not title or foreign_words(title)]
        cells = {(title, cell) for row in rows for title, cell in zip(titles, row, strict=True)}
        # tasks are numbered 4.1
        foreign = [found for found in cells if FOREIGN.search(found[1]) and found[0] != "Задание"]
        wrong += [(chart["slice_name"], *found) for found in foreign]
        if not rows:
            wrong.append((chart["slice_name"], "rows", "none"))
    assert wrong == []


def test_workbooks_of_ours_hold_numbers_and_dates(hostile: Hostile, charts: list[dict[str, Any]]) -> None:
    kinds: Counter[str] = Counter()
    for chart in charts[::4]:
        answer = hostile.client.get(f"/api/v1/chart/{chart['id']}/data/?format=xlsx")
        assert answer.status == 200, (chart["slice_name"], answer.body[:300])
        sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0]
        kinds.update(cell.data_type for row in sheet.iter_rows() for cell in row)
    assert kinds["n"] > 100 and kinds["s"] > 100 and kinds["d"] > 0
    assert kinds["f"] == 0


def test_a_person_takes_a_table_away(watched: tuple[Page, Watch], superset_url: str) -> None:
    """From the menu of a chart on a dashboard."""
    page, watch = watched
    dashboard = Dashboard(page, superset_url, "region-overview")
    dashboard.settle()
    dashboard.chart("municipality-table").locator("[id$=-controls]").click()
    page.get_by_role("menuitem", name="Сохранить").hover()
    with page.expect_download(timeout=60_000) as given:
        page.locator("[data-menu-id$=-export_csv]").click()
    assert Path(given.value.path()).read_bytes().startswith("\ufeffМуниципалитет;".encode())
    watch.clear()


def test_the_explorer_writes_no_file_by_itself(watched: tuple[Page, Watch], superset_url: str, charts: list[dict[str, Any]]) -> None:
    """What the page itself would write knows neither semicolons nor apostrophes: such ways are not offered, the server's are."""
    page, watch = watched
    table = next(chart for chart in charts if chart["viz_type"] == "table")
    page.goto(f"{superset_url}/explore/?slice_id={table['id']}")
    # the menu closes when the rows come
    page.locator("td").first.wait_for()
    page.locator("[aria-label='Menu actions trigger'], [data-test=actions-trigger]").first.click(timeout=60_000)
    page.locator("[data-menu-id$=-data_export_options]").hover()
    for group, there, hidden in (
        ("export_all_data_group", ["export_to_csv", "export_to_xlsx"], []),
        ("export_current_view_group", ["export_current_to_json"], ["export_current_to_csv", "export_current_xlsx"]),
    ):
        page.locator(f"[data-menu-id$=-{group}]").hover()
        for key in there:
            page.locator(f"[data-menu-id$=-{key}]").wait_for(timeout=20_000)
        for key in hidden:
            assert page.locator(f"[data-menu-id$=-{key}]").count() == 1 and not page.locator(f"[data-menu-id$=-{key}]").is_visible()
    watch.clear()
