"""What can be told of dependencies without a network: every package is pinned by hash, and no accepted finding is past its day.

Whether a package has a known vulnerability is asked by `make audit` (.ci/audit.py); that it tells a finding from silence is tried here
with a small service in the place of the real one.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest.settings import REPOSITORY

LOCKS = [REPOSITORY / "uv.lock", REPOSITORY / "superset" / "uv.lock"]
REGISTRY = "https://pypi.org/simple"
FINDING = {"id": "GHSA-aaaa-bbbb-cccc", "package": "x", "found": date(2026, 11, 1), "until": date(2026, 12, 1), "reason": "…"}


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", REPOSITORY / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = _module()


@pytest.mark.parametrize("lock", LOCKS, ids=["oko", "superset"])
def test_every_package_is_pinned_by_hash_from_one_registry(lock: Path) -> None:
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    outside = [package for package in packages if not {"editable", "virtual"} & package["source"].keys()]
    assert len(packages) - len(outside) == 1 and len(outside) > 100
    for package in outside:
        assert package["source"] == {"registry": REGISTRY}, package["name"]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", file["hash"]) for file in files), package["name"]


@pytest.mark.parametrize("folder", [REPOSITORY, REPOSITORY / "superset"], ids=["oko", "superset"])
def test_every_direct_dependency_is_in_the_lock(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {package["name"] for package in tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8"))["package"]}
    wanted = {re.split(r"[\[<>=!~ ;]", entry)[0].lower().replace("_", "-") for entry in project["dependencies"]}
    assert wanted <= names


def test_environments_are_made_from_the_locks_alone() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert len(re.findall(r"sync --frozen", makefile)) == 2 and "pip install" not in makefile.replace(
        "pip install --quiet --disable-pip-version-check uv==", ""
    )


def test_no_accepted_finding_is_past_its_date() -> None:
    assert audit.outdated(audit.accepted(), date.today()) == []


def test_accepted_findings_belong_to_locked_packages() -> None:
    names = {package["name"] for lock in LOCKS for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]}
    assert {finding["package"] for finding in audit.accepted()} <= names


def test_a_finding_whose_day_has_passed_or_was_set_too_far_is_one_again() -> None:
    late = FINDING | {"until": FINDING["found"] + timedelta(days=91)}  # type: ignore[operator]
    assert audit.outdated([FINDING], date(2026, 12, 1)) == []
    assert audit.outdated([FINDING], date(2026, 12, 2)) == audit.outdated([late], date(2026, 12, 1)) == [FINDING["id"]]


@pytest.mark.parametrize("missing", FINDING)
def test_a_finding_is_accepted_in_full_or_not_at_all(tmp_path: Path, missing: str) -> None:
    lines = [
        f"{name} = {value.isoformat() if isinstance(value, date) else json.dumps(value)}"
        for name, value in FINDING.items()
        if name != missing
    ]
    path = tmp_path / "accepted.toml"
    path.write_text("\n".join(["[[finding]]", *lines]), encoding="utf-8")
    with pytest.raises(ValueError, match="needs exactly"):
        audit.accepted(path)


@contextmanager
def _service(vulnerable: str) -> Iterator[str]:
    """An OSV that knows one vulnerability of one package."""
    known = {
        "id": FINDING["id"],
        "summary": "made up",
        "modified": "2026-11-01T00:00:00Z",
        "affected": [
            {"package": {"name": vulnerable, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}
        ],
    }

    class Osv(BaseHTTPRequestHandler):
        def _answer(self, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            hits = [
                {"vulns": [{"id": known["id"], "modified": known["modified"]}]} if query["package"]["name"] == vulnerable else {}
                for query in asked
            ]
            self._answer({"results": hits})

        def do_GET(self) -> None:
            self._answer(known)

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Osv)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


needs_uv = pytest.mark.skipif(not shutil.which("uv"), reason="uv is in the Makefile's own folder here")


@needs_uv
@pytest.mark.parametrize(("package", "ignored", "code"), [("click", [], 1), ("click", [FINDING["id"]], 0), ("no-such-package", [], 0)])
def test_a_new_finding_fails_and_an_accepted_one_does_not(package: str, ignored: list[str], code: int) -> None:
    with _service(package) as url:
        assert audit.audit(REPOSITORY, ignored, url) == code


@needs_uv
def test_a_service_that_is_not_there_is_told_from_one_that_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert audit.audit(REPOSITORY, [], "http://127.0.0.1:9/") not in (audit.CLEAN, audit.FOUND)


@pytest.mark.parametrize(
    ("codes", "ended", "said"), [((0, 2), 2, "AUDIT NOT DONE"), ((1, 2), 2, "AUDIT NOT DONE"), ((0, 1), 1, "AUDIT FAILED"), ((0, 0), 0, "")]
)
def test_silence_is_no_clean_bill(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], codes: tuple[int, int], ended: int, said: str
) -> None:
    given = iter(codes)
    monkeypatch.setattr(audit, "audit", lambda *_: next(given))
    assert audit.main() == ended
    assert said in capsys.readouterr().err
