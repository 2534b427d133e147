"""`oko status`: what is published, how fresh every source and mart is, which file gave what, how the last run ended, what is wrong now.

What is wrong is decided in watching.py, as for alerts; the data quality dashboard shows the same tables of `quality`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from ingest.settings import Settings
from orchestration.alerts import channels, load_state, watch
from orchestration.export import print_table
from orchestration.journal import journal_in
from orchestration.published import fetch
from orchestration.runs import FAILED, PUBLISHED, RUNNING, UP_TO_DATE, is_interrupted, is_overdue, load_run, shown
from orchestration.watching import causes

SOURCES = """
    SELECT source, source_title, cadence, files, rows_loaded, rows_rejected, last_modified_at, last_loaded_at, age_days,
           expected_by, days_over, state
    FROM quality.freshness ORDER BY source
"""
SOURCE_COLUMNS = (
    *("Источник", "Что это", "Ожидается", "Файлов", "Загружено строк", "Отклонено строк"),
    *("Последний файл от", "Загружен", "Дней", "Ждём по", "Просрочен, дней", "Состояние"),
)

FILES = "SELECT loaded_at, file_name, layout, rows_in, rows_loaded, rows_rejected FROM quality.loads ORDER BY loaded_at, file_name"
FILE_COLUMNS = ("Загружен", "Файл", "Форма", "Строк", "Загружено", "Отклонено")

MARTS = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts' ORDER BY table_name"
MART_COLUMNS = ("Витрина", "Строк", "Рассчитана")

STANDING = """
    SELECT (SELECT count(*) FROM quality.rejections) AS rejected,
           (SELECT count(*) FROM quality.findings WHERE severity = 'ошибка') AS errors,
           (SELECT count(*) FROM quality.findings WHERE severity = 'предупреждение') AS warnings,
           (SELECT count(*) FROM quality.findings WHERE rule_code LIKE 'change_%') AS changes
"""
STATES = "SELECT state, count(*) FROM quality.freshness GROUP BY state ORDER BY state"
OUTCOMES = {
    PUBLISHED: "опубликовано",
    UP_TO_DATE: "ничего нового, прежняя публикация верна",
    FAILED: "не выполнено, прежняя публикация осталась",
    RUNNING: "идёт",
}
CHANNELS = {"mail": "почта", "webhook": "вебхук"}
MOST_CAUSES = 20


def print_status(settings: Settings) -> None:
    """Three tables and, last, what a terminal must end with: how the last run ended and what is wrong.

    Raises QueryRefused without a publication, after what is known without one.
    """
    zone = ZoneInfo(settings.time_zone)
    try:
        published, as_of, started = fetch(settings, "SELECT publication_id, as_of, started_at FROM quality.publication")[0]
        _table("Файлы", FILE_COLUMNS, fetch(settings, FILES), zone)
        _table("Источники", SOURCE_COLUMNS, fetch(settings, SOURCES), zone)
        _table("Витрины", MART_COLUMNS, [(name, _rows_of(settings, name), started) for (name,) in fetch(settings, MARTS)], zone)
        click.echo(f"Публикация {published}: на {_shown(as_of, zone)}, рассчитана {_shown(started, zone)} ({settings.time_zone})")
        click.echo(_standing(settings))
    finally:
        for line in _watched(settings):
            click.echo(line)


def _standing(settings: Settings) -> str:
    rejected, errors, warnings, changes = fetch(settings, STANDING)[0]
    states = ", ".join(f"{state} — {count}" for state, count in fetch(settings, STATES))
    return (
        f"Отклонено: {rejected}. Замечаний: ошибок {errors}, предупреждений {warnings}; "
        f"подозрительных изменений {changes}. Источники: {states}."
    )


def _watched(settings: Settings) -> Iterator[str]:
    """Known without a publication too."""
    run = load_run(settings.logs)
    if run.outcome:
        how = "прервано, прежняя публикация осталась" if is_interrupted(settings, run) else OUTCOMES.get(run.outcome, run.outcome)
        end = f", конец {shown(run.ended_at, settings)}" if run.ended_at else ""
        yield f"Последний запуск: начало {shown(run.started_at, settings)}{end}: {how}."
    if run.due_at:
        late = "опаздывает" if is_overdue(run, datetime.now(UTC)) else "в срок"
        yield f"Следующее обновление ждём не позже {shown(run.due_at, settings)}: {late}."
    yield from (f"Оповещения, {CHANNELS.get(name, name)}: {text}." for name, text in _alerts(settings))
    found = causes(settings)
    yield "Всё в порядке." if not found else f"Не в порядке ({len(found)}):"
    yield from (f"  ! {cause.title}. {cause.text}" for cause in found[:MOST_CAUSES])
    if len(found) > MOST_CAUSES:
        yield f"  И ещё {len(found) - MOST_CAUSES}: дашборд «Качество данных и свежесть»."


def _alerts(settings: Settings) -> Iterator[tuple[str, str]]:
    state = load_state(settings)
    for name in channels(settings):
        told = state.get(name, {})
        if told.get("error"):
            yield name, f"не доставлено с {shown(told['failed_at'], settings)}: {told['error']}"
        elif told.get("told_at"):
            yield name, f"последнее отправлено {shown(told['told_at'], settings)}"
        else:
            yield name, "ещё ничего не отправлялось"


def print_watch(settings: Settings, *, test: bool) -> bool:
    """Looks and tells; prints what is wrong and what could not be told. Whether all is well."""
    with journal_in(settings.logs):
        told = watch(settings, test=test)
    for cause in told.causes:
        click.echo(f"! {cause.title}. {cause.text}\n  {cause.what_to_do}")
    for name, error in told.failures.items():
        click.echo(f"! Оповещение не отправлено, {CHANNELS.get(name, name)}: {error}")
    if test and not channels(settings):
        click.echo("! Оповещения не настроены: раздел [alerts] в oko.toml (docs/watching.md)")
    if not told.causes and not told.failures:
        click.echo("Всё в порядке.")
    return not told.causes and not told.failures


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
