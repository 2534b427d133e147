"""Downloads from Superset in Oko's audit log: a small application of Flask in Superset's environment, without Superset."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from home import SUPERSET

from orchestration.audit_log import events, record, verify

APPLICATION = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from flask import Flask, Response, g
sys.path.insert(0, sys.argv[1])
import audit
home = Path(sys.argv[2])
app = Flask("trial")
audit.audit_downloads(app, home)

@app.route("/<kind>")
def answer(kind):
    g.user, g.publication = SimpleNamespace(username="school001001"), home / "publications" / "p7"
    audit.taken(SimpleNamespace(id=5, sql="", schema="marts", table_name="openness"))
    audit.taken(SimpleNamespace(id=6, sql="SELECT 1", schema="", table_name="Иванов"))
    kinds = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    mimetype = kinds.get(kind, "application/json")
    return Response("content", mimetype=mimetype, status=403 if kind == "refused" else 200)

client = app.test_client()
print(json.dumps([[client.get("/" + kind).status_code, client.get("/" + kind).get_data(as_text=True)] for kind in sys.argv[3].split()]))
"""


def ask(home: Path, kinds: str) -> list[list[object]]:
    command = [SUPERSET / ".venv" / "bin" / "python", "-c", APPLICATION, SUPERSET / "tools", home, kinds]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[list[object]] = json.loads(done.stdout)
    return answers


def test_a_file_that_leaves_is_recorded_and_a_page_is_not(tmp_path: Path) -> None:
    class Oko:
        logs = tmp_path / "logs"

    record(Oko, "published", publication="p7")
    assert ask(tmp_path, "csv json xlsx refused")[0] == [200, "content"]
    _, *downloads = events(tmp_path / "logs")
    assert [(line["event"], line["who"], line["publication"], line["tables"]) for line in downloads] == [
        ("download", "superset:school001001", "p7", ["dataset 6", "marts.openness"])
    ] * 4
    assert [line["type"].rpartition("/")[2][:3] for line in downloads] == ["csv", "csv", "vnd", "vnd"]
    assert verify(tmp_path / "logs") == []


def test_what_cannot_be_recorded_is_not_handed_out(tmp_path: Path) -> None:
    (tmp_path / "logs" / "audit.jsonl").mkdir(parents=True)
    (status, said), page = ask(tmp_path, "csv json")
    assert status == 503 and "content" not in str(said) and json.loads(str(said))["message"].startswith("Выгрузка не записана")
    assert page == [200, "content"]
