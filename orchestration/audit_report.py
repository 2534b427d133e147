"""`oko audit`, and what is recorded of a query whose result leaves the warehouse. The log itself is audit_log.py.

Of a query the log keeps its sha256 and the tables it reads, not its text: a text may name a person. Who must know what was asked has the
text and compares its hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import click

from ingest.settings import Settings
from orchestration.audit_log import events, record, verify
from orchestration.export import print_table
from orchestration.runs import shown

COLUMNS = ("№", "Когда", "Кто", "Что", "Публикация", "Подробности")
EVENTS = {
    "refresh": "обновление началось",
    "loaded": "файлы загружены",
    "failed": "обновление не выполнено",
    "published": "опубликовано",
    "rules_changed": "изменились правила",
    "export": "выгрузка oko sql",
    "changes": "выгрузка oko diff",
    "download": "выгрузка из Superset",
    "users_changed": "пользователи",
    "access_changed": "роли и правила строк",
    "backup": "резервная копия",
    "restored": "восстановлено из копии",
    "key_rotated": "сменён ключ псевдонимов",
    "destroyed": "уничтожено по сроку",
    "audit_torn": "журнал: оборванная запись",
    "audit_cut": "журнал: записи отрезаны",
}
_OF_THE_LINE = ("number", "at", "who", "event", "publication", "chained_to", "hash")
# with its schema, as everything published is named; what a statement names itself (WITH …) is its text
_TABLE = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


class NotRecorded(Exception):
    """What would leave cannot be recorded; the message is Russian."""


def record_export(settings: Settings, query: str, kind: str, publication: str | None) -> None:
    """Before the first row leaves; without a publication it is the current one. Raises NotRecorded."""
    from orchestration.published import fetch

    asked = publication or fetch(settings, "SELECT publication_id FROM quality.publication")[0][0]
    digest = sha256(query.encode("utf-8", "surrogateescape")).hexdigest()
    record_leaving(settings, "export", publication=asked, format=kind, query_sha256=digest, tables=tables_of(query))


def record_leaving(settings: Settings, event: str, **details: Any) -> None:
    """Before anything leaves. Raises NotRecorded: what nobody could trace is not handed out."""
    try:
        record(settings, event, **details)
    except OSError as error:
        raise NotRecorded(f"Выгрузка не записана в журнал аудита и не выполнена ({error.strerror}): {settings.logs}") from error


def tables_of(query: str) -> list[str]:
    """The tables that a statement names, by DuckDB's reading of it; nothing that is not a plain name, and none where it cannot be read."""
    import duckdb

    with duckdb.connect() as connection:
        row = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
    tree = json.loads(row[0]) if row else {}
    return sorted({name for name in _names(tree) if _TABLE.fullmatch(name)})


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield ".".join(filter(None, [node.get("schema_name"), node.get("table_name")]))
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _names(each)


def print_audit(settings: Settings, last: int, event: str | None) -> bool:
    """The last events and what is wrong with the log; whether nothing is."""
    found = [each for each in events(settings.logs) if event in (None, each.get("event"))]
    rows = [_row(settings, each) for each in found[len(found) - min(last, len(found)) :]]
    if rows:
        print_table(COLUMNS, rows)
    faults = verify(settings.logs)
    for fault in faults:
        click.echo(f"! Строка {fault.line}: {fault.text}")
    click.echo(f"Записей: {len(found)}. " + ("Журнал повреждён." if faults else "Журнал цел."))
    return not faults


def _row(settings: Settings, line: dict[str, Any]) -> tuple[Any, ...]:
    details = {name: value for name, value in line.items() if name not in _OF_THE_LINE}
    told = "; ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in details.items())
    what = EVENTS.get(str(line.get("event")), line.get("event"))
    return (line["number"], shown(str(line.get("at", "")), settings), line.get("who"), what, line.get("publication"), told)
