"""From the files into Superset and back: no difference of any dashboard, and an edit of a person comes back as a few lines.

How an export is brought into the form of the assets is in tests/superset/test_superset_export.py.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .access_client import Client
from .asked import ASSETS, slugs
from .conftest import SUPERSET_PYTHON, TOOLS
from .test_apply import apply

pytestmark = pytest.mark.e2e

SLUG = "region-overview"
BOARD = f"dashboards/{SLUG}.yaml"
# of this dashboard alone
CHART, TITLE, RENAMED = "charts/school-table.yaml", "ЕГЭ по школам", "ЕГЭ по школам региона"


def export(home: Path, assets: Path, *names: str) -> list[str]:
    """What `make superset-export` runs, on a copy of the assets: the files that it changed."""
    command = [SUPERSET_PYTHON, TOOLS / "export.py", *names, "--assets", assets]
    said = subprocess.run(command, env=os.environ | {"OKO_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return [line for line in said.stdout.splitlines() if line.endswith(".yaml")]


def differences(folder: Path, name: str) -> list[str]:
    before, after = (ASSETS / name).read_text().splitlines(), (folder / name).read_text().splitlines()
    return [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ASSETS, tmp_path / "assets"))


@pytest.fixture
def admin(home: Path, superset_url: str) -> Client:
    return Client(superset_url, "admin", (home / "secrets" / "superset_admin_password").read_text().strip())


def test_every_dashboard_comes_back_as_it_went(home: Path, copied: Path) -> None:
    # otherwise a tool that writes nothing would pass
    written = copied / BOARD
    written.write_text(written.read_text() + "# not canonical\n")
    assert export(home, copied, *slugs()) == [BOARD]
    assert {path.relative_to(copied): path.read_bytes() for path in copied.rglob("*.yaml")} == {
        path.relative_to(ASSETS): path.read_bytes() for path in ASSETS.rglob("*.yaml")
    }


def test_an_edit_comes_back_as_a_few_lines_and_is_taken_back_by_apply(home: Path, copied: Path, admin: Client) -> None:
    """A chart renamed on its own page, and another default of a filter saved on the dashboard."""
    (chart,) = [row for row in admin.listed("chart") if row["slice_name"] == TITLE]
    assert admin.put(f"/api/v1/chart/{chart['id']}", {"slice_name": RENAMED}).status == 200
    board = admin.get(f"/api/v1/dashboard/{SLUG}").json["result"]
    metadata = json.loads(board["json_metadata"])
    native = next(each for each in metadata["native_filter_configuration"] if each["id"] == "NATIVE_FILTER-municipality")
    native["controlValues"]["defaultToFirstItem"] = True
    assert admin.put(f"/api/v1/dashboard/{board['id']}", {"json_metadata": json.dumps(metadata)}).status == 200
    try:
        changed = export(home, copied, SLUG)
        assert set(changed) == {CHART, BOARD}
        assert differences(copied, CHART) == [f"-slice_name: {TITLE}", f"+slice_name: {RENAMED}"]
        assert {(line[0], line[1:].strip()) for line in differences(copied, BOARD)} == {
            *(("-", "defaultToFirstItem: false"), ("+", "defaultToFirstItem: true")),
            *(("-", f"sliceName: {TITLE}"), ("+", f"sliceName: {RENAMED}")),
        }
    finally:
        assert {line.split(":")[0] for line in apply(home)[:2]} == {f"~ {CHART}", f"~ {BOARD}"}
