"""Superset as the files say: a second run changes nothing, an edit in the browser is taken back, what people made stays."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .access_client import Client
from .conftest import SUPERSET_PYTHON, TOOLS

pytestmark = pytest.mark.e2e

TABLE = {"viz_type": "table", "params": "{}", "datasource_id": 1, "datasource_type": "table"}


def apply(home: Path, *options: str) -> list[str]:
    command = [SUPERSET_PYTHON, TOOLS / "apply.py", *options]
    said = subprocess.run(command, env=os.environ | {"OKO_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout.splitlines()


@pytest.fixture
def admin(home: Path, superset_url: str) -> Client:
    return Client(superset_url, "admin", (home / "secrets" / "superset_admin_password").read_text().strip())


@pytest.fixture
def remembered(home: Path) -> Iterator[dict[str, Any]]:
    """What Oko knows of its own, to be written back by the test."""
    yield json.loads((home / "superset" / "managed.json").read_text())


def made(client: Client, what: str, body: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(f"/api/v1/{what}/", body)
    assert answer.status == 201, answer.body
    number = int(answer.json["id"])
    return number, client.get(f"/api/v1/{what}/{number}").json["result"]["uuid"]


def test_an_edit_in_the_browser_is_taken_back_and_what_people_made_stays(home: Path, admin: Client) -> None:
    chart = next(row for row in admin.listed("chart") if row["slice_name"] == "Сдали ЕГЭ по обязательным предметам")
    own, _ = made(admin, "chart", TABLE | {"slice_name": "Своя"})
    assert admin.put(f"/api/v1/chart/{chart['id']}", {"slice_name": "Переименована"}).status == 200
    said = apply(home, "--dry-run")
    assert len(said) == 2 and said[0].startswith("~ charts/") and said[0].endswith("изменён в браузере, возвращается к файлу")
    assert apply(home)[0] == said[0]
    assert admin.get(f"/api/v1/chart/{chart['id']}").json["result"]["slice_name"] == chart["slice_name"]
    assert admin.get(f"/api/v1/chart/{own}").status == 200
    assert admin.delete(f"/api/v1/chart/{own}").status == 200


def test_what_oko_brought_and_the_files_no_longer_have_goes(home: Path, admin: Client, remembered: dict[str, Any]) -> None:
    """Unless people have put it on a dashboard of their own."""
    gone, gone_uuid = made(admin, "chart", TABLE | {"slice_name": "Ушла"})
    board, _ = made(admin, "dashboard", {"dashboard_title": "Дашборд человека"})
    kept, kept_uuid = made(admin, "chart", TABLE | {"slice_name": "Нужна", "dashboards": [board]})
    for name, uuid in (("charts/gone.yaml", gone_uuid), ("charts/kept.yaml", kept_uuid)):
        remembered["assets"][name] = {"uuid": uuid, "text": "", "standing": ""}
    (home / "superset" / "managed.json").write_text(json.dumps(remembered))
    expected = ["= charts/kept.yaml: остаётся, на нём стоит своё у пользователей: Дашборд человека", "- charts/gone.yaml"]
    assert sorted(apply(home, "--dry-run")[:2]) == sorted(expected)
    assert admin.get(f"/api/v1/chart/{gone}").status == 200
    assert sorted(apply(home)[:2]) == sorted(expected)
    assert admin.get(f"/api/v1/chart/{gone}").status == 404
    assert (admin.get(f"/api/v1/chart/{kept}").status, admin.get(f"/api/v1/dashboard/{board}").status) == (200, 200)
    assert admin.delete(f"/api/v1/dashboard/{board}").status == 200
    assert apply(home)[0] == "- charts/kept.yaml"


def test_a_second_run_changes_nothing(home: Path) -> None:
    """Whatever the first had to take back, which is what the tests above leave."""
    assert apply(home, "--dry-run") == ["Superset: без изменений"]
    assert apply(home) == ["Superset: без изменений"]


def test_looking_at_a_dashboard_leaves_no_colours_in_it(admin: Client) -> None:
    """The page of a dashboard sends them of itself, whoever looks: a viewer must not be refused, and code must not change."""
    board = admin.listed("dashboard")[0]["id"]
    before = admin.get(f"/api/v1/dashboard/{board}").json["result"]["json_metadata"]
    answer = admin.put(f"/api/v1/dashboard/{board}/colors?mark_updated=false", {"label_colors": {"Чтение": "#123456"}})
    assert answer.status == 200
    assert admin.get(f"/api/v1/dashboard/{board}").json["result"]["json_metadata"] == before
