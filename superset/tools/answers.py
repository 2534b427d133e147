"""Answers of charts that were computed before, kept until the next publication.

A publication never changes, so an answer follows from it, the definition of the dataset, the question, the row rules of whoever asks and
the language: these are the key. Whether he may ask at all Superset decides before, each time: what is kept stands in for the computing
alone. Computed each time: files that people take away, answers that follow from the moment, whatever stands on another connection.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

# of all answers together; what was asked least lately goes first
LIMIT = 512 * 2**20
# SQL that another moment, session or throw of dice answers differently. A column of such a name costs a computing, no more.
_MOMENT = re.compile(
    r"\b(now|today|ago|age|current_\w+|get_current_\w+|local_?time\w*|\w+_timestamp|random|setseed|sample|tablesample|\w*uuid\w*"
    r"|nextval|currval|getvariable|\w*connection_id|txid_current|stats)\b",
    re.IGNORECASE,
)
# on an answer that was not computed: for those who measure and test
HEADER = {"Oko-Answer": "kept"}
_log = logging.getLogger(__name__)


class Kept:
    """Files that all workers share, in a folder for the newest publication; a damaged one is as if it were not there."""

    def __init__(self, folder: Path, newest: Callable[[], Path], limit: int = LIMIT) -> None:
        self._folder = folder
        self._newest = newest
        self._limit = limit
        self._written = 0

    def get(self, publication: Path, key: str) -> bytes | None:
        path = self._folder / publication.name / key
        try:
            kept = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        digest, body = kept[:32], kept[32:]
        return body if sha256(body).digest() == digest else None

    def put(self, publication: Path, key: str, body: bytes) -> None:
        """Keeps an answer of the newest publication, of no other: with its first one those of the publications before go."""
        if publication != self._newest():
            return
        place = self._folder / publication.name
        if not place.is_dir():
            self._begin(place)
        draft = place / f"{key}.{os.getpid()}.{threading.get_ident()}"
        draft.touch(mode=0o600)
        draft.write_bytes(sha256(body).digest() + body)
        draft.rename(place / key)
        self._written += len(body)
        if self._written > self._limit // 8:
            self._written = 0
            self._trim(place)

    def _begin(self, place: Path) -> None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in self._folder.iterdir():
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def _trim(self, place: Path) -> None:
        found = []
        for path in place.iterdir():
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path.stat().st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self._limit:
            return
        for _, size, path in sorted(found):
            path.unlink(missing_ok=True)
            total -= size
            if total <= self._limit * 3 // 4:
                return


def install(kept: Kept, publication_of: Callable[[Any], Path | None]) -> None:
    """Has Superset answer from what is kept; `publication_of` is the one that a dataset is asked of now, None where it stands elsewhere."""
    from flask import make_response
    from superset.charts.data.api import ChartDataRestApi

    compute = ChartDataRestApi._get_data_response

    def answer(self: Any, command: Any, *rest: Any, **more: Any) -> Any:
        context = command._query_context
        publication = publication_of(context.datasource)
        key = _key(context) if publication else None
        if publication is None or key is None:
            return compute(self, command, *rest, **more)
        body = None if context.force else kept.get(publication, key)
        if body is not None:
            if say := more.get("add_extra_log_payload"):
                say(is_cached=[True])
            return make_response(body, 200, {"Content-Type": "application/json; charset=utf-8"} | HEADER)
        response = compute(self, command, *rest, **more)
        if response.status_code == 200 and lasts(response.get_data()):
            try:
                kept.put(publication, key, response.get_data())
            except OSError:  # a full disk takes no answer away
                _log.exception("the answer cannot be kept")
        return response

    ChartDataRestApi._get_data_response = answer


def lasts(body: bytes) -> bool:
    """Whether the answer follows from the publication alone, by the SQL that it says it came from."""
    return all(each["query"] and not _MOMENT.search(each["query"]) for each in json.loads(body)["result"])


def _key(context: Any) -> str | None:
    """What the answer follows from besides the publication; None where that is more than can be said here."""
    from flask_babel import get_locale

    from superset import security_manager

    datasource, form = context.datasource, context.form_data or {}
    shown = (context.result_format, context.result_type) == ("json", "full")
    # all that is read of the form while computing
    looks_for_currency = "AUTO" in str([form.get("currency_format"), form.get("column_config")])
    if not shown or looks_for_currency or security_manager.is_guest_user():
        return None
    if not all(_is_settled(query, datasource) for query in context.queries):
        return None
    follows_from = [
        _definition(datasource),
        security_manager.get_rls_cache_key(datasource),
        [[_asked(query), sorted(map(str, datasource.get_extra_cache_keys(query.to_dict())))] for query in context.queries],
        str(get_locale()),
    ]
    return sha256(json.dumps(follows_from, default=str, sort_keys=True).encode()).hexdigest()


def _is_settled(query: Any, datasource: Any) -> bool:
    """One dataset, no other charts drawn in, no time that is told from now."""
    relative = query.time_range or query.time_shift or query.time_offsets or any(each["op"] == "TEMPORAL_RANGE" for each in query.filter)
    return query.datasource is not None and query.datasource.uid == datasource.uid and not query.annotation_layers and not relative


def _asked(query: Any) -> dict[str, Any]:
    """The question as Superset has read it; in which order conditions stand changes nothing."""
    conditions = sorted(json.dumps(each, default=str, sort_keys=True) for each in query.filter)
    return {name: value for name, value in vars(query).items() if name != "datasource"} | {"filter": conditions}


def _definition(datasource: Any) -> list[Any]:
    """The dataset as it is defined now, with its columns, metrics and connection."""
    database = datasource.database
    items = [datasource, *datasource.columns, *datasource.metrics]
    return [[database.id, database.sqlalchemy_uri, database.extra], *map(_values, items)]


def _values(item: Any) -> list[str]:
    return [str(getattr(item, attribute.key)) for attribute in item.__mapper__.column_attrs]
