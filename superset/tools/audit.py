"""Superset's events in Oko's audit log: downloads, users, roles.

The log itself is orchestration/audit_log.py, loaded by its path, because this environment cannot import Oko; it needs the standard library
alone.
"""

from __future__ import annotations

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from home import SUPERSET

FAILED = "Выгрузка не записана в журнал аудита и не выполнена. Сообщите тому, кто ведёт Oko."
# what leaves as a file; a chart that is looked at is JSON
_FILES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel", "application/zip")


def _load() -> ModuleType:
    name = "oko_audit_log"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SUPERSET.parent / "orchestration" / "audit_log.py")
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def record(home: Path, event: str, **details: Any) -> None:
    """One event into the log of this home, as orchestration.audit_log.record."""
    _load().record(SimpleNamespace(logs=home / "logs"), event, **details)


def taken(dataset: Any) -> None:
    """Says which dataset the download under way is of; kept for the request. What a person called a dataset of their own stays out."""
    from flask import g, has_request_context

    if has_request_context():
        name = f"dataset {dataset.id}" if dataset.sql else f"{dataset.schema}.{dataset.table_name}"
        g.setdefault("oko_taken", set()).add(name)


def audit_downloads(app: Any, home: Path) -> None:
    """Records every file that a request takes away; one that cannot be recorded is not handed out."""
    from flask import g, jsonify, request

    @app.after_request
    def record_download(response: Any) -> Any:
        if response.status_code >= 400 or response.mimetype not in _FILES:
            return response
        try:
            user = getattr(g, "user", None)
            publication = getattr(g.get("publication"), "name", None)
            asked = {"endpoint": request.endpoint, "type": response.mimetype, "tables": sorted(g.get("oko_taken", ())), **_query()}
            record(home, "download", who=f"superset:{getattr(user, 'username', '?')}", publication=publication, **asked)
        except OSError:
            app.logger.exception("the audit log cannot be written")
            refused = jsonify(message=FAILED)
            refused.status_code = 503
            return refused
        return response


def _query() -> dict[str, str]:
    """Of a download from SQL Lab the hash of what was asked: a text may name a person."""
    from flask import request

    client_id = (request.view_args or {}).get("client_id") or request.form.get("client_id")
    if not client_id:
        return {}
    from superset.models.sql_lab import Query

    from superset import db

    query = db.session.query(Query).filter_by(client_id=client_id).one_or_none()
    return {"query_sha256": sha256((query.sql or "").encode()).hexdigest()} if query else {}
