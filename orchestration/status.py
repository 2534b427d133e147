"""`oko status`: what is published, how fresh every source and mart is, which file gave what. Reads the publication alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from ingest.settings import Settings
from orchestration.export import print_table
from orchestration.published import fetch

SOURCES = """
    SELECT source, source_title, cadence, files, rows_loaded, rows_rejected, last_modified_at, last_loaded_at, age_days,
           CASE WHEN is_late THEN 'пора обновить' ELSE '' END
    FROM quality.freshness ORDER BY source
"""
SOURCE_COLUMNS = (
    *("Источник", "Что это", "Ожидается", "Файлов", "Загружено строк", "Отклонено строк"),
    *("Последний файл от", "Загружен", "Дней", "Состояние"),
)

FILES = "SELECT loaded_at, file_name, layout, rows_in, rows_loaded, rows_rejected FROM quality.loads ORDER BY loaded_at, file_name"
FILE_COLUMNS = ("Загружен", "Файл", "Форма", "Строк", "Загружено", "Отклонено")

MARTS = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts' ORDER BY table_name"
MART_COLUMNS = ("Витрина", "Строк", "Рассчитана")


def print_status(settings: Settings) -> None:
    """Three tables, the shortest last, so that a terminal ends with the answer to «is it fresh?»."""
    zone = ZoneInfo(settings.time_zone)
    published, as_of, started = fetch(settings, "SELECT publication_id, as_of, started_at FROM quality.publication")[0]
    _table("Файлы", FILE_COLUMNS, fetch(settings, FILES), zone)
    _table("Источники", SOURCE_COLUMNS, fetch(settings, SOURCES), zone)
    _table("Витрины", MART_COLUMNS, [(name, _rows_of(settings, name), started) for (name,) in fetch(settings, MARTS)], zone)
    click.echo(f"Публикация {published}: на {_shown(as_of, zone)}, рассчитана {_shown(started, zone)} ({settings.time_zone})")


def _rows_of(settings: Settings, mart: str) -> int:
    return int(fetch(settings, f'SELECT count(*) FROM marts."{mart}"')[0][0])


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], zone: ZoneInfo) -> None:
    click.echo(title)
    print_table(columns, [[_shown(value, zone) for value in row] for row in rows])


def _shown(value: Any, zone: ZoneInfo) -> Any:
    """Times are kept in UTC and shown in the zone of the installation."""
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=UTC).astimezone(zone):%d.%m.%Y %H:%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else value
