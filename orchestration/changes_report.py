"""What `oko diff` prints: what the two publications are, which files and marts differ, and a table of the figures that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import click

from ingest.settings import Settings
from orchestration import export
from orchestration.audit_report import record_leaving
from orchestration.changes import Cause, Changes, Key
from orchestration.explain import Row
from orchestration.explain_report import LEVELS
from orchestration.publications import Publication, named, said
from orchestration.published import QueryRefused, pair

MOST_LINES = 20
MOST_FILES = 5
SCREEN_DIGITS = 4
SUMMARY_COLUMNS = (
    *("Показатель", "Наименование", "Уровень", "Добавлено", "Убрано", "Изменено", "из них значение", "закрыто или открыто"),
    *("Наибольшее изменение", "Файлы", "Чем установлены"),
)
ROW_COLUMNS = (
    *("Что", "Показатель", "Период", "Уровень", "Код", "Наименование", "Предмет", "Класс", "Разрез"),
    *("Было", "Стало", "Было n", "Стало n", "Было закрыто", "Стало закрыто", "Изменилось", "Файлы", "Чем установлены"),
)
KINDS = ("добавлен", "исправлен", "убран", "перемещён")


def write_changes(settings: Settings, before: str, after: str, *, all_rows: bool, kind: str) -> None:
    """Prints what changed from one publication to the other; as a table alone where it is a file.

    Raises QueryRefused, TooManyRows, NotRecorded.
    """
    old, new = named(settings, before), named(settings, after)
    if old.id == new.id:
        raise QueryRefused(f"«{before}» и «{after}» — одна и та же публикация {old.id}.")
    with pair(settings, old, new) as both:
        changes = Changes(old, new, both)
        on_screen = kind == "table"
        if on_screen:
            for line in heading(changes, ZoneInfo(settings.time_zone), everything=all_rows):
                click.echo(line)
        columns, rows = (ROW_COLUMNS, detail(changes)) if all_rows else (SUMMARY_COLUMNS, summary(changes))
        if not on_screen:
            record_leaving(settings, "changes", publication=new.id, format=kind, compared_with=old.id, rows=all_rows)
            export.write(kind, columns, rows)
        elif (first := next(rows, None)) is None:
            click.echo("Показатели: те же")
        else:
            export.print_table(columns, ([_on_screen(value) for value in row] for row in chain([first], rows)))


def heading(changes: Changes, zone: ZoneInfo, *, everything: bool) -> Iterator[str]:
    """Publications, code, method, files and marts; `everything`: not only the first files."""
    day_before, day_after = changes.days()
    yield f"Было:   {said(changes.before, zone)}, на день {day_before}"
    yield f"Стало:  {said(changes.after, zone)}, на день {day_after}" + (" (день другой)" if day_before != day_after else "")
    yield f"Код:    {_code(changes.before, changes.after)}"
    versions = [f"{row['indicator_code']} {row['old_version'] or '—'} → {row['new_version'] or '—'}" for row in changes.versions()]
    yield f"Методика: {'; '.join(versions) if versions else 'та же'}"
    yield from _files(changes, everything)
    yield from _marts(changes)


def _code(before: Publication, after: Publication) -> str:
    if before.manifest is None or after.manifest is None:
        return "неизвестно: публикация старше манифестов"
    if before.manifest.code == after.manifest.code:
        return "тот же"
    return f"другой: {before.manifest.code[:12]} → {after.manifest.code[:12]}"


def _files(changes: Changes, everything: bool) -> Iterator[str]:
    if changes.files is None:
        yield "Файлы:  неизвестно: публикация старше манифестов"
        return
    counts = Counter(file.kind for file in changes.files)
    yield "Файлы:  " + (", ".join(f"{kind}: {counts[kind]}" for kind in KINDS if counts[kind]) or "те же")
    shown = changes.files if everything else changes.files[:MOST_LINES]
    yield from (f"  {file.kind} {file.name}" for file in shown)
    if len(shown) < len(changes.files):
        yield f"  … и ещё {len(changes.files) - len(shown)}: все — с --rows"


def _marts(changes: Changes) -> Iterator[str]:
    if changes.marts is None:
        yield "Витрины: неизвестно: публикация старше манифестов"
        return
    yield f"Витрины: изменились {len(changes.marts)}" if changes.marts else "Витрины: те же"
    for mart in changes.marts:
        rows = ["нет" if count is None else str(count) for count in (mart.rows_before, mart.rows_after)]
        yield f"  {mart.name}: строк {rows[0]}" + (f" → {rows[1]}" if rows[0] != rows[1] else "")


def summary(changes: Changes) -> Iterator[Sequence[Any]]:
    """One row per indicator and level, as SUMMARY_COLUMNS."""
    for row in changes.summary():
        cause = changes.cause_of_group(row["indicator_code"], row["level"])
        counts = (row[name] for name in ("added", "removed", "changed", "values_changed", "hidden_changed", "greatest"))
        yield (row["indicator_code"], row["indicator_name"], _level(row), *counts, *_cause(cause))


def detail(changes: Changes) -> Iterator[Sequence[Any]]:
    """One row per figure that differs, as ROW_COLUMNS."""
    for row in changes.rows():
        key: Key = tuple(row[name] for name in ("indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown"))
        names = ("entity_code", "entity_name", "subject_code", "grade", "breakdown", "old_value", "new_value", "old_n", "new_n")
        figures = (row[name] for name in (*names, "was_hidden", "is_hidden", "what"))
        yield (row["change"], row["indicator_code"], row["period"], _level(row), *figures, *_cause(changes.cause([key])))


def _level(row: Row) -> str:
    level = str(row["level"])
    return LEVELS.get(level) or level


def _cause(cause: Cause) -> tuple[str, str]:
    more = f" и ещё {len(cause.files) - MOST_FILES}" if len(cause.files) > MOST_FILES else ""
    return "; ".join(cause.files[:MOST_FILES]) + more, cause.basis


def _on_screen(value: Any) -> Any:
    return round(value, SCREEN_DIGITS) if isinstance(value, float) else value
