"""What is wrong now: the last run, the time, the changes that the publication shows, the sources, the audit log. One answer for all.

`oko status` prints it, orchestration/alerts.py sends what is new of it. Judging data is dbt's: here its findings are only read. No value
that is closed and no name of a person can stand here, because nothing but `quality` of the open publication is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from ingest.settings import Settings
from orchestration.audit_log import verify
from orchestration.published import QueryRefused, fetch
from orchestration.runs import FAILED, Run, is_interrupted, is_overdue, load_run, shown

CHANGES = """
    SELECT f.rule_code, f.message_ru, f.what_to_do_ru, p.publication_id
    FROM quality.findings AS f CROSS JOIN quality.publication AS p
    WHERE f.rule_code LIKE 'change_%' ORDER BY f.rule_code, f.message_ru
"""
OVERDUE = """
    SELECT source, source_title, cadence, days_over, expected_by FROM quality.freshness WHERE is_late ORDER BY days_over DESC, source
"""
STEPS = {"landing": "просмотр папки landing", "dbt": "расчёт показателей (dbt)", "published": "проверка и публикация"}
ERRORS = {
    "DbtFailed": "таблица не собралась или не прошла проверку",
    "AuditFailed": "новая публикация не прошла проверку",
    "VaultError": "не открылось хранилище псевдонимов",
    "SettingsError": "неверная настройка в oko.toml",
    "DagsterExecutionInterruptedError": "обновление остановили",
}
WHERE = "Подробности: «oko status», история запусков Dagster, logs/refresh.log."
# compared with the publication before: with the next one nobody can say whether it is over
PASSING = ("change_rows", "change_value", "change_gone")


@dataclass(frozen=True)
class Cause:
    """Something that somebody should know: `key` stays the same as long as it is the same, the rest is Russian.

    `is_passing`: it happened once, so its end is not news.
    """

    key: str
    title: str
    text: str
    what_to_do: str
    is_passing: bool = False


def causes(settings: Settings, now: datetime | None = None) -> list[Cause]:
    """Everything that is wrong now, the most urgent first."""
    now, run = now or datetime.now(UTC), load_run(settings.logs)
    return [*_of_the_run(settings, run), *_of_the_time(settings, run, now), *_of_the_publication(settings), *_of_the_audit_log(settings)]


def _of_the_run(settings: Settings, run: Run) -> list[Cause]:
    if run.outcome != FAILED and not is_interrupted(settings, run):
        return []
    why = ERRORS.get(run.error, f"ошибка {run.error}") if run.error else "процесс прерван"
    step = STEPS.get(run.step, f"чтение файлов ({run.step.removeprefix('raw__')})" if run.step else "подготовка")
    text = f"Запуск {shown(run.started_at, settings)}: {why}; этап: {step}. Читатели видят прежнюю публикацию."
    do = f"Устраните причину и выполните «oko refresh»; следующий запуск по расписанию попробует сам. {WHERE}"
    return [Cause(f"failed:{run.step}:{run.error}", "Обновление не выполнено", text, do)]


def _of_the_time(settings: Settings, run: Run, now: datetime) -> list[Cause]:
    if not is_overdue(run, now):
        return []
    text = (
        f"Последнее успешное обновление закончилось {shown(run.success_at, settings)}, следующее ожидалось не позже "
        f"{shown(run.due_at, settings)} (расписание «{settings.schedule}» и запас {settings.alerts.grace_hours} ч)."
    )
    do = f"Проверьте, работает ли «oko serve» (служба Dagster), и выполните «oko refresh». {WHERE}"
    return [Cause("late", "Обновление опаздывает", text, do)]


def _of_the_publication(settings: Settings) -> list[Cause]:
    try:
        changes, overdue = fetch(settings, CHANGES), fetch(settings, OVERDUE)
    except QueryRefused as error:
        return [Cause("unread", "Публикация не читается", str(error), "Выполните «oko refresh». " + WHERE)]
    found = [
        # the numbers of a state change a little every night without being news; of an event the publication is part of what it is
        Cause(_key(rule, message, publication), "Подозрительное изменение", message, do, rule in PASSING)
        for rule, message, do, publication in changes
    ]
    return found + [
        Cause(
            f"overdue:{source}",
            f"Источник просрочен: {title}",
            f"Источник {source} ожидается {cadence}; новый файл ждали по {expected:%d.%m.%Y}, просрочен на {days} дн. ко дню публикации.",
            "Запросите новый файл и положите его в папку приёма. Если новых сведений не было, ничего не делайте.",
        )
        for source, title, cadence, days, expected in overdue
    ]


def _key(rule: str, message: str, publication: str) -> str:
    what, _, _ = message.rpartition(": ")
    told = f"{publication}:{message}" if rule in PASSING else what
    return f"{rule}:{sha256(told.encode()).hexdigest()[:16]}"


def _of_the_audit_log(settings: Settings) -> list[Cause]:
    faults = verify(settings.logs)
    if not faults:
        return []
    text = f"Строка {faults[0].line}: {faults[0].text}. Всего нарушений: {len(faults)}."
    do = "Сохраните папку logs, сравните её с резервной копией и выясните, кто правил файл. Проверка: «oko audit»."
    return [Cause(f"audit:{faults[0].line}:{len(faults)}", "Журнал аудита повреждён", text, do)]
