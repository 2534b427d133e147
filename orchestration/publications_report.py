"""What `oko publications` prints: what is kept, how each differs from the one before it, what it takes and why it stays."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click

from ingest.settings import Settings
from orchestration.changes import file_changes, mart_changes
from orchestration.export import print_table
from orchestration.publications import Publication, publications, unknown_pins

MEGABYTE = 1024**2
COLUMNS = (
    *("Публикация", "Опубликована", "Строк в витринах", "Витрин изменилось", "Файлов", "Добавлено", "Исправлено", "Убрано"),
    *("МБ", "Хранится"),
)


def print_publications(settings: Settings) -> None:
    """A table, oldest first, and what all of it takes. Raises QueryRefused where nothing is published."""
    found = publications(settings)
    zone = ZoneInfo(settings.time_zone)
    print_table(COLUMNS, [_row(before, one, zone) for before, one in zip([None, *found], found, strict=False)])
    click.echo("Изменения — против предыдущей из хранимых; какие именно: oko diff ПУБЛИКАЦИЯ ПУБЛИКАЦИЯ")
    for line in _room(settings, found):
        click.echo(line)
    for name in unknown_pins(settings, found):
        click.echo(f"В oko.toml закреплена публикация «{name}», а такой нет.", err=True)


def _row(before: Publication | None, one: Publication, zone: ZoneInfo) -> Sequence[Any]:
    manifest, old = one.manifest, before.manifest if before else None
    rows = sum(mart.rows for mart in manifest.marts.values()) if manifest else None
    marts = len(mart_changes(old, manifest)) if old and manifest else None
    kinds = Counter(change.kind for change in file_changes(old, manifest)) if old and manifest else None
    files = [kinds[kind] if kinds is not None else None for kind in ("добавлен", "исправлен", "убран")]
    size = None if one.size is None else round(one.size / MEGABYTE)
    time = f"{one.published_at.astimezone(zone):%d.%m.%Y %H:%M}"
    return (one.id, time, rows, marts, len(manifest.files) if manifest else None, *files, size, ", ".join(one.reasons) or "до обновления")


def _room(settings: Settings, found: Sequence[Publication]) -> Iterator[str]:
    total = sum(one.size or 0 for one in found) / MEGABYTE
    free = f"; свободно на диске {_free(settings)} МБ" if settings.target == "duckdb" else ""
    yield f"Всего {len(found)}, {total:.0f} МБ{free}"
    yield (
        f"Правила (oko.toml, [retention]): последних {settings.keep_publications}, по одной за {settings.keep_months} мес. "
        f"и за {settings.keep_years} лет, закреплённых {len(settings.pinned_publications)}"
    )


def _free(settings: Settings) -> int:
    return shutil.disk_usage(settings.publications).free // MEGABYTE
